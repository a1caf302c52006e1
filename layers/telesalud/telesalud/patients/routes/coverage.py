"""A patient's coverage over HTTP."""

from schemas import coverage as c
from telesalud.patients import wiring
from telesalud.patients.coverage import keeping
from telesalud.platform.errors import Conflict, Gone, Invalid, NotFound, StaleVersion, Unavailable
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/patients/{patient_id}/coverages")

WRITTEN = (NotFound, Gone, Invalid, Conflict, Unavailable)


@group.get(answer=c.CoverageList, errors=(NotFound, Gone))
def list_coverages(request: Request) -> c.CoverageList:
    """Which contracts pay for a patient, and what was noted before there were contracts."""
    return keeping.listed(wiring.services(), request.call, request.id("patient_id"))


@group.post(body=c.CoverageBody, answer=c.Coverage, status=201, idempotent=True, errors=WRITTEN)
def add_coverage(request: Request) -> Answer:
    """Write that a contract pays for a patient."""
    contracts = wiring.contracts_of(request.headers.get("authorization", ""))
    who = request.id("patient_id")
    made = keeping.add(wiring.services(), contracts, request.call, who, request.body)
    return Answer(made, made.version)


@group.put(
    "/{coverage_id}",
    body=c.CoverageBody,
    answer=c.Coverage,
    versioned=True,
    idempotent=True,
    errors=(*WRITTEN, StaleVersion),
)
def change_coverage(request: Request) -> Answer:
    """Correct or end a coverage."""
    contracts = wiring.contracts_of(request.headers.get("authorization", ""))
    where = keeping.Where(request.id("patient_id"), request.id("coverage_id"), request.if_match)
    made = keeping.change(wiring.services(), contracts, request.call, where, request.body)
    return Answer(made, made.version)
