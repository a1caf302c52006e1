"""The chart's first screen and its timeline over HTTP."""

from schemas.chart import ChartQuery
from schemas.summary import Summary, Timeline
from telesalud.patients import wiring
from telesalud.patients.chart import timeline
from telesalud.patients.summary import reading
from telesalud.platform.errors import Invalid, NotFound
from telesalud.platform.http.operations import Group, Request

group = Group("/patients")


@group.get("/{patient_id}/summary", answer=Summary, errors=(NotFound,))
def read_summary(request: Request) -> Summary:
    """What the chart's first screen shows."""
    return reading.summary(wiring.services(), request.call, request.id("patient_id"))


@group.get("/{patient_id}/timeline", query=ChartQuery, answer=Timeline, errors=(Invalid, NotFound))
def read_timeline(request: Request) -> Timeline:
    """The chart by time, newest first."""
    who = request.id("patient_id")
    return timeline.timeline(wiring.services(), request.call, who, request.query)
