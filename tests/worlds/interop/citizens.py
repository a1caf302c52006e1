"""A citizen channel at an institution, and the staff of its triage inbox."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from schemas.appointments import Appointment, Book, BookedPractitioner, LinkStatus, Origin
from schemas.citizen_channels import CitizenChannelBody
from schemas.patients import Patient, PatientList, PatientSearch, PatientSummary, PersonName, Sex
from schemas.triage import BookTriage, MatchPatient, Triage, TriageReceipt
from telesalud.interop.triage import acting, channels, inbox, intake
from telesalud.interop.triage.services import Place, TriageServices
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import NotFound
from telesalud.platform.webhooks.signature import headers_for
from tests.worlds.world import TENANT, World, call, partner, user

ADMIN = user(Role.ADMINISTRATOR)
NURSE = user(Role.NURSE, subject="nurse-1")
OTHER_NURSE = user(Role.NURSE, subject="nurse-2")
BOT = partner("interop.triage", subject="bot-1")
PATIENT = "01930000-0000-7000-8000-00000000aaaa"
SITE = "01930000-0000-7000-8000-00000000bbbb"
PRACTITIONER = "01930000-0000-7000-8000-00000000cccc"
START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
BOOKING = BookTriage(
    practitioners=(PRACTITIONER,), site=SITE, category="tele", start=START, minutes=30
)


def message(event_id: str = "evento-0001", **more: Any) -> dict[str, Any]:
    """What a channel sends of a citizen, with everything filled."""
    return {
        "schema_version": "1",
        "event_id": event_id,
        "channel_user": "chat:demo-1",
        "reported_at": "2026-11-21T06:58:00-05:00",
        "language": "es",
        "consent": {
            "reference": "consent-demo-1",
            "given_at": "2026-11-21T06:50:00-05:00",
            "text_version": "2026-10",
        },
        "complaint": "Me duele la cabeza desde ayer",
        "answers": [{"code": "days", "question": "¿Desde hace cuántos días?", "value": "1"}],
        "red_flags": [],
        "urgency": "soon",
        "model": {"name": "demo-structurer", "version": "3", "confidence": 0.82},
        "confirmed": [
            {"part": "complaint", "by": "citizen", "at": "2026-11-21T06:57:00-05:00"},
        ],
        "person": {
            "name": "Paciente Demostración Uno",
            "document": {"country": "PE", "type": "DNI", "number": "40000001"},
            "birth_date": "1980-05-01",
        },
        **more,
    }


@dataclass
class Clinic:
    """`Neighbours` with one patient and an agenda that books whatever it is asked."""

    booked: dict[str, Appointment] = field(default_factory=dict)
    searched: list[PatientSearch] = field(default_factory=list)
    on_book: Callable[[], None] = lambda: None

    def search(self, query: PatientSearch) -> PatientList:
        self.searched.append(query)
        found = PatientSummary(
            id=PATIENT,
            record_number="H-0000001",
            display_name="Paciente Demostración Uno",
            birth_date=date(1980, 5, 1),
            sex=Sex.FEMALE,
            documents=(),
            deceased=False,
        )
        return PatientList(items=(found,))

    def patient(self, which: str) -> Patient:
        if which != PATIENT:
            raise NotFound
        return Patient(
            id=PATIENT,
            record_number="H-0000001",
            version=1,
            registered_at=START,
            name=PersonName(given="Paciente", family="Demostración"),
            birth_date=date(1980, 5, 1),
            sex=Sex.FEMALE,
        )

    def place(self, site: str) -> Place:
        if site != SITE:
            raise NotFound
        return Place("America/Lima")

    def book(self, new: Book, key: str) -> Appointment:
        self.on_book()
        if key not in self.booked:
            self.booked[key] = _appointment(new, len(self.booked))
        return self.booked[key]


def _appointment(new: Book, number: int) -> Appointment:
    return Appointment(
        id=f"01930000-0000-7000-8000-0000000d{number:04x}",
        version=1,
        status=new.status,
        patient=new.patient,
        practitioners=tuple(BookedPractitioner(id=p, name="Demo") for p in new.practitioners),
        site=new.site,
        category=new.category,
        telemedicine=True,
        start=new.start,
        minutes=new.minutes,
        title=None,
        reason=new.reason,
        comment=None,
        room=None,
        origin=Origin.DESK,
        created_at=new.start - timedelta(days=1),
        cancel_reason=None,
        link_status=LinkStatus.NONE,
    )


@dataclass
class Desk:
    """A channel, its secret, and what staff see."""

    world: World = field(default_factory=lambda: World(context="interop"))
    clinic: Clinic = field(default_factory=Clinic)
    channel: str = ""
    secret: str = ""

    @classmethod
    def open(cls, **more: Any) -> "Desk":
        """A desk with one channel."""
        desk = cls()
        fields = {"url": "https://channel.example/hook", "client": "bot-1", **more}
        body = CitizenChannelBody(name="Canal Demostración", **fields)
        made = channels.register(desk.services, call(ADMIN), body, local=False)
        desk.channel, desk.secret = made.channel.id, made.secret
        return desk

    @property
    def services(self) -> TriageServices:
        """Those of a cold process."""
        own = self.world.services
        return TriageServices(own.store, own.vault, own.clock, own.new_id, self.clinic)

    def send(self, given: Any, caller: Caller = BOT) -> TriageReceipt:
        """What the channel's client sends."""
        body = given if isinstance(given, bytes) else json.dumps(given).encode()
        return intake.take_of_client(self.services, call(caller), body)

    def send_signed(self, given: Any, secret: str = "") -> TriageReceipt:
        """What the channel sends with its signature."""
        body = given if isinstance(given, bytes) else json.dumps(given).encode()
        headers = headers_for("n-1", [secret or self.secret], body, self.world.clock())
        signed = intake.Signed(TENANT, self.channel, headers, body)
        return intake.take_signed(self.services, "request-1", signed)

    def read(self, which: str) -> Triage:
        """A request, as a nurse sees it."""
        return inbox.read(self.services, call(NURSE), which)

    def matched(self) -> Triage:
        """A request with a transcript, whose citizen is the patient."""
        which = self.send(message(transcript="Hola")).id
        return acting.match(self.services, call(NURSE), which, MatchPatient(patient=PATIENT), 1)

    def types(self) -> list[str]:
        """The types of all events so far."""
        return [event.type for event in self.world.events()]
