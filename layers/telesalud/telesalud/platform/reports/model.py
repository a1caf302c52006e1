"""What a report is made of, and where its job is kept.

    REPORT#<t>#<id>   / REPORT               the job, sealed with the tenant's key
    REPORT#<t>#<id>   / PART#<nnnnnn>        rows of one step, sealed likewise
    REPORTS#<t>#<who> / <created>#<id>       that somebody asked for it

All of them expire with the report. A step writes its part and the job's new cursor in one
transaction, so that rows are neither lost nor doubled however often a worker dies.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from schemas.reports import (
    NewReport,
    Report,
    ReportFile,
    ReportPaper,
    ReportScope,
    ReportStatus,
)
from telesalud.platform.clock import to_text
from telesalud.platform.ports.blobs import Blobs
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import Item, Key, Put, When
from telesalud.platform.vault import Scope, Vault
from telesalud.platform.work import Call, Services

KEPT = timedelta(hours=72)
"""How long a report and its files exist."""

Cell = str | int | None
"""A value of a row: a word's key, an ISO 8601 day or local time, text, or a number."""
Row = tuple[Cell, ...]
Words = Mapping[str, tuple[str, str, str]]
"""Texts by key, in Spanish, Portuguese and English."""


class CellKind(StrEnum):
    """How a column's cells are shown."""

    TEXT = "text"
    WORD = "word"
    """The key of a text."""
    NUMBER = "number"
    DAY = "day"
    MOMENT = "moment"
    """ISO 8601 with the offset of the site."""


class Column(NamedTuple):
    """A column: the key of its heading, what its cells are, its share of a page's width."""

    name: str
    kind: CellKind = CellKind.TEXT
    width: int = 10


class Job(BaseModel):
    """A report as it is stored."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: str
    owner: str
    """The user or partner who asked."""
    scope: ReportScope
    since: date
    until: date
    language: str
    paper: ReportPaper
    zone: str = "UTC"
    filters: dict[str, str] = {}
    status: ReportStatus = ReportStatus.QUEUED
    turn: int = 1
    """Counts the announcements of work on it; an older one has nothing left to do."""
    attempts: int = 0
    """Beginnings since the last step that went well."""
    cursor: str | None = None
    parts: int = 0
    read: bool = False
    """Whether all rows have been read."""
    percent: int = 0
    rows: int = 0
    error: str | None = None
    files: tuple[ReportFile, ...] = ()
    sheets: tuple[ReportFile, ...] = ()
    """Files in formats that the release before this field does not know; it opens the rest."""
    created_at: datetime
    finished_at: datetime | None = None

    @property
    def expires(self) -> datetime:
        """When it is forgotten."""
        return self.created_at + KEPT

    @property
    def all_files(self) -> tuple[ReportFile, ...]:
        """What can be downloaded, first what most people want."""
        return self.sheets + self.files

    @property
    def open(self) -> bool:
        """Whether there is work left."""
        return self.status in (ReportStatus.QUEUED, ReportStatus.RUNNING)

    def begins(self, zone: str = "") -> datetime:
        """The beginning of its first day."""
        return day_start(self.since, zone or self.zone)

    def ends(self, zone: str = "") -> datetime:
        """The end of its last day, exclusive."""
        return day_start(self.until + timedelta(days=1), zone or self.zone)

    def view(self, version: int) -> Report:
        """What callers see."""
        own = Report.model_fields.keys() & type(self).model_fields.keys()
        fields = {name: getattr(self, name) for name in own} | {"files": self.all_files}
        return Report(version=version, expires_at=self.expires, **fields)


class Part(BaseModel):
    """The rows of one step."""

    model_config = ConfigDict(frozen=True)

    rows: tuple[Row, ...]


class Seen(NamedTuple):
    """A patient of whom a row tells clinical content: their trail says who made the report."""

    patient: str
    resource: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one step read."""

    rows: Sequence[Row]
    cursor: str | None
    """Where the next step goes on; None at the end."""
    percent: int
    """How much of everything has been read now, 0 to 100."""
    seen: Sequence[Seen] = ()
    """At most 90: they are written with the step."""


class Source(Protocol):
    """Reads the rows of a report, step by step."""

    def __call__(self, services: Services, tenant: str, job: Job, cursor: str | None) -> Chunk:
        """The rows after `cursor` (None: from the beginning); some hundred, a few queries."""


def as_read(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows in the order in which they were read."""
    return rows


@dataclass(frozen=True, slots=True)
class Definition:
    """One kind of report. Its title and headings are `words` by the kind's and columns' names."""

    columns: tuple[Column, ...]
    source: Source
    most_days: int
    arrange: Callable[[Sequence[Row]], Sequence[Row]] = as_read
    """Orders or sums up the rows of all steps."""


@dataclass(frozen=True, slots=True)
class Reports:
    """What a context's reports work with."""

    context: str
    services: Services
    blobs: Blobs
    definitions: Mapping[str, Definition]
    words: Words
    permit: Callable[[Call, NewReport, str], str]
    """The zone of the report's days. Raises Forbidden unless the caller may have this kind of
    report in this scope, and Invalid for filters that name nothing."""


def report_key(tenant: str, report: str) -> Key:
    """Where a job is."""
    return Key(f"REPORT#{tenant}#{report}", "REPORT")


def part_key(tenant: str, report: str, number: int) -> Key:
    """Where the rows of a step are."""
    return Key(f"REPORT#{tenant}#{report}", f"PART#{number:06d}")


def list_key(tenant: str, owner: str, job: Job) -> Key:
    """Where it is noted that somebody asked for a report."""
    return Key(f"REPORTS#{tenant}#{owner}", f"{to_text(job.created_at)}#{job.id}")


def job_put(vault: Vault, tenant: str, job: Job, when: When) -> Put:
    """The write of a job."""
    key = report_key(tenant, job.id)
    sealed = seal_model(vault, Scope(tenant), key, job)
    return Put(key, {ATTRIBUTE: sealed}, when=when, expires=job.expires)


def job_of(vault: Vault, tenant: str, item: Item) -> Job:
    """The job in its item."""
    return open_model(vault, Scope(tenant), item, Job)


def day_start(day: date, zone: str) -> datetime:
    """Midnight there, in UTC; where a clock skips midnight, the first moment of the day."""
    return datetime.combine(day, time(0), ZoneInfo(zone)).astimezone(UTC)


def local(moment: datetime, zone: str) -> str:
    """The moment as clocks there show it, ISO 8601 to the minute with its offset."""
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")


def share(job: Job, at: datetime, zone: str = "") -> float:
    """How much of the span has passed at a moment, 0 to 1."""
    begins, ends = job.begins(zone), job.ends(zone)
    return min(1.0, max(0.0, (at - begins) / (ends - begins)))
