"""Reports over agendas."""

from typing import TYPE_CHECKING

from schemas.reports import NewAppointmentsReport
from telesalud.platform.reports.routes import report_group

if TYPE_CHECKING:
    from telesalud.platform.reports.model import Reports


def _reports() -> "Reports":
    from telesalud.appointments.reports import reports  # noqa: PLC0415  # not before the first request

    return reports()


group = report_group("appointments", NewAppointmentsReport, _reports)
