"""A clinician finds a diagnosis by whatever they remember of it."""

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telesalud.patients.terminology.importer import import_files
from telesalud.patients.terminology.search import MAX_RESULTS, Status, TerminologyIndex
from telesalud.patients.terminology.text import fold, telling_words
from telesalud.platform.errors import Invalid
from tests.load import bench_cie11
from tests.worlds.patients import linearization as synthetic


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> TerminologyIndex:
    folder = tmp_path_factory.mktemp("index")
    destination = folder / "index.sqlite"
    import_files(
        synthetic.write(folder, "es", "en", "pt"),
        system="icd11",
        release="2025-01",
        destination=destination,
        chapters=synthetic.CHAPTERS,
    )
    return TerminologyIndex(destination)


def codes(index: TerminologyIndex, query: str, language: str = "es") -> list[str]:
    return [entry.code for entry in index.search(query, language)]


def test_words_in_any_order_without_accents_and_as_prefixes(index: TerminologyIndex) -> None:
    for order in itertools.permutations(["crónica", "NANDU", "demos"]):
        assert codes(index, " ".join(order)) == ["ZZ00.0"]


def test_a_plural_finds_the_singular_and_the_other_way_round(index: TerminologyIndex) -> None:
    assert set(codes(index, "fiebres demostraciones")) == {"ZZ01", "ZZ00.1"}
    assert codes(index, "síndromes") == codes(index, "síndrome")


def test_small_words_do_not_get_in_the_way(index: TerminologyIndex) -> None:
    assert codes(index, "fiebre por la demostración")[0] == "ZZ01"
    assert telling_words("de la") == ["de", "la"], "a query of small words only still searches"


def test_the_title_itself_comes_first_then_titles_that_begin_so(index: TerminologyIndex) -> None:
    assert codes(index, "demostritis")[0] == "ZZ00"
    assert codes(index, "fiebre") == ["ZZ01", "ZZ00.1"]


def test_extensions_come_after_stems_and_residuals_after_their_siblings(
    index: TerminologyIndex,
) -> None:
    found = codes(index, "demost")
    stems = [code for code in found if not code.startswith("X")]
    assert found[: len(stems)] == stems
    assert codes(index, "otras demostritis")[0] == "ZZ00.Y"
    english = codes(index, "demostritis", "en")
    assert english.index("ZZ00.0") < english.index("ZZ00.Y"), "though its title is longer"


def test_by_code_exact_first_and_by_its_beginning(index: TerminologyIndex) -> None:
    assert codes(index, "zz00.1") == ["ZZ00.1"]
    assert codes(index, "zz00")[:3] == ["ZZ00", "ZZ00.0", "ZZ00.1"]


def test_by_cluster_even_while_it_is_being_typed(index: TerminologyIndex) -> None:
    assert codes(index, "zz00.0&xz0z2/zz01") == ["ZZ00.0", "XZ0Z2", "ZZ01"]
    assert codes(index, "ZZ00.0&") == ["ZZ00.0"]


def test_other_languages_are_searched_when_the_users_gives_too_little(
    index: TerminologyIndex,
) -> None:
    (entry,) = index.search("fixed syndrome", "es")
    assert (entry.code, entry.language) == ("ZZ02", "es"), "found in English, shown in Spanish"
    assert index.search("fiebre", "qu")[0].title == "Fiebre de la demostración"


def test_a_whole_title_in_another_language_comes_before_a_word_in_the_users(
    index: TerminologyIndex,
) -> None:
    assert codes(index, "ejemplo", "es") == ["ZZ03", "ZZ02"]


def test_what_is_missing_in_the_users_language_is_shown_in_another(tmp_path: Path) -> None:
    files = synthetic.write(tmp_path, "en")
    out = tmp_path / "en.sqlite"
    import_files(
        files, system="icd11", release="2025-01", destination=out, chapters=synthetic.CHAPTERS
    )
    (entry,) = TerminologyIndex(out).search("ZZ01", "pt")
    assert (entry.title, entry.language) == ("Demonstration fever", "en")


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_text_breaks_a_search(index: TerminologyIndex, query: str) -> None:
    assert len(index.search(query)) <= MAX_RESULTS


@settings(deadline=None)
@given(st.sampled_from(synthetic.CONCEPTS), st.data())
def test_any_choice_of_a_titles_words_finds_it(
    index: TerminologyIndex, concept: tuple[str, str, str, str, bool], data: st.DataObject
) -> None:
    words = data.draw(st.permutations(telling_words(concept[1])))
    taken = words[: data.draw(st.integers(1, len(words)))]
    cut = [word[: data.draw(st.integers(1, len(word)))] for word in taken]
    # a lone letter and digit may be read as a code too; the word match must still be there
    assert concept[0] in codes(index, " ".join(cut))


@settings(deadline=None)
@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_an_unknown_code_warns_and_is_kept_with_its_uri(index: TerminologyIndex) -> None:
    uri = "http://id.who.int/icd/entity/999999"
    known, unknown = index.record("ZZ01/ZZ9Z", ["", uri])
    assert (known.status, known.warning) == (Status.ACTIVE, None)
    assert known.entity_uri == "http://id.who.int/icd/entity/990006"
    assert (unknown.code, unknown.entity_uri, unknown.status) == ("ZZ9Z", uri, Status.UNKNOWN)
    assert unknown.warning == "ZZ9Z is not in icd11 release 2025-01"


def test_a_uri_of_another_entity_warns_and_is_kept(index: TerminologyIndex) -> None:
    (recorded,) = index.record("ZZ01", ["http://id.who.int/icd/entity/990001"])
    assert recorded.entity_uri.endswith("990001")
    assert recorded.warning is not None


def test_uris_that_cannot_be_matched_to_codes_are_refused(index: TerminologyIndex) -> None:
    with pytest.raises(Invalid) as caught:
        index.record("ZZ01/ZZ02", ["http://id.who.int/icd/entity/990006"])
    assert caught.value.fields[0].code == "count"


def test_a_malformed_cluster_is_not_recorded(index: TerminologyIndex) -> None:
    with pytest.raises(Invalid):
        index.record("ZZ01&&XZ0Z1")


@pytest.mark.long
@pytest.mark.skipif(
    not bench_cie11.PACKAGE.exists(), reason="needs requirements/clinical-data.txt (see bench)"
)
def test_the_full_linearization_is_searched_well(tmp_path: Path) -> None:
    out = tmp_path / "full.sqlite"
    tables = bench_cie11.write_linearizations(bench_cie11.PACKAGE, tmp_path)
    report = import_files(tables, system="icd11", release="2024-01", destination=out)
    assert report.active > 33_000
    assert report.size_bytes < 10_000_000
    full = TerminologyIndex(out)
    expected = {
        "diabetes tipo 2": "5A11",
        "infarto agudo miocardio": "BA41",
        "neumonia": "CA40",
        "mellitus 2 diab": "5A11",
        "asma": "CA23",
        "cholera": "1A00",
    }
    for query, code in expected.items():
        assert codes(full, query)[0] == code
