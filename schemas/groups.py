"""Contracts of group sessions: one time of the practitioners, several patients."""

from enum import StrEnum

from pydantic import Field, model_validator

from schemas.agendas import MAX_PRACTITIONERS, Code, Minutes, Start
from schemas.appointments import BookedPractitioner, Cancel, PatientReference, Status
from schemas.common import Contract, Id, Line, Moment, PageQuery, Text

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


class GroupSummary(Contract):
    """A session in a list."""

    id: Id
    status: GroupStatus
    title: str
    practitioners: tuple[BookedPractitioner, ...]
    start: Moment
    minutes: int
    capacity: int
    taken: int


class GroupList(Contract):
    """Sessions by start."""

    items: tuple[GroupSummary, ...]
    cursor: str | None = None


class GroupQuery(PageQuery):
    """A site's sessions between two moments, at most 42 days."""

    site: Id
    since: Moment
    until: Moment
    limit: int = Field(default=50, ge=1, le=90)

    @model_validator(mode="after")
    def _sound(self) -> "GroupQuery":
        if not 0 < (self.until - self.since).total_seconds() <= 42 * 86_400:
            raise ValueError("ask for at most 42 days")
        return self


class TakePlace(Contract):
    """A patient who takes part."""

    patient: PatientReference
    reason: Text | None = None
    comment: Text | None = None


class CancelGroup(Cancel):
    """Why the session does not take place; every place is cancelled."""
