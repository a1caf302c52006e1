"""Vital signs over HTTP."""

from schemas import measuring
from schemas import vitals as contract
from telesalud.patients import wiring
from telesalud.patients.measurements import circumstances, curves, recording, rules
from telesalud.platform.errors import Invalid, NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/patients")


@group.post(
    "/{patient_id}/vitals",
    body=contract.VitalsBody,
    answer=contract.VitalsSet,
    status=201,
    idempotent=True,
    errors=(Invalid, NotFound, StaleVersion),
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


@group.get(
    "/{patient_id}/circumstances", answer=measuring.Circumstances, errors=(Invalid, NotFound)
)
def read_circumstances(request: Request) -> Answer:
    """What changes the meaning of a patient's measurements."""
    who = request.id("patient_id")
    found = circumstances.read(wiring.services(), request.call, who)
    return Answer(found, found.version)


@group.put(
    "/{patient_id}/circumstances",
    body=measuring.CircumstancesBody,
    answer=measuring.Circumstances,
    versioned=True,
    errors=(Invalid, NotFound, StaleVersion),
)
def put_circumstances(request: Request) -> Answer:
    """Set pregnancies, preterm birth and oxygen target; If-Match "0" the first time."""
    who = request.id("patient_id")
    changed = circumstances.put(
        wiring.services(), request.call, who, request.body, request.if_match
    )
    return Answer(changed, changed.version)


@group.get("/measuring-rules", answer=measuring.MeasuringRules)
def read_measuring_rules(request: Request) -> Answer:
    """The altitude and the reference ranges that the institution set."""
    found = rules.read(wiring.services(), request.call)
    return Answer(found, found.version)


@group.put(
    "/measuring-rules",
    body=measuring.MeasuringRulesBody,
    answer=measuring.MeasuringRules,
    versioned=True,
    errors=(Invalid, StaleVersion),
)
def put_measuring_rules(request: Request) -> Answer:
    """Set altitude and reference ranges; If-Match "0" the first time."""
    changed = rules.put(wiring.services(), request.call, request.body, request.if_match)
    return Answer(changed, changed.version)


@group.get("/measuring-rules/shipped", answer=measuring.ShippedRanges)
def read_shipped_ranges(request: Request) -> measuring.ShippedRanges:
    """The reference ranges that come with the product."""
    return rules.shipped(request.call)
