"""What an institution sets for all its measurements: its altitude, and ranges of its own.

    PROFILE#<t> / MEASURING    as JSON; nothing personal

A change counts for what is measured from then on: every set keeps the limits it was read by.
"""

from decimal import Decimal
from typing import Final

from schemas.measuring import (
    MeasuringRules,
    MeasuringRulesBody,
    OwnRange,
    ShippedRange,
    ShippedRanges,
)
from telesalud.patients.country import profile_key
from telesalud.patients.measurements.catalogue import CATALOGUE, Vital
from telesalud.patients.measurements.ranges import Range
from telesalud.patients.measurements.shipped_ranges import RANGES
from telesalud.patients.measurements.stored import StoredRules
from telesalud.patients.policy import CONNECT, GRANTS, READ
from telesalud.platform.access import require
from telesalud.platform.errors import FieldError, Invalid, StaleVersion
from telesalud.platform.sealed import ATTRIBUTE, from_json, to_json
from telesalud.platform.store import ABSENT, ConditionFailed, Item, Key, Put, at_version
from telesalud.platform.work import Call, Services, Work

_LIMITS: Final = ("critical_low", "low", "high", "critical_high")


def read(services: Services, call: Call) -> MeasuringRules:
    """What is set; version 0 when nothing is. Raises Forbidden."""
    require(call.caller, READ, GRANTS)
    item = services.store.get(rules_key(call.caller.tenant))
    return _view(rules_of(item), item.version if item else 0)


def shipped(call: Call) -> ShippedRanges:
    """The ranges that come with the product, for whoever reviews them. Raises Forbidden."""
    require(call.caller, READ, GRANTS)
    return ShippedRanges(items=tuple(_shipped(one) for one in RANGES))


def put(services: Services, call: Call, body: MeasuringRulesBody, version: int) -> MeasuringRules:
    """Replace what is set (version 0: for the first time); audited.

    Raises Forbidden, StaleVersion, Invalid for a limit that no living person passes.
    """
    require(call.caller, CONNECT, GRANTS)
    faults = [
        FieldError(f"/ranges/{place}/{name}", "impossible", "nobody has such a value")
        for place, one in enumerate(body.ranges)
        for name in _LIMITS
        if not _possible(one, getattr(one, name))
    ]
    if faults:
        raise Invalid("some limits are not humanly possible", faults)
    tenant = call.caller.tenant
    key = rules_key(tenant)
    present = rules_of(services.store.get(key))
    stored = present.model_copy(update={"altitude_m": body.altitude_m, "ranges": body.ranges})
    work = Work(services, call)
    work.add(
        Put(key, {ATTRIBUTE: to_json(stored)}, when=at_version(version) if version else ABSENT)
    )
    work.audit("patients.set_measuring_rules", tenant, "measuring-rules")
    try:
        work.commit()
    except ConditionFailed as failed:
        raise StaleVersion from failed
    return _view(stored, version + 1)


def rules_key(tenant: str) -> Key:
    """Where an institution's rules are."""
    return Key(profile_key(tenant).pk, "MEASURING")


def rules_of(item: Item | None) -> StoredRules:
    """The rules in their item; none when there is none."""
    return StoredRules() if item is None else from_json(StoredRules, item.text(ATTRIBUTE))


def ranges_of(rules: StoredRules) -> tuple[Range, ...]:
    """The institution's ranges as the assessment reads them."""
    return tuple(
        Range(
            vital=Vital(one.vital),
            from_months=one.from_months,
            to_months=one.to_months,
            low=one.low,
            high=one.high,
            critical_low=one.critical_low,
            critical_high=one.critical_high,
            source=one.source,
            sex=one.sex,
            from_altitude=one.from_altitude_m,
            to_altitude=one.to_altitude_m,
            pregnant=one.pregnant,
        )
        for one in rules.ranges
    )


def _possible(one: OwnRange, limit: Decimal | None) -> bool:
    low, high = CATALOGUE[Vital(one.vital)].possible
    return limit is None or low <= limit <= high


def _shipped(one: Range) -> ShippedRange:
    return ShippedRange(
        vital=one.vital.value,
        from_months=one.from_months,
        to_months=one.to_months,
        sex=one.sex if one.sex in ("male", "female") else None,
        critical_low=one.critical_low,
        low=one.low,
        high=one.high,
        critical_high=one.critical_high,
        source=one.source,
    )


def _view(stored: StoredRules, version: int) -> MeasuringRules:
    return MeasuringRules(altitude_m=stored.altitude_m, ranges=stored.ranges, version=version)
