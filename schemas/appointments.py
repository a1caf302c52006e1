"""Contracts of appointments: booking them, their statuses, their teleconsultations."""

from datetime import date
from enum import StrEnum

from pydantic import Field, model_validator

from schemas.agendas import MAX_PRACTITIONERS, Code, Minutes, Start
from schemas.common import Contract, Id, Language, Line, Moment, PageQuery, Text


class Status(StrEnum):
    """Where an appointment stands."""

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


class PatientReference(Contract):
    """The patient of an appointment, as the patients service knows them."""

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
    overbook: bool = False
    """Book although the practitioner is taken, as far as category and practitioner admit it; needs
    the right `appointments.overbook`."""

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
    overbook: bool = False

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

    deceased: bool = False
    """The record says since that the patient has died: call it off, or correct the record."""

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
    series: Id | None = None
    """The series that it is an occurrence of."""
    day: date | None = None
    """Its name within the series: the date that the rule gave it."""
    group: Id | None = None
    """The group session that it is a place in."""
    overbooked: bool = False


class AgendaQuery(PageQuery):
    """Whose agenda (name one owner), and between which moments: at most a month's six weeks, or a
    year of one patient."""

    practitioner: Id | None = None
    site: Id | None = None
    patient: Id | None = None
    since: Moment
    until: Moment

    @model_validator(mode="after")
    def _sound(self) -> "AgendaQuery":
        if sum(owner is not None for owner in (self.practitioner, self.site, self.patient)) != 1:
            raise ValueError("name one of practitioner, site and patient")
        longest = 42 if self.patient is None else 366
        if not 0 < (self.until - self.since).total_seconds() <= longest * 86_400:
            raise ValueError(f"ask for at most {longest} days")
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
    """The links of a linked appointment. The caller sees those that are theirs to hand out."""

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
    booked_by: str = ""
    """Who put these practitioners on the appointment; empty when it is not known."""
    site_id: Id
    category: Code
    telemedicine: bool
    start: Moment
    minutes: int
    status: Status


class SlotFreed(Contract):
    """Data of `appointments.slot_freed`: time that was taken and is free again."""

    appointment_id: Id
    practitioner_ids: tuple[Id, ...]
    site_id: Id
    category: Code
    start: Moment
    minutes: int


class PatientReceived(Contract):
    """Data of `appointments.patient_received`: somebody saw the patient arrive."""

    appointment_id: Id
    patient_id: Id
    user_id: str
    booked_by: str = ""
    start: Moment


class TeleconsultationFinished(Contract):
    """Data of `appointments.teleconsultation_finished`."""

    appointment_id: Id
    consult_id: Id
    patient_id: Id
    practitioner_id: Id


class TeleconsultationConsented(Contract):
    """Data of `appointments.teleconsultation_consented`: something was decided about it."""

    appointment_id: Id
    consult_id: Id
    patient_id: Id


EVENTS: dict[str, type[Contract]] = {
    "appointments.appointment_booked": AppointmentFact,
    "appointments.appointment_rescheduled": AppointmentFact,
    "appointments.appointment_cancelled": AppointmentFact,
    "appointments.status_changed": AppointmentFact,
    "appointments.slot_freed": SlotFreed,
    "appointments.patient_received": PatientReceived,
    "appointments.teleconsultation_finished": TeleconsultationFinished,
    "appointments.teleconsultation_consented": TeleconsultationConsented,
}
"""Event types and the models of their `data`."""
