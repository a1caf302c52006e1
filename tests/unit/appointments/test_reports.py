"""Reports over agendas: by the site's days, for those who may, from the agenda's copies only."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from schemas.agendas import PractitionerBody, SiteBody
from schemas.appointments import ChangeStatus, Reschedule, Status
from schemas.common import PageQuery
from schemas.reports import AppointmentsReportKind as Kind
from schemas.reports import NewAppointmentsReport, ReportScope
from telesalud.appointments import reports
from telesalud.appointments.booking import lifecycle
from telesalud.appointments.places import directory
from telesalud.appointments.report_words import WORDS
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import Forbidden, Invalid
from telesalud.platform.memory.files import MemoryBlobs
from telesalud.platform.reports import asking
from telesalud.platform.reports.model import Reports
from tests.worlds.appointments.clinic import MONDAY, NOBODY, Clinic, desk, patient
from tests.worlds.reports.running import SmallPages, made
from tests.worlds.world import TENANT, call, user

DAY = date(2026, 11, 23)


@dataclass
class Office:
    """A clinic that asks for reports."""

    clinic: Clinic = field(default_factory=Clinic)
    blobs: MemoryBlobs = field(default_factory=MemoryBlobs)
    small_pages: int = 0
    """The longest page that the store gives, when above zero."""

    def reports(self) -> Reports:
        """As a cold process has them."""
        services = self.clinic.services
        if self.small_pages:
            services = replace(services, store=SmallPages(services.store, self.small_pages))
        permit = reports.permission(services)
        return Reports("appointments", services, self.blobs, reports.DEFINITIONS, WORDS, permit)

    def rows(self, kind: Kind, by: Caller | None = None, **changes: Any) -> list[dict[str, str]]:
        """What a report says."""
        return made(self.reports(), call(by or desk()), command(kind, **changes), kind.value)

    def book(self, number: int, start: datetime, status: Status, **changes: Any) -> str:
        """An appointment of patient `number` that has come to a status."""
        made = self.clinic.book(patient=patient(number), start=start, **changes)
        if status is not Status.BOOKED:
            self.move(made.id, status, made.version)
        return made.id

    def move(self, appointment: str, status: Status, version: int) -> None:
        """The next status."""
        to, clock = ChangeStatus(status=status), self.clinic.world.clock
        now, clock.now = clock.now, MONDAY + timedelta(days=7)
        lifecycle.change_status(self.clinic.services, call(desk()), appointment, to, version)
        clock.now = now

    def other_site(self, name: str, zone: str) -> tuple[str, str]:
        """A site in another zone, and somebody who receives patients there."""
        services, by = self.clinic.services, call(desk())
        site = directory.add_site(services, by, SiteBody(name=name, zone=zone)).id
        body = PractitionerBody(
            name="Médica Demostración Tres", sites=(site,), specialties=("general",)
        )
        return site, directory.add_practitioner(services, by, body).id


def command(kind: Kind, **changes: Any) -> NewAppointmentsReport:
    """A report of Monday over the institution."""
    fields: dict[str, Any] = {
        "kind": kind,
        "scope": ReportScope.INSTITUTION,
        "since": DAY,
        "until": DAY,
    }
    return NewAppointmentsReport.model_validate(fields | changes)


def physician(subject: str) -> Caller:
    """Somebody who only treats patients."""
    return user(Role.PHYSICIAN, subject=subject)


def test_the_agenda_of_a_day_lists_every_appointment_at_its_local_time() -> None:
    office = Office()
    office.book(2, MONDAY + timedelta(minutes=30), Status.ARRIVED)
    office.book(1, MONDAY, Status.BOOKED, category="telemedicine")
    office.book(3, MONDAY + timedelta(days=1), Status.BOOKED)
    first, second = office.rows(Kind.AGENDA)
    assert first == {
        "Inicio": "2026-11-23T08:00-05:00",
        "Minutos": "30",
        "Paciente": "Paciente Demostración 1",
        "Profesionales": "Médica Demostración Uno",
        "Tipo de cita": "Consulta",
        "Sede": "Sede Demostración",
        "Sala": "",
        "Teleconsulta": "sí",
        "Estado": "agendada",
    }
    assert (second["Paciente"], second["Estado"]) == ("Paciente Demostración 2", "llegó")


def test_a_day_is_the_sites_own() -> None:
    """23:30 on Monday in Lima is Tuesday in UTC, and 00:30 is not Sunday."""
    office = Office()
    site, person = office.other_site("Unidade Demonstração", "America/Sao_Paulo")
    late = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
    outside = {"outside_hours": True}
    office.book(1, late, Status.BOOKED, **outside)
    office.book(2, late + timedelta(hours=1), Status.BOOKED, **outside)
    for number, hour in ((3, 2), (4, 3)):
        start = datetime(2026, 11, 24, hour, 30, tzinfo=UTC)
        office.book(number, start, Status.BOOKED, site=site, practitioners=(person,), **outside)
    rows = office.rows(Kind.AGENDA, language="en")
    assert {(row["Patient"], row["Start"]) for row in rows} == {
        ("Paciente Demostración 1", "2026-11-23T23:30-05:00"),
        ("Paciente Demostración 3", "2026-11-23T23:30-03:00"),
    }


def test_a_long_agenda_comes_whole_over_many_steps() -> None:
    office = Office(small_pages=3)
    office.other_site("Sede Vacía", "America/Lima")
    expected = []
    for number in range(8):
        office.book(number, MONDAY + timedelta(minutes=30 * number), Status.BOOKED)
        expected.append(f"Paciente Demostración {number}")
    assert [row["Paciente"] for row in office.rows(Kind.AGENDA)] == expected


def test_a_rescheduled_appointment_is_listed_where_it_is_now() -> None:
    office = Office()
    which = office.book(1, MONDAY, Status.BOOKED)
    to = Reschedule(start=MONDAY + timedelta(days=1))
    lifecycle.reschedule(office.clinic.services, call(desk()), which, to, 1)
    assert office.rows(Kind.AGENDA) == []
    assert len(office.rows(Kind.AGENDA, until=DAY + timedelta(days=1))) == 1


def test_no_shows_are_those_who_were_waited_for_in_vain() -> None:
    office = Office()
    for number, status in enumerate((Status.NO_SHOW, Status.CHECKED_OUT, Status.BOOKED)):
        office.book(number, MONDAY + timedelta(minutes=30 * number), status)
    left = office.book(7, MONDAY + timedelta(minutes=120), Status.ARRIVED)
    office.move(left, Status.LEFT, 2)
    rows = office.rows(Kind.NO_SHOWS)
    assert [(row["Paciente"], row["Estado"]) for row in rows] == [
        ("Paciente Demostración 0", "no asistió"),
        ("Paciente Demostración 7", "se retiró"),
    ]


def test_activity_adds_up_over_all_steps() -> None:
    office = Office(small_pages=2)
    statuses = (Status.CHECKED_OUT, Status.CHECKED_OUT, Status.NO_SHOW, Status.BOOKED)
    for number, status in enumerate(statuses):
        office.book(number, MONDAY + timedelta(minutes=30 * number), status)
    luis = {"practitioners": (office.clinic.luis,)}
    office.book(8, MONDAY, Status.CHECKED_OUT, category="telemedicine", **luis)
    rows = office.rows(Kind.ACTIVITY, language="en")
    ana, luis_row = rows
    assert (ana["Practitioner"], ana["Appointments"], ana["seen"]) == (
        "Médica Demostración Uno",
        "4",
        "2",
    )
    assert (ana["no-show"], ana["Expected"], ana["Minutes"]) == ("1", "1", "60")
    assert (luis_row["Appointments"], luis_row["Telemedicine"]) == ("1", "1")


def test_practitioners_of_one_name_are_counted_apart() -> None:
    office = Office()
    namesake = office.clinic.add_practitioner("Médica Demostración Uno", "general")
    office.book(1, MONDAY, Status.BOOKED)
    office.book(2, MONDAY, Status.BOOKED, practitioners=(namesake,))
    assert [row["Citas"] for row in office.rows(Kind.ACTIVITY)] == ["1", "1"]


def test_a_report_is_narrowed_to_a_site_and_a_practitioner() -> None:
    office = Office()
    office.book(1, MONDAY, Status.BOOKED)
    office.book(2, MONDAY, Status.BOOKED, practitioners=(office.clinic.luis,))
    rows = office.rows(Kind.AGENDA, site=office.clinic.site, practitioner=office.clinic.luis)
    assert [row["Paciente"] for row in rows] == ["Paciente Demostración 2"]
    empty, _ = office.other_site("Sede Vacía", "America/Lima")
    assert office.rows(Kind.AGENDA, site=empty) == []
    for name in ("site", "practitioner"):
        with pytest.raises(Invalid):
            office.rows(Kind.AGENDA, None, **{name: NOBODY})


def test_a_practitioner_gets_his_own_rows_and_nobody_elses() -> None:
    office = Office()
    services, by = office.clinic.services, call(desk())
    account = "01900000-0000-7000-9000-0000000000b1"
    known = directory.list_practitioners(services, by, PageQuery()).items
    ana = next(p for p in known if p.id == office.clinic.ana)
    fields = {name: getattr(ana, name) for name in PractitionerBody.model_fields}
    body = PractitionerBody(**fields | {"user_id": account})
    directory.change_practitioner(services, by, ana.id, body, ana.version)
    office.book(1, MONDAY, Status.BOOKED)
    office.book(2, MONDAY, Status.BOOKED, practitioners=(office.clinic.luis,))
    mine = {"scope": ReportScope.MINE}
    rows = office.rows(Kind.AGENDA, by=physician(account), **mine)
    assert [row["Paciente"] for row in rows] == ["Paciente Demostración 1"]
    assert len(office.rows(Kind.ACTIVITY, by=physician(account), **mine)) == 1
    assert office.rows(Kind.AGENDA, by=physician("somebody-else"), **mine) == []


@pytest.mark.parametrize(
    ("role", "kind", "scope"),
    [
        (Role.PHYSICIAN, Kind.AGENDA, ReportScope.INSTITUTION),
        (Role.NURSE, Kind.ACTIVITY, ReportScope.INSTITUTION),
        (Role.FRONT_DESK, Kind.ACTIVITY, ReportScope.INSTITUTION),
        (Role.LABORATORY, Kind.AGENDA, ReportScope.MINE),
        (Role.AUDITOR, Kind.NO_SHOWS, ReportScope.INSTITUTION),
        (Role.PHARMACIST, Kind.AGENDA, ReportScope.INSTITUTION),
    ],
)
def test_who_may_not_have_a_report_gets_none(role: Role, kind: Kind, scope: ReportScope) -> None:
    office = Office()
    with pytest.raises(Forbidden):
        asking.ask(office.reports(), call(user(role)), command(kind, scope=scope), kind.value)


def test_the_front_desk_prints_the_agenda_of_the_day() -> None:
    office = Office()
    office.book(1, MONDAY, Status.BOOKED)
    assert len(office.rows(Kind.AGENDA, by=user(Role.FRONT_DESK))) == 1


def test_another_institution_has_other_rows() -> None:
    office = Office()
    office.book(1, MONDAY, Status.BOOKED)
    other = Office(Clinic(office.clinic.world, tenant="another-hospital"))
    assert other.rows(Kind.AGENDA, by=replace(desk(), tenant="another-hospital")) == []
    assert office.clinic.tenant == TENANT


def test_an_institution_without_sites_has_an_empty_report() -> None:
    office = Office()
    assert office.rows(Kind.AGENDA, by=replace(desk(), tenant="empty-hospital")) == []
