"""What happens to appointments when the world around them changes: hours, holidays, patients; and
the rules by which a taken time may be taken again."""

import json
from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.agendas import (
    AffectedQuery,
    AvailabilityBody,
    CategoryBody,
    Closure,
    PractitionerBody,
    SiteBody,
    SlotQuery,
)
from schemas.appointments import AgendaQuery, Cancel, Reschedule, Status
from schemas.patients import PatientFact
from telesalud.appointments import handlers
from telesalud.appointments.booking import lifecycle, merges, reading, repository, slots
from telesalud.appointments.booking.locks import Kind, Owner
from telesalud.appointments.errors import (
    AgendaChanged,
    OutsideHours,
    PatientBusy,
    PatientMerged,
    SlotTaken,
)
from telesalud.appointments.places import affected_appointments, directory
from telesalud.appointments.policy import READ
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import Forbidden, NotFound
from telesalud.platform.events import Event
from telesalud.platform.work import Call
from tests.support.crashes import crash_everywhere
from tests.worlds.appointments.clinic import MONDAY, Clinic, desk, patient
from tests.worlds.world import START, TENANT, call, user

SYSTEM = Call(Caller.system(TENANT, "appointments"), "event-1")
HOUR = timedelta(hours=1)
HOLIDAY = Closure(first=date(2026, 11, 23), last=date(2026, 11, 23), reason="Feriado")


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()


def holiday(clinic: Clinic, version: int = 1, **changes: Any) -> Any:
    body = SiteBody(name="Sede Demostración", zone=clinic.zone, holidays=(HOLIDAY,), **changes)
    return directory.change_site(clinic.services, call(desk()), clinic.site, body, version)


# --- hours and holidays ---------------------------------------------------------------------------


def test_a_holiday_names_the_appointments_that_it_falls_on_and_loses_none(clinic: Clinic) -> None:
    hit, spared = clinic.book(), clinic.book(start=MONDAY + timedelta(days=1), patient=patient(2))
    cancelled = clinic.book(start=MONDAY + HOUR, patient=patient(3))
    lifecycle.cancel(clinic.services, call(desk()), cancelled.id, Cancel(), 1)
    site = holiday(clinic)
    assert [a.appointment for a in site.affected] == [hit.id]
    for one in (hit, spared):
        assert reading.read(clinic.services, call(desk()), one.id).status is Status.BOOKED
    listed = affected_appointments.of_site(
        clinic.services, call(desk()), clinic.site, AffectedQuery()
    )
    assert [a.appointment for a in listed.items] == [hit.id]
    to = Reschedule(start=MONDAY + timedelta(days=2))
    lifecycle.reschedule(clinic.services, call(desk()), hit.id, to, 1)
    listed = affected_appointments.of_site(
        clinic.services, call(desk()), clinic.site, AffectedQuery()
    )
    assert listed.items == ()


def test_on_a_holiday_nothing_is_free_and_nothing_is_booked(clinic: Clinic) -> None:
    holiday(clinic)
    query = SlotQuery(practitioner=clinic.ana, from_date=date(2026, 11, 23), days=1)
    assert slots.free_slots(clinic.services, call(desk()), query).items == ()
    with pytest.raises(OutsideHours):
        clinic.book()


def test_a_holiday_and_a_booking_at_the_same_moment_do_not_both_win(clinic: Clinic) -> None:
    def rival(_: object) -> None:
        clinic.world.store.before_transact = None
        holiday(clinic)

    clinic.world.store.before_transact = rival
    with pytest.raises(AgendaChanged):
        clinic.book()


def test_shorter_hours_name_what_no_longer_fits(clinic: Clinic) -> None:
    hit = clinic.book()
    clinic.book(start=MONDAY + 6 * HOUR, patient=patient(2))
    clinic.book(start=MONDAY - HOUR, patient=patient(3), outside_hours=True)
    hours = clinic.hours()
    afternoons = AvailabilityBody(weekly=tuple(b for b in hours.weekly if b.start >= time(14)))
    put = directory.put_hours(clinic.services, call(desk()), clinic.ana, afternoons, 1)
    assert [a.appointment for a in put.affected] == [hit.id]
    query = AffectedQuery(limit=1)
    listed = affected_appointments.of_practitioner(clinic.services, call(desk()), clinic.ana, query)
    assert [a.appointment for a in listed.items] == [hit.id]


