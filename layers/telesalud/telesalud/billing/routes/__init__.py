"""HTTP operations of billing, a module a subject."""

from collections.abc import Mapping
from typing import Any, Final

from telesalud.billing import wiring
from telesalud.billing.services import BillingServices
from telesalud.platform.errors import NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Request

WRITE: Final[Mapping[str, Any]] = {"status": 201, "idempotent": True}
CHANGE: Final[Mapping[str, Any]] = {"versioned": True, "idempotent": True}
CHANGED = (NotFound, StaleVersion)


def services(request: Request) -> BillingServices:
    """What a use case takes, in the name of the request's caller."""
    return wiring.services_of(request.headers.get("authorization", ""))


def versioned(found: Any) -> Answer:
    """The answer with its version as ETag."""
    return Answer(found, found.version)
