"""What is stored of consent.

    CONSENTS#<tenant>        POLICY             what the institution says of itself, in clear
                             OWN#<language>     its own text in that language: the latest number
                             OWN#<language>#<n> each version, in clear, kept for ever
                             TEXT#<sha256>      the exact words that somebody decided about
    CONSULT#<tenant>#<id>    CONSENT#<n>        a decision (sealed, patient)

The words name nobody but the institution, so that one item serves all who read the same.
"""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from schemas.consents import (
    BoxCode,
    Channel,
    ConsentPolicy,
    ConsentText,
    Decision,
    OwnTextBody,
    Representative,
)
from telesalud.platform.store import Key


class StoredPolicy(BaseModel):
    """What the institution says of itself, as it is stored."""

    model_config = ConfigDict(frozen=True)

    country: str | None = None
    controller: str | None = None
    address: str | None = None
    contact: str | None = None
    processor: str | None = None
    stored_in: str | None = None
    retention_years: int | None = None

    @property
    def view(self) -> ConsentPolicy:
        """As the contract has it."""
        return ConsentPolicy(
            country=self.country,
            controller=self.controller,
            address=self.address,
            contact=self.contact,
            processor=self.processor,
            stored_in=self.stored_in,
            retention_years=self.retention_years,
        )


class StoredOwnText(BaseModel):
    """A version of the institution's own text."""

    model_config = ConfigDict(frozen=True)

    number: int
    body: OwnTextBody
    text: ConsentText
    """As it was first shown, every word of it."""
    written_by: str
    written_at: datetime


class StoredDecision(BaseModel):
    """A decision as evidence."""

    model_config = ConfigDict(frozen=True)

    id: str
    number: int
    decision: Decision
    at: datetime
    channel: Channel
    boxes: tuple[BoxCode, ...]
    text: str
    """The id of the text."""
    text_version: str
    sha256: str
    language: str
    representative: Representative | None = None
    recorded_by: str | None = None
    recorded_by_name: str | None = None


def consents_partition(tenant: str) -> str:
    """Where an institution's texts are."""
    return f"CONSENTS#{tenant}"


def policy_key(tenant: str) -> Key:
    """What the institution says of itself."""
    return Key(consents_partition(tenant), "POLICY")


def own_key(tenant: str, language: str) -> Key:
    """The latest of its own texts."""
    return Key(consents_partition(tenant), f"OWN#{language}")


def own_version_key(tenant: str, language: str, number: int) -> Key:
    """One of its own texts."""
    return Key(consents_partition(tenant), f"OWN#{language}#{number:06d}")


def text_key(tenant: str, sha256: str) -> Key:
    """Words that somebody decided about."""
    return Key(consents_partition(tenant), f"TEXT#{sha256}")
