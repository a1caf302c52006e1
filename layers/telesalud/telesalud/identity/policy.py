"""What roles may do in this context, and the figures behind its rules."""

from datetime import timedelta

from telesalud.platform.access import Grants, Role

ADMINISTER = "identity.admin"
READ_AUDIT = "audit.read"

GRANTS: Grants = {
    Role.ADMINISTRATOR: frozenset({ADMINISTER}),
    Role.AUDITOR: frozenset({READ_AUDIT}),
}

ACCESS_LIFETIME = timedelta(minutes=10)
REFRESH_GRACE = timedelta(seconds=30)
"""How long a used refresh token still answers with its successor, for an answer that got lost."""

SHORTEST_PASSWORD = 12
"""Characters; NIST SP 800-63B asks for at least 8, and 15 where it is the only factor."""
LEAST_GUESSES = 1e10
"""What zxcvbn must estimate: "very unguessable", strong against an offline attack."""
PASSWORDS_REMEMBERED = 5

CODE_LIFETIME = timedelta(hours=72)
"""Of the one-time code with which users set their password."""
ENROLMENT_LIFETIME = timedelta(minutes=15)
RECOVERY_CODES = 10

ACTIVE_SECRETS = 2
"""Of one client, so that a new secret can be rolled out before the old one goes."""
