"""Contracts of the appointments context: sites, practitioners, agendas, slots, appointments."""

from datetime import date, time
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from schemas.common import Contract, Id, Language, Line, Moment, PageQuery, Query, Text

QUANTUM_MINUTES = 5
"""Time is booked in quanta of five minutes."""
MAX_MINUTES = 480
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


class Status(StrEnum):
    """Where an appointment stands; `telesalud.appointments.statuses` has the transitions."""

    PENDING = "pending"
    BOOKED = "booked"
    REMINDED = "reminded"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    LATE = "late"
    IN_ROOM = "in_room"
    IN_CALL = "in_call"
    CHECKED_OUT = "checked_out"
    LEFT = "left"
    """Left without being seen."""
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    CANCELLED_LATE = "cancelled_late"
    """Cancelled less than 24 hours before the start."""


class LinkStatus(StrEnum):
    """Whether the appointment has its teleconsultation."""

    NONE = "none"
    """Not a telemedicine appointment."""
    PENDING = "pending"
    """The consults service does not know yet of the appointment or of its last change."""
    LINKED = "linked"
    FAILED = "failed"
    """The consults service refused; `link_problem` has its problem code."""
    WITHDRAWN = "withdrawn"
    """The appointment was cancelled and so was its teleconsultation."""


class Origin(StrEnum):
    """Who made the appointment."""

    DESK = "desk"
    PARTNER = "partner"
    PORTAL = "portal"


class SiteBody(Contract):
    """A place where care is given, with its time zone."""

    name: Line
    zone: Zone
    address: Line | None = None


class Site(SiteBody):
    """A registered site."""

    id: Id
    version: int


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


class PatientReference(Contract):
    """The patient of an appointment, as the patients service knows him."""

    id: Id
    display_name: Line
    language: Language = "es"


class Book(Contract):
    """A new appointment."""

    patient: PatientReference
    practitioners: tuple[Id, ...] = Field(min_length=1, max_length=MAX_PRACTITIONERS)
    site: Id
    category: Code
    start: Start
    minutes: Minutes
    status: Status = Status.BOOKED
    """`booked`, or `pending` when somebody has still to approve it."""
    title: Line | None = None
    reason: Text | None = None
    comment: Text | None = None
    room: Line | None = None
    origin: Origin = Origin.DESK
    outside_hours: bool = False
    """Book although the agenda is closed then; needs the right `appointments.overrule`."""

    @model_validator(mode="after")
    def _sound(self) -> "Book":
        if len(set(self.practitioners)) != len(self.practitioners):
            raise ValueError("name each practitioner once")
        if self.status not in (Status.BOOKED, Status.PENDING):
            raise ValueError("a new appointment is booked or pending")
        return self


class Reschedule(Contract):
    """A new time for an appointment, and other practitioners or another site if given."""

    start: Start
    minutes: Minutes | None = None
    practitioners: tuple[Id, ...] | None = Field(
        default=None, min_length=1, max_length=MAX_PRACTITIONERS
    )
    site: Id | None = None
    outside_hours: bool = False

    @model_validator(mode="after")
    def _sound(self) -> "Reschedule":
        if self.practitioners and len(set(self.practitioners)) != len(self.practitioners):
            raise ValueError("name each practitioner once")
        return self


class Cancel(Contract):
    """Why an appointment is called off."""

    reason: Line | None = None


class ChangeStatus(Contract):
    """The next status; cancelling has an operation of its own."""

    status: Status

    @model_validator(mode="after")
    def _not_cancelling(self) -> "ChangeStatus":
        if self.status in (Status.CANCELLED, Status.CANCELLED_LATE):
            raise ValueError("cancel through the cancel operation")
        return self


class BookedPractitioner(Contract):
    """A practitioner of an appointment."""

    id: Id
    name: str


class Appointment(Contract):
    """An appointment."""

    id: Id
    version: int
    status: Status
    patient: PatientReference
    practitioners: tuple[BookedPractitioner, ...]
    site: Id
    category: Code
    telemedicine: bool
    start: Moment
    minutes: int
    title: str | None
    reason: str | None
    comment: str | None
    room: str | None
    origin: Origin
    created_at: Moment
    cancel_reason: str | None
    link_status: LinkStatus
    link_problem: str | None = None
    consult: Id | None = None
    """Id of the teleconsultation, once linked."""


class AgendaQuery(PageQuery):
    """Whose agenda, and between which moments (at most 31 days). Name exactly one owner."""

    practitioner: Id | None = None
    site: Id | None = None
    patient: Id | None = None
    since: Moment
    until: Moment

    @model_validator(mode="after")
    def _sound(self) -> "AgendaQuery":
        if sum(owner is not None for owner in (self.practitioner, self.site, self.patient)) != 1:
            raise ValueError("name one of practitioner, site and patient")
        if not 0 < (self.until - self.since).total_seconds() <= 31 * 86_400:
            raise ValueError("ask for at most 31 days")
        return self


class AppointmentList(Contract):
    """Appointments by start."""

    items: tuple[Appointment, ...]
    cursor: str | None = None


class JoinLink(Contract):
    """One participant's link to the teleconsultation."""

    participant: str
    """`patient`, or a practitioner's id."""
    url: str


class JoinLinks(Contract):
    """The links of a linked appointment. The caller sees those that are his to hand out."""

    consult: Id
    links: tuple[JoinLink, ...]
    opens_at: Moment
    closes_at: Moment


class NotificationReceipt(Contract):
    """What became of a teleconsultation notification."""

    outcome: str
    """`applied`, `repeated`, or `ignored`."""


class AppointmentFact(Contract):
    """Data of `appointments.appointment_booked`, `_rescheduled`, `_cancelled`, `status_changed`."""

    appointment_id: Id
    patient_id: Id
    practitioner_ids: tuple[Id, ...]
    user_ids: tuple[Id, ...] = ()
    """The practitioners' accounts, as far as they have one."""
    site_id: Id
    category: Code
    telemedicine: bool
    start: Moment
    minutes: int
    status: Status


class TeleconsultationFinished(Contract):
    """Data of `appointments.teleconsultation_finished`."""

    appointment_id: Id
    consult_id: Id
    patient_id: Id
    practitioner_id: Id


EVENTS: dict[str, type[Contract]] = {
    "appointments.appointment_booked": AppointmentFact,
    "appointments.appointment_rescheduled": AppointmentFact,
    "appointments.appointment_cancelled": AppointmentFact,
    "appointments.status_changed": AppointmentFact,
    "appointments.teleconsultation_finished": TeleconsultationFinished,
}
"""Event types and the models of their `data`."""
