"""Care relations, break-glass and the trail over HTTP."""

from schemas import care as contract
from telesalud.patients import wiring
from telesalud.patients.access import granting, trail
from telesalud.platform.errors import Gone, Invalid, NotFound
from telesalud.platform.http.operations import Edge, Request


def register(edge: Edge) -> None:
    """Add this group's operations."""

    @edge.operation(
        "POST",
        "/patients/{patient_id}/relations",
        summary="Refer the patient to a user, or add him to the patient's team",
        body=contract.RelationBody,
        answer=contract.Relation,
        status=201,
        idempotent=True,
        errors=(Invalid, NotFound),
    )
    def grant_relation(request: Request) -> contract.Relation:
        who = request.id("patient_id")
        return granting.grant(wiring.services(), request.call, who, request.body)

    @edge.operation(
        "GET",
        "/patients/{patient_id}/relations",
        summary="Who may see this record at present",
        answer=contract.RelationList,
        errors=(NotFound,),
    )
    def list_relations(request: Request) -> contract.RelationList:
        who = request.id("patient_id")
        return granting.relations(wiring.services(), request.call, who)

    @edge.operation(
        "GET",
        "/patients/{patient_id}/admission",
        summary="Whether the caller may see this record, and under which ids it is kept",
        answer=contract.Admission,
        errors=(NotFound, Gone),
    )
    def read_admission(request: Request) -> contract.Admission:
        who = request.id("patient_id")
        return granting.admission(wiring.services(), request.call, who)

    @edge.operation(
        "POST",
        "/patients/{patient_id}/break-glass",
        summary="See the record in an emergency for four hours; an auditor is told",
        body=contract.BreakGlassBody,
        answer=contract.Relation,
        status=201,
        idempotent=True,
        errors=(NotFound,),
    )
    def break_glass(request: Request) -> contract.Relation:
        who = request.id("patient_id")
        return granting.break_glass(wiring.services(), request.call, who, request.body)

    @edge.operation(
        "GET",
        "/patients/{patient_id}/accesses",
        summary="Who has seen this record",
        query=contract.AccessQuery,
        answer=contract.AccessList,
        errors=(Invalid, NotFound),
    )
    def list_accesses(request: Request) -> contract.AccessList:
        who = request.id("patient_id")
        return trail.accesses(wiring.services(), request.call, who, request.query)

    @edge.operation(
        "GET",
        "/patients/trail",
        summary="The audit trail of a patient, user or client, newest first",
        query=contract.TrailQuery,
        answer=contract.AccessList,
        errors=(Invalid,),
    )
    def read_trail(request: Request) -> contract.AccessList:
        return trail.trail(wiring.services(), request.call, request.query)
