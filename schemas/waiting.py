"""Contracts of the waiting list: who waits for which time, and offers of slots that became free."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from schemas.agendas import Code, LocalTime, Minutes
from schemas.appointments import PatientReference
from schemas.common import Contract, Id, Line, Moment, PageQuery, Text
from schemas.reminders import ReminderChannel, ReminderOutcome


class WaitingStatus(StrEnum):
    """Where an entry stands."""

    WAITING = "waiting"
    OFFERED = "offered"
    """A slot is held for the patient until `offer.expires_at`."""
    BOOKED = "booked"
    WITHDRAWN = "withdrawn"


class Urgency(StrEnum):
    """Who comes first; within one, who has waited longest."""

    URGENT = "urgent"
    SOON = "soon"
    ROUTINE = "routine"


class WaitingBody(Contract):
    """Who waits and what would suit: a slot must meet all that is given."""

    patient: PatientReference
    site: Id
    category: Code
    minutes: Minutes
    practitioners: tuple[Id, ...] = Field(default=(), max_length=10)
    """Any of these; empty admits everybody of the specialty."""
    specialty: Code | None = None
    urgency: Urgency = Urgency.ROUTINE
    not_before: date | None = None
    not_after: date | None = None
    """Last day, inclusive, in the site's zone."""
    weekdays: tuple[Annotated[int, Field(ge=1, le=7)], ...] = Field(default=(), max_length=7)
    """ISO 8601; empty admits all."""
    earliest: LocalTime | None = None
    """The slot starts no earlier than this wall-clock time."""
    latest: LocalTime | None = None
    """The slot ends no later than this wall-clock time."""
    notice_minutes: int = Field(default=120, ge=0, le=7 * 24 * 60)
    """How long before its start a slot is of use to the patient."""
    note: Text | None = None

    @model_validator(mode="after")
    def _sound(self) -> "WaitingBody":
        if not self.practitioners and self.specialty is None:
            raise ValueError("name practitioners or a specialty")
        if self.not_before and self.not_after and self.not_after < self.not_before:
            raise ValueError("not_after is before not_before")
        if self.earliest and self.latest and self.latest <= self.earliest:
            raise ValueError("latest is not after earliest")
        return self


class ChangeWaiting(WaitingBody):
    """Replaces what would suit; `withdrawn` takes the patient off the list."""

    withdrawn: bool = False


class OfferNotice(Contract):
    """What became of telling the patient of an offer; no reminder rule, no notice."""

    outcome: ReminderOutcome
    channel: ReminderChannel | None = None
    at: Moment
    """When the outcome was known."""


class SlotOffer(Contract):
    """A slot that is held for one patient."""

    practitioner: Id
    practitioner_name: str
    site: Id
    start: Moment
    minutes: int
    expires_at: Moment
    notice: OfferNotice | None = None
    """Null until the patient was written to, which takes a minute."""


class WaitingEntry(WaitingBody):
    """An entry of the waiting list."""

    id: Id
    version: int
    status: WaitingStatus
    created_at: Moment
    offer: SlotOffer | None = None
    appointment: Id | None = None
    """The appointment that came of it."""
    refused: int = 0
    """How many offers were declined or ran out."""


class WaitingList(Contract):
    """Open entries by urgency and age."""

    items: tuple[WaitingEntry, ...]
    cursor: str | None = None


class WaitingQuery(PageQuery):
    """Whose list."""

    site: Id


class DeclineOffer(Contract):
    """Why the patient does not want the slot; they stay on the list."""

    reason: Line | None = None


class WaitingFact(Contract):
    """Data of the events `appointments.waiting_*` and `appointments.slot_*` of an entry."""

    waiting_id: Id
    patient_id: Id
    site_id: Id
    category: Code
    practitioner_id: Id | None = None
    start: Moment | None = None
    minutes: int | None = None
    expires_at: Moment | None = None
    appointment_id: Id | None = None


EVENTS: dict[str, type[Contract]] = {
    "appointments.waiting_added": WaitingFact,
    "appointments.waiting_withdrawn": WaitingFact,
    "appointments.slot_offered": WaitingFact,
    "appointments.offer_accepted": WaitingFact,
    "appointments.offer_declined": WaitingFact,
    "appointments.offer_expired": WaitingFact,
}
"""Event types and the models of their `data`."""
