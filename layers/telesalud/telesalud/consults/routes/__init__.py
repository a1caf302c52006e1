"""HTTP operations of consults, a group of them in each module."""

from typing import Final

from telesalud.consults import errors
from telesalud.platform.errors import Forbidden, NotFound

GONE: Final = (errors.ConsultEnded, errors.SessionRevoked, errors.NotOpenYet)
LIVE: Final = (Forbidden, NotFound, *GONE)
"""What any operation of a participant may answer."""
