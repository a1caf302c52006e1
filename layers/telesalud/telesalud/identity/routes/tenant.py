"""The institution, its rules and its audit trail over HTTP."""

from schemas import identity as contract
from telesalud.identity import tenants, trail, wiring
from telesalud.platform.errors import Conflict, NotFound
from telesalud.platform.http.operations import Answer, Edge, Request


def register(edge: Edge) -> None:
    """Add this group's operations."""

    @edge.operation(
        "GET",
        "/identity/tenant",
        summary="The institution and its rules for logging in",
        answer=contract.TenantView,
        errors=(NotFound,),
    )
    def read_tenant(request: Request) -> Answer:
        tenant = tenants.read(wiring.services(), request.call)
        return Answer(tenants.view(tenant), version=tenant.version)

    @edge.operation(
        "PUT",
        "/identity/tenant",
        summary="Change the institution's name or rules",
        body=contract.TenantUpdate,
        answer=contract.TenantView,
        versioned=True,
        errors=(NotFound, Conflict),
    )
    def update_tenant(request: Request) -> Answer:
        tenant = tenants.update(wiring.services(), request.call, request.if_match, request.body)
        return Answer(tenants.view(tenant), version=tenant.version)

    @edge.operation(
        "GET",
        "/identity/audit",
        summary="The audit trail about one user, partner system or institution",
        query=contract.AuditQuery,
        answer=contract.AuditPage,
    )
    def read_audit(request: Request) -> contract.AuditPage:
        return trail.read(wiring.services(), request.call, request.query)
