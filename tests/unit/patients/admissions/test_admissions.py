"""Admissions: one at a time, a place for one, and a discharge once all is accounted for."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from schemas.admissions import (
    AdmissionBody,
    AdmissionStatus,
    AdmittedPatient,
    AdmittedQuery,
    Condition,
    DischargeBody,
    Disposition,
    NewAdmission,
    Place,
    PlaceKind,
)
from telesalud.patients.admissions import admitting, discharging, reading
from telesalud.patients.admissions.admitting import Where
from telesalud.patients.encounters import writing
from telesalud.patients.errors import NotSettled
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import (
    Conflict,
    Forbidden,
    Invalid,
    InvalidTransition,
    NotFound,
    StaleVersion,
)
from telesalud.platform.store import StoreBusy
from telesalud.platform.work import AnsweredBefore
from tests.support.crashes import crash_everywhere
from tests.worlds.patients.people import register
from tests.worlds.patients.ward import DOCTOR, NURSE, STRANGER, Ward, doctor, new_encounter, person
from tests.worlds.staff import hire

ADMISSIONS = person("01900000-0000-7000-d000-00000000000a", Role.ADMISSIONS)
CHAIR = Place(kind=PlaceKind.CHAIR, ward="Hospital de día", name="Sillón 1")


@dataclass
class Pharmacy:
    """What the pharmacy answers, and what it was asked."""

    left: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)

    def close(self, admission: str) -> None:
        if self.left:
            raise NotSettled(self.left, ["1"] * len(self.left))
        self.closed.append(admission)


@pytest.fixture
def here() -> Ward:
    made = Ward()
    hire(made.world.services, STRANGER, (Role.PHYSICIAN,))
    return made


def body(**changes: Any) -> NewAdmission:
    fields = {"place": CHAIR, "responsible": DOCTOR, "diagnosis": "Neumonía", **changes}
    return NewAdmission.model_validate(fields, strict=False)


def another(here: Ward, number: int = 0) -> str:
    """Somebody else, whom nobody of the ward treats."""
    born = date(1970, 1, 1 + number)
    return register(here.world, birth_date=born, confirm_not_duplicate=True).id


def admit(here: Ward, patient: str = "", key: str = "", **changes: Any) -> AdmittedPatient:
    call = here.by(ADMISSIONS, key) if key else here.by(ADMISSIONS)
    return admitting.admit(here.services, call, patient or here.patient, body(**changes))


def discharge(
    here: Ward, made: AdmittedPatient, wards: Pharmacy | None = None, by: Caller | None = None
) -> AdmittedPatient:
    summary = DischargeBody(
        condition=Condition.IMPROVED,
        disposition=Disposition.HOME,
        summary="Evolución favorable, alta con indicaciones.",
    )
    where = Where(made.id, made.version)
    pharmacy = wards or Pharmacy()
    return discharging.discharge(here.services, pharmacy, here.by(by or doctor()), where, summary)


def listed(here: Ward) -> list[str]:
    return [
        one.id for one in reading.here(here.services, here.by(ADMISSIONS), AdmittedQuery()).items
    ]


def test_who_is_admitted_is_listed_until_the_discharge(here: Ward) -> None:
    made = admit(here)
    assert listed(here) == [made.id]
    left = discharge(here, made)
    assert (left.status, listed(here)) == (AdmissionStatus.DISCHARGED, [])
    assert left.discharge is not None
    assert left.discharge.summary
    again = admit(here)
    assert again.id != made.id


def test_a_patient_is_admitted_once_at_a_time_and_a_place_has_one_patient(here: Ward) -> None:
    admit(here)
    with pytest.raises(Conflict):
        admit(here, place=CHAIR.model_copy(update={"name": "Sillón 2"}))
    other = another(here)
    with pytest.raises(Conflict):
        admit(here, other, place=CHAIR.model_copy(update={"name": "SILLÓN 1"}))


def test_twenty_who_take_one_chair_at_once_seat_one(here: Ward) -> None:
    others = [another(here, n) for n in range(8)]

    def act(patient: str) -> str:
        try:
            return admit(here, patient).id
        except (Conflict, StoreBusy):
            return ""

    with ThreadPoolExecutor(8) as pool:
        assert len(list(filter(None, pool.map(act, others)))) == 1
    assert len(listed(here)) == 1


def test_nothing_is_discharged_while_the_ward_has_something_left(here: Ward) -> None:
    made = admit(here)
    with pytest.raises(NotSettled):
        discharge(here, made, Pharmacy(left=["Amoxicilina"]))
    assert listed(here) == [made.id]


def test_two_who_discharge_at_once_discharge_once(here: Ward) -> None:
    made = admit(here)

    def act(_: int) -> str:
        try:
            return discharge(here, made).status
        except (InvalidTransition, StaleVersion, StoreBusy):
            return ""

    with ThreadPoolExecutor(6) as pool:
        assert len(list(filter(None, pool.map(act, range(6))))) == 1


def test_a_discharge_is_signed_by_a_physician_in_the_patients_care(here: Ward) -> None:
    made = admit(here)
    for who in (ADMISSIONS, person(NURSE, Role.NURSE), person(STRANGER, Role.PHYSICIAN)):
        with pytest.raises(Forbidden):
            discharge(here, made, by=who)


def test_the_summary_is_for_who_is_in_the_patients_care(here: Ward) -> None:
    made = discharge(here, admit(here))
    shown = reading.read(here.services, here.by(ADMISSIONS), made.id)
    assert shown.discharge is not None
    assert shown.discharge.summary == ""
    close = reading.read(here.services, here.by(doctor()), made.id)
    assert close.discharge is not None
    assert close.discharge.summary


def test_the_responsible_clinician_is_let_in_and_an_auditor_told(here: Ward) -> None:
    other = another(here)
    with pytest.raises(Forbidden):
        writing.begin(
            here.services,
            here.by(person(STRANGER, Role.PHYSICIAN)),
            other,
            new_encounter(practitioner_name=None),
        )
    made = admit(here, other, responsible=STRANGER)
    begun = writing.begin(
        here.services,
        here.by(person(STRANGER, Role.PHYSICIAN)),
        other,
        new_encounter(practitioner_name=None, admission=made.id),
    )
    assert begun.admission == made.id
    reported = [e for e in here.world.events() if e.type == "patients.access_reported"]
    assert reported[-1].data["user_id"] == STRANGER


def test_an_encounter_names_an_admission_of_its_patient(here: Ward) -> None:
    other = another(here)
    theirs = admit(here, other)
    with pytest.raises(Invalid):
        here.begin(admission=theirs.id)


def test_a_responsible_is_a_clinician(here: Ward) -> None:
    with pytest.raises(Invalid):
        admit(here, responsible=ADMISSIONS.subject)


def test_somebody_who_moves_frees_their_place(here: Ward) -> None:
    made = admit(here)
    other = another(here)
    moved = AdmissionBody(
        place=CHAIR.model_copy(update={"name": "Sillón 9"}),
        responsible=DOCTOR,
        diagnosis="Neumonía",
    )
    after = admitting.change(here.services, here.by(ADMISSIONS), made.id, moved, made.version)
    assert after.place.name == "Sillón 9"
    assert admit(here, other).place == CHAIR


def test_a_cancelled_admission_frees_everything(here: Ward) -> None:
    made = admit(here)
    where = Where(made.id, made.version)
    wards = Pharmacy()
    after = admitting.cancel(
        here.services, wards, here.by(ADMISSIONS), where, "Paciente equivocado"
    )
    assert (after.status, wards.closed) == (AdmissionStatus.CANCELLED, [made.id])
    admit(here)
    with pytest.raises(InvalidTransition):
        discharge(here, after)


def test_emergencies_are_not_admitted_on_a_disconnected_site(here: Ward) -> None:
    with pytest.raises(Conflict):
        admitting.admit(
            here.services, here.by(ADMISSIONS), here.patient, body(kind="emergency"), "site-1"
        )


def test_an_admission_of_another_institution_is_not_found(here: Ward) -> None:
    made = admit(here)
    stranger = person(ADMISSIONS.subject, Role.ADMISSIONS, tenant="other-hospital")
    with pytest.raises(NotFound):
        reading.read(here.services, here.by(stranger), made.id)


def test_a_crash_between_any_two_steps_admits_all_or_nothing() -> None:
    def act(here: Ward) -> None:
        with contextlib.suppress(AnsweredBefore, Conflict):
            admit(here, key="admit-1")

    def check(here: Ward) -> None:
        assert len(listed(here)) == 1

    assert crash_everywhere(Ward, lambda here: here.world.store, act, check) >= 1
