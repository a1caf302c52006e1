"""HTTP operations of the pharmacy, a module a subject."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from schemas.formulary import NationalCode
from telesalud.pharmacy import errors, wiring
from telesalud.pharmacy.services import PharmacyServices
from telesalud.platform.errors import Conflict, Invalid, InvalidTransition, NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Request

WRITE: Final[Mapping[str, Any]] = {"status": 201, "idempotent": True}
CHANGE: Final[Mapping[str, Any]] = {"versioned": True, "idempotent": True}
MOVED = (
    NotFound,
    Invalid,
    Conflict,
    errors.TooLittle,
    errors.LotUnusable,
    errors.NotHere,
    errors.BeingCounted,
)
CHANGED = (NotFound, StaleVersion, InvalidTransition)

_CODES: TypeAdapter[str] = TypeAdapter(NationalCode)


def services(request: Request) -> PharmacyServices:
    """What a use case takes, in the name of the request's caller."""
    return wiring.services_of(request.headers.get("authorization", ""))


def site() -> str:
    """Which disconnected site this process serves; empty at the centre."""
    return wiring.settings().site


def versioned(found: Any) -> Answer:
    """The answer with its version as ETag."""
    return Answer(found, found.version)


def code_of(request: Request) -> str:
    """The item whom the path names. Raises NotFound: what is no code names nothing."""
    try:
        return _CODES.validate_python(request.path["code"])
    except ValidationError:
        raise NotFound from None
