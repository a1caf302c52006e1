"""A nurse at the door comes in by receiving; an account that becomes a practitioner is seen."""

from datetime import timedelta

import pytest

from schemas.agendas import PractitionerMapped
from schemas.appointments import PatientReceived
from schemas.care import AccessWay, RelationKind, ReviewBody, ReviewOutcome, ReviewQuery
from telesalud.patients.access import granting
from telesalud.patients.access.reception import follow_mapping, follow_reception
from telesalud.patients.people.relations import relation_key
from telesalud.patients.reviews import reports
from telesalud.platform.access import Role
from telesalud.platform.errors import Forbidden
from tests.support.crashes import crash_everywhere
from tests.worlds.patients.ward import DOCTOR, NURSE, STRANGER, Ward, auditor, person
from tests.worlds.staff import hire
from tests.worlds.world import START, TENANT

APPOINTMENT = "01900000-0000-7000-f000-000000000001"
PLACE = "01900000-0000-7000-f000-000000000002"
EVENT = "01900000-0000-7000-f000-000000000003"
OTHER = "01900000-0000-7000-d000-0000000000de"


def ward() -> Ward:
    made = Ward()
    hire(made.services, STRANGER, (Role.NURSE,))
    return made


def receive(place: Ward, user: str = STRANGER, *, booked_by: str = OTHER, **by: int) -> None:
    fact = PatientReceived(
        appointment_id=APPOINTMENT,
        patient_id=place.patient,
        user_id=user,
        booked_by=booked_by,
        start=START + timedelta(**by),
    )
    follow_reception(place.services, TENANT, fact, START)


def kinds(place: Ward, user: str = STRANGER, role: Role = Role.NURSE) -> tuple[RelationKind, ...]:
    """How the user is let in now; nothing for who is refused."""
    try:
        caller = place.by(person(user, role))
        return tuple(granting.admission(place.services, caller, place.patient).relations)
    except Forbidden:
        return ()


def ways(place: Ward) -> list[AccessWay]:
    found = reports.listed(place.services, place.by(auditor()), ReviewQuery())
    return [report.way for report in found.items]


def test_a_nurse_who_received_the_patient_is_in_for_a_day() -> None:
    place = ward()
    assert kinds(place) == ()
    receive(place, hours=1)
    assert kinds(place) == (RelationKind.TEAM,)
    assert ways(place) == [], "it is the routine of the day"
    place.world.clock.advance(hours=24)
    assert kinds(place) == ()


@pytest.mark.parametrize("role", [Role.PHYSICIAN, Role.FRONT_DESK, Role.ADMINISTRATOR])
def test_receiving_lets_nobody_else_in(role: Role) -> None:
    place = Ward()
    hire(place.services, STRANGER, (role,))
    receive(place)
    assert kinds(place, role=role) == ()


@pytest.mark.parametrize("hours", [-13, 13, 400])
def test_receiving_on_another_day_lets_nobody_in(hours: int) -> None:
    place = ward()
    receive(place, hours=hours)
    assert kinds(place) == ()


def test_a_dismissed_nurse_is_not_let_in() -> None:
    place = Ward()
    hire(place.services, STRANGER, (Role.NURSE,), active=False)
    receive(place)
    item = place.world.store.get(relation_key(TENANT, place.patient, STRANGER))
    assert item is None


def test_who_made_the_appointment_too_is_reported() -> None:
    place = ward()
    receive(place, booked_by=STRANGER)
    receive(place, booked_by=STRANGER)
    assert ways(place) == [AccessWay.OWN_BOOKING]


def test_a_crash_or_a_repetition_lets_in_once() -> None:
    def check(place: Ward) -> None:
        assert kinds(place) == (RelationKind.TEAM,)
        told = [event.type for event in place.world.events()]
        assert told.count("patients.relation_granted") == 1

    assert crash_everywhere(ward, lambda place: place.world.store, receive, check) >= 2


def mapped(place: Ward, user: str, by: str) -> None:
    fact = PractitionerMapped(practitioner_id=PLACE, user_id=user, by=by)
    follow_mapping(place.services, TENANT, fact, EVENT)


def test_ones_own_account_as_a_practitioner_is_reported_once() -> None:
    place = ward()
    mapped(place, DOCTOR, DOCTOR)
    mapped(place, DOCTOR, DOCTOR)
    (found,) = reports.listed(place.services, place.by(auditor()), ReviewQuery()).items
    assert (found.way, found.user, found.patient) == (AccessWay.MAPPED, DOCTOR, None)
    assert found.about == f"practitioner/{PLACE}/user/{DOCTOR}"
    verdict = ReviewBody(outcome=ReviewOutcome.IN_ORDER)
    reports.review(place.services, place.by(auditor()), found.id, verdict)
    mapped(place, DOCTOR, DOCTOR)
    assert ways(place) == [], "what was looked at does not come back"


def test_an_account_that_the_mapper_handed_over_is_reported_and_anothers_is_not() -> None:
    place = Ward()
    hire(place.services, STRANGER, (Role.NURSE,), vouched_by=OTHER)
    mapped(place, STRANGER, OTHER)
    assert ways(place) == [AccessWay.MAPPED]
    quiet = Ward()
    hire(quiet.services, STRANGER, (Role.NURSE,), vouched_by=NURSE)
    mapped(quiet, STRANGER, OTHER)
    assert ways(quiet) == []
