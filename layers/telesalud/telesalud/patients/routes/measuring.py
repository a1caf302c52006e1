"""Vital signs over HTTP."""

from schemas import vitals as contract
from telesalud.patients import wiring
from telesalud.patients.measurements import curves, recording
from telesalud.platform.errors import Invalid, NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Edge, Request


def register(edge: Edge) -> None:
    """Add this group's operations."""

    @edge.operation(
        "POST",
        "/patients/{patient_id}/vitals",
        summary="Record a set of vital signs",
        body=contract.VitalsBody,
        answer=contract.VitalsSet,
        status=201,
        idempotent=True,
        errors=(Invalid, NotFound),
    )
    def record_vitals(request: Request) -> Answer:
        who = request.id("patient_id")
        made = recording.record(wiring.services(), request.call, who, request.body)
        return Answer(made, made.version)

    @edge.operation(
        "GET",
        "/patients/{patient_id}/vitals",
        summary="Sets of vital signs, latest first",
        query=contract.VitalsQuery,
        answer=contract.VitalsList,
        errors=(Invalid, NotFound),
    )
    def list_vitals(request: Request) -> contract.VitalsList:
        who = request.id("patient_id")
        return recording.list_sets(wiring.services(), request.call, who, request.query)

    @edge.operation(
        "GET",
        "/patients/{patient_id}/vitals/trend",
        summary="The course of one vital sign, latest first",
        query=contract.TrendQuery,
        answer=contract.Trend,
        errors=(Invalid, NotFound),
    )
    def read_trend(request: Request) -> contract.Trend:
        who = request.id("patient_id")
        return recording.trend(wiring.services(), request.call, who, request.query)

    @edge.operation(
        "GET",
        "/patients/growth-curves",
        summary="The curves of one of WHO's growth charts",
        query=contract.GrowthCurvesQuery,
        answer=contract.GrowthCurves,
        errors=(Invalid,),
    )
    def read_growth_curves(request: Request) -> contract.GrowthCurves:
        return curves.read(request.call, request.query)

    @edge.operation(
        "POST",
        "/patients/{patient_id}/vitals/{set_id}/void",
        summary="Mark a set of vital signs as entered in error",
        answer=contract.VitalsSet,
        versioned=True,
        idempotent=True,
        errors=(NotFound, StaleVersion),
    )
    def void_vitals(request: Request) -> Answer:
        who, which = request.id("patient_id"), request.id("set_id")
        voided = recording.void(wiring.services(), request.call, who, which, request.if_match)
        return Answer(voided, voided.version)
