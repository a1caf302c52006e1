"""Contracts of reports: asking for one, its progress, its files. Every context serves its own."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from schemas.common import Contract, Id, Language, Moment, PageQuery, Query

MOST_DAYS = 366
"""The longest span of one report, in days."""


def _known_zone(name: str) -> str:
    from zoneinfo import ZoneInfo  # noqa: PLC0415  # cold functions are asked for no report

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("name a time zone of the IANA database, such as America/Lima") from None
    return name


ReportZone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_known_zone)]
"""The IANA time zone in which days begin and times are shown: the site's."""


class AppointmentsReportKind(StrEnum):
    """Reports over agendas."""

    AGENDA = "agenda"
    """Appointments by start, each with its status; for a day, or a few."""
    ACTIVITY = "activity"
    """How many appointments of each status, by practitioner and site."""
    NO_SHOWS = "no_shows"
    """Patients who did not come, left without being seen, or cancelled late."""
    WEEKS = "weeks"
    """What became of appointments by week, site and category: the sums of the dashboards."""


class PatientsReportKind(StrEnum):
    """Reports over records."""

    UNSIGNED_NOTES = "unsigned_notes"
    """Encounters that nobody has signed."""
    NOTIFIABLE_DIAGNOSES = "notifiable_diagnoses"
    """Diagnoses that the health authority must be told of."""


class OrdersReportKind(StrEnum):
    """Reports over orders."""

    OPEN_ORDERS = "open_orders"
    """Signed orders without a result, or with one that nobody has signed off."""


class ReportScope(StrEnum):
    """Whose rows."""

    MINE = "mine"
    """Those in which the caller is the practitioner."""
    INSTITUTION = "institution"


class ReportStatus(StrEnum):
    """Where a report stands."""

    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


class ReportFormat(StrEnum):
    """What a report can be downloaded as."""

    CSV = "csv"
    """RFC 4180 in UTF-8 with a byte order mark; times in ISO 8601 with their offset."""
    PDF = "pdf"
    XLSX = "xlsx"
    """A workbook that opens in columns everywhere; times of the clock at the site."""


class ReportPaper(StrEnum):
    """Sizes of paper."""

    A4 = "a4"
    LETTER = "letter"


class NewReport(Contract):
    """What every request for a report says."""

    scope: ReportScope = ReportScope.MINE
    since: date
    """The first day, at the site."""
    until: date
    """The last day, included."""
    language: Language = "es"
    paper: ReportPaper = ReportPaper.A4

    @model_validator(mode="after")
    def _sound(self) -> "NewReport":
        if not 0 <= (self.until - self.since).days < MOST_DAYS:
            raise ValueError(f"end at or after the beginning, and at most {MOST_DAYS} days later")
        return self


class NewAppointmentsReport(NewReport):
    """A report over agendas; times are those of each appointment's site."""

    kind: AppointmentsReportKind
    site: Id | None = None
    """Only this site; by default all of the institution's."""
    practitioner: Id | None = None
    """Only this practitioner of the agenda."""


class NewPatientsReport(NewReport):
    """A report over records."""

    kind: PatientsReportKind
    zone: ReportZone


class NewOrdersReport(NewReport):
    """A report over orders."""

    kind: OrdersReportKind
    zone: ReportZone


class ReportFile(Contract):
    """A file of a finished report."""

    format: ReportFormat
    bytes: int
    sha256: str
    """Of the file, in hex."""


class Report(Contract):
    """A report, from the request until it expires. Only who asked for it sees it."""

    id: Id
    kind: str
    scope: ReportScope
    since: date
    until: date
    language: Language
    paper: ReportPaper
    filters: dict[str, str]
    """What else it was narrowed to: `site`, `practitioner` (ids)."""
    status: ReportStatus
    percent: int
    """0 to 100: how much of the span has been read; 100 once the files exist."""
    rows: int
    """Rows so far; of the table, once it is ready."""
    error: str | None
    """Of a failed one: `too-many-rows` (ask for a shorter span) or `internal`."""
    files: tuple[ReportFile, ...]
    """A report that is too long for paper has no PDF."""
    created_at: Moment
    finished_at: Moment | None
    expires_at: Moment
    """When it and its files are deleted."""
    version: int


class ReportList(Contract):
    """The caller's reports, latest first."""

    items: tuple[Report, ...]
    cursor: str | None = None


class ReportQuery(PageQuery):
    """Pages through the caller's reports."""


class ReportLinkQuery(Query):
    """Which file."""

    format: ReportFormat = ReportFormat.CSV


class ReportLink(Contract):
    """Where the file can be downloaded until then."""

    url: str
    expires_at: Moment


class ReportRequested(Contract):
    """Data of `<context>.report_requested`: work on the report goes on from its `turn`."""

    report_id: Id
    turn: int = Field(ge=1)


EVENTS: dict[str, type[Contract]] = {
    f"{context}.report_requested": ReportRequested
    for context in ("appointments", "patients", "orders", "pharmacy")
}
"""Event types and the models of their `data`."""
