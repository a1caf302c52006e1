"""Who may do what with teleconsultations, and the limits that are the same for everybody."""

from datetime import timedelta

from telesalud.platform.access import Grants, Role

READ = "consults.read"
WRITE = "consults.write"
EXPORT = "consults.export"
ADMIN = "consults.admin"
"""Policy, notification targets, replay."""
ATTEND = "consults.attend"
"""Held only by a participant's session, or by the practitioner whom the consult names."""
CONSENT = "consults.consent"
"""Record what a patient told them of their consent; people only."""
LOAD = "consults.load"
"""How much is booked in all tenants: for the client of the video cluster; no role has it."""
OBSERVE = "consults.observe"
"""What goes on now, and how teleconsultations went: numbers without names."""
LEGACY = "consults.legacy"
"""The interface of the earlier system: for holders of its tokens; no role has it."""

GRANTS: Grants = {
    Role.ADMINISTRATOR: frozenset({READ, WRITE, ADMIN, OBSERVE}),
    Role.PHYSICIAN: frozenset({READ, WRITE, EXPORT, ATTEND, CONSENT}),
    Role.NURSE: frozenset({READ, ATTEND, CONSENT}),
    Role.FRONT_DESK: frozenset({READ, WRITE, CONSENT}),
    Role.AUDITOR: frozenset({READ}),
}

OPENS_BEFORE = timedelta(minutes=10)
WARN_BEFORE = timedelta(minutes=5)
FURTHEST_AHEAD = timedelta(days=350)
"""A Step Functions execution lives at most a year."""
SESSION = timedelta(minutes=15)
TICKET = timedelta(seconds=30)
LEASE = timedelta(seconds=30)
"""A side that was not heard of for this long has left, at its last heartbeat."""
CHANNEL_LEASE = timedelta(seconds=90)
"""The same for a side whose channel is open: browsers let a hidden page speak once a minute, and a
page that is closed or crashes closes its channel, which is noticed at once."""
BEAT = timedelta(seconds=5)
"""Heartbeats closer together are not written."""
LATE_NOTES = timedelta(minutes=30)
"""How long after the end unsaved text is still taken."""
NOTE_STEP = timedelta(minutes=1)
"""Autosaves of one author within this time become one version of the history."""
SIGNAL_KEPT = timedelta(minutes=1)
UPLOAD = timedelta(minutes=30)
"""How long a presigned upload may take."""
MAX_FILES = 50
CHANGES_KEPT = timedelta(days=7)
LINKS_KEPT = timedelta(days=30)
"""After closing; a used-up link says so instead of being unknown."""
