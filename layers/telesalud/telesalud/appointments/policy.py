"""Which rights each role has over agendas and appointments."""

from telesalud.platform.access import Grants, Role

READ = "appointments.read"
WRITE = "appointments.write"
"""Book, reschedule, cancel, change status."""
OVERRULE = "appointments.overrule"
"""Book outside opening hours."""
MANAGE = "appointments.manage"
"""Sites, practitioners, categories and opening hours."""
CONNECT = "appointments.connect"
"""Set the credentials for the consults service."""
JOIN = "appointments.join"
"""See the links into teleconsultations."""

GRANTS: Grants = {
    Role.ADMINISTRATOR: frozenset({READ, WRITE, OVERRULE, MANAGE, CONNECT, JOIN}),
    Role.PHYSICIAN: frozenset({READ, WRITE, OVERRULE, JOIN}),
    Role.NURSE: frozenset({READ, WRITE, JOIN}),
    Role.FRONT_DESK: frozenset({READ, WRITE, JOIN}),
    Role.PHARMACIST: frozenset({READ}),
    Role.LABORATORY: frozenset({READ}),
    Role.AUDITOR: frozenset({READ}),
}
