"""Who waits is offered what becomes free: the most urgent first, never the same slot to two."""

import threading
from datetime import date, time, timedelta
from typing import Any

import pytest

from schemas.appointments import Cancel, Reschedule, SlotFreed, Status
from schemas.waiting import (
    ChangeWaiting,
    Urgency,
    WaitingBody,
    WaitingQuery,
    WaitingStatus,
)
from telesalud.appointments.booking import lifecycle
from telesalud.appointments.errors import NoOffer, SlotTaken
from telesalud.appointments.policy import READ
from telesalud.appointments.waiting import entries, offers
from telesalud.platform.errors import Invalid, NotFound, StaleVersion
from telesalud.platform.work import AnsweredBefore
from tests.support.crashes import crash_everywhere
from tests.worlds.appointments.clinic import MONDAY, NOBODY, desk, patient
from tests.worlds.appointments.waiting_list import SYSTEM, Waiting
from tests.worlds.world import START, TENANT, call


@pytest.fixture
def clinic() -> Waiting:
    return Waiting()


def test_a_cancelled_slot_is_offered_and_held(clinic: Waiting) -> None:
    waits = clinic.wait(1)
    clinic.cancelled()
    assert clinic.tell() == 1
    offered = clinic.entry(waits.id)
    assert offered.status is WaitingStatus.OFFERED
    assert offered.offer is not None
    assert (offered.offer.start, offered.offer.practitioner) == (MONDAY, clinic.ana)
    with pytest.raises(SlotTaken):
        clinic.book(patient=patient(2))


def test_an_accepted_offer_is_an_appointment(clinic: Waiting) -> None:
    waits = clinic.wait(1)
    clinic.cancelled()
    clinic.tell()
    made = clinic.accept(waits.id)
    assert (made.start, made.status, made.patient.id) == (MONDAY, Status.BOOKED, patient(1).id)
    booked = clinic.entry(waits.id)
    assert (booked.status, booked.appointment) == (WaitingStatus.BOOKED, made.id)
    listed = entries.list_open(clinic.services, call(desk()), WaitingQuery(site=clinic.site))
    assert listed.items == ()
    lifecycle.cancel(clinic.services, call(desk()), made.id, Cancel(), 1)
    clinic.book(patient=patient(2))


def test_a_slot_that_a_reschedule_leaves_is_offered(clinic: Waiting) -> None:
    waits = clinic.wait(1)
    made = clinic.book(patient=patient(2))
    to = Reschedule(start=MONDAY + timedelta(hours=1))
    lifecycle.reschedule(clinic.services, call(desk()), made.id, to, 1)
    assert clinic.tell() == 1
    assert clinic.entry(waits.id).status is WaitingStatus.OFFERED


def test_the_urgent_come_first_then_who_waits_longest(clinic: Waiting) -> None:
    routine = clinic.wait(1)
    urgent, later = (clinic.wait(n, urgency=Urgency.URGENT) for n in (2, 3))
    clinic.cancelled()
    clinic.tell()
    states = [clinic.entry(e.id).status.value for e in (routine, urgent, later)]
    assert states == ["waiting", "offered", "waiting"]
    query = WaitingQuery(site=clinic.site)
    listed = entries.list_open(clinic.services, call(desk()), query)
    assert [e.id for e in listed.items] == [urgent.id, later.id, routine.id]


@pytest.mark.parametrize(
    "wish",
    [
        {"not_before": date(2026, 11, 24)},
        {"not_after": date(2026, 11, 22)},
        {"weekdays": (2, 3)},
        {"earliest": time(8, 5)},
        {"latest": time(8, 25)},
        {"minutes": 60},
        {"notice_minutes": 3 * 24 * 60},
        {"practitioners": (), "specialty": "cardiology"},
    ],
)
def test_a_slot_that_does_not_suit_is_not_offered(clinic: Waiting, wish: dict[str, Any]) -> None:
    clinic.wait(1, **wish)
    clinic.cancelled()
    assert clinic.tell() == 0
    clinic.book(patient=patient(2))


