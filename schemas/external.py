"""Contracts of what other systems wrote about a patient, and of taking it into the record."""

from enum import StrEnum

from pydantic import Field

from schemas.common import Contract, Id, Line, Moment

ResourceType = Line
"""A type of FHIR R4, such as `AllergyIntolerance`."""


class ExternalKind(StrEnum):
    """What an external entry can become in the chart."""

    ALLERGY = "allergies"
    PROBLEM = "problems"
    MEDICATION = "medications"
    IMMUNIZATION = "immunizations"


class Adopted(Contract):
    """Who took an external entry into the record, and what it became."""

    by: str
    at: Moment
    kind: ExternalKind
    entry: Id


class ExternalEntry(Contract):
    """Something that another system wrote about the patient: unverified until it is adopted."""

    type: ResourceType
    id: Line
    version: int
    title: str
    """What it is, in the sender's words."""
    details: tuple[str, ...]
    """Values, reactions, doses, remarks, as the sender wrote them."""
    status: str | None
    """In FHIR's words, of its type."""
    happened: str | None
    """A date, or an instant, with the precision that the sender knew."""
    source: str
    """What the sender says of where it comes from; else the id of its client."""
    received_at: Moment
    becomes: ExternalKind | None
    """What it would become when it is adopted; null when it can be looked at only."""
    adopted: Adopted | None = None


class ExternalList(Contract):
    """Everything that other systems wrote about a patient, latest first."""

    items: tuple[ExternalEntry, ...]
    withheld: int = 0
    """How many the caller may not see, because the sender marked them as confidential."""


class Adoption(Contract):
    """The version of the external entry that the clinician has looked at."""

    version: int = Field(ge=1)
