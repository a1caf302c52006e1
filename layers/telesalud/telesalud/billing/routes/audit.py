"""Checks of this context's audit trail over HTTP."""

from telesalud.billing import wiring
from telesalud.platform.trail.routes import check_group

group = check_group("billing", wiring.services)
