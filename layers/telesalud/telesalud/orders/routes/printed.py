"""What all printing operations share."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from schemas import orders as o
from telesalud.orders import wiring
from telesalud.platform.errors import Gone, InvalidTransition, NotFound
from telesalud.platform.http.operations import Request

if TYPE_CHECKING:
    from telesalud.orders.papers.printing import How

PRINT: Final[Mapping[str, Any]] = {
    "query": o.PrintQuery,
    "answer": o.Printed,
    "errors": (NotFound, Gone, InvalidTransition),
}


def how(request: Request) -> "How":
    """What was asked for."""
    from telesalud.orders.papers.printing import How  # noqa: PLC0415  # fpdf2 is for printing only

    return How(request.query, wiring.settings().code_url)
