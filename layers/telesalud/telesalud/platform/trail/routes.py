"""The HTTP operations of a context's trail checks."""

from collections.abc import Callable

from schemas.trail_checks import TrailCheck, TrailCheckState
from telesalud.platform.errors import Conflict
from telesalud.platform.http.operations import Answer, Edge, Request
from telesalud.platform.trail import asking
from telesalud.platform.trail.checks import Checks
from telesalud.platform.work import Services


def register(edge: Edge, context: str, services: Callable[[], Services]) -> None:
    """Register asking for a check and reading the latest, at `/<context>/audit-check`."""
    path = f"/{context}/audit-check"

    @edge.operation(
        "POST",
        path,
        summary="Have this context's audit trail checked, in the background",
        answer=TrailCheck,
        status=202,
        idempotent=True,
        errors=(Conflict,),
    )
    def ask_audit_check(request: Request) -> Answer:
        made = asking.ask(Checks(context, services()), request.call)
        return Answer(made, made.version)

    @edge.operation(
        "GET",
        path,
        summary="The latest check of this context's audit trail",
        answer=TrailCheckState,
    )
    def read_audit_check(request: Request) -> TrailCheckState:
        return asking.latest(Checks(context, services()), request.call)
