"""What a scanner read, and what of it the pharmacy knows."""

from pydantic import TypeAdapter, ValidationError

from schemas.pharmacy import (
    LotName,
    Scan,
    ScanQuery,
)
from telesalud.pharmacy.items import catalogue, gs1, lots
from telesalud.pharmacy.policy import GRANTS, READ
from telesalud.platform.access import require
from telesalud.platform.work import Call, Services

_NAMES: TypeAdapter[str] = TypeAdapter(LotName)


def scan(services: Services, call: Call, query: ScanQuery) -> Scan:
    """Two reads at most. Raises Forbidden."""
    require(call.caller, READ, GRANTS)
    read = gs1.parse(query.code, services.clock().date())
    owner = catalogue.owner_of(services, call.caller.tenant, read.gtin) if read.gtin else None
    return Scan(
        gtin=read.gtin,
        number=read.number,
        expiry=read.expiry,
        serial=read.serial,
        item=owner[0] if owner else None,
        units=owner[1] if owner else None,
        lot=_named(read),
    )


def _named(read: gs1.Element) -> str | None:
    if read.number is None or read.expiry is None:
        return None
    try:
        return _NAMES.validate_python(lots.name_of(read.number, read.expiry))
    except ValidationError:
        return None
