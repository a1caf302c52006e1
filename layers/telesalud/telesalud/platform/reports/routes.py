"""The HTTP operations of a context's reports."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from schemas import reports as r
from telesalud.platform.errors import Conflict, Gone, Invalid, NotFound, TooMany
from telesalud.platform.http.operations import Answer, Edge, Request

if TYPE_CHECKING:
    from telesalud.platform.reports.model import Reports

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def register(
    edge: Edge, context: str, command: type[r.NewReport], reports: "Callable[[], Reports]"
) -> None:
    """Register asking, listing, reading and downloading below `/<context>/reports`.

    `reports` is called at the first request: what makes reports is not imported before.
    """
    path = f"/{context}/reports"

    @edge.operation(
        "POST",
        path,
        summary="Ask for a report; it is made in the background",
        body=command,
        answer=r.Report,
        status=202,
        idempotent=True,
        errors=(Invalid, TooMany),
    )
    def request_report(request: Request) -> Answer:
        from telesalud.platform.reports import asking  # noqa: PLC0415  # this route only

        body = request.body
        made = asking.ask(reports(), request.call, body, body.kind.value)
        return Answer(made, made.version)

    @edge.operation(
        "GET",
        path,
        summary="The caller's reports of the last three days, latest first",
        query=r.ReportQuery,
        answer=r.ReportList,
    )
    def list_reports(request: Request) -> r.ReportList:
        from telesalud.platform.reports import asking  # noqa: PLC0415  # this route only

        return asking.page(reports(), request.call, request.query)

    @edge.operation(
        "GET",
        path + "/{report_id}",
        summary="How far a report of the caller's own is",
        answer=r.Report,
        errors=(NotFound,),
    )
    def read_report(request: Request) -> Answer:
        from telesalud.platform.reports import asking  # noqa: PLC0415  # this route only

        found = asking.read(reports(), request.call, _id(request))
        return Answer(found, found.version)

    @edge.operation(
        "GET",
        path + "/{report_id}/link",
        summary="A short-lived link to a file of a report",
        query=r.ReportLinkQuery,
        answer=r.ReportLink,
        errors=(NotFound, Conflict, Gone),
    )
    def link_report(request: Request) -> r.ReportLink:
        from telesalud.platform.reports import asking  # noqa: PLC0415  # this route only

        return asking.link(reports(), request.call, _id(request), request.query.format)


def _id(request: Request) -> str:
    value = request.path["report_id"]
    if not _ID.fullmatch(value):
        raise NotFound
    return value
