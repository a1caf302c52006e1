"""What is stored of a series and of the plans by which it is changed.

`recurrence.Series` and, of the contracts, `PatientReference` and `Recurrence` are stored as they
are: they may only ever become more lenient.
"""

from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from schemas.appointments import Origin, PatientReference
from schemas.series import Conflict, ConflictPolicy, Recurrence
from telesalud.appointments.series import recurrence


class Template(BaseModel):
    """What every occurrence has."""

    model_config = ConfigDict(frozen=True)

    patient: PatientReference
    practitioners: tuple[str, ...]
    site: str
    category: str
    title: str | None
    reason: str | None
    comment: str | None
    room: str | None
    origin: Origin
    outside_hours: bool


class Record(BaseModel):
    """A series. `parts` follow each other; editing what follows a date begins a new one."""

    model_config = ConfigDict(frozen=True)

    template: Template
    parts: tuple[recurrence.Series, ...]
    rule: Recurrence
    """As it was last given."""
    created_at: datetime


class StepKind(StrEnum):
    """What is done with an occurrence."""

    BOOK = "book"
    MOVE = "move"
    CANCEL = "cancel"


class Step(BaseModel):
    """One occurrence's part of a plan; `conflict` is known beforehand and makes it fail."""

    model_config = ConfigDict(frozen=True)

    kind: StepKind
    day: date
    appointment: str
    start: datetime
    minutes: int
    shifted: bool = False
    conflict: Conflict | None = None


class Plan(BaseModel):
    """A change of a series."""

    model_config = ConfigDict(frozen=True)

    steps: tuple[Step, ...]
    policy: ConflictPolicy = ConflictPolicy.SKIP
    reason: str | None = None
    """Why occurrences are cancelled."""
    planned_by: str = ""
    """Who books; a worker may carry out what they planned."""
    undoes: bool = False
    """It takes back a booking that met a conflict."""
