"""What appointments are made of: sites, practitioners, categories, opening hours, free slots."""

from datetime import date, time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from schemas.common import Contract, Id, Language, Line, Moment, PageQuery, Query

QUANTUM_MINUTES = 5
"""Time is booked in quanta of five minutes."""
MAX_MINUTES = 480
MAX_OVERBOOKING = 3
MAX_PRACTITIONERS = 3
"""With MAX_MINUTES this keeps every transaction under the store's limit of 100 operations."""


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("name a time zone of the IANA database, such as America/Lima") from None
    return name


def _on_quantum(minutes: int) -> int:
    if minutes % QUANTUM_MINUTES:
        raise ValueError(f"give a multiple of {QUANTUM_MINUTES} minutes")
    return minutes


def _start_on_quantum(moment: Moment) -> Moment:
    if moment.minute % QUANTUM_MINUTES or moment.second or moment.microsecond:
        raise ValueError(f"start at a multiple of {QUANTUM_MINUTES} minutes")
    return moment


def _local_on_quantum(local: time) -> time:
    if local.tzinfo is not None or local.minute % QUANTUM_MINUTES or local.second:
        raise ValueError(f"give a local time at a multiple of {QUANTUM_MINUTES} minutes")
    return local


Zone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_known_zone)]
"""An IANA time zone."""
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
"""A short code of the institution's own: a category, a specialty."""
Minutes = Annotated[int, Field(ge=QUANTUM_MINUTES, le=MAX_MINUTES), AfterValidator(_on_quantum)]
Start = Annotated[Moment, AfterValidator(_start_on_quantum)]
LocalTime = Annotated[time, AfterValidator(_local_on_quantum)]
"""Wall-clock time at the site, `HH:MM`."""


class Closure(Contract):
    """Days, or a part of each, without appointments: leave, holidays, meetings."""

    first: date
    last: date
    """Inclusive."""
    start: LocalTime | None = None
    end: LocalTime | None = None
    reason: Line | None = None

    @model_validator(mode="after")
    def _ordered(self) -> "Closure":
        if self.last < self.first or (self.last - self.first).days > 366:
            raise ValueError("a closure spans 1 to 366 days")
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise ValueError("a closure ends after it starts")
        return self


class SiteBody(Contract):
    """A place where care is given, with its time zone."""

    name: Line
    zone: Zone
    address: Line | None = None
    phone: Line | None = None
    """Where patients call; reminders name it."""
    holidays: tuple[Closure, ...] = Field(default=(), max_length=300)
    """Days on which nobody receives patients here."""
    altitude_m: int | None = Field(default=None, ge=-430, le=6000)
    """Metres above the sea: what oxygen saturation is low depends on it."""


class AffectedAppointment(Contract):
    """An appointment at a time at which its agenda is no longer open."""

    appointment: Id
    practitioners: tuple[Id, ...]
    site: Id
    start: Moment
    minutes: int


class AffectedList(Contract):
    """Appointments by start that no longer fit opening hours or holidays."""

    items: tuple[AffectedAppointment, ...]
    cursor: str | None = None


class AffectedQuery(PageQuery):
    """Pages through them; by default from now on."""


class Site(SiteBody):
    """A registered site."""

    id: Id
    version: int
    affected: tuple[AffectedAppointment, ...] = ()
    """After a change: the first future appointments that its holidays now fall on."""


class SiteList(Contract):
    """Sites of the institution."""

    items: tuple[Site, ...]
    cursor: str | None = None


class PractitionerBody(Contract):
    """Somebody who owns an agenda."""

    name: Line
    user_id: Id | None = None
    """The account in identity, if the practitioner logs in."""
    specialties: tuple[Code, ...] = Field(default=(), max_length=10)
    sites: tuple[Id, ...] = Field(min_length=1, max_length=20)
    languages: tuple[Language, ...] = ("es",)
    registration_type: Line | None = None
    """Name of the professional register."""
    registration_number: Line | None = None
    overbooking: int = Field(default=0, ge=0, le=MAX_OVERBOOKING)
    """How many more patients they take at a time that is taken."""
    active: bool = True


class Practitioner(PractitionerBody):
    """A registered practitioner."""

    id: Id
    version: int


