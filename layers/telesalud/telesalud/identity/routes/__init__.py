"""The operations of the identity app, by subject."""

from telesalud.identity.errors import LogInRefused, SecondFactorRequired
from telesalud.platform.errors import Conflict, TooMany

PROOF_ERRORS = (LogInRefused, SecondFactorRequired, TooMany, Conflict)
