"""Everything that is printed, over HTTP: a group of its own, which alone loads the PDF library."""

from collections.abc import Mapping
from typing import Any, Final

from schemas import orders as o
from schemas.papers import PaperKind
from telesalud.orders import wiring
from telesalud.orders.papers import printing
from telesalud.orders.routes import services
from telesalud.platform.errors import Gone, InvalidTransition, NotFound
from telesalud.platform.http.operations import Group, Request

group = Group("/orders")

PRINT: Final[Mapping[str, Any]] = {
    "query": o.PrintQuery,
    "answer": o.Printed,
    "errors": (NotFound, Gone, InvalidTransition),
}


@group.get("/prescriptions/{id}/print", **PRINT)
def print_prescription(request: Request) -> o.Printed:
    """A prescription as PDF."""
    return printing.print_prescription(
        services(request), request.call, request.id("id"), _how(request)
    )


@group.get("/requests/{id}/print", **PRINT)
def print_order(request: Request) -> o.Printed:
    """An order as PDF."""
    return printing.print_order(services(request), request.call, request.id("id"), _how(request))


@group.get("/referrals/{id}/print", **PRINT)
def print_referral(request: Request) -> o.Printed:
    """A referral as PDF."""
    return _print_paper(request, PaperKind.REFERRAL)


@group.get("/certificates/{id}/print", **PRINT)
def print_certificate(request: Request) -> o.Printed:
    """A certificate as PDF."""
    return _print_paper(request, PaperKind.CERTIFICATE)


def _print_paper(request: Request, kind: PaperKind) -> o.Printed:
    which = request.id("id")
    return printing.print_paper(services(request), request.call, kind, which, _how(request))


def _how(request: Request) -> printing.How:
    return printing.How(request.query, wiring.settings().code_url)
