"""HTTP operations of orders, a module a subject."""

import re
from collections.abc import Mapping
from typing import Any, Final

from telesalud.orders import errors, wiring
from telesalud.orders.services import OrdersServices
from telesalud.platform.errors import (
    Invalid,
    InvalidTransition,
    NotFound,
    SessionExpired,
    StaleVersion,
    Unavailable,
)
from telesalud.platform.http.operations import Answer, Request

WRITE: Final[Mapping[str, Any]] = {"status": 201, "idempotent": True}
CHANGE: Final[Mapping[str, Any]] = {"versioned": True, "idempotent": True}
NEW = (Invalid, NotFound, errors.PatientDeceased, errors.NoCatalogue, Unavailable)
CHANGED = (NotFound, StaleVersion, InvalidTransition)
SIGNED = (*CHANGED, SessionExpired, errors.NotRegistered, errors.PatientDeceased)

_USER = re.compile(r"[A-Za-z0-9_-]{1,64}")


def services(request: Request) -> OrdersServices:
    """What a use case takes, in the name of the request's caller."""
    return wiring.services_of(request.headers.get("authorization", ""))


def versioned(found: Any) -> Answer:
    """The answer with its version as ETag."""
    return Answer(found, found.version)


def user_of(request: Request) -> str:
    """The user whom the path names. Raises NotFound: what no user can be called names nobody."""
    value = request.path["user_id"]
    if not _USER.fullmatch(value):
        raise NotFound
    return value
