"""Vital signs over HTTP."""

from schemas import vitals as contract
from telesalud.patients import wiring
from telesalud.patients.measurements import curves, recording
from telesalud.platform.errors import Invalid, NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/patients")


@group.post(
    "/{patient_id}/vitals",
    body=contract.VitalsBody,
    answer=contract.VitalsSet,
    status=201,
    idempotent=True,
    errors=(Invalid, NotFound),
)
def record_vitals(request: Request) -> Answer:
    """Record a set of vital signs."""
    who = request.id("patient_id")
    made = recording.record(wiring.services(), request.call, who, request.body)
    return Answer(made, made.version)


@group.get(
    "/{patient_id}/vitals",
    query=contract.VitalsQuery,
    answer=contract.VitalsList,
    errors=(Invalid, NotFound),
)
def list_vitals(request: Request) -> contract.VitalsList:
    """Sets of vital signs, latest first."""
    who = request.id("patient_id")
    return recording.list_sets(wiring.services(), request.call, who, request.query)


@group.get(
    "/{patient_id}/vitals/trend",
    query=contract.TrendQuery,
    answer=contract.Trend,
    errors=(Invalid, NotFound),
)
def read_trend(request: Request) -> contract.Trend:
    """The course of one vital sign, latest first."""
    who = request.id("patient_id")
    return recording.trend(wiring.services(), request.call, who, request.query)


@group.get(
    "/growth-curves",
    query=contract.GrowthCurvesQuery,
    answer=contract.GrowthCurves,
    errors=(Invalid,),
)
def read_growth_curves(request: Request) -> contract.GrowthCurves:
    """The curves of one of WHO's growth charts."""
    return curves.read(request.call, request.query)


@group.post(
    "/{patient_id}/vitals/{set_id}/void",
    answer=contract.VitalsSet,
    versioned=True,
    idempotent=True,
    errors=(NotFound, StaleVersion),
)
def void_vitals(request: Request) -> Answer:
    """Mark a set of vital signs as entered in error."""
    who, which = request.id("patient_id"), request.id("set_id")
    voided = recording.void(wiring.services(), request.call, who, which, request.if_match)
    return Answer(voided, voided.version)
