"""Labels and receipts over HTTP: a module of its own, which alone loads the PDF library."""

from schemas import dispensing as d
from schemas.orders import Printed
from telesalud.pharmacy import wiring
from telesalud.pharmacy.dispensing import printing
from telesalud.platform.errors import Gone, InvalidTransition, NotFound
from telesalud.platform.http.operations import Group, Request

group = Group("/pharmacy/dispensings")


@group.get(
    "/{dispensing_id}/print",
    query=d.LabelQuery,
    answer=Printed,
    errors=(NotFound, Gone, InvalidTransition),
)
def print_dispensing(request: Request) -> Printed:
    """Labels or a receipt of what was dispensed, as PDF."""
    which = request.id("dispensing_id")
    return printing.print_labels(wiring.services(), request.call, which, request.query)
