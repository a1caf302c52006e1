"""Sums over agendas: what became of appointments, whatever events do on their way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

import pytest

from schemas.activity import ActivityScope, AgendaActivity, AgendaActivityQuery
from schemas.agendas import Closure, PractitionerBody, WeeklyBlock
from schemas.appointments import Cancel, ChangeStatus, Reschedule, Status
from schemas.reports import AppointmentsReportKind, NewAppointmentsReport, ReportScope
from telesalud.appointments.activity import counting, reading
from telesalud.appointments.agendas.calendar import open_minutes
from telesalud.appointments.agendas.stored import OpeningHours
from telesalud.appointments.booking import lifecycle, repository
from telesalud.appointments.handlers import handlers
from telesalud.appointments.places import directory
from telesalud.appointments.policy import WRITE
from telesalud.appointments.report_words import WORDS
from telesalud.appointments.reports import DEFINITIONS, permission
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import Forbidden
from telesalud.platform.memory.files import MemoryBlobs
from telesalud.platform.reports import asking
from telesalud.platform.reports.model import Reports
from tests.support.crashes import crash_everywhere
from tests.worlds.appointments.clinic import MONDAY, Clinic, desk, patient
from tests.worlds.appointments.consults import FakeConsults
from tests.worlds.reports.running import made
from tests.worlds.world import TENANT, call, user

WEEK = date(2026, 11, 23)
DIRECTOR = user(Role.ADMINISTRATOR)


@dataclass
class Office:
    """A clinic whose events arrive when the test says so."""

    clinic: Clinic = field(default_factory=Clinic)
    heard: int = 0

    def hear(self, *, twice: bool = False, backwards: bool = False) -> None:
        """Hand all events since the last time to the handlers."""
        services = self.clinic.services
        known = handlers(services, FakeConsults, lambda: self.clinic.patients)
        new = self.clinic.world.events()[self.heard :]
        self.heard += len(new)
        for event in [*(reversed(new) if backwards else new), *(new if twice else ())]:
            if event.type.startswith("appointments.") and event.type in known:
                known[event.type](event)

    def move(self, appointment: str, status: Status, minutes: int = 0) -> None:
        """The next status, some minutes after the start on Monday."""
        services = self.clinic.services
        found = repository.load(services, call(desk()), appointment, WRITE)
        self.clinic.world.clock.now = MONDAY + timedelta(minutes=minutes)
        to = ChangeStatus(status=status)
        lifecycle.change_status(services, call(desk()), appointment, to, found.version)

    def told(self, by: Caller = DIRECTOR, **changes: Any) -> AgendaActivity:
        """The dashboard's answer."""
        fields = {"scope": ActivityScope.INSTITUTION, "first": WEEK, "weeks": 1} | changes
        query = AgendaActivityQuery.model_validate(fields)
        return reading.activity(self.clinic.services, call(by), query)

    def week(self, by: Caller = DIRECTOR, **changes: Any) -> Mapping[str, int]:
        """The counts of the last week that has any."""
        last = self.told(by, **changes).weeks[-1].model_dump(exclude={"week", "open_minutes"})
        return {name: amount for name, amount in last.items() if amount}


def test_who_waited_how_long_and_who_did_not_come_is_counted() -> None:
    office = Office()
    came = office.clinic.book(patient=patient(1))
    video = office.clinic.book(
        patient=patient(2), category="telemedicine", start=MONDAY + timedelta(minutes=30)
    )
    missed = office.clinic.book(patient=patient(3), start=MONDAY + timedelta(minutes=60))
    office.move(came.id, Status.ARRIVED, 0)
    office.move(came.id, Status.IN_ROOM, 20)
    office.move(came.id, Status.CHECKED_OUT, 45)
    office.move(video.id, Status.CHECKED_OUT, 60)
    office.move(missed.id, Status.NO_SHOW, 90)
    office.hear()
    assert office.week() == {
        "appointments": 3,
        "seen": 2,
        "televisits": 1,
        "no_shows": 1,
        "booked_minutes": 90,
        "waited": 1,
        "waited_minutes": 20,
        "waited_30": 1,
    }
    by_category = {total.id: total.now.appointments for total in office.told().categories}
    assert by_category == {"telemedicine": 1, "visit": 2}
    assert [total.id for total in office.told().sites] == [office.clinic.site]
    assert office.week(category="telemedicine")["appointments"] == 1


@pytest.mark.parametrize("order", [{}, {"twice": True}, {"backwards": True}])
def test_events_that_come_twice_or_backwards_count_the_same(order: dict[str, bool]) -> None:
    office = Office()
    made = office.clinic.book()
    moved = lifecycle.reschedule(
        office.clinic.services,
        call(desk()),
        made.id,
        Reschedule(start=MONDAY + timedelta(days=7)),
        made.version,
    )
    lifecycle.cancel(office.clinic.services, call(desk()), made.id, Cancel(), moved.version)
    office.clinic.book()
    office.hear(**order)
    told = office.told(first=WEEK + timedelta(days=7)).weeks
    assert [(w.week, w.appointments, w.cancelled) for w in told] == [
        (WEEK, 1, 0),
        (WEEK + timedelta(days=7), 0, 1),
    ]


