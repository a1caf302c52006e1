"""The public check of a printed code over HTTP."""

from schemas import prescriptions as p
from telesalud.orders import wiring
from telesalud.orders.papers import verification
from telesalud.platform.errors import Gone, NotFound
from telesalud.platform.http.operations import Auth, Group, Request

group = Group("/orders/verify")


@group.get("/{code}", auth=Auth.PUBLIC, answer=p.Verification, errors=(NotFound, Gone))
def verify(request: Request) -> p.Verification:
    """Check a paper by its code, without an account."""
    return verification.verify(wiring.services(), request.call.request_id, request.path["code"])
