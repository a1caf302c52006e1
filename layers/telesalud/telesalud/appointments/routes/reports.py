"""Reports over agendas."""

from typing import TYPE_CHECKING

from schemas.reports import NewAppointmentsReport
from telesalud.platform.http.operations import Edge
from telesalud.platform.reports import routes

if TYPE_CHECKING:
    from telesalud.platform.reports.model import Reports


def register(edge: Edge) -> None:
    """Register the operations below `/appointments/reports`."""
    routes.register(edge, "appointments", NewAppointmentsReport, _reports)


def _reports() -> "Reports":
    from telesalud.appointments.reports import reports  # noqa: PLC0415  # these routes only

    return reports()
