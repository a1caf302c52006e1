"""Contracts of searching ICD-11."""

from pydantic import Field

from schemas.chart import DiagnosisCode
from schemas.common import Contract, Language, Query


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
