"""What is right: common treatments stay calm, and what is said is said in proportion."""

import pytest

from schemas.clinical_events import Criticality
from schemas.formulary import Route
from schemas.prescriptions import AlertKind, AlertSeverity
from telesalud.orders.catalogues.releases import Formulary, Interactions
from telesalud.orders.current_state import Allergy
from telesalud.orders.medicines.facts import facts
from telesalud.orders.medicines.words import skeleton
from telesalud.orders.prescriptions.checks import Knowledge, check
from tests.worlds.orders.medicines import alerts, prescribed, product, taken

EVERYTHING = Knowledge(Formulary(), Interactions(), "es")

CALM = (
    "metformin+enalapril+atorvastatin+amlodipine",
    "losartan+hydrochlorothiazide+metformin",
    "amoxicillin+paracetamol",
    "salbutamol+budesonide+montelukast",
    "levothyroxine-sodium+metformin+losartan",
    "insulin-glargine+metformin+atorvastatin",
    "omeprazole+amoxicillin",
    "paracetamol+loratadine",
    "bisoprolol+enalapril+atorvastatin",
    "rifampicin+pyrazinamide+ethambutol",
    "lamivudine+tenofovir-disoproxil+dolutegravir",
    "folic-acid+ferrous-sulfate",
    "albendazole+paracetamol",
    "cefalexin+paracetamol",
    "sertraline+paracetamol",
)


@pytest.mark.parametrize("treatment", CALM)
def test_a_common_treatment_is_not_stopped(treatment: str) -> None:
    names = treatment.split("+")
    for number, name in enumerate(names):
        rest = [taken(other) for other in names[:number]]
        found = check([prescribed(name)], [], rest, EVERYTHING)
        high = [a for a in found if a.severity is AlertSeverity.HIGH]
        assert [a for a in high if a.kind is not AlertKind.DOSE] == []


@pytest.mark.parametrize(
    ("allergy", "substance"),
    [
        ("group:penicillins", "azithromycin"),
        ("group:penicillins", "ciprofloxacin"),
        ("group:sulfonamides", "amoxicillin"),
        ("group:sulfonamides", "trimethoprim"),
        ("group:nsaids", "tramadol"),
        ("group:latex", "ibuprofen"),
        ("group:shellfish", "iohexol"),
        ("group:iodine-topical", "amiodarone"),
        ("group:egg", "amoxicillin"),
        ("group:pollen", "loratadine"),
        ("substance:cefazolin", "aztreonam"),
        ("substance:ceftriaxone", "aztreonam"),
        ("substance:metronidazole", "chlorhexidine"),
        ("substance:gabapentin", "topiramate"),
    ],
)
def test_an_allergy_to_something_else_is_silent(allergy: str, substance: str) -> None:
    assert alerts("allergy", allergy, substance) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("insulin-glargine", "insulin-aspart"),
        ("tenofovir-disoproxil", "lamivudine"),
        ("isoniazid", "rifampicin"),
        ("colecalciferol", "retinol"),
        ("gabapentin", "topiramate"),
        ("mirtazapine", "trazodone"),
    ],
)
def test_treatments_that_go_together_are_no_duplicates(one: str, other: str) -> None:
    found = alerts("duplicate", one, other)
    assert [a for a in found if a.kind is AlertKind.DUPLICATE] == []


def test_two_strengths_of_one_medicine_are_said_mildly() -> None:
    for substance in ("levothyroxine-sodium", "warfarin"):
        one = prescribed(substance)
        stronger = product(substance).model_copy(update={"code": "T-OTHER", "strength": "2 mg"})
        two = one.model_copy(update={"number": 2, "item": "T-OTHER", "product": stronger})
        found = [
            a.severity
            for a in check([one, two], [], [], EVERYTHING)
            if a.kind is AlertKind.DUPLICATE
        ]
        assert found == [AlertSeverity.LOW]


def test_two_insulins_of_one_substance_are_said_mildly() -> None:
    basal = product("insulin-human").model_copy(update={"atc": "A10AC01", "code": "T-NPH"})
    regular = product("insulin-human").model_copy(update={"atc": "A10AB01", "code": "T-REG"})
    one = prescribed("insulin-human").model_copy(update={"item": "T-NPH", "product": basal})
    two = one.model_copy(update={"number": 2, "item": "T-REG", "product": regular})
    found = check([one, two], [], [], EVERYTHING)
    assert [a.severity for a in found if a.kind is AlertKind.DUPLICATE] == [AlertSeverity.LOW]


def test_drops_in_the_eye_are_milder_and_no_duplicate() -> None:
    drops = product("timolol").model_copy(update={"routes": (Route.OPHTHALMIC,)})
    eye = prescribed("timolol").model_copy(update={"route": Route.OPHTHALMIC, "product": drops})
    found = check([eye], [], [taken("verapamil"), taken("propranolol")], EVERYTHING)
    assert {a.kind for a in found} == {AlertKind.INTERACTION}
    assert {a.severity for a in found} == {AlertSeverity.MODERATE}


def test_a_mild_reaction_makes_a_cross_reaction_milder() -> None:
    mild = [Allergy("allergy/1", ("substance:amoxicillin",), Criticality.LOW)]
    grave = [Allergy("allergy/1", ("substance:amoxicillin",), Criticality.HIGH)]
    assert check([prescribed("ampicillin")], mild, [], EVERYTHING)[0].severity.value == "moderate"
    worst = check([prescribed("amoxicillin")], grave, [], EVERYTHING)[0]
    assert (worst.severity.value, worst.contraindicated) == ("high", True)


def test_every_name_leads_to_one_thing() -> None:
    seen: dict[str, str] = {}
    for one in facts().substances.values():
        for name in (one.name, *one.names.values(), *one.synonyms):
            assert seen.setdefault(skeleton(name), one.name) == one.name, name


def test_every_row_of_the_tables_names_what_is_known() -> None:
    known = facts()
    rows = [row for many in known.interactions.values() for _, row in many]
    agents = {agent for row in rows for agent in (row.first, row.second)}
    agents |= {agent for pair in known.crosses for agent in pair}
    agents |= {member for group in known.groups.values() for member in group.members}
    agents |= {f"group:{key}" for key in known.duplicates}
    agents |= {f"substance:{name}" for name in known.limits}
    for agent in agents:
        kind, _, value = agent.partition(":")
        where = {"substance": known.substances, "group": known.groups, "atc": known.classes}[kind]
        assert value in where, agent
    assert all(row.source and all(row.effect.values()) and all(row.advice.values()) for row in rows)
    assert len({(row.first, row.second) for row in rows}) >= 120