class PractitionerList(Contract):
    """Practitioners of the institution."""

    items: tuple[Practitioner, ...]
    cursor: str | None = None


class CategoryBody(Contract):
    """A kind of appointment: first visit, follow-up, procedure, telemedicine, second opinion …"""

    title_es: Line
    title_pt: Line
    title_en: Line
    minutes: Minutes
    """Usual length."""
    telemedicine: bool = False
    """Whether booking it also creates a teleconsultation."""
    overbooking: int = Field(default=0, ge=0, le=MAX_OVERBOOKING)
    """How many appointments of this kind a taken time admits, if the practitioner agrees."""
    active: bool = True


class Category(CategoryBody):
    """A category of the institution."""

    code: Code
    version: int


class CategoryList(Contract):
    """Categories of the institution."""

    items: tuple[Category, ...]
    cursor: str | None = None


class WeeklyBlock(Contract):
    """Opening hours of one weekday at one site, in the site's wall-clock time."""

    weekday: int = Field(ge=1, le=7)
    """ISO 8601: Monday is 1."""
    start: LocalTime
    end: LocalTime | None = None
    """None is midnight at the end of the day."""
    site: Id
    slot_minutes: Minutes
    categories: tuple[Code, ...] = Field(default=(), max_length=20)
    """Only these categories; empty admits all."""
    valid_from: date | None = None
    valid_until: date | None = None
    """Last day, inclusive."""

    @model_validator(mode="after")
    def _ordered(self) -> "WeeklyBlock":
        if self.end is not None and self.end <= self.start:
            raise ValueError("a block ends after it starts")
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("valid_until is before valid_from")
        return self


class ExtraBlock(Contract):
    """Opening hours on one date besides the weekly ones."""

    date: date
    start: LocalTime
    end: LocalTime | None = None
    site: Id
    slot_minutes: Minutes
    categories: tuple[Code, ...] = Field(default=(), max_length=20)

    @model_validator(mode="after")
    def _ordered(self) -> "ExtraBlock":
        if self.end is not None and self.end <= self.start:
            raise ValueError("a block ends after it starts")
        return self


class AvailabilityBody(Contract):
    """When a practitioner receives patients. Closures win over blocks."""

    weekly: tuple[WeeklyBlock, ...] = Field(default=(), max_length=60)
    closures: tuple[Closure, ...] = Field(default=(), max_length=300)
    extra: tuple[ExtraBlock, ...] = Field(default=(), max_length=100)


class Availability(AvailabilityBody):
    """A practitioner's opening hours as they stand; version 0 before they are first set."""

    practitioner: Id
    version: int
    affected: tuple[AffectedAppointment, ...] = ()
    """After a change: the first future appointments that no longer fit the hours."""


class SlotQuery(Query):
    """Which free slots to look for. Name a practitioner, a specialty or a site."""

    practitioner: Id | None = None
    specialty: Code | None = None
    site: Id | None = None
    category: Code | None = None
    from_date: date
    """First day, in each site's own zone."""
    days: int = Field(default=14, ge=1, le=60)
    minutes: Minutes | None = None
    """Length wanted; by default the category's, or else the agenda's slot length."""
    limit: int = Field(default=50, ge=1, le=200)
    """1 asks for the first available."""


class Slot(Contract):
    """A free slot."""

    practitioner: Id
    practitioner_name: str
    site: Id
    start: Moment
    minutes: int
    local_start: str
    """The site's wall clock with offset, RFC 3339."""


class SlotList(Contract):
    """Free slots by start; `complete` is False when `limit` cut them off."""

    items: tuple[Slot, ...]
    complete: bool


class SiteFact(Contract):
    """`data` of an event about a site."""

    site_id: Id
    zone: Zone
    altitude_m: int | None = None


class PractitionerMapped(Contract):
    """`data` of `appointments.practitioner_mapped`: an account became a practitioner's."""

    practitioner_id: Id
    user_id: Id
    by: str
    """Who did it."""


EVENTS: dict[str, type[Contract]] = {
    "appointments.site_changed": SiteFact,
    "appointments.practitioner_mapped": PractitionerMapped,
}
"""Event types and the models of their `data`."""
