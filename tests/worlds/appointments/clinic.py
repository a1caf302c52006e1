"""A clinic with an agenda, for the tests of this context."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any

from schemas.agendas import AvailabilityBody, CategoryBody, PractitionerBody, SiteBody, WeeklyBlock
from schemas.appointments import Appointment, Book, PatientReference
from telesalud.appointments.booking import lifecycle
from telesalud.appointments.neighbours.patients import Registered
from telesalud.appointments.places import directory
from telesalud.platform.access import Caller, Role
from telesalud.platform.events import Event
from telesalud.platform.work import Services
from tests.worlds.world import TENANT, World, call, user

MONDAY = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
"""08:00 in Lima, two days after the world's clock."""
PATIENT = "01900000-0000-7000-9000-0000000000a1"
NOBODY = "01900000-0000-7000-9000-0000000000ff"


class EveryPatient:
    """A patients service that knows everybody but NOBODY; counts its calls."""

    def __init__(self) -> None:
        self.asked = 0
        self.names: dict[str, str] = {PATIENT: "Paciente Demostración Uno"}
        self.dead: set[str] = set()

    def person(self, tenant: str, patient: str) -> Registered | None:
        self.asked += 1
        if patient == NOBODY:
            return None
        name = self.names.get(patient, f"Paciente Demostración {int(patient[-12:], 16)}")
        return Registered(name, patient in self.dead)


def desk(tenant: str = TENANT) -> Caller:
    """Somebody who may do everything with appointments."""
    return user(Role.ADMINISTRATOR, Role.PHYSICIAN, tenant=tenant)


@dataclass
class Clinic:
    """One tenant with a site, two practitioners and two categories."""

    world: World = field(default_factory=World)
    tenant: str = TENANT
    zone: str = "America/Lima"
    patients: EveryPatient = field(default_factory=EveryPatient)
    site: str = ""
    ana: str = ""
    luis: str = ""

    @property
    def services(self) -> Services:
        """Fresh services of the world."""
        return self.world.services

    def __post_init__(self) -> None:
        services = self.services
        by = call(desk(self.tenant))
        site = SiteBody(name="Sede Demostración", zone=self.zone)
        self.site = directory.add_site(services, by, site).id
        for code, remote in (("visit", False), ("telemedicine", True)):
            body = CategoryBody(
                title_es="Consulta",
                title_pt="Consulta",
                title_en="Visit",
                minutes=30,
                telemedicine=remote,
            )
            directory.put_category(services, by, code, body, 0)
        self.ana = self.add_practitioner("Médica Demostración Uno", "general")
        self.luis = self.add_practitioner("Médico Demostración Dos", "cardiology")

    def told(self) -> list[Event]:
        """Every event but those about the sites that the clinic began with."""
        return [e for e in self.world.events() if e.type != "appointments.site_changed"]

    def add_practitioner(self, name: str, specialty: str) -> str:
        """A practitioner who receives patients on workdays from 8 to 12 and 14 to 18."""
        services, by = self.services, call(desk(self.tenant))
        body = PractitionerBody(name=name, sites=(self.site,), specialties=(specialty,))
        person = directory.add_practitioner(services, by, body).id
        directory.put_hours(services, by, person, self.hours(), 0)
        return person

    def hours(self) -> AvailabilityBody:
        """Workdays from 8 to 12 and from 14 to 18, in slots of 30 minutes."""
        blocks = [
            WeeklyBlock(
                weekday=day, start=time(start), end=time(end), site=self.site, slot_minutes=30
            )
            for day in range(1, 6)
            for start, end in ((8, 12), (14, 18))
        ]
        return AvailabilityBody(weekly=tuple(blocks))

    def command(self, **changes: Any) -> Book:
        """A booking of Monday at eight with Ana."""
        fields: dict[str, Any] = {
            "patient": PatientReference(id=PATIENT, display_name="Paciente Demostración Uno"),
            "practitioners": (self.ana,),
            "site": self.site,
            "category": "visit",
            "start": MONDAY,
            "minutes": 30,
        }
        return Book.model_validate(fields | changes)

    def book(
        self, *, key: str = "", services: Services | None = None, **changes: Any
    ) -> Appointment:
        """Book by the desk."""
        by = call(desk(self.tenant), key=key)
        return lifecycle.book(services or self.services, by, self.command(**changes), self.patients)


def patient(number: int) -> PatientReference:
    """A synthetic patient."""
    return PatientReference(
        id=f"01900000-0000-7000-9000-{number:012x}", display_name=f"Paciente Demostración {number}"
    )
