"""Contracts of group sessions: one time of the practitioners, several patients."""

from enum import StrEnum

from pydantic import Field, model_validator

from schemas.agendas import MAX_PRACTITIONERS, Code, Minutes, Start
from schemas.appointments import BookedPractitioner, Cancel, PatientReference, Status
from schemas.common import Contract, Id, Line, Moment, Text

MAX_CAPACITY = 60


class NewGroup(Contract):
    """A group session; the practitioners are taken once, each patient books a place."""

    practitioners: tuple[Id, ...] = Field(min_length=1, max_length=MAX_PRACTITIONERS)
    site: Id
    category: Code
    start: Start
    minutes: Minutes
    capacity: int = Field(ge=2, le=MAX_CAPACITY)
    title: Line
    room: Line | None = None
    outside_hours: bool = False

    @model_validator(mode="after")
    def _sound(self) -> "NewGroup":
        if len(set(self.practitioners)) != len(self.practitioners):
            raise ValueError("name each practitioner once")
        return self


class GroupStatus(StrEnum):
    """Whether the session takes place."""

    OPEN = "open"
    CANCELLED = "cancelled"


class Place(Contract):
    """A place of a session: an appointment of its own with its own attendance."""

    appointment: Id
    patient: PatientReference
    status: Status


class Group(Contract):
    """A group session."""

    id: Id
    version: int
    status: GroupStatus
    title: str
    practitioners: tuple[BookedPractitioner, ...]
    site: Id
    category: Code
    start: Moment
    minutes: int
    room: str | None
    capacity: int
    taken: int
    places: tuple[Place, ...] = ()


class TakePlace(Contract):
    """A patient who takes part."""

    patient: PatientReference
    reason: Text | None = None
    comment: Text | None = None


class CancelGroup(Cancel):
    """Why the session does not take place; every place is cancelled."""
