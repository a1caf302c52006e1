"""What this context asks of the patients service."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from schemas.reminders import ReminderChannel


class Patients(Protocol):
    """What booking asks of the patients service."""

    def exists(self, tenant: str, patient: str) -> bool:
        """Whether the tenant has this patient. Raises Unavailable."""


@dataclass(frozen=True, slots=True)
class Contact:
    """How a patient may be reached, as the patients service knows it now."""

    addresses: Mapping[ReminderChannel, str]
    """Of the channels that the patient permits."""
    preferred: ReminderChannel | None
    language: str


class Contacts(Protocol):
    """What reminders ask of the patients service."""

    def contact(self, tenant: str, patient: str) -> Contact | None:
        """None for somebody who must not be written to any more. Raises Unavailable."""