@pytest.mark.parametrize(
    "wish",
    [
        {"not_before": date(2026, 11, 23), "not_after": date(2026, 11, 23)},
        {"weekdays": (1,), "earliest": time(8), "latest": time(8, 30)},
        {"practitioners": (), "specialty": "general", "minutes": 20},
    ],
)
def test_a_slot_that_just_suits_is_offered(clinic: Waiting, wish: dict[str, Any]) -> None:
    clinic.wait(1, **wish)
    clinic.cancelled()
    assert clinic.tell() == 1


def test_a_patient_who_is_busy_then_is_passed_over(clinic: Waiting) -> None:
    busy, free = clinic.wait(1), clinic.wait(2)
    clinic.book(patient=patient(1), practitioners=(clinic.luis,))
    clinic.cancelled()
    assert clinic.tell() == 1
    assert clinic.entry(busy.id).status is WaitingStatus.WAITING
    assert clinic.entry(free.id).status is WaitingStatus.OFFERED


def test_a_declined_slot_goes_to_the_next_and_not_back(clinic: Waiting) -> None:
    first, second = clinic.wait(1), clinic.wait(2)
    clinic.cancelled()
    clinic.tell()
    left = clinic.decline(clinic.entry(first.id))
    assert (left.status, left.refused, left.offer) == (WaitingStatus.WAITING, 1, None)
    assert clinic.tell() == 1
    assert clinic.entry(second.id).status is WaitingStatus.OFFERED
    clinic.decline(clinic.entry(second.id))
    assert clinic.tell() == 0
    clinic.book(patient=patient(3))


def test_an_offer_runs_out_and_the_next_is_asked(clinic: Waiting) -> None:
    first, second = clinic.wait(1), clinic.wait(2)
    clinic.cancelled()
    clinic.tell()
    offer = clinic.entry(first.id).offer
    assert offer is not None
    assert offer.expires_at <= START + timedelta(hours=4, seconds=5)
    assert clinic.sweep() == 0
    clinic.world.clock.now = offer.expires_at
    with pytest.raises(NoOffer):
        clinic.accept(first.id)
    assert clinic.sweep() == 1
    assert clinic.entry(first.id).status is WaitingStatus.WAITING
    assert clinic.tell() == 1
    assert clinic.entry(second.id).status is WaitingStatus.OFFERED
    assert clinic.sweep() == 0


def test_an_offer_shortly_before_the_slot_leaves_time_for_the_next(clinic: Waiting) -> None:
    waits = clinic.wait(1, notice_minutes=0)
    made = clinic.book(patient=patient(99))
    clinic.world.clock.now = MONDAY - timedelta(hours=2)
    lifecycle.cancel(clinic.services, call(desk()), made.id, Cancel(), 1)
    clinic.tell()
    offer = clinic.entry(waits.id).offer
    assert offer is not None
    assert offer.expires_at == MONDAY - timedelta(hours=1)


def test_a_slot_in_closed_hours_is_not_offered(clinic: Waiting) -> None:
    clinic.wait(1)
    clinic.cancelled(start=MONDAY - timedelta(hours=1), outside_hours=True)
    assert clinic.tell() == 0


def test_accepting_twice_books_once(clinic: Waiting) -> None:
    waits = clinic.wait(1)
    clinic.cancelled()
    clinic.tell()
    made = clinic.accept(waits.id)
    with pytest.raises(NoOffer):
        clinic.accept(waits.id, key="another-1")
    booked = [e for e in clinic.world.events() if e.type == "appointments.appointment_booked"]
    assert [e.subject for e in booked][-1] == made.id
    assert len(booked) == 2


def test_of_accepting_and_expiring_at_once_one_wins(clinic: Waiting) -> None:
    waits = clinic.wait(1)
    clinic.cancelled()
    clinic.tell()
    entry, version = entries.load(clinic.services, call(desk()), waits.id, READ)
    rival = clinic.services

    def between(_: object) -> None:
        clinic.world.store.before_transact = None
        clinic.world.clock.advance(hours=5)
        offers.expire(rival, SYSTEM, waits.id)

    clinic.world.store.before_transact = between
    with pytest.raises(NoOffer):
        clinic.accept(waits.id)
    assert clinic.entry(waits.id).status is WaitingStatus.WAITING
    clinic.book(patient=patient(2))
    assert entry.offer is not None
    assert version == 2


