"""Which rights each role has over patients and their records."""

from telesalud.platform.access import Grants, Role

READ = "patients.read"
"""Find people and read their demographics."""
WRITE = "patients.write"
"""Register and correct."""
READ_RECORD = "patients.read_record"
"""Encounters, notes and documents."""
MERGE = "patients.merge"
"""Merge two registrations of one person, and take it back."""
CONNECT = "patients.connect"
"""Set the credentials for the consults service."""

GRANTS: Grants = {
    Role.ADMINISTRATOR: frozenset({READ, WRITE, MERGE, CONNECT}),
    Role.PHYSICIAN: frozenset({READ, WRITE, READ_RECORD}),
    Role.NURSE: frozenset({READ, WRITE, READ_RECORD}),
    Role.FRONT_DESK: frozenset({READ, WRITE}),
    Role.PHARMACIST: frozenset({READ}),
    Role.LABORATORY: frozenset({READ}),
    Role.AUDITOR: frozenset({READ}),
}
