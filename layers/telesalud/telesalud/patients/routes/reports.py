"""Reports over records."""

from typing import TYPE_CHECKING

from schemas.reports import NewPatientsReport
from telesalud.platform.edge import Edge
from telesalud.platform.reports import routes

if TYPE_CHECKING:
    from telesalud.platform.reports.model import Reports


def register(edge: Edge) -> None:
    """Register the operations below `/patients/reports`."""
    routes.register(edge, "patients", NewPatientsReport, _reports)


def _reports() -> "Reports":
    from telesalud.patients.reports import reports  # noqa: PLC0415  # these routes only

    return reports()
