"""The HTTP operations of a context's trail checks."""

from collections.abc import Callable
from functools import partial

from schemas.trail_checks import TrailCheck, TrailCheckState
from telesalud.platform.errors import Conflict
from telesalud.platform.http.operations import Answer, Group, Request
from telesalud.platform.trail import asking
from telesalud.platform.trail.checks import Checks
from telesalud.platform.work import Services


def check_group(context: str, services: Callable[[], Services]) -> Group:
    """Asking for a check and reading the latest, at `/<context>/audit-check`."""

    def checks() -> Checks:
        return Checks(context, services())

    group = Group(f"/{context}/audit-check")
    group.add(
        "POST",
        "",
        partial(ask_audit_check, checks),
        name="ask_audit_check",
        summary="Have this context's audit trail checked, in the background",
        answer=TrailCheck,
        status=202,
        idempotent=True,
        errors=(Conflict,),
    )
    group.add(
        "GET",
        "",
        partial(read_audit_check, checks),
        name="read_audit_check",
        summary="The latest check of this context's audit trail",
        answer=TrailCheckState,
    )
    return group


def ask_audit_check(checks: Callable[[], Checks], request: Request) -> Answer:
    """Have this context's audit trail checked, in the background."""
    made = asking.ask(checks(), request.call)
    return Answer(made, made.version)


def read_audit_check(checks: Callable[[], Checks], request: Request) -> TrailCheckState:
    """The latest check of this context's audit trail."""
    return asking.latest(checks(), request.call)
