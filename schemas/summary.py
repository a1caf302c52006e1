"""Contracts of the chart's first screen and its timeline."""

from datetime import date

from schemas.care import RelationKind
from schemas.common import Contract, Id, Moment
from schemas.encounters import EncounterState, Sensitivity
from schemas.patients import PatientSummary
from schemas.vitals import LastVital, MeasuredValue


class ActiveEntry(Contract):
    """An entry in force, as the summary shows it."""

    id: Id
    version: int
    text: str
    codes: tuple[str, ...]
    status: str
    verification: str | None = None
    criticality: str | None = None
    detail: str | None = None
    """Reaction of an allergy; dose and frequency of a medication."""
    since: date | None = None
    since_precision: str | None = None
    """`year` or `month` when no more is known of `since`, which is then its first day."""
    none_known: bool = False
    sensitivity: tuple[Sensitivity, ...] = ()


class Summary(Contract):
    """What the chart's first screen needs. Prescriptions, orders and appointments come from
    their own contexts."""

    patient: PatientSummary
    problems: tuple[ActiveEntry, ...]
    allergies: tuple[ActiveEntry, ...]
    """Empty when nobody asked; "none known" is an entry."""
    medications: tuple[ActiveEntry, ...]
    vitals: tuple[LastVital, ...]
    encounters: tuple[EncounterState, ...]
    """The last five."""
    withheld: int
    """How many of these the caller may not see, because they are sensitive."""
    relations: tuple[RelationKind, ...]
    """Why the caller may see the record; empty for a partner. `break_glass` alone is an access
    in an emergency."""


class TimelineEntry(Contract):
    """Something that was added to or changed in the chart."""

    at: Moment
    kind: str
    """`encounters`, `vitals`, `forms`, `documents` or a kind of entry."""
    id: Id
    version: int
    text: str
    """In the words of who recorded it; of a form its id, of vital signs nothing."""
    by: str
    measured: tuple[MeasuredValue, ...] = ()
    """Of vital signs, the values."""


class Timeline(Contract):
    """The chart by time, newest first."""

    items: tuple[TimelineEntry, ...]
    withheld: int = 0
    cursor: str | None = None
