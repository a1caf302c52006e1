"""Checks of this context's audit trail over HTTP."""

from telesalud.orders import wiring
from telesalud.platform.http.operations import Edge
from telesalud.platform.trail import routes


def register(edge: Edge) -> None:
    """Register the operations at `/orders/audit-check`."""
    routes.register(edge, "orders", wiring.services)
