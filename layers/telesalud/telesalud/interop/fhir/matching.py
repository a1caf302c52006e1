"""Whether a resource meets a criterion."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple

from telesalud.interop.fhir.criteria import Criterion, prefixed, split, unescaped
from telesalud.interop.fhir.definitions import definitions
from telesalud.interop.fhir.exact import Object
from telesalud.interop.fhir.refusals import bad_request
from telesalud.interop.fhir.values import (
    LOCAL,
    Interval,
    Quantity,
    Target,
    Token,
    dates,
    found,
    interval,
    plain,
    quantities,
    targets,
    texts,
    tokens,
    words,
)


class Asked(NamedTuple):
    """What matching needs to know besides: the server's address, and what time it is."""

    base: str
    now: datetime


def matches(resource: Object, criterion: Criterion, asked: Asked) -> bool:
    """Whether a resource meets a criterion. Raises Refused for a value that is not understood."""
    if criterion.modifier == "missing":
        there = any(True for _ in found(resource, criterion.parameter))
        return there is (criterion.values[0] == "false")
    match = _MATCHERS[criterion.parameter.kind]
    met = any(match(resource, criterion, value, asked) for value in criterion.values)
    return not met if criterion.modifier == "not" else met


def _token(resource: Object, criterion: Criterion, value: str, _: Asked) -> bool:
    if criterion.modifier == "text":
        wanted = plain(unescaped(value))
        return any(
            plain(text).startswith(wanted)
            for each in found(resource, criterion.parameter)
            for text in texts(each)
        )
    wanted_token = token_of(value)
    return any(
        fits(token, wanted_token)
        for each in found(resource, criterion.parameter)
        for token in tokens(each)
    )


def token_of(value: str) -> Token:
    """`code`, `system|code`, `|code`, `system|` as a token; None: any system; no code: any code."""
    parts = [unescaped(part) for part in split(value, "|")]
    return Token(None, parts[0]) if len(parts) == 1 else Token(parts[0], "|".join(parts[1:]))


def fits(token: Token, wanted: Token) -> bool:
    """Whether a token is the one that is looked for. Case is ignored, as R4 advises in doubt."""
    if wanted.code and token.code.casefold() != wanted.code.casefold():
        return False
    return wanted.system is None or token.system is None or token.system == wanted.system


def _string(resource: Object, criterion: Criterion, value: str, _: Asked) -> bool:
    wanted = unescaped(value)
    parts = (word for each in found(resource, criterion.parameter) for word in words(each))
    if criterion.modifier == "exact":
        return any(part == wanted for part in parts)
    folded = plain(wanted)
    if criterion.modifier == "contains":
        return any(folded in plain(part) for part in parts)
    if criterion.parameter.code == "name":
        return any(f" {folded}" in f" {plain(part)}" for part in parts)
    return any(plain(part).startswith(folded) for part in parts)


def _date(resource: Object, criterion: Criterion, value: str, asked: Asked) -> bool:
    prefix, text = prefixed(value)
    wanted = interval(text)
    if wanted is None:
        raise bad_request(f"{criterion.parameter.code} is searched by dates")
    own = [span for each in found(resource, criterion.parameter) for span in dates(each)]
    return any(_compare_dates(prefix, span, wanted, asked.now) for span in own)


def _compare_dates(prefix: str, own: Interval, wanted: Interval, now: datetime) -> bool:
    within = wanted.low <= own.low and own.high <= wanted.high
    if prefix == "ap":
        slack = max(abs(now - wanted.low) / 10, timedelta(days=1))
        return own.high > wanted.low - slack and own.low < wanted.high + slack
    return {
        "eq": within,
        "ne": not within,
        "gt": own.high > wanted.high,
        "lt": own.low < wanted.low,
        "ge": within or own.high > wanted.high,
        "le": within or own.low < wanted.low,
        "sa": own.low >= wanted.high,
        "eb": own.high <= wanted.low,
    }[prefix]


def _quantity(resource: Object, criterion: Criterion, value: str, _: Asked) -> bool:
    prefix, rest = prefixed(value)
    number, *unit = [unescaped(part) for part in split(rest, "|")]
    try:
        wanted = Decimal(number)
    except InvalidOperation:
        raise bad_request(f"{criterion.parameter.code} is searched by numbers") from None
    return any(
        _fits_unit(own, unit) and _compare_numbers(prefix, own.value, wanted)
        for each in found(resource, criterion.parameter)
        for own in quantities(each)
    )


def _fits_unit(own: Quantity, unit: list[str]) -> bool:
    if not any(unit):
        return True
    system, code = (unit[0], unit[-1]) if len(unit) > 1 else ("", unit[0])
    if system:
        return own.system == system and own.code == code
    return code in (own.code, own.unit)


def _compare_numbers(prefix: str, own: Decimal, wanted: Decimal) -> bool:
    exponent = wanted.as_tuple().exponent
    half = Decimal(5).scaleb(int(exponent) - 1) if isinstance(exponent, int) else Decimal(0)
    within = wanted - half <= own < wanted + half
    if prefix == "ap":
        return abs(own - wanted) <= abs(wanted) / 10
    return {
        "eq": within,
        "ne": not within,
        "gt": own > wanted,
        "sa": own > wanted,
        "lt": own < wanted,
        "eb": own < wanted,
        "ge": own >= wanted,
        "le": own <= wanted,
    }[prefix]


def _reference(resource: Object, criterion: Criterion, value: str, asked: Asked) -> bool:
    if criterion.modifier == "identifier":
        wanted = token_of(value)
        return any(
            target.identifier is not None and fits(target.identifier, wanted)
            for each in found(resource, criterion.parameter)
            for target in targets(each, asked.base)
        )
    type_ = criterion.modifier if criterion.modifier in definitions() else ""
    own = (
        target
        for each in found(resource, criterion.parameter)
        for target in targets(each, asked.base)
    )
    local, address = reference_of(criterion, value, asked.base)
    return any(_points(target, local, address, type_) for target in own)


def reference_of(criterion: Criterion, value: str, base: str) -> tuple[str, str]:
    """What a value of a reference names: `Type/id` or an id here, or another address."""
    text = unescaped(value).removeprefix(base + "/")
    if LOCAL.fullmatch(text):
        return text, ""
    if "/" in text or ":" in text:
        return "", text
    code = criterion.parameter.code
    known = criterion.modifier or {"patient": "Patient", "practitioner": "Practitioner"}.get(code)
    return (f"{known}/{text}" if known else text), ""


def _points(target: Target, local: str, address: str, type_: str) -> bool:
    if type_ and not target.local.startswith(type_ + "/"):
        return False
    if address:
        return target.address == address
    if "/" in local:
        return target.local == local
    return target.local.rpartition("/")[2] == local != ""


def _uri(resource: Object, criterion: Criterion, value: str, _: Asked) -> bool:
    wanted = unescaped(value)
    own = (str(each) for each in found(resource, criterion.parameter))
    if criterion.modifier == "below":
        return any(each.startswith(wanted) for each in own)
    return any(each == wanted for each in own)


_MATCHERS: Final[Mapping[str, Callable[[Object, Criterion, str, Asked], bool]]] = {
    "date": _date,
    "number": _quantity,
    "quantity": _quantity,
    "reference": _reference,
    "string": _string,
    "token": _token,
    "uri": _uri,
}
