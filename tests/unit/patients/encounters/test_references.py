"""Which encounters are a patient's own, as other contexts ask before they name one."""

from datetime import date, timedelta

import pytest

from schemas.encounters import EncounterReference
from telesalud.patients.access import granting
from telesalud.patients.encounters import writing
from telesalud.patients.encounters.references import reference
from telesalud.patients.people import merging
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import Forbidden, NotFound
from tests.support.crashes import crash_everywhere
from tests.worlds.patients.people import register
from tests.worlds.patients.ward import COLLEAGUE, DOCTOR, NURSE, Ward, doctor, new_encounter, person
from tests.worlds.world import partner

APPOINTMENT = "01900000-0000-7000-a000-0000000000aa"


@pytest.fixture
def ward() -> Ward:
    return Ward()


def ask(ward: Ward, patient: str, which: str, caller: Caller | None = None) -> EncounterReference:
    return reference(ward.services, ward.by(caller), patient, which)


def test_an_encounter_is_its_patients_and_nobody_elses(ward: Ward) -> None:
    begun = ward.begin().id
    other = register(ward.world, subject=DOCTOR, birth_date=date(1999, 9, 9)).id
    assert ask(ward, ward.patient, begun).encounter == begun
    assert ask(ward, ward.patient, begun, partner("patients.read")).patient == ward.patient
    for patient, which in ((other, begun), (ward.patient, ward.world.new_id())):
        with pytest.raises(NotFound):
            ask(ward, patient, which)
    with pytest.raises(NotFound):
        ask(ward, ward.patient, begun, doctor(tenant="clinic-two"))
    with pytest.raises(Forbidden):
        ask(ward, ward.patient, begun, person(NURSE, Role.NURSE))
    admin = ward.by(person(COLLEAGUE, Role.ADMINISTRATOR))
    merging.merge(ward.services, admin, other, ward.patient, 1)
    assert ask(ward, other, begun).patient == other


def begin(ward: Ward, key: str = "", minute: int = 0, caller: Caller | None = None) -> str:
    body = new_encounter(appointment=APPOINTMENT, practitioner_name=None)
    body = body.model_copy(update={"started_at": body.started_at + timedelta(minutes=minute)})
    return writing.begin(ward.services, ward.by(caller, key), ward.patient, body).id


def test_an_appointment_has_one_encounter_whoever_begins_it_and_however_often(ward: Ward) -> None:
    first = begin(ward)
    assert begin(ward, minute=3) == first
    ward.treats(user=NURSE)
    assert begin(ward, caller=person(NURSE, Role.NURSE)) == first
    assert ward.begin().id != first
    assert [e.type for e in ward.world.events()].count("patients.encounter_opened") == 2


def test_beginning_at_an_appointment_survives_every_crash() -> None:
    def check(world: Ward) -> None:
        opened = [e for e in world.world.events() if e.type == "patients.encounter_opened"]
        assert len(opened) == 1

    crashes = crash_everywhere(Ward, lambda w: w.world.store, begin, check)
    assert crashes > 0


def test_the_ids_of_a_patient_are_told_to_who_works_on_what_was_ordered(ward: Ward) -> None:
    other = register(ward.world, subject=DOCTOR, birth_date=date(1999, 9, 9)).id
    admin = ward.by(person(COLLEAGUE, Role.ADMINISTRATOR))
    merging.merge(ward.services, admin, other, ward.patient, 1)
    pharmacist = ward.by(person(NURSE, Role.PHARMACIST))
    found = granting.members(ward.services, pharmacist, ward.patient)
    assert (found.patient, set(found.members)) == (other, {other, ward.patient})
    with pytest.raises(NotFound):
        granting.members(ward.services, ward.by(doctor(tenant="clinic-two")), ward.patient)
    with pytest.raises(Forbidden):
        granting.members(ward.services, ward.by(person(NURSE)), ward.patient)
