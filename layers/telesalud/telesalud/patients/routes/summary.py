"""The chart's first screen and its timeline over HTTP."""

from schemas.chart import ChartQuery
from schemas.summary import Summary, Timeline
from telesalud.patients import wiring
from telesalud.patients.chart import timeline
from telesalud.patients.summary import reading
from telesalud.platform.errors import Invalid, NotFound
from telesalud.platform.http.operations import Edge, Request


def register(edge: Edge) -> None:
    """Add this group's operations."""

    @edge.operation(
        "GET",
        "/patients/{patient_id}/summary",
        summary="What the chart's first screen shows",
        answer=Summary,
        errors=(NotFound,),
    )
    def read_summary(request: Request) -> Summary:
        return reading.summary(wiring.services(), request.call, request.id("patient_id"))

    @edge.operation(
        "GET",
        "/patients/{patient_id}/timeline",
        summary="The chart by time, newest first",
        query=ChartQuery,
        answer=Timeline,
        errors=(Invalid, NotFound),
    )
    def read_timeline(request: Request) -> Timeline:
        who = request.id("patient_id")
        return timeline.timeline(wiring.services(), request.call, who, request.query)
