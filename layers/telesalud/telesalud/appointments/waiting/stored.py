"""What is stored of the waiting list and of what patients were told of offers.

Of the contracts, `PatientReference` is stored as it is: it may only ever become more lenient.
"""

from datetime import date, datetime, time
from typing import Self

from pydantic import BaseModel, ConfigDict

from schemas.appointments import PatientReference
from schemas.reminders import ReminderChannel, ReminderOutcome
from schemas.waiting import (
    OfferNotice,
    SlotOffer,
    Urgency,
    WaitingBody,
    WaitingEntry,
    WaitingStatus,
)


class Wish(BaseModel):
    """Who waits and what would suit."""

    model_config = ConfigDict(frozen=True)

    patient: PatientReference
    site: str
    category: str
    minutes: int
    practitioners: tuple[str, ...] = ()
    specialty: str | None = None
    urgency: Urgency = Urgency.ROUTINE
    not_before: date | None = None
    not_after: date | None = None
    weekdays: tuple[int, ...] = ()
    earliest: time | None = None
    latest: time | None = None
    notice_minutes: int = 120
    note: str | None = None

    @classmethod
    def of(cls, body: WaitingBody) -> Self:
        """What is stored of it."""
        return cls(**{name: getattr(body, name) for name in cls.model_fields})

    def replaced(self, body: WaitingBody) -> Self:
        """Another wish of the same patient; what a later release may have added stays."""
        return self.model_copy(update=dict(self.of(body)))


class Offer(BaseModel):
    """A slot that is held; `appointment` holds the locks and becomes the appointment's id."""

    model_config = ConfigDict(frozen=True)

    appointment: str
    practitioner: str
    practitioner_name: str
    start: datetime
    minutes: int
    expires_at: datetime


class Entry(BaseModel):
    """An entry of the waiting list."""

    model_config = ConfigDict(frozen=True)

    id: str
    body: Wish
    status: WaitingStatus
    created_at: datetime
    offer: Offer | None = None
    appointment: str | None = None
    refused: tuple[str, ...] = ()
    """Slots that were offered in vain (`slot_name`); they are not offered again."""

    def view(self, version: int, notice: OfferNotice | None = None) -> WaitingEntry:
        """What callers see."""
        offer = self.offer
        return WaitingEntry(
            id=self.id,
            version=version,
            status=self.status,
            created_at=self.created_at,
            appointment=self.appointment,
            refused=len(self.refused),
            offer=SlotOffer(
                practitioner=offer.practitioner,
                practitioner_name=offer.practitioner_name,
                site=self.body.site,
                start=offer.start,
                minutes=offer.minutes,
                expires_at=offer.expires_at,
                notice=notice,
            )
            if offer
            else None,
            **self.body.model_dump(),
        )


class StoredNotice(BaseModel):
    """What became of telling the patient of an offer."""

    model_config = ConfigDict(frozen=True)

    outcome: ReminderOutcome
    channel: ReminderChannel | None = None
    at: datetime

    @property
    def view(self) -> OfferNotice:
        """What callers see."""
        return OfferNotice(**self.model_dump())
