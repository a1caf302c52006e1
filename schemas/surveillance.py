"""Contracts of surveillance: which diagnoses an institution must tell the health authority of."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from schemas.common import Contract, Line

EventId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$")]
CodePrefix = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9.]{2,9}$")]
"""What codes begin with: `1D2` is every dengue of ICD-11, `A92.0` one code of ICD-10."""


class Urgency(StrEnum):
    """When the authority wants to know."""

    IMMEDIATE = "immediate"
    WEEKLY = "weekly"


class EventNames(Contract):
    """What an event is called."""

    es: Line
    pt: Line
    en: Line


class NotifiableEvent(Contract):
    """A disease under surveillance, and the codes that mean it."""

    id: EventId
    names: EventNames
    icd11: tuple[CodePrefix, ...] = Field(default=(), max_length=60)
    icd10: tuple[CodePrefix, ...] = Field(default=(), max_length=60)
    urgency: Urgency

    @model_validator(mode="after")
    def _coded(self) -> "NotifiableEvent":
        if not self.icd11 and not self.icd10:
            raise ValueError("name what its codes begin with")
        return self


class SurveillanceBody(Contract):
    """How an institution's list differs from that of its country profile."""

    added: tuple[NotifiableEvent, ...] = Field(default=(), max_length=50)
    """Besides the profile's; one with an id of the profile's replaces that."""
    removed: tuple[EventId, ...] = Field(default=(), max_length=100)


class Surveillance(SurveillanceBody):
    """The list in force; version 0 while nothing differs from the profile's."""

    country: str | None
    events: tuple[NotifiableEvent, ...]
    left_out: tuple[NotifiableEvent, ...]
    """The removed ones, in full."""
    version: int