def test_an_arrival_that_was_a_mistake_is_no_wait() -> None:
    office = Office()
    made = office.clinic.book()
    office.move(made.id, Status.ARRIVED, -60)
    office.move(made.id, Status.BOOKED, -59)
    office.move(made.id, Status.ARRIVED, 0)
    office.move(made.id, Status.IN_ROOM, 5)
    office.move(made.id, Status.ARRIVED, 6)
    office.move(made.id, Status.IN_ROOM, 30)
    office.move(made.id, Status.CHECKED_OUT, 45)
    office.hear()
    assert office.week()["waited_minutes"] == 5


def test_occupation_is_told_beside_how_long_agendas_were_open() -> None:
    office = Office()
    office.clinic.book()
    office.hear()
    [before, now] = office.told().weeks
    assert now.open_minutes == 2 * 5 * 8 * 60
    assert before.open_minutes == now.open_minutes
    assert office.told(category="visit").weeks[-1].open_minutes is None


def test_a_practitioner_sees_their_own_and_nobody_elses() -> None:
    office = Office()
    services, by = office.clinic.services, call(desk())
    me = user(Role.PHYSICIAN, subject="01900000-0000-7000-8000-0000000000aa")
    body = PractitionerBody(
        name="Médica Demostración Uno",
        sites=(office.clinic.site,),
        specialties=("general",),
        user_id=me.subject,
    )
    directory.change_practitioner(services, by, office.clinic.ana, body, 1)
    office.clinic.book()
    office.clinic.book(practitioners=(office.clinic.luis,), patient=patient(2))
    office.hear()
    assert office.week(me, scope=ActivityScope.MINE)["appointments"] == 1
    with pytest.raises(Forbidden):
        office.told(me)
    with pytest.raises(Forbidden):
        office.told(user(Role.FRONT_DESK))


def test_a_crash_while_counting_counts_once() -> None:
    def made() -> tuple[Office, str]:
        office = Office()
        return office, office.clinic.book().id

    def check(world: tuple[Office, str]) -> None:
        assert world[0].week() == {"appointments": 1, "expected": 1, "booked_minutes": 30}

    crashes = crash_everywhere(
        made,
        lambda world: world[0].clinic.world.store,
        lambda world: counting.count(world[0].clinic.services, TENANT, world[1]),
        check,
    )
    assert crashes == 2


def test_a_rebuild_counts_what_no_event_told() -> None:
    office = Office()
    office.clinic.book()
    office.clinic.book(patient=patient(2), practitioners=(office.clinic.luis,))
    assert office.told().weeks[-1].appointments == 0
    store, vault = office.clinic.world.store, office.clinic.services.vault
    assert counting.rebuild(store, vault, TENANT) == 2
    assert office.week()["appointments"] == 2
    office.hear()
    assert office.week()["appointments"] == 2


def test_overlapping_blocks_and_closures_count_once() -> None:
    site, monday = "01900000-0000-7000-8000-00000000000a", WEEK
    hours = OpeningHours(
        weekly=(block(site, 8, 12), block(site, 10, 14), block(site, 20, None)),
        closures=(
            Closure(first=monday, last=monday, start=time(11), end=time(13)),
            Closure(first=monday, last=monday, start=time(12), end=time(12, 30)),
            Closure(first=monday + timedelta(days=7), last=monday + timedelta(days=7)),
        ),
    )
    assert open_minutes(hours, monday, site) == (6 - 2 + 4) * 60
    assert open_minutes(hours, monday, "01900000-0000-7000-8000-00000000000b") == 0
    assert open_minutes(hours, monday + timedelta(days=1), site) == 0
    assert open_minutes(hours, monday + timedelta(days=7), site) == 0


def block(site: str, start: int, end: int | None) -> WeeklyBlock:
    ends = time(end) if end is not None else None
    return WeeklyBlock(weekday=1, start=time(start), end=ends, site=site, slot_minutes=30)


def test_the_workbook_says_what_the_dashboard_says() -> None:
    office = Office()
    office.clinic.book()
    office.clinic.book(
        patient=patient(2), category="telemedicine", practitioners=(office.clinic.luis,)
    )
    office.hear()
    services = office.clinic.services
    made_by = Reports(
        "appointments", services, MemoryBlobs(), DEFINITIONS, WORDS, permission(services)
    )
    asked = NewAppointmentsReport(
        kind=AppointmentsReportKind.WEEKS,
        scope=ReportScope.INSTITUTION,
        since=WEEK + timedelta(days=2),
        until=WEEK + timedelta(days=9),
    )
    rows = made(made_by, call(DIRECTOR), asked, "weeks")
    assert [(row["Semana del"], row["Sede"], row["Citas"]) for row in rows] == [
        ("2026-11-23", "Sede Demostración", "1"),
        ("2026-11-23", "Sede Demostración", "1"),
    ]
    with pytest.raises(Forbidden):
        asking.ask(made_by, call(user(Role.FRONT_DESK)), asked, "weeks")
