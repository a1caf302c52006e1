"""Contracts of appointment series: recurring bookings and their edits."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from schemas.agendas import MAX_PRACTITIONERS, Code, LocalTime, Minutes
from schemas.appointments import Cancel, Origin, PatientReference, Status
from schemas.common import Contract, Id, Line, Moment, Text

MAX_OCCURRENCES = 400


class Frequency(StrEnum):
    """The unit that `interval` counts. Workdays are Monday to Friday."""

    DAYS = "days"
    WORKDAYS = "workdays"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


class Recurrence(Contract):
    """How a series repeats (RFC 5545) and when it ends: exactly one of `until` and `count`.

    `weekdays` (ISO 8601, Monday is 1) belong to weeks (several) or, with `nth`, to months (one):
    `nth` 1..4 counts from the beginning of the month, -1 is the last. `month_day` belongs to
    months, -1 is the last day. What is not given comes from the first date.
    """

    frequency: Frequency
    interval: int = Field(default=1, ge=1, le=6)
    weekdays: tuple[Annotated[int, Field(ge=1, le=7)], ...] = Field(default=(), max_length=7)
    nth: int | None = Field(default=None, ge=-1, le=4)
    month_day: int | None = Field(default=None, ge=-1, le=31)
    until: date | None = None
    count: int | None = Field(default=None, ge=1, le=MAX_OCCURRENCES)

    @model_validator(mode="after")
    def _ends(self) -> "Recurrence":
        if self.until is None and self.count is None:
            raise ValueError("a series ends: give its last date or the number of occurrences")
        if self.until is not None and self.count is not None:
            raise ValueError("give either the last date or the number of occurrences")
        return self


class ConflictPolicy(StrEnum):
    """What becomes of the whole when single occurrences cannot be had."""

    REFUSE = "refuse"
    """Nothing is changed, and the answer lists the conflicts."""
    SKIP = "skip"
    """The others are booked or moved, and the series lists the conflicts."""


class Conflict(StrEnum):
    """Why an occurrence cannot be had."""

    PRACTITIONER_TAKEN = "practitioner_taken"
    PATIENT_BUSY = "patient_busy"
    OUTSIDE_HOURS = "outside_hours"
    PAST = "past"
    TOO_FAR = "too_far"
    CHANGED = "changed"
    """The appointment was changed or settled by somebody else meanwhile."""


class BookSeries(Contract):
    """A recurring appointment, in the site's wall-clock time."""

    patient: PatientReference
    practitioners: tuple[Id, ...] = Field(min_length=1, max_length=MAX_PRACTITIONERS)
    site: Id
    category: Code
    first_date: date
    local_time: LocalTime
    minutes: Minutes
    rule: Recurrence
    excluded: tuple[date, ...] = Field(default=(), max_length=MAX_OCCURRENCES)
    """Dates of the rule that do not take place."""
    conflicts: ConflictPolicy = ConflictPolicy.REFUSE
    title: Line | None = None
    reason: Text | None = None
    comment: Text | None = None
    room: Line | None = None
    origin: Origin = Origin.DESK
    outside_hours: bool = False
    """Book although the agenda is closed then; needs the right `appointments.overrule`."""

    @model_validator(mode="after")
    def _sound(self) -> "BookSeries":
        if len(set(self.practitioners)) != len(self.practitioners):
            raise ValueError("name each practitioner once")
        return self


class SeriesScope(StrEnum):
    """Which occurrences an edit is about. What has begun, or is over, is never edited."""

    THIS = "this"
    FOLLOWING = "following"
    """This and all later ones."""
    ALL = "all"


class SeriesStatus(StrEnum):
    """Where a series stands."""

    WORKING = "working"
    """Its last change is not complete; it completes by itself, or when the request is repeated."""
    SETTLED = "settled"
    REFUSED = "refused"
    """Somebody took one of the times while it was booked: none of it stands."""


class _Edit(Contract):
    scope: SeriesScope
    day: date | None = None
    """The occurrence that the edit is about or begins with; not for `all`."""

    @model_validator(mode="after")
    def _named(self) -> "_Edit":
        if (self.day is None) != (self.scope is SeriesScope.ALL):
            raise ValueError("name the day for `this` and `following`, and only for them")
        return self


class RescheduleSeries(_Edit):
    """Another time, length, people, site or rule; what is not given stays.

    An occurrence is named by its date for ever. Occurrences that were moved singly keep their own
    time; dates that a new rule does not have are cancelled, new ones are booked.
    """

    to_date: date | None = None
    """Only for `this`: another date."""
    local_time: LocalTime | None = None
    minutes: Minutes | None = None
    practitioners: tuple[Id, ...] | None = Field(
        default=None, min_length=1, max_length=MAX_PRACTITIONERS
    )
    site: Id | None = None
    rule: Recurrence | None = None
    """Not for `this`. Counts from `day`, or from the first date."""
    conflicts: ConflictPolicy = ConflictPolicy.REFUSE
    outside_hours: bool = False

    @model_validator(mode="after")
    def _fitting(self) -> "RescheduleSeries":
        this = self.scope is SeriesScope.THIS
        if (self.to_date is not None and not this) or (self.rule is not None and this):
            raise ValueError("another date is for one occurrence, another rule for several")
        changes = (self.to_date, self.local_time, self.minutes, self.practitioners)
        if all(change is None for change in (*changes, self.site, self.rule)):
            raise ValueError("say what should change")
        if self.practitioners and len(set(self.practitioners)) != len(self.practitioners):
            raise ValueError("name each practitioner once")
        return self


class CancelSeries(Cancel, _Edit):
    """Which occurrences are called off, and why."""


class SeriesOccurrence(Contract):
    """One occurrence; `appointment` is None while it is not booked, or when it could not be."""

    day: date
    start: Moment
    minutes: int
    shifted: bool = False
    """The wall-clock time does not exist on that day: the clock is put forward (RFC 5545 3.3.5)."""
    appointment: Id | None = None
    status: Status | None = None
    """The appointment's own status."""
    conflict: Conflict | None = None
    """Why the last change could not be made to this occurrence."""


class SeriesPreview(Contract):
    """What booking would do now, without doing it."""

    occurrences: tuple[SeriesOccurrence, ...]
    conflicts: int


class Series(Contract):
    """A series with its occurrences by day."""

    id: Id
    version: int
    status: SeriesStatus
    patient: PatientReference
    practitioners: tuple[Id, ...]
    site: Id
    category: Code
    zone: str
    local_time: LocalTime
    minutes: int
    rule: Recurrence
    title: str | None
    conflicts: int
    """Occurrences to which the last change could not be made."""
    occurrences: tuple[SeriesOccurrence, ...]
