"""The operations of the identity app, by subject."""

from telesalud.identity.errors import LogInRefused, SecondFactorRequired
from telesalud.platform.edge import Request
from telesalud.platform.errors import Conflict, NotFound, TooMany

PROOF_ERRORS = (LogInRefused, SecondFactorRequired, TooMany, Conflict)


def id_in(request: Request, name: str) -> str:
    """An id of the path. What is no id names nothing."""
    value = request.path[name]
    if len(value) != 36 or not value.isascii() or not value.replace("-", "").isalnum():
        raise NotFound
    return value
