"""Contracts of searching ICD-11 and national editions of ICD-10, and of who needs the latter."""

from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.chart import DiagnosisCode
from schemas.common import Contract, Language, Query
from schemas.reports import ReportZone

RETENTION_YEARS = 20
"""The longest that a law of the region asks for (Brazil, Lei 13.787/2018, art. 6)."""


class TerminologyQuery(Query):
    """Words in any order, beginnings of words, a code, the beginning of one, or a cluster."""

    text: str = Field(min_length=1, max_length=200)
    language: Language = "es"
    limit: int = Field(default=25, ge=1, le=50)


class TerminologyEntry(Contract):
    """A code that can be chosen."""

    code: str
    title: str
    language: str
    """Of the title; another than was asked for when there is no translation."""
    entity_uri: str
    linearization_uri: str
    status: str
    withdrawn_in: str | None


class TerminologyResult(Contract):
    """What was found, best first, with the attribution that is shown beside the codes."""

    items: tuple[TerminologyEntry, ...]
    release: str
    attribution: str


class CodeQuery(Query):
    """The language of the title."""

    language: Language = "es"


class ClusterQuery(Query):
    """A code or cluster to check."""

    code: str = Field(min_length=1, max_length=250)
    language: Language = "es"


class ClusterResult(Contract):
    """A well-formed cluster; codes that the release does not know carry a warning."""

    code: str
    """In canonical form."""
    codes: tuple[DiagnosisCode, ...]
    release: str


class CountryProfileBody(Contract):
    """What an institution's country demands of its records."""

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    """ISO 3166-1 alpha-2."""
    icd10: bool
    """Diagnoses carry a code of the national edition of ICD-10 beside ICD-11."""
    retention_years: int = Field(default=RETENTION_YEARS, ge=1, le=100)
    """How long a record is kept after it was last added to."""
    zone: ReportZone | None = None
    """In which its days begin; by default the zone of the country's capital."""


class CountryProfile(Contract):
    """The profile in force; version 0 while none was set."""

    country: str | None
    icd10: bool
    retention_years: int
    zone: str
    """IANA time zone: the one that was set, the country's, or UTC while nothing is known."""
    version: int
