"""What is stored of an institution's rule on reminders, and of an appointment's reminders."""

from datetime import datetime, time
from typing import Self

from pydantic import BaseModel, ConfigDict

from schemas.reminders import (
    ReminderChannel,
    ReminderOutcome,
    ReminderPolicy,
    ReminderPolicyBody,
)


class ReminderRule(BaseModel):
    """When and how an institution's patients are reminded."""

    model_config = ConfigDict(frozen=True)

    enabled: bool = True
    lead_minutes: tuple[int, ...] = (1440,)
    channels: tuple[ReminderChannel, ...] = (ReminderChannel.EMAIL,)
    quiet_from: time | None = None
    quiet_until: time | None = None

    @classmethod
    def of(cls, body: ReminderPolicyBody) -> Self:
        """What is stored of it."""
        return cls(**dict(body))

    def replaced(self, body: ReminderPolicyBody) -> Self:
        """Another rule; what a later release may have added stays."""
        return self.model_copy(update=dict(self.of(body)))

    def view(self, version: int) -> ReminderPolicy:
        """What callers see."""
        return ReminderPolicy(version=version, **self.model_dump())


class StoredReminder(BaseModel):
    """One reminder."""

    model_config = ConfigDict(frozen=True)

    lead: int
    due: datetime
    outcome: ReminderOutcome = ReminderOutcome.PLANNED
    channel: ReminderChannel | None = None
    at: datetime | None = None


class Plan(BaseModel):
    """The reminders of an appointment for one of its schedules."""

    model_config = ConfigDict(frozen=True)

    schedule: int
    entries: tuple[StoredReminder, ...] = ()

    def entry(self, lead: int) -> StoredReminder | None:
        """The reminder with this lead time."""
        return next((one for one in self.entries if one.lead == lead), None)

    def with_entry(self, changed: StoredReminder) -> "Plan":
        """The plan with one reminder replaced."""
        kept = tuple(changed if e.lead == changed.lead else e for e in self.entries)
        return self.model_copy(update={"entries": kept})
