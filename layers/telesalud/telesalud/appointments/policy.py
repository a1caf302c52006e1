"""Which rights each role has over agendas and appointments."""

from telesalud.platform.access import Grants, Role

READ = "appointments.read"
WRITE = "appointments.write"
"""Book, reschedule, cancel, change status."""
OVERRULE = "appointments.overrule"
"""Book outside opening hours."""
OVERBOOK = "appointments.overbook"
"""Book a time that is taken, within the rules of category and practitioner."""
MANAGE = "appointments.manage"
"""Sites, practitioners, categories and opening hours."""
CONNECT = "appointments.connect"
"""Set the credentials for the consults service."""
JOIN = "appointments.join"
"""See the links into teleconsultations."""
REPORT_OWN = "appointments.report_own"
"""Reports over one's own appointments."""
REPORT_AGENDA = "appointments.report_agenda"
"""The institution's agenda and no-shows as a report."""
REPORT_ACTIVITY = "appointments.report_activity"
"""Everybody's activity."""

GRANTS: Grants = {
    Role.ADMINISTRATOR: frozenset(
        {READ, WRITE, OVERRULE, OVERBOOK, MANAGE, CONNECT, JOIN, REPORT_AGENDA, REPORT_ACTIVITY}
    ),
    Role.PHYSICIAN: frozenset({READ, WRITE, OVERRULE, OVERBOOK, JOIN, REPORT_OWN}),
    Role.NURSE: frozenset({READ, WRITE, JOIN, REPORT_OWN}),
    Role.FRONT_DESK: frozenset({READ, WRITE, JOIN, REPORT_AGENDA}),
    Role.PHARMACIST: frozenset({READ}),
    Role.LABORATORY: frozenset({READ}),
    Role.AUDITOR: frozenset({READ}),
    Role.ADMISSIONS: frozenset({READ}),
}
