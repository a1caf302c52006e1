"""Reports over agendas."""

from schemas.reports import NewAppointmentsReport
from telesalud.appointments.reports import reports
from telesalud.platform.reports.routes import report_group

group = report_group("appointments", NewAppointmentsReport, reports)