def test_affected_appointments_are_paged_without_loss(clinic: Clinic) -> None:
    made = [
        clinic.book(start=MONDAY + timedelta(minutes=30 * n), patient=patient(n + 1)).id
        for n in range(7)
    ]
    directory.put_hours(clinic.services, call(desk()), clinic.ana, AvailabilityBody(), 1)
    found: list[str] = []
    cursor = None
    while True:
        query = AffectedQuery(limit=3, cursor=cursor)
        page = affected_appointments.of_practitioner(
            clinic.services, call(desk()), clinic.ana, query
        )
        found += [a.appointment for a in page.items]
        cursor = page.cursor
        if cursor is None:
            break
    assert found == made
    with pytest.raises(NotFound):
        affected_appointments.of_site(clinic.services, call(desk()), clinic.ana, AffectedQuery())


# --- overbooking ----------------------------------------------------------------------------------


def allow(clinic: Clinic, *, category: int, practitioner: int) -> None:
    body = CategoryBody(
        minutes=30, overbooking=category, title_es="Consulta", title_pt="Consulta", title_en="Visit"
    )
    directory.put_category(clinic.services, call(desk()), "visit", body, 1)
    person = PractitionerBody(
        name="Médica Demostración Uno", sites=(clinic.site,), overbooking=practitioner
    )
    directory.change_practitioner(clinic.services, call(desk()), clinic.ana, person, 1)


def test_a_taken_time_is_overbooked_as_far_as_both_rules_admit(clinic: Clinic) -> None:
    allow(clinic, category=2, practitioner=1)
    clinic.book()
    second = clinic.book(patient=patient(2), overbook=True)
    assert second.overbooked is True
    with pytest.raises(SlotTaken):
        clinic.book(patient=patient(3), overbook=True)
    with pytest.raises(SlotTaken):
        clinic.book(patient=patient(3))
    with pytest.raises(PatientBusy):
        clinic.book(patient=patient(2), practitioners=(clinic.luis,))
    lifecycle.cancel(clinic.services, call(desk()), second.id, Cancel(), 1)
    clinic.book(patient=patient(3), overbook=True)


def test_a_free_time_is_not_overbooked(clinic: Clinic) -> None:
    allow(clinic, category=1, practitioner=1)
    assert clinic.book(overbook=True).overbooked is False


def test_without_a_rule_nothing_is_overbooked(clinic: Clinic) -> None:
    clinic.book()
    with pytest.raises(SlotTaken):
        clinic.book(patient=patient(2), overbook=True)


def test_overbooking_needs_its_right(clinic: Clinic) -> None:
    allow(clinic, category=1, practitioner=1)
    clinic.book()
    by = call(user(Role.FRONT_DESK))
    command = clinic.command(patient=patient(2), overbook=True)
    with pytest.raises(Forbidden):
        lifecycle.book(clinic.services, by, command, clinic.patients)


def test_an_overbooked_appointment_moves_to_a_time_of_its_own(clinic: Clinic) -> None:
    allow(clinic, category=1, practitioner=1)
    clinic.book()
    second = clinic.book(patient=patient(2), overbook=True)
    to = Reschedule(start=MONDAY + HOUR)
    moved = lifecycle.reschedule(clinic.services, call(desk()), second.id, to, 1)
    assert moved.overbooked is False
    with pytest.raises(SlotTaken):
        clinic.book(patient=patient(3), start=MONDAY + HOUR)
    back = Reschedule(start=MONDAY, overbook=True)
    again = lifecycle.reschedule(clinic.services, call(desk()), second.id, back, 2)
    assert again.overbooked is True


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(st.tuples(st.integers(0, 6), st.integers(1, 4), st.booleans()), max_size=14),
    allowed=st.integers(0, 2),
)
def test_no_moment_ever_has_more_than_the_rule_admits(
    steps: list[tuple[int, int, bool]], allowed: int
) -> None:
    clinic = Clinic()
    allow(clinic, category=allowed, practitioner=allowed)
    load: dict[int, int] = {}
    for number, (start, length, overbook) in enumerate(steps, start=1):
        taken = range(start, start + length)
        try:
            clinic.book(
                patient=patient(number),
                start=MONDAY + timedelta(minutes=5 * start),
                minutes=5 * length,
                overbook=overbook,
            )
        except SlotTaken:
            assert any(load.get(q) for q in taken)
            continue
        for quantum in taken:
            load[quantum] = load.get(quantum, 0) + 1
    assert all(count <= 1 + allowed for count in load.values())


# --- merged patients ------------------------------------------------------------------------------


def told(clinic: Clinic, sequence: int, into: int | None, who: int = 1) -> int:
    fact = PatientFact(patient_id=patient(who).id, merged_into=patient(into).id if into else None)
    return merges.follow(clinic.services, SYSTEM, fact, sequence)


def whose(clinic: Clinic, number: int) -> list[str]:
    query = AgendaQuery(patient=patient(number).id, since=START, until=START + timedelta(days=30))
    return [a.id for a in reading.agenda(clinic.services, call(desk()), query).items]