def test_a_slot_is_offered_to_one_of_those_racing(clinic: Waiting) -> None:
    for number in range(1, 6):
        clinic.wait(number)
    made = clinic.cancelled()
    fact = SlotFreed(
        appointment_id=made.id,
        practitioner_ids=(clinic.ana,),
        site_id=clinic.site,
        category="visit",
        start=MONDAY,
        minutes=30,
    )
    barrier = threading.Barrier(4)
    offered: list[int] = []

    def run() -> None:
        services = clinic.services
        barrier.wait()
        offered.append(offers.offer_freed(services, SYSTEM, fact))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(offered) == 1


def test_a_crash_anywhere_in_an_offer_leaves_all_or_nothing() -> None:
    def make() -> Waiting:
        clinic = Waiting()
        clinic.wait(1)
        clinic.cancelled()
        return clinic

    def act(clinic: Waiting) -> None:
        clinic.tell()
        page = clinic.world.store.query(entries.queue_of(TENANT, clinic.site))
        if page.items:
            try:
                clinic.accept(page.items[0].key.sk.rpartition("#")[2])
            except AnsweredBefore:
                return

    def check(clinic: Waiting) -> None:
        booked = [e for e in clinic.world.events() if e.type == "appointments.appointment_booked"]
        assert len(booked) == 2
        with pytest.raises(SlotTaken):
            clinic.book(patient=patient(2))
        timers_left = clinic.world.store.sweep("TIMERS#")
        assert [i for i in timers_left if i.attributes.get("kind") == "offer"] == []

    assert crash_everywhere(make, lambda c: c.world.store, act, check) >= 4


def test_an_entry_is_changed_or_withdrawn_only_while_nothing_is_held(clinic: Waiting) -> None:
    waits = clinic.wait(1)
    fields = waits.model_dump(include=set(WaitingBody.model_fields))
    changed = entries.change(
        clinic.services,
        call(desk()),
        waits.id,
        ChangeWaiting.model_validate(fields | {"urgency": Urgency.URGENT}),
        1,
    )
    assert (changed.urgency, changed.version) == (Urgency.URGENT, 2)
    clinic.cancelled()
    clinic.tell()
    gone = ChangeWaiting.model_validate(fields | {"withdrawn": True})
    with pytest.raises(NoOffer):
        entries.change(clinic.services, call(desk()), waits.id, gone, 3)
    clinic.decline(clinic.entry(waits.id))
    with pytest.raises(StaleVersion):
        entries.change(clinic.services, call(desk()), waits.id, gone, 1)
    left = entries.change(clinic.services, call(desk()), waits.id, gone, 4)
    assert left.status is WaitingStatus.WITHDRAWN
    query = WaitingQuery(site=clinic.site)
    assert entries.list_open(clinic.services, call(desk()), query).items == ()


def test_bad_entries_are_refused_and_leave_nothing(clinic: Waiting) -> None:
    before = len(clinic.world.store.changes)
    for wrong in ({"site": NOBODY}, {"category": "nothing"}, {"practitioners": (NOBODY,)}):
        with pytest.raises(Invalid):
            clinic.wait(1, **wrong)
    assert len(clinic.world.store.changes) == before


def test_an_entry_of_another_institution_does_not_exist(clinic: Waiting) -> None:
    waits = clinic.wait(1)
    with pytest.raises(NotFound):
        entries.read(clinic.services, call(desk("clinic-two")), waits.id)


def test_no_name_or_note_is_kept_in_clear(clinic: Waiting) -> None:
    clinic.wait(1, note="Prefiere la mañana")
    kept = [*clinic.world.store.sweep("WAITING#"), *clinic.world.store.sweep("QUEUE#")]
    stored = repr([item.attributes for item in kept])
    assert len(kept) == 2
    assert "Demostración" not in stored
    assert "mañana" not in stored
