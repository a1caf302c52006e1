"""The public check of a printed code over HTTP."""

from schemas import prescriptions as p
from telesalud.orders import wiring
from telesalud.orders.papers import verification
from telesalud.platform.errors import Gone, NotFound
from telesalud.platform.http.operations import Auth, Edge, Request


def register(edge: Edge) -> None:
    """Add this group's operation."""

    @edge.operation(
        "GET", "/orders/verify/{code}", auth=Auth.PUBLIC, answer=p.Verification,
        summary="Check a paper by its code, without an account", errors=(NotFound, Gone),
    )  # fmt: skip
    def verify(request: Request) -> p.Verification:
        return verification.verify(wiring.services(), request.call.request_id, request.path["code"])
