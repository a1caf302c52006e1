"""Making a report: step by step, each step one transaction, on any worker, after any crash.

A worker goes on until a turn is over, then announces the next turn in the transaction of its last
step. An announcement is acknowledged only when its turn is over: two workers on one turn hinder
but never harm each other, because each step is conditional on the job that it was read from.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta

from schemas.reports import ReportFile, ReportFormat, ReportRequested, ReportStatus
from telesalud.platform.access import Caller, CallerKind
from telesalud.platform.consumer import Handler
from telesalud.platform.events import Event, data_of
from telesalud.platform.logs import get_logger
from telesalud.platform.reports.asking import MEDIA_TYPES, announce, file_key
from telesalud.platform.reports.model import (
    Job,
    Part,
    Reports,
    Row,
    job_of,
    job_put,
    part_key,
    report_key,
)
from telesalud.platform.reports.tables import Table, Texts, csv_of
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, ConditionFailed, Put, StoreBusy, at_version, every
from telesalud.platform.vault import Scope
from telesalud.platform.words.countries import country_of
from telesalud.platform.work import Call, Work

TURN = timedelta(seconds=20)
"""How long a worker goes on before it hands over."""
MOST_ROWS = 20_000
MOST_PDF_ROWS = 1_500
"""Eighty pages or so, which take a function of 1 GB half a minute."""
MOST_ATTEMPTS = 5
"""Without progress: a few within a minute, then one every nine."""
TOO_MANY_ROWS = "too-many-rows"
INTERNAL = "internal"


class StillRunning(Exception):
    """Another worker is at it; the announcement must come again in case that one dies."""


def handlers(reports: Callable[[], Reports], context: str) -> Mapping[str, Handler]:
    """Event type to handler. It may be called again with the same event."""

    def work_on(event: Event) -> None:
        fact = data_of(event, ReportRequested)
        go_on(reports(), event.tenant, fact.report_id, fact.turn)

    return {f"{context}.report_requested": work_on}


def go_on(reports: Reports, tenant: str, report: str, turn: int) -> None:
    """Work on a report's turn until it is over, or somebody else has finished it.

    Raises StillRunning, and whatever the report's source raises until MOST_ATTEMPTS have failed.
    """
    found = _load(reports, tenant, report)
    if found is None or not found[0].open or found[0].turn != turn:
        return
    job, version = found
    try:
        if job.attempts >= MOST_ATTEMPTS:
            _fail(reports, tenant, job, version, INTERNAL)
            return
        job, version = _begin(reports, tenant, job, version)
        _steps(reports, tenant, job, version)
    except (ConditionFailed, StoreBusy) as failed:
        _over_or_raise(reports, tenant, report, turn, failed)


def _over_or_raise(
    reports: Reports, tenant: str, report: str, turn: int, failed: Exception
) -> None:
    found = _load(reports, tenant, report)
    if found is not None and found[0].open and found[0].turn == turn:
        raise StillRunning from failed


def _begin(reports: Reports, tenant: str, job: Job, version: int) -> tuple[Job, int]:
    """Count the attempt, so that what always fails ends."""
    update = {"status": ReportStatus.RUNNING, "attempts": job.attempts + 1}
    work = Work(reports.services, _call(tenant, job))
    return _commit(reports, work, tenant, job.model_copy(update=update), version)


def _steps(reports: Reports, tenant: str, job: Job, version: int) -> None:
    began, turn = reports.services.clock(), job.turn
    while not job.read:
        over = reports.services.clock() - began >= TURN
        job, version = _step(reports, tenant, job, version, over=over)
        if job.turn != turn or not job.open:
            return
    _deliver(reports, tenant, job, version)


def _step(reports: Reports, tenant: str, job: Job, version: int, *, over: bool) -> tuple[Job, int]:
    """Read some rows; keep them, the new cursor and (when the turn is over) the next turn."""
    services = reports.services
    chunk = reports.definitions[job.kind].source(services, tenant, job, job.cursor)
    if job.rows + len(chunk.rows) > MOST_ROWS:
        return _fail(reports, tenant, job, version, TOO_MANY_ROWS)
    last = chunk.cursor is None
    after = job.model_copy(
        update={
            "cursor": chunk.cursor,
            "read": last,
            "percent": min(99, max(job.percent, chunk.percent)),
            "rows": job.rows + len(chunk.rows),
            "parts": job.parts + bool(chunk.rows),
            "attempts": 0,
            "turn": job.turn + (over and not last),
        }
    )
    work = Work(services, _call(tenant, job))
    if chunk.rows:
        key = part_key(tenant, job.id, job.parts)
        sealed = seal_model(services.vault, Scope(tenant), key, Part(rows=tuple(chunk.rows)))
        work.add(Put(key, {ATTRIBUTE: sealed}, when=ABSENT, expires=job.expires))
    for seen in chunk.seen:
        action = f"{reports.context}.report_{job.kind}"
        work.audit(action, seen.patient, f"{seen.resource}/report/{job.id}")
    if after.turn != job.turn:
        announce(reports, work, after)
    return _commit(reports, work, tenant, after, version)


def _deliver(reports: Reports, tenant: str, job: Job, version: int) -> None:
    """Make the files, keep them, then say so. Repeated, it makes the same files."""
    rows = reports.definitions[job.kind].arrange(_rows(reports, tenant, job))
    files = []
    for wanted, body in _rendered(reports, job, rows):
        reports.blobs.put(file_key(tenant, job.id, wanted), MEDIA_TYPES[wanted], body, passing=True)
        digest = hashlib.sha256(body).hexdigest()
        files.append(ReportFile(format=wanted, bytes=len(body), sha256=digest))
    ready = {
        "status": ReportStatus.READY,
        "percent": 100,
        "rows": len(rows),
        "files": tuple(file for file in files if file.format is not ReportFormat.XLSX),
        "sheets": tuple(file for file in files if file.format is ReportFormat.XLSX),
        "finished_at": reports.services.clock(),
    }
    work = Work(reports.services, _call(tenant, job))
    work.audit(f"{reports.context}.make_report", job.owner, f"report/{job.kind}/{job.id}")
    _commit(reports, work, tenant, job.model_copy(update=ready), version)


def _rendered(
    reports: Reports, job: Job, rows: Sequence[Row]
) -> Iterator[tuple[ReportFormat, bytes]]:
    columns = reports.definitions[job.kind].columns
    texts = Texts(reports.words, job.language, reports.context, country_of(job.zone))
    table = Table(job, columns, rows, texts)
    yield ReportFormat.CSV, csv_of(table)
    from telesalud.platform.reports.workbook import xlsx_of  # noqa: PLC0415  # a worker's only

    yield ReportFormat.XLSX, xlsx_of(table)
    if len(rows) <= MOST_PDF_ROWS:
        from telesalud.platform.reports.paper import pdf_of  # noqa: PLC0415  # fpdf2 is heavy

        yield ReportFormat.PDF, pdf_of(table)


def _rows(reports: Reports, tenant: str, job: Job) -> list[Row]:
    services = reports.services
    parts = every(services.store, report_key(tenant, job.id).pk, "PART#")
    opened = (open_model(services.vault, Scope(tenant), item, Part) for item in parts)
    return [row for part in opened for row in part.rows]


def _fail(reports: Reports, tenant: str, job: Job, version: int, why: str) -> tuple[Job, int]:
    get_logger().error("report failed", tenant=tenant, subject=job.id, reason=why)
    failed = {
        "status": ReportStatus.FAILED,
        "error": why,
        "finished_at": reports.services.clock(),
    }
    work = Work(reports.services, _call(tenant, job))
    return _commit(reports, work, tenant, job.model_copy(update=failed), version)


def _commit(reports: Reports, work: Work, tenant: str, after: Job, version: int) -> tuple[Job, int]:
    """Write the job over the version that was read. Raises ConditionFailed when it has changed."""
    work.add(job_put(reports.services.vault, tenant, after, at_version(version)))
    work.commit()
    return after, version + 1


def _load(reports: Reports, tenant: str, report: str) -> tuple[Job, int] | None:
    key = report_key(tenant, report)
    item = reports.services.fetch([key], Scope(tenant)).get(key)
    return (job_of(reports.services.vault, tenant, item), item.version) if item else None


def _call(tenant: str, job: Job) -> Call:
    """In the name of who asked: what they see by a report is on their account."""
    caller = Caller(tenant, job.owner, CallerKind.SYSTEM)
    return Call(caller, f"report-{job.id}")
