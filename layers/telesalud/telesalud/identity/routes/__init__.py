"""The operations of the identity app, by subject."""

from telesalud.identity.errors import LogInRefused, SecondFactorRequired
from telesalud.platform.errors import Conflict, TooMany

AUTHENTICATION_ERRORS = (LogInRefused, SecondFactorRequired, TooMany, Conflict)
"""Of every operation that asks for the password again."""
