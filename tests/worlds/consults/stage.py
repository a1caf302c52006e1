"""A consult with its two sides, for tests of what they do."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from schemas.consult_sessions import Announce, Exchange
from schemas.consults import ConsultStatus, CreatedConsult, NewConsult, PatientRef, PractitionerRef
from telesalud.consults.scheduling import consults, links
from telesalud.consults.visit import presence
from telesalud.consults.visit.sessions import SessionTokens
from telesalud.platform.memory.files import MemoryBlobs
from telesalud.platform.work import Call, Services
from tests.support.memory_store import MemoryStore
from tests.worlds.tokens import MemorySigner
from tests.worlds.world import START, World, call, partner

ORIGIN = "https://clinic.example"
PARTNER = partner("consults.write", "consults.read", "consults.export")
DEVICE = {"patient": "p" * 22, "practitioner-1": "d" * 22, "practitioner-2": "e" * 22}


def new_consult(**changes: Any) -> NewConsult:
    """Starts in half an hour, 20 minutes planned, 10 of grace: closes 60 minutes from now."""
    fields: dict[str, Any] = {
        "start": START + timedelta(minutes=30),
        "planned_minutes": 20,
        "grace_minutes": 10,
        "practitioners": (PractitionerRef(id="user-1", display_name="Profesional Demostración"),),
        "patient": PatientRef(id="DOC-0001", display_name="Paciente Demostración Uno"),
        "external_reference": "appointment-1",
    }
    return NewConsult(**{**fields, **changes})


@dataclass
class Stage:
    """A world with one consult; `act` is what a participant's request carries."""

    world: World = field(default_factory=World)
    signer: MemorySigner = field(default_factory=MemorySigner)
    blobs: MemoryBlobs = field(default_factory=MemoryBlobs)
    created: CreatedConsult | None = None
    calls: dict[str, Call] = field(default_factory=dict)

    @property
    def services(self) -> Services:
        return self.world.services

    @property
    def tokens(self) -> SessionTokens:
        return SessionTokens(self.signer, ORIGIN, self.world.clock)

    @property
    def id(self) -> str:
        assert self.created is not None
        return self.created.id

    def create(self, **changes: Any) -> CreatedConsult:
        """Create the consult with an Idempotency-Key."""
        self.created = consults.schedule(
            self.services, call(PARTNER, key="create-consult"), ORIGIN, new_consult(**changes)
        )
        return self.created

    @property
    def status(self) -> ConsultStatus:
        """What a partner would read."""
        return consults.get(self.services, call(PARTNER), self.id).status

    def secret(self, seat: str) -> str:
        """The secret in a participant's link."""
        assert self.created is not None
        if seat == "patient":
            return self.created.patient_link.partition("#")[2]
        urls = {link.participant: link.url for link in self.created.practitioner_links}
        return urls[seat].partition("#")[2]

    def enter(self, seat: str) -> Call:
        """Exchange the participant's link; its session acts from then on."""
        session = links.exchange(
            self.services,
            self.tokens,
            "request-1",
            Exchange(secret=self.secret(seat), device=DEVICE[seat]),
        )
        self.calls[seat] = Call(self.tokens.caller(session.token), "request-1")
        return self.calls[seat]

    @property
    def patient(self) -> Call:
        return self.calls["patient"]

    @property
    def doctor(self) -> Call:
        return self.calls["practitioner-1"]

    def event_types(self) -> list[str]:
        """The types of this context's events so far, without their prefix."""
        return [event.type.partition(".")[2] for event in self.world.events()]


class NoPusher:
    """Nobody is connected."""

    def post(self, connection_id: str, message: bytes) -> bool:
        raise AssertionError("nobody is connected")

    def close(self, connection_id: str) -> None:
        raise AssertionError("nobody is connected")


def store_of(stage: Stage) -> MemoryStore:
    """Where `crash_everywhere` puts its faults."""
    return stage.world.store


def opened(**changes: Any) -> Stage:
    """A consult whose window is open, both sides with a session."""
    stage = Stage()
    stage.create(**changes)
    stage.world.clock.advance(minutes=25)
    stage.enter("patient")
    stage.enter("practitioner-1")
    return stage


def running(**changes: Any) -> Stage:
    """A consult in progress."""
    stage = opened(**changes)
    presence.announce(stage.services, stage.patient, stage.id, Announce())
    presence.admit(stage.services, stage.doctor, stage.id)
    return stage
