"""HTTP operations of orders by group; each module registers its own on the app's edge."""

from collections.abc import Mapping
from typing import Any, Final

from schemas.orders import EntryKind
from telesalud.orders import errors, wiring
from telesalud.orders.access import admitted_to
from telesalud.orders.desk import Desk
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


def desk(request: Request) -> Desk:
    """What a use case works with, in the name of the request's caller."""
    return wiring.desk(request.headers.get("authorization", ""))


def allowed(request: Request, kind: EntryKind, right: str) -> str:
    """The id of the path, for a caller who may use `right` on the patient it is about.

    Raises Forbidden, NotFound, Gone, Unavailable.
    """
    which = request.id("id")
    admitted_to(desk(request), request.call, kind, which, right)
    return which


def versioned(found: Any) -> Answer:
    """The answer with its version as ETag."""
    return Answer(found, found.version)
