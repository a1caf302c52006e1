"""Care relations, break-glass and the trail over HTTP."""

from schemas import care as contract
from telesalud.patients import wiring
from telesalud.patients.access import granting, trail
from telesalud.patients.reviews import reports as reviews
from telesalud.platform.errors import Conflict, Gone, Invalid, NotFound
from telesalud.platform.http.operations import Group, Request

group = Group("/patients")


@group.post(
    "/{patient_id}/relations",
    body=contract.RelationBody,
    answer=contract.Relation,
    status=201,
    idempotent=True,
    errors=(Invalid, NotFound),
)
def grant_relation(request: Request) -> contract.Relation:
    """Refer the patient to a user, or add them to the patient's team."""
    who = request.id("patient_id")
    return granting.grant(wiring.services(), request.call, who, request.body)


@group.get("/{patient_id}/relations", answer=contract.RelationList, errors=(NotFound,))
def list_relations(request: Request) -> contract.RelationList:
    """Who may see this record at present."""
    who = request.id("patient_id")
    return granting.relations(wiring.services(), request.call, who)


@group.get("/{patient_id}/admission", answer=contract.Admission, errors=(NotFound, Gone))
def read_admission(request: Request) -> contract.Admission:
    """Whether the caller may see this record, and under which ids it is kept."""
    who = request.id("patient_id")
    return granting.admission(wiring.services(), request.call, who)


@group.get("/{patient_id}/members", answer=contract.Members, errors=(NotFound, Gone))
def read_members(request: Request) -> contract.Members:
    """The ids under which a patient is kept."""
    who = request.id("patient_id")
    return granting.members(wiring.services(), request.call, who)


@group.post(
    "/{patient_id}/break-glass",
    body=contract.BreakGlassBody,
    answer=contract.Relation,
    status=201,
    idempotent=True,
    errors=(NotFound,),
)
def break_glass(request: Request) -> contract.Relation:
    """See the record in an emergency for four hours; an auditor is told."""
    who = request.id("patient_id")
    return granting.break_glass(wiring.services(), request.call, who, request.body)


@group.get(
    "/{patient_id}/accesses",
    query=contract.AccessQuery,
    answer=contract.AccessList,
    errors=(Invalid, NotFound),
)
def list_accesses(request: Request) -> contract.AccessList:
    """Who has seen this record."""
    who = request.id("patient_id")
    return trail.accesses(wiring.services(), request.call, who, request.query)


@group.get("/trail", query=contract.TrailQuery, answer=contract.AccessList, errors=(Invalid,))
def read_trail(request: Request) -> contract.AccessList:
    """The audit trail of a patient, user or client, newest first."""
    return trail.trail(wiring.services(), request.call, request.query)


@group.get(
    "/reported-accesses",
    query=contract.ReviewQuery,
    answer=contract.ReportedAccessList,
    errors=(Invalid,),
)
def list_reported_accesses(request: Request) -> contract.ReportedAccessList:
    """Accesses that an auditor has to look at, or has looked at."""
    return reviews.listed(wiring.services(), request.call, request.query)


@group.post(
    "/reported-accesses/{report_id}/review",
    body=contract.ReviewBody,
    answer=contract.ReportedAccess,
    idempotent=True,
    errors=(Invalid, NotFound, Conflict),
)
def review_access(request: Request) -> contract.ReportedAccess:
    """Say whether an access was in order."""
    which = request.id("report_id")
    return reviews.review(wiring.services(), request.call, which, request.body)
