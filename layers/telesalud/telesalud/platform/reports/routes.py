"""The HTTP operations of a context's reports."""

from collections.abc import Callable
from functools import partial

from schemas.reports import NewReport, Report, ReportLink, ReportLinkQuery, ReportList, ReportQuery
from telesalud.platform.errors import Conflict, Gone, Invalid, NotFound, TooMany
from telesalud.platform.http.operations import Answer, Group, Request
from telesalud.platform.reports import asking
from telesalud.platform.reports.model import Reports

Made = Callable[[], Reports]
"""What makes a context's reports; called at the first request, so that a cold start is cheap."""


def report_group(context: str, command: type[NewReport], reports: Made) -> Group:
    """Asking, listing, reading and downloading, below `/<context>/reports`."""
    group = Group(f"/{context}/reports")
    group.add(
        "POST",
        "",
        partial(request_report, reports),
        name="request_report",
        summary="Ask for a report; it is made in the background",
        body=command,
        answer=Report,
        status=202,
        idempotent=True,
        errors=(Invalid, TooMany),
    )
    group.add(
        "GET",
        "",
        partial(list_reports, reports),
        name="list_reports",
        summary="The caller's reports of the last three days, latest first",
        query=ReportQuery,
        answer=ReportList,
    )
    group.add(
        "GET",
        "/{report_id}",
        partial(read_report, reports),
        name="read_report",
        summary="How far a report of the caller's own is",
        answer=Report,
        errors=(NotFound,),
    )
    group.add(
        "GET",
        "/{report_id}/link",
        partial(link_report, reports),
        name="link_report",
        summary="A short-lived link to a file of a report",
        query=ReportLinkQuery,
        answer=ReportLink,
        errors=(NotFound, Conflict, Gone),
    )
    return group


def request_report(reports: Made, request: Request) -> Answer:
    """Ask for a report; it is made in the background."""
    made = asking.ask(reports(), request.call, request.body, request.body.kind.value)
    return Answer(made, made.version)


def list_reports(reports: Made, request: Request) -> ReportList:
    """The caller's reports of the last three days, latest first."""
    return asking.page(reports(), request.call, request.query)


def read_report(reports: Made, request: Request) -> Answer:
    """How far a report of the caller's own is."""
    report = asking.read(reports(), request.call, request.id("report_id"))
    return Answer(report, report.version)


def link_report(reports: Made, request: Request) -> ReportLink:
    """A short-lived link to a file of a report."""
    return asking.link(reports(), request.call, request.id("report_id"), request.query.format)
