"""What a country wants to know of is known, with its delay, whatever code it came under."""

import pytest

from schemas.surveillance import Urgency
from telesalud.patients.surveillance.rules import means, shipped

IMMEDIATE_IN_BRAZIL = [
    "typhoid",
    "chagas-acute",
    "leptospirosis",
    "botulism",
    "spotted-fever",
    "west-nile",
    "meningitis",
    "haemophilus",
    "rubella-congenital",
    "dengue-severe",
    "flaccid-paralysis",
    "varicella-severe",
    "venomous-animals",
    "rabies-exposure",
    "work-accident",
    "suicide-attempt",
    "sexual-violence",
    "vaccine-event",
    "measles",
    "polio",
]
WEEKLY_IN_BRAZIL = [
    "dengue",
    "tuberculosis",
    "hepatitis-viral",
    "syphilis-acquired",
    "syphilis-pregnancy",
    "schistosomiasis",
    "creutzfeldt-jakob",
    "toxoplasmosis-pregnancy",
    "poisoning",
    "violence",
    "leprosy",
    "hiv",
    "maternal-death",
]
IN_PERU = [
    "leptospirosis",
    "venomous-animals",
    "varicella",
    "guillain-barre",
    "pesticides",
    "maternal-death",
    "perinatal-death",
    "dengue-severe",
    "bartonellosis",
    "typhus",
    "vaccine-event",
    "hydatid",
]

IMMEDIATE_IN_COLOMBIA = [
    "chagas-acute",
    "cholera",
    "dengue-severe",
    "diphtheria",
    "flaccid-paralysis",
    "gunpowder-injury",
    "malaria-severe",
    "maternal-death",
    "measles",
    "meningitis",
    "meningococcal",
    "mpox",
    "pertussis",
    "rabies",
    "rubella-congenital",
    "vaccine-event",
    "venezuelan-encephalitis",
    "yellow-fever",
]
WEEKLY_IN_COLOMBIA = [
    "cancer-breast-cervix",
    "chikungunya",
    "congenital-anomaly",
    "congenital-syphilis",
    "dengue",
    "hepatitis-viral",
    "hiv",
    "leishmaniasis",
    "leprosy",
    "leptospirosis",
    "low-birth-weight",
    "malaria",
    "malnutrition-acute",
    "mumps",
    "perinatal-death",
    "poisoning",
    "syphilis-pregnancy",
    "tuberculosis",
    "typhoid",
    "varicella",
    "venomous-animals",
    "violence",
    "zika",
]


def urgencies(code: str) -> dict[str, Urgency]:
    return {
        event.id: event.by_country.get(code, event.urgency)
        for event in shipped()
        if not event.countries or code in event.countries
    }


def test_brazils_list_has_its_delays() -> None:
    known = urgencies("BR")
    assert [one for one in IMMEDIATE_IN_BRAZIL if known.get(one) is not Urgency.IMMEDIATE] == []
    assert [one for one in WEEKLY_IN_BRAZIL if known.get(one) is not Urgency.WEEKLY] == []


def test_perus_list_is_there() -> None:
    known = urgencies("PE")
    assert [one for one in IN_PERU if one not in known] == []
    assert known["dengue-severe"] is Urgency.IMMEDIATE
    assert known["dengue"] is Urgency.WEEKLY


def test_colombias_list_has_its_delays() -> None:
    known = urgencies("CO")
    assert [one for one in IMMEDIATE_IN_COLOMBIA if known.get(one) is not Urgency.IMMEDIATE] == []
    assert [one for one in WEEKLY_IN_COLOMBIA if known.get(one) is not Urgency.WEEKLY] == []


def test_what_only_one_country_asks_for_is_not_asked_elsewhere() -> None:
    for other in ("BR", "PE"):
        assert (
            urgencies(other)
            .keys()
            .isdisjoint(
                {
                    "congenital-anomaly",
                    "cancer-breast-cervix",
                    "gunpowder-injury",
                    "malnutrition-acute",
                }
            )
        )


@pytest.mark.parametrize(
    ("code", "events"),
    [
        ("1C60.3", {"tuberculosis", "hiv"}),
        ("1C61.0", {"malaria", "hiv"}),
        ("KA61.0", {"tuberculosis"}),
        ("KA62.8", {"rubella-congenital"}),
        ("KA64.1", {"malaria"}),
        ("1D22", {"dengue", "dengue-severe"}),
        ("1E50.1", {"hepatitis-viral"}),
        ("1F53.0", {"chagas", "chagas-acute"}),
        ("1F53.1", {"chagas", "chagas-acute"}),
        ("1F53.2", {"chagas"}),
    ],
)
def test_a_code_means_all_the_events_that_it_says(code: str, events: set[str]) -> None:
    assert {event.id for event in shipped() if means(event, [code], [])} == events


def test_every_event_is_once_and_has_codes() -> None:
    ids = [event.id for event in shipped()]
    assert len(ids) == len(set(ids))
    assert all(event.icd11 or event.icd10 for event in shipped())
