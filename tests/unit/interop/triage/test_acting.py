"""What staff make of a request: states, locks, patients, appointments, and the end of a record."""

import contextlib
from typing import Any

import pytest

from schemas.triage import (
    AnswerTriage,
    CloseReason,
    CloseTriage,
    MatchPatient,
    ReferTriage,
    TriageQuery,
    TriageState,
)
from telesalud.interop.triage import acting, candidates, inbox
from telesalud.platform.access import Role
from telesalud.platform.errors import (
    Conflict,
    Forbidden,
    InvalidTransition,
    NotFound,
    StaleVersion,
    Unavailable,
)
from tests.support.memory_store import Crash
from tests.worlds.interop.citizens import (
    ADMIN,
    BOOKING,
    BOT,
    NURSE,
    OTHER_NURSE,
    PATIENT,
    START,
    Desk,
    message,
)
from tests.worlds.world import call, user


def test_two_people_cannot_take_the_same_request_at_once() -> None:
    desk = Desk.open()
    which = desk.send(message()).id
    taken = acting.take(desk.services, call(NURSE), which, 1)
    assert (taken.state, taken.assigned_to) == (TriageState.ASSIGNED, NURSE.subject)
    with pytest.raises(StaleVersion):
        acting.take(desk.services, call(OTHER_NURSE), which, 1)
    assert acting.take(desk.services, call(OTHER_NURSE), which, 2).assigned_to == "nurse-2"


def test_who_is_not_clinical_staff_sees_and_does_nothing() -> None:
    desk = Desk.open()
    which = desk.send(message()).id
    for caller in (ADMIN, BOT, user(Role.FRONT_DESK), user(Role.AUDITOR)):
        with pytest.raises(Forbidden):
            inbox.read(desk.services, call(caller), which)
        with pytest.raises(Forbidden):
            acting.take(desk.services, call(caller), which, 1)
    with pytest.raises(NotFound):
        inbox.read(desk.services, call(user(Role.NURSE, tenant="other")), which)


def test_the_citizen_is_proposed_and_becomes_a_patient_only_by_a_persons_word() -> None:
    desk = Desk.open()
    which = desk.send(message()).id
    proposed = candidates.propose(desk.services, call(NURSE), which)
    assert [each.agrees for each in proposed.items] == [("birth_date", "name")]
    assert desk.read(which).patient is None
    with pytest.raises(Conflict):
        acting.book(desk.services, call(NURSE), which, BOOKING, 1)
    after = acting.match(desk.services, call(NURSE), which, MatchPatient(patient=PATIENT), 1)
    assert after.patient == PATIENT
    stranger = MatchPatient(patient="01930000-0000-7000-8000-00000000eeee")
    with pytest.raises(NotFound):
        acting.match(desk.services, call(NURSE), which, stranger, 2)


def test_a_booked_request_says_when_and_its_citizen_no_longer_changes() -> None:
    desk = Desk.open()
    request = desk.matched()
    booked = acting.book(desk.services, call(NURSE), request.id, BOOKING, request.version)
    assert booked.state is TriageState.BOOKED
    assert booked.changes[-1].start == START
    assert booked.changes[-1].zone == "America/Lima"
    body = MatchPatient(patient=PATIENT)
    with pytest.raises(Conflict):
        acting.match(desk.services, call(NURSE), request.id, body, booked.version)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", [1, 2])
def test_a_crash_while_booking_never_books_twice(step: int, *, after: bool) -> None:
    desk = Desk.open()
    request = desk.matched()
    setattr(desk.world.store.faults, "after" if after else "before", step)
    with contextlib.suppress(Crash):
        acting.book(desk.services, call(NURSE, key="booking-1"), request.id, BOOKING, 2)
    desk.world.store.faults.before = desk.world.store.faults.after = 0
    with contextlib.suppress(StaleVersion):
        acting.book(desk.services, call(NURSE, key="booking-1"), request.id, BOOKING, 2)
    assert desk.read(request.id).state is TriageState.BOOKED
    assert len(desk.clinic.booked) == 1


def test_an_agenda_that_does_not_answer_leaves_the_request_as_it_was() -> None:
    desk = Desk.open()
    request = desk.matched()

    def down() -> None:
        raise Unavailable

    desk.clinic.on_book = down
    with pytest.raises(Unavailable):
        acting.book(desk.services, call(NURSE), request.id, BOOKING, request.version)
    assert desk.read(request.id).version == request.version


def test_what_is_over_leaves_the_inbox_and_can_be_taken_up_again() -> None:
    desk = Desk.open()
    which = desk.send(message()).id
    closed = acting.close(
        desk.services, call(NURSE), which, CloseTriage(reason=CloseReason.DUPLICATE), 1
    )
    everything = inbox.page(desk.services, call(NURSE), TriageQuery())
    assert everything.items == ()
    done = inbox.page(desk.services, call(NURSE), TriageQuery(show="done"))
    assert [line.state for line in done.items] == [TriageState.CLOSED]
    with pytest.raises(InvalidTransition):
        acting.answer(desk.services, call(NURSE), which, AnswerTriage(text="Hola"), closed.version)
    again = acting.take(desk.services, call(NURSE), which, closed.version)
    assert again.state is TriageState.ASSIGNED
    page = inbox.page(desk.services, call(NURSE), TriageQuery())
    assert [line.id for line in page.items] == [which]


def test_the_inbox_shows_the_most_pressing_first_and_then_the_oldest() -> None:
    desk = Desk.open()
    kinds: list[dict[str, Any]] = [
        {"urgency": "routine"},
        {"urgency": "urgent"},
        {"urgency": "soon"},
        {"urgency": "routine", "red_flags": [{"code": "x", "text": "y"}]},
        {"urgency": "urgent"},
    ]
    ids = [desk.send(message(f"evento-000{n}", **more)).id for n, more in enumerate(kinds)]
    page = inbox.page(desk.services, call(NURSE), TriageQuery())
    assert [ids.index(line.id) for line in page.items] == [3, 1, 4, 2, 0]


def test_a_referral_says_where_to() -> None:
    desk = Desk.open()
    which = desk.send(message()).id
    body = ReferTriage(to="Emergencia del hospital")
    assert acting.refer(desk.services, call(NURSE), which, body, 1).changes[-1].to == body.to
