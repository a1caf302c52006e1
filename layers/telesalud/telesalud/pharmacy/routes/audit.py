"""Checks of this context's audit trail over HTTP."""

from telesalud.pharmacy import wiring
from telesalud.platform.trail.routes import check_group

group = check_group("pharmacy", wiring.services)
