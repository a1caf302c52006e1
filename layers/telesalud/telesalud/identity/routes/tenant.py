"""The institution, its rules and its audit trail over HTTP."""

from schemas import identity as contract
from schemas.common import PageQuery
from telesalud.identity import tenants, trail, wiring
from telesalud.platform.errors import Conflict, NotFound
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/identity")


@group.get("/tenant", answer=contract.TenantView, errors=(NotFound,))
def read_tenant(request: Request) -> Answer:
    """The institution and its rules for logging in."""
    tenant = tenants.read(wiring.services(), request.call)
    return Answer(tenants.view(tenant), version=tenant.version)


@group.put(
    "/tenant",
    body=contract.TenantUpdate,
    answer=contract.TenantView,
    versioned=True,
    errors=(NotFound, Conflict),
)
def update_tenant(request: Request) -> Answer:
    """Change the institution's name or rules."""
    tenant = tenants.update(wiring.services(), request.call, request.if_match, request.body)
    return Answer(tenants.view(tenant), version=tenant.version)


@group.get("/people", query=PageQuery, answer=contract.PersonPage)
def list_people(request: Request) -> contract.PersonPage:
    """The names behind the ids of the audit trail."""
    return trail.people(wiring.services(), request.call, request.query)


@group.get("/audit", query=contract.AuditQuery, answer=contract.AuditPage)
def read_audit(request: Request) -> contract.AuditPage:
    """The audit trail about one user, partner system or institution."""
    return trail.read(wiring.services(), request.call, request.query)
