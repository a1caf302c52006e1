"""What people say finds the code that they mean, and nothing that accuses somebody."""

from pathlib import Path

import pytest

from localstack.seed_terminology import concepts
from telesalud.patients.terminology.building import Concept, build
from telesalud.patients.terminology.search import TerminologyIndex
from telesalud.patients.terminology.source import Row
from telesalud.patients.terminology.spoken import codes_said, meant
from tests.clinical.search_words import found, phrases

ACCUSING = [
    ("PF14", "Agresión por exposición a presión alta o baja"),
    ("PD24", "Lesión autoinfligida intencionalmente por presión alta"),
    ("PA60", "Caída no intencional desde el mismo nivel"),
    ("PE00", "Agresión por provocar una caída"),
    ("NF04.3", "Efectos de líquidos con presión alta"),
]
DIFFICULT = [
    ("es", "presion", "BA00"),
    ("es", "presión alta", "BA00"),
    ("es", "hta", "BA00"),
    ("es", "dm2", "5A11"),
    ("es", "azucar en la sangre", "5A11"),
    ("es", "dolor de cabeza", "8A81"),
    ("es", "piedras en el riñon", "GB70"),
    ("es", "infección urinaria", "GC08"),
    ("es", "itu", "GC08"),
    ("es", "fiebre", "MG26"),
    ("es", "dm", "5A14"),
    ("es", "rge", "DA22"),
    ("es", "regla dolorosa", "GA34.3"),
    ("pt", "dm", "5A14"),
    ("es", "embarazo", "QA40"),
    ("es", "depresión", "6A70"),
    ("es", "hipertension", "BA00"),
    ("es", "dolor de cabez", "8A81"),
    ("pt", "pressão alta", "BA00"),
    ("pt", "catapora", "1E90"),
    ("pt", "dor nas costas", "ME84"),
    ("pt", "avc", "8B11"),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> TerminologyIndex:
    path = tmp_path_factory.mktemp("index") / "icd11.sqlite"
    more = [
        Concept(Row(code, title, f"http://id.who.int/icd/entity/{code}", "", "", False, True), {})
        for code, title in ACCUSING
    ]
    titled = [Concept(one.row, {"es": one.row.title}) for one in more]
    build([*concepts(), *titled], "icd11", "0-demonstration", path)
    return TerminologyIndex(path)


@pytest.mark.parametrize(("language", "said", "code"), DIFFICULT)
def test_what_people_say_finds_the_code(
    index: TerminologyIndex, language: str, said: str, code: str
) -> None:
    assert code in [entry.code for entry in index.search(said, language)[:5]]


def test_an_abbreviation_of_two_things_offers_both() -> None:
    assert codes_said("ira", "es")[:3] == ["CA07.0", "CA07", "GB60"]
    assert "5A11" in codes_said("dm", "es")


def test_every_phrase_finds_its_code_where_the_index_has_it(index: TerminologyIndex) -> None:
    known = [one for one in phrases() if any(index.lookup(code) for code in one.codes)]
    assert len(known) > 700
    assert [one for one in known if not found(index, one)] == []


def test_nothing_accuses_that_nobody_asked_for(index: TerminologyIndex) -> None:
    for said in ("presión alta", "presion", "presión", "alta presión", "caída"):
        codes = [entry.code for entry in index.search(said)]
        assert not {"PF14", "PD24", "PE00"} & set(codes), said
    assert "PA60" in [entry.code for entry in index.search("caída")]


def test_who_asks_for_violence_finds_it(index: TerminologyIndex) -> None:
    assert "PF14" in [entry.code for entry in index.search("agresión")]
    assert "PD24" in [entry.code for entry in index.search("lesión autoinfligida")]


def test_a_title_that_is_the_very_text_comes_first(index: TerminologyIndex) -> None:
    assert index.search("Dengue con signos de alarma")[0].code == "1D21"


@pytest.mark.parametrize(
    ("typed", "corrected"),
    [
        ("hipertencion", "hipertension"),
        ("diabetis", "diabetes"),
        ("dolor de cabesa", "dolor de cabeza"),
        ("hipertensión", None),
    ],
)
def test_a_mistyped_word_is_put_right(typed: str, corrected: str | None) -> None:
    assert meant(typed) == corrected


def test_the_phrases_are_many_and_each_is_said_once(tmp_path: Path) -> None:
    every = phrases()
    assert len([one for one in every if one.language == "es"]) >= 300
    assert len([one for one in every if one.language == "pt"]) >= 300
    assert len({(one.language, one.text) for one in every}) == len(every)
