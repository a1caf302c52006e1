"""Group sessions: one time of the practitioner, a place for each patient, never one too many."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from schemas.appointments import Appointment, Cancel, ChangeStatus, Reschedule, Status
from schemas.groups import CancelGroup, Group, GroupQuery, GroupStatus, NewGroup, TakePlace
from telesalud.appointments.booking import lifecycle
from telesalud.appointments.errors import GroupFull, PatientBusy, SlotTaken
from telesalud.appointments.groups import sessions
from telesalud.appointments.policy import READ
from telesalud.appointments.timers import buckets
from telesalud.appointments.timers.buckets import TimerKind
from telesalud.platform.access import Caller
from telesalud.platform.errors import Conflict, Invalid, NotFound, StaleVersion
from telesalud.platform.work import AnsweredBefore, Call
from tests.support.crashes import crash_everywhere
from tests.support.memory_store import Crash
from tests.worlds.appointments.clinic import MONDAY, NOBODY, Clinic, desk, patient
from tests.worlds.world import TENANT, call

SYSTEM = Call(Caller.system(TENANT, "appointments"), "timer-1")


class Groups(Clinic):
    """A clinic with group sessions."""

    def plan(self, **changes: Any) -> Group:
        fields: dict[str, Any] = {
            "practitioners": (self.ana,),
            "site": self.site,
            "category": "visit",
            "start": MONDAY,
            "minutes": 60,
            "capacity": 3,
            "title": "Grupo de demostración",
        }
        body = NewGroup.model_validate(fields | changes)
        return sessions.plan(self.services, call(desk()), body)

    def take(self, group: Group, number: int, key: str = "") -> Appointment:
        body = TakePlace(patient=patient(number))
        by = call(desk(), key=key)
        return sessions.take(self.services, by, group.id, body, self.patients)

    def cancel(self, group: Group) -> Group:
        body = CancelGroup(reason="Feriado")
        return sessions.cancel(self.services, call(desk()), group.id, body, group.version)

    def show(self, group: Group) -> Group:
        return sessions.read(self.services, call(desk()), group.id)


@pytest.fixture
def clinic() -> Groups:
    return Groups()


def test_each_patient_has_a_place_and_an_attendance_of_his_own(clinic: Groups) -> None:
    group = clinic.plan()
    one, two = clinic.take(group, 1), clinic.take(group, 2)
    here = ChangeStatus(status=Status.ARRIVED)
    lifecycle.change_status(clinic.services, call(desk()), one.id, here, 1)
    shown = clinic.show(group)
    assert shown.taken == 2
    states = {p.appointment: p.status for p in shown.places}
    assert states == {one.id: Status.ARRIVED, two.id: Status.BOOKED}
    assert one.group == group.id


def test_the_practitioner_is_taken_by_the_session_even_while_it_is_empty(clinic: Groups) -> None:
    clinic.plan()
    with pytest.raises(SlotTaken):
        clinic.book(patient=patient(9), start=MONDAY + timedelta(minutes=30))
    with pytest.raises(SlotTaken):
        clinic.plan(start=MONDAY + timedelta(minutes=30))


def test_a_patient_is_in_one_place_at_a_time(clinic: Groups) -> None:
    group = clinic.plan()
    clinic.take(group, 1)
    with pytest.raises(PatientBusy):
        clinic.take(group, 1)
    with pytest.raises(PatientBusy):
        clinic.book(patient=patient(1), practitioners=(clinic.luis,))


def test_a_full_session_takes_nobody_until_a_place_is_given_up(clinic: Groups) -> None:
    group = clinic.plan()
    places = [clinic.take(group, n) for n in (1, 2, 3)]
    with pytest.raises(GroupFull):
        clinic.take(group, 4)
    lifecycle.cancel(clinic.services, call(desk()), places[0].id, Cancel(), 1)
    assert clinic.show(group).taken == 2
    clinic.take(group, 4)
    with pytest.raises(GroupFull):
        clinic.take(group, 5)


def test_of_many_racing_for_places_as_many_win_as_there_are(clinic: Groups) -> None:
    group = clinic.plan(capacity=4)
    barrier = threading.Barrier(10)
    outcomes: list[str] = []

    def run(number: int) -> None:
        barrier.wait()
        try:
            clinic.take(group, number)
        except GroupFull:
            outcomes.append("full")
        else:
            outcomes.append("won")

    threads = [threading.Thread(target=run, args=(n,)) for n in range(1, 11)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (outcomes.count("won"), outcomes.count("full")) == (4, 6)
    assert clinic.show(group).taken == 4


def test_a_cancelled_session_cancels_every_place_and_frees_everybody(clinic: Groups) -> None:
    group = clinic.plan()
    for number in (1, 2):
        clinic.take(group, number)
    left = clinic.cancel(clinic.show(group))
    assert (left.status, left.taken) == (GroupStatus.CANCELLED, 0)
    with pytest.raises(GroupFull):
        clinic.take(group, 3)
    clinic.book(patient=patient(1))
    again = clinic.cancel(group)
    assert again.status is GroupStatus.CANCELLED


def test_a_crash_anywhere_in_taking_a_place_takes_it_once() -> None:
    class Planned(Groups):
        def __post_init__(self) -> None:
            super().__post_init__()
            self.plan()

        def show_id(self, id_: str) -> Group:
            return sessions.show(self.services, call(desk()), id_, READ)

    def act(clinic: Planned) -> None:
        listed = clinic.world.store.query(f"GROUPS#{TENANT}#{clinic.site}").items
        group = clinic.show_id(listed[0].key.sk.rpartition("#")[2])
        try:
            clinic.take(group, 1, key="place-0001")
        except AnsweredBefore:
            return

    def check(clinic: Planned) -> None:
        listed = clinic.world.store.query(f"GROUPS#{TENANT}#{clinic.site}").items
        shown = clinic.show_id(listed[0].key.sk.rpartition("#")[2])
        assert (shown.taken, len(shown.places)) == (1, 1)

    assert crash_everywhere(Planned, lambda c: c.world.store, act, check) >= 2


def test_a_cancellation_that_broke_off_completes_by_itself(clinic: Groups) -> None:
    group = clinic.plan()
    for number in (1, 2, 3):
        clinic.take(group, number)
    shown = clinic.show(group)
    clinic.world.store.faults.before = 3
    with pytest.raises(Crash):
        clinic.cancel(shown)
    assert clinic.show(group).taken == 2
    clinic.world.clock.advance(minutes=5)
    done = {TimerKind.GROUP: lambda t: sessions.cancel_places(clinic.services, SYSTEM, t.subject)}
    assert buckets.sweep(clinic.services, done, lambda: True) == 1
    left = clinic.show(group)
    assert (left.taken, {p.status for p in left.places}) == (0, {Status.CANCELLED})


def test_a_place_moves_only_with_its_session(clinic: Groups) -> None:
    place = clinic.take(clinic.plan(), 1)
    to = Reschedule(start=MONDAY + timedelta(hours=2))
    with pytest.raises(Conflict, match="group session"):
        lifecycle.reschedule(clinic.services, call(desk()), place.id, to, 1)


def test_the_sessions_of_a_site_are_listed_with_their_places(clinic: Groups) -> None:
    group = clinic.plan()
    clinic.take(group, 1)
    clinic.plan(start=MONDAY + timedelta(days=3))
    query = GroupQuery(site=clinic.site, since=MONDAY, until=MONDAY + timedelta(days=2))
    listed = sessions.list_planned(clinic.services, call(desk()), query)
    assert [(g.id, g.taken, g.capacity) for g in listed.items] == [(group.id, 1, 3)]


def test_bad_sessions_and_places_are_refused(clinic: Groups) -> None:
    with pytest.raises(Invalid):
        clinic.plan(category="telemedicine")
    group = clinic.plan()
    body = TakePlace(patient=patient(1).model_copy(update={"id": NOBODY}))
    with pytest.raises(Invalid):
        sessions.take(clinic.services, call(desk()), group.id, body, clinic.patients)
    with pytest.raises(StaleVersion):
        clinic.cancel(group.model_copy(update={"version": 7}))
    with pytest.raises(NotFound):
        sessions.read(clinic.services, call(desk("clinic-two")), group.id)
    clinic.world.clock.now = MONDAY + timedelta(days=2)
    with pytest.raises(GroupFull):
        clinic.take(group, 1)
