"""Reports over orders."""

from typing import TYPE_CHECKING

from schemas.reports import NewOrdersReport
from telesalud.platform.http.operations import Edge
from telesalud.platform.reports import routes

if TYPE_CHECKING:
    from telesalud.platform.reports.model import Reports


def register(edge: Edge) -> None:
    """Register the operations below `/orders/reports`."""
    routes.register(edge, "orders", NewOrdersReport, _reports)


def _reports() -> "Reports":
    from telesalud.orders.reports import reports  # noqa: PLC0415  # these routes only

    return reports()
