"""A consults service in memory that keeps its contract: idempotent by key, ordered by sequence."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from schemas.consults import ConsultStatus, CreatedConsult, Link, NewConsult
from telesalud.appointments.neighbours.consults import Move
from telesalud.platform.errors import Unavailable
from telesalud.platform.partners.client import Refused
from tests.worlds.appointments.clinic import NOBODY

A = TypeVar("A")


@dataclass
class Remote:
    """One consult as the service holds it."""

    id: str
    start: datetime
    minutes: int
    people: tuple[str, ...]
    sequence: int
    links: int = 1
    status: ConsultStatus = ConsultStatus.SCHEDULED


@dataclass
class FakeConsults:
    """A `neighbours.consults.Consults` that can be down, refuse, or lose its answers."""

    consults: dict[str, Remote] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    """What arrived of requests to create."""
    down: int = 0
    """How many calls from now get no answer and have no effect."""
    lost: int = 0
    """How many calls from now take effect although their answer is lost."""
    refuse: str = ""
    _answers: dict[str, tuple[Any, CreatedConsult]] = field(default_factory=dict)

    def create(self, tenant: str, key: str, body: str) -> CreatedConsult:
        self._enter("create")
        self.bodies.append(body)
        if key in self._answers:
            payload, answer = self._answers[key]
            if payload != body:
                raise Refused("idempotency-key-reused", 422)
            return self._leave(answer)
        asked = NewConsult.model_validate_json(body, extra="ignore")
        number = len(self.consults) + 1
        remote = Remote(
            f"01900000-0000-7000-d000-{number:012x}",
            asked.start,
            asked.planned_minutes,
            tuple(p.external_id or "" for p in asked.practitioners),
            asked.external_sequence or 0,
        )
        self.consults[remote.id] = remote
        self._answers[key] = (body, self._created(remote))
        return self._leave(self._created(remote))

    def reschedule(self, tenant: str, key: str, consult: str, move: Move) -> CreatedConsult:
        self._enter("reschedule")
        if key in self._answers:
            return self._leave(self._answers[key][1])
        remote = self._movable(consult, move.sequence)
        remote.start, remote.minutes = move.start, move.minutes
        remote.links += 1
        self._answers[key] = (move, self._created(remote))
        return self._leave(self._created(remote))

    def cancel(self, tenant: str, key: str, consult: str, sequence: int) -> None:
        self._enter("cancel")
        if self.consults[consult].status is not ConsultStatus.CANCELLED:
            self._movable(consult, sequence).status = ConsultStatus.CANCELLED
        self._leave(None)

    def target(self, tenant: str) -> str | None:
        return NOBODY

    def _movable(self, consult: str, sequence: int) -> Remote:
        remote = self.consults[consult]
        if remote.status is not ConsultStatus.SCHEDULED:
            raise Refused("invalid-transition", 409)
        if sequence < remote.sequence:
            raise Refused("superseded", 409)
        remote.sequence = sequence
        return remote

    def _enter(self, name: str) -> None:
        self.calls.append(name)
        if self.down:
            self.down -= 1
            raise Unavailable("down")
        if self.refuse:
            raise Refused(self.refuse, 422)

    def _leave(self, answer: A) -> A:
        if self.lost:
            self.lost -= 1
            raise Unavailable("the answer was lost")
        return answer

    def _created(self, remote: Remote) -> CreatedConsult:
        return CreatedConsult(
            id=remote.id,
            status=remote.status,
            start=remote.start,
            opens_at=remote.start - timedelta(minutes=10),
            closes_at=remote.start + timedelta(minutes=remote.minutes + 10),
            practitioner_link=f"https://clinic.example/c/#doctor-{remote.links}",
            practitioner_links=tuple(
                Link(
                    participant=f"practitioner-{n}",
                    practitioner_id=f"account-of-{person}",
                    url=f"https://clinic.example/c/#doctor-{n}-{remote.links}",
                )
                for n, person in enumerate(remote.people, start=1)
            ),
            patient_link=f"https://clinic.example/c/#patient-{remote.links}",
            version=remote.links,
        )
