"""Reports over records."""

from typing import TYPE_CHECKING

from schemas.reports import NewPatientsReport
from telesalud.platform.reports.routes import report_group

if TYPE_CHECKING:
    from telesalud.platform.reports.model import Reports


def _reports() -> "Reports":
    from telesalud.patients.reports import reports  # noqa: PLC0415  # not before the first request

    return reports()


group = report_group("patients", NewPatientsReport, _reports)
