"""What names an encounter names one of the same patient's; what two registrations say is one."""

from collections.abc import Callable
from datetime import date

import pytest

from schemas import chart as c
from telesalud.patients.chart import entries
from telesalud.patients.chart.kinds import KINDS
from telesalud.patients.people import merging, registration
from telesalud.patients.summary import reading as summary
from telesalud.platform.access import Role
from telesalud.platform.errors import Forbidden, Invalid
from tests.worlds.patients.people import body_of, register
from tests.worlds.patients.ward import COLLEAGUE, DOCTOR, Ward, person
from tests.worlds.world import call, partner

ALLERGY = KINDS[c.EntryKind.ALLERGY]


@pytest.fixture
def ward() -> Ward:
    return Ward()


def another(ward: Ward) -> str:
    """A second patient of the doctor's."""
    return register(ward.world, subject=DOCTOR, birth_date=date(1999, 9, 9)).id


def note(ward: Ward, patient: str, body: c.AnyBody) -> None:
    entries.record(ward.services, ward.by(), patient, body)


def test_an_entry_names_an_encounter_of_its_own_patient_only(ward: Ward) -> None:
    begun, other = ward.begin().id, another(ward)
    note(ward, ward.patient, c.ProblemBody(text="Tos", encounter=begun))
    makes: list[Callable[[str], c.AnyBody]] = [
        lambda which: c.ProblemBody(text="Tos", encounter=which),
        lambda which: c.AllergyBody(text="Maní", encounter=which),
        lambda which: c.MedicationBody(text="Enalapril", encounter=which),
    ]
    for make in makes:
        for which in (begun, ward.world.new_id()):
            with pytest.raises(Invalid) as refused:
                note(ward, other, make(which))
            assert refused.value.fields[0].pointer == "/encounter"


def test_none_known_beside_the_others_allergy_is_refuted_until_the_merge_is_taken_back(
    ward: Ward,
) -> None:
    other = another(ward)
    note(ward, ward.patient, c.AllergyBody(text="Ninguna", type=c.AllergyType.NONE_KNOWN))
    note(ward, other, c.AllergyBody(text="Penicilina"))
    admin = ward.by(person(COLLEAGUE, Role.ADMINISTRATOR))
    merging.merge(ward.services, admin, ward.patient, other, 1)
    ward.treats()

    def shown() -> dict[str, c.Verification]:
        listed, _, _ = entries.list_entries(
            ward.services, ward.by(), ward.patient, ALLERGY, c.ChartQuery()
        )
        return {one.text: one.verification for one in listed if isinstance(one, c.Allergy)}

    assert shown()["Ninguna"] is c.Verification.REFUTED
    found = summary.summary(ward.services, ward.by(), ward.patient)
    assert [one.text for one in found.allergies] == ["Penicilina"]
    merging.unmerge(ward.services, admin, ward.patient, other, 2)
    assert shown() == {"Ninguna": c.Verification.UNCONFIRMED}


def test_a_death_is_recorded_and_taken_back_by_who_cares_for_the_patient(ward: Ward) -> None:
    def changes(by: object, died: date | None) -> int:
        services = ward.services
        known = registration.read(services, ward.by(), ward.patient)
        body = body_of(known, deceased_on=died)
        caller = call(by)  # type: ignore[arg-type]  # a caller
        return registration.update(services, caller, ward.patient, body, known.version).version

    outsiders = [
        person(COLLEAGUE, Role.PHYSICIAN),
        person(COLLEAGUE, Role.FRONT_DESK),
        person(COLLEAGUE, Role.ADMINISTRATOR),
    ]
    for outsider in outsiders:
        with pytest.raises(Forbidden):
            changes(outsider, date(2026, 11, 1))
    assert changes(ward.by().caller, date(2026, 11, 1)) == 2
    with pytest.raises(Forbidden):
        changes(outsiders[0], None)
    assert changes(partner("patients.write"), None) == 3
