"""Checks of this context's audit trail over HTTP."""

from telesalud.consults import wiring
from telesalud.platform.trail.routes import check_group

group = check_group("consults", wiring.services)
