"""Asking for a report, looking how far it is, and getting its files."""

from schemas.reports import (
    NewReport,
    Report,
    ReportFormat,
    ReportLink,
    ReportList,
    ReportQuery,
    ReportRequested,
    ReportStatus,
)
from telesalud.platform.errors import Conflict, FieldError, Gone, Invalid, NotFound, TooMany
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.ports.blobs import DOWNLOAD_WITHIN, BlobKey
from telesalud.platform.reports.model import (
    Job,
    Reports,
    job_of,
    job_put,
    list_key,
    report_key,
)
from telesalud.platform.store import ABSENT, Item, Put
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Work

MOST_OPEN = 5
"""Reports that one caller may have in work."""
_LOOKED_AT = 20
MEDIA_TYPES = {
    ReportFormat.CSV: "text/csv; charset=utf-8",
    ReportFormat.PDF: "application/pdf",
    ReportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def ask(reports: Reports, call: Call, command: NewReport, kind: str) -> Report:
    """Queue a report; its work is announced in the same transaction.

    Raises Forbidden, Invalid, TooMany.
    """
    zone = reports.permit(call, command, kind)
    most = reports.definitions[kind].most_days
    if (command.until - command.since).days >= most:
        fault = FieldError("/until", "too-long", f"this report takes at most {most} days")
        raise Invalid("the span is too long", [fault])
    services, tenant, owner = reports.services, call.caller.tenant, call.caller.subject
    _not_too_many(reports, tenant, owner)
    job = Job(
        id=services.new_id(),
        kind=kind,
        owner=owner,
        scope=command.scope,
        since=command.since,
        until=command.until,
        language=command.language,
        paper=command.paper,
        zone=zone,
        filters=_filters(command),
        created_at=services.clock(),
    )
    line = list_key(tenant, owner, job)
    work = Work(services, call)
    work.add(
        job_put(services.vault, tenant, job, ABSENT),
        Put(line, {"report": job.id}, when=ABSENT, expires=job.expires),
    )
    announce(reports, work, job)
    work.audit(f"{reports.context}.request_report", owner, f"report/{kind}/{job.id}")
    answer = job.view(1)
    work.commit(answer, 1)
    return answer


def announce(reports: Reports, work: Work, job: Job) -> None:
    """Collect the event that makes a worker go on with `job`."""
    data = ReportRequested(report_id=job.id, turn=job.turn).model_dump(mode="json")
    work.event(f"{reports.context}.report_requested", job.id, job.turn, data)


def read(reports: Reports, call: Call, report: str) -> Report:
    """How far a report of the caller's own is. Raises NotFound."""
    job, item = _mine(reports, call, report)
    return job.view(item.version)


def page(reports: Reports, call: Call, query: ReportQuery) -> ReportList:
    """The caller's reports, latest first."""
    services, tenant = reports.services, call.caller.tenant
    found = services.store.query(
        f"REPORTS#{tenant}#{call.caller.subject}",
        after=from_cursor(query.cursor),
        limit=min(query.limit, 90),
        newest_first=True,
    )
    jobs = _jobs(reports, tenant, [item.text("report") for item in found.items])
    now = services.clock()
    shown = tuple(job.view(item.version) for job, item in jobs if now < job.expires)
    return ReportList(items=shown, cursor=to_cursor(found.next_after))


def link(reports: Reports, call: Call, report: str, wanted: ReportFormat) -> ReportLink:
    """A link that answers with the file for five minutes; audited.

    Raises NotFound, Conflict while it is not ready, Gone for a format that it is too long for.
    """
    job, _ = _mine(reports, call, report)
    if job.status is not ReportStatus.READY:
        raise Conflict("the report is not ready", state=job.status.value)
    if all(file.format is not wanted for file in job.all_files):
        raise Gone("the report is too long for this format")
    name = f"{job.kind}-{job.since}-{job.until}.{wanted.value}"
    at = file_key(call.caller.tenant, job.id, wanted)
    url = reports.blobs.download(at, name, MEDIA_TYPES[wanted])
    work = Work(reports.services, call)
    action = f"{reports.context}.download_report"
    work.audit(action, call.caller.subject, f"report/{job.kind}/{job.id}")
    work.commit()
    return ReportLink(url=url, expires_at=reports.services.clock() + DOWNLOAD_WITHIN)


def file_key(tenant: str, report: str, wanted: ReportFormat) -> BlobKey:
    """Where a report's file is; roles may reach `*/report-*` only."""
    return BlobKey(tenant, f"report-{report}", wanted.value)


def _mine(reports: Reports, call: Call, report: str) -> tuple[Job, Item]:
    found = _jobs(reports, call.caller.tenant, [report])
    if found:
        job, item = found[0]
        if job.owner == call.caller.subject and reports.services.clock() < job.expires:
            return job, item
    raise NotFound("there is no such report")


def _jobs(reports: Reports, tenant: str, ids: list[str]) -> list[tuple[Job, Item]]:
    """The jobs of these ids that exist, in their order: one round trip."""
    if not ids:
        return []
    services, keys = reports.services, [report_key(tenant, report) for report in ids]
    found = services.fetch(keys, Scope(tenant))
    items = [found[key] for key in keys if key in found]
    return [(job_of(services.vault, tenant, item), item) for item in items]


def _filters(command: NewReport) -> dict[str, str]:
    named = {name: getattr(command, name, None) for name in ("site", "practitioner")}
    return {name: value for name, value in named.items() if value is not None}


def _not_too_many(reports: Reports, tenant: str, owner: str) -> None:
    latest = reports.services.store.query(
        f"REPORTS#{tenant}#{owner}", limit=_LOOKED_AT, newest_first=True
    )
    jobs = _jobs(reports, tenant, [item.text("report") for item in latest.items])
    if sum(job.open for job, _ in jobs) >= MOST_OPEN:
        raise TooMany("wait until one of your reports is ready", retry_after=30)
