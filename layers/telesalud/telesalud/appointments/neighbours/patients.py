"""What this context asks of the patients service."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from schemas.reminders import ReminderChannel


@dataclass(frozen=True, slots=True)
class Registered:
    """A patient as the record has them now."""

    display_name: str
    deceased: bool = False


class Patients(Protocol):
    """What booking asks of the patients service."""

    def person(self, tenant: str, patient: str) -> Registered | None:
        """Who the tenant's patient is, or None. Raises Unavailable."""


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
