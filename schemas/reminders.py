"""Contracts of appointment reminders."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from schemas.agendas import LocalTime
from schemas.common import Contract, Id, Moment


class ReminderChannel(StrEnum):
    """How a reminder reaches the patient."""

    EMAIL = "email"
    SMS = "sms"
    WHATSAPP = "whatsapp"


class ReminderPolicyBody(Contract):
    """When and how patients are reminded. A patient's own permissions and choice come first."""

    enabled: bool = True
    lead_minutes: tuple[Annotated[int, Field(ge=15, le=30 * 24 * 60)], ...] = Field(
        default=(1440,), max_length=4
    )
    """How long before the start each reminder goes out."""
    channels: tuple[ReminderChannel, ...] = Field(
        default=(ReminderChannel.EMAIL,), min_length=1, max_length=3
    )
    """In the order in which they are tried."""
    quiet_from: LocalTime | None = None
    quiet_until: LocalTime | None = None
    """Nothing goes out between these wall-clock times of the site; may span midnight."""

    @model_validator(mode="after")
    def _sound(self) -> "ReminderPolicyBody":
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise ValueError("quiet hours have a beginning and an end")
        if self.quiet_from is not None and self.quiet_from == self.quiet_until:
            raise ValueError("quiet hours do not last the whole day")
        if len(set(self.lead_minutes)) != len(self.lead_minutes):
            raise ValueError("name each lead time once")
        if len(set(self.channels)) != len(self.channels):
            raise ValueError("name each channel once")
        return self


class ReminderPolicy(ReminderPolicyBody):
    """The institution's rule as it stands; version 0 before it is first set."""

    version: int


class ReminderOutcome(StrEnum):
    """What became of a reminder."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    NOT_PERMITTED = "not_permitted"
    """The patient permits no channel that the institution has and that they can be reached by."""
    MISSED = "missed"
    """It was too late, or quiet hours lasted until the start."""
    REFUSED = "refused"
    """The channel refused the message for good."""
    UNCONFIRMED = "unconfirmed"
    """The process ended while the message was handed over; it is not sent again."""


class Reminder(Contract):
    """One reminder of an appointment."""

    lead_minutes: int
    due_at: Moment
    outcome: ReminderOutcome
    channel: ReminderChannel | None = None
    at: Moment | None = None
    """When the outcome was known."""


class ReminderList(Contract):
    """The reminders of an appointment."""

    appointment: Id
    items: tuple[Reminder, ...]
