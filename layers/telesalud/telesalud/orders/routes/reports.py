"""Reports over orders."""

from schemas.reports import NewOrdersReport
from telesalud.orders.reports import reports
from telesalud.platform.reports.routes import report_group

group = report_group("orders", NewOrdersReport, reports)
