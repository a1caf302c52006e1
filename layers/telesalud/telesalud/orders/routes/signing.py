"""Qualified electronic signatures over HTTP."""

from schemas.qualified import QualifiedSignature
from schemas.signing import Signing, SigningBody
from telesalud.orders.qualified import asking
from telesalud.orders.routes import services, versioned
from telesalud.platform.errors import Invalid, InvalidTransition, NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/orders")


@group.get("/signing", answer=Signing)
def read_signing(request: Request) -> Answer:
    """Which papers get a qualified electronic signature."""
    return versioned(asking.read(services(request), request.call))


@group.put(
    "/signing", body=SigningBody, answer=Signing, versioned=True, errors=(Invalid, StaleVersion)
)
def put_signing(request: Request) -> Answer:
    """Set which papers get a qualified signature; If-Match "0" the first time."""
    return versioned(asking.put(services(request), request.call, request.body, request.if_match))


@group.post(
    "/signing/{kind}/{id}/ask",
    answer=QualifiedSignature,
    idempotent=True,
    errors=(NotFound, InvalidTransition, StaleVersion),
)
def ask_signature(request: Request) -> QualifiedSignature:
    """Ask again for a qualified signature that was refused or never approved."""
    kind, which = request.path["kind"], request.id("id")
    return asking.again(services(request), request.call, kind, which)