def locked(clinic: Clinic, number: int) -> set[str]:
    owner = Owner(TENANT, Kind.PATIENT, patient(number).id)
    items = clinic.world.store.query(owner.partition).items
    return {item.text(name) for item in items for name in item.attributes}


def test_appointments_follow_a_merge_and_its_undoing(clinic: Clinic) -> None:
    own = clinic.book(patient=patient(2), start=MONDAY + HOUR).id
    moved = clinic.book(patient=patient(1)).id
    assert told(clinic, 2, into=2) == 1
    assert (whose(clinic, 1), whose(clinic, 2)) == ([], [moved, own])
    assert (locked(clinic, 1), locked(clinic, 2)) == (set(), {moved, own})
    with pytest.raises(PatientBusy):
        clinic.book(patient=patient(2), practitioners=(clinic.luis,))
    assert told(clinic, 3, into=None) == 1
    assert (whose(clinic, 1), whose(clinic, 2)) == ([moved], [own])
    assert (locked(clinic, 1), locked(clinic, 2)) == ({moved}, {own})


def test_nobody_books_for_a_patient_who_was_merged(clinic: Clinic) -> None:
    told(clinic, 2, into=2)
    with pytest.raises(PatientMerged) as refused:
        clinic.book(patient=patient(1))
    assert refused.value.extra["survivor"] == patient(2).id
    told(clinic, 3, into=None)
    clinic.book(patient=patient(1))


def test_a_booking_while_the_patient_is_merged_does_not_escape(clinic: Clinic) -> None:
    def rival(_: object) -> None:
        clinic.world.store.before_transact = None
        told(clinic, 2, into=2)

    clinic.world.store.before_transact = rival
    with pytest.raises(PatientMerged):
        clinic.book(patient=patient(1))
    assert (whose(clinic, 1), whose(clinic, 2)) == ([], [])


def test_news_that_come_late_or_twice_change_nothing(clinic: Clinic) -> None:
    made = clinic.book(patient=patient(1)).id
    told(clinic, 4, into=None)
    assert told(clinic, 3, into=2) == 0
    assert whose(clinic, 1) == [made]
    assert told(clinic, 5, into=2) == 1
    assert told(clinic, 5, into=2) == 0
    assert whose(clinic, 2) == [made]


def test_both_having_the_same_hour_cancels_neither(clinic: Clinic) -> None:
    first = clinic.book(patient=patient(1)).id
    second = clinic.book(patient=patient(2), practitioners=(clinic.luis,)).id
    told(clinic, 2, into=2)
    assert sorted(whose(clinic, 2)) == sorted([first, second])
    assert (locked(clinic, 1), locked(clinic, 2)) == ({first}, {second})
    lifecycle.cancel(clinic.services, call(desk()), first, Cancel(), 2)
    assert locked(clinic, 1) == set()
    told(clinic, 3, into=None)
    assert whose(clinic, 1) == [first]


def test_what_was_cancelled_moves_without_taking_time(clinic: Clinic) -> None:
    made = clinic.book(patient=patient(1))
    lifecycle.cancel(clinic.services, call(desk()), made.id, Cancel(), 1)
    told(clinic, 2, into=2)
    assert whose(clinic, 2) == [made.id]
    assert locked(clinic, 2) == set()


def test_a_crash_anywhere_in_following_a_merge_is_made_good() -> None:
    def make() -> Clinic:
        clinic = Clinic()
        for n in range(3):
            clinic.book(patient=patient(1), start=MONDAY + n * HOUR)
        return clinic

    def check(clinic: Clinic) -> None:
        assert len(whose(clinic, 2)) == len(locked(clinic, 2)) == 3
        assert whose(clinic, 1) == []
        assert locked(clinic, 1) == set()

    crashes = crash_everywhere(make, lambda c: c.world.store, lambda c: told(c, 2, into=2), check)
    assert crashes >= 8


def test_the_queue_brings_all_of_it(clinic: Clinic) -> None:
    """Events of the bus reach planning, offers and merges through one table of handlers."""
    made = clinic.book(patient=patient(1))
    fact = {"patient_id": patient(1).id, "merged_into": patient(2).id}
    event = Event(
        id=clinic.services.new_id(),
        type="patients.patient_updated",
        version=1,
        tenant=TENANT,
        subject=patient(1).id,
        sequence=2,
        at=START,
        data=fact,
    )
    table = handlers.handlers(
        clinic.services, lambda: pytest.fail("no teleconsultation here"), lambda: clinic.patients
    )
    table[event.type](event)
    assert whose(clinic, 2) == [made.id]
    for announced in clinic.world.events():
        if announced.type in table:
            table[announced.type](announced)
    assert json.dumps(repository.load(clinic.services, call(desk()), made.id, READ).view.patient.id)
