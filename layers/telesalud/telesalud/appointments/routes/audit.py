"""Checks of this context's audit trail over HTTP."""

from telesalud.appointments import wiring
from telesalud.platform.http.operations import Edge
from telesalud.platform.trail import routes


def register(edge: Edge) -> None:
    """Register the operations at `/appointments/audit-check`."""
    routes.register(edge, "appointments", wiring.services)
