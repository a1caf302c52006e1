"""What search sees in a resource: its dates as intervals, its words without accents, its codes.

Rules: http://hl7.org/fhir/R4/search.html. A date is the interval of its own precision.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from telesalud.interop.fhir.definitions import Parameter, values_at
from telesalud.interop.fhir.exact import Json, Object

ZONE: Final = ZoneInfo("America/Lima")
"""Of a date that names none."""
_FIRST: Final = datetime(1, 1, 2, tzinfo=UTC)
_LAST: Final = datetime(9999, 12, 30, tzinfo=UTC)
_DATE: Final = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?"
    r"(Z|[+\- ]\d\d:\d\d)?)?)?)?"
)


class Interval(NamedTuple):
    """From `low` to before `high`."""

    low: datetime
    high: datetime


class Token(NamedTuple):
    """A code with its system; None where the element has no place for one."""

    system: str | None
    code: str


class Quantity(NamedTuple):
    """A number with its unit."""

    value: Decimal
    system: str
    code: str
    unit: str


class Target(NamedTuple):
    """What a reference points at: `Type/id` here, another address, or an identifier."""

    local: str
    address: str
    identifier: Token | None


@lru_cache(4096)
def interval(text: str) -> Interval | None:
    """The interval that a date of any precision stands for; None when it is no date."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        micros = int((fraction or ".0")[1:7].ljust(6, "0"))
        parts = [int(part) if part else None for part in (year, month, day, hour, minute, second)]
        low = datetime(
            parts[0] or 0,
            parts[1] or 1,
            parts[2] or 1,
            parts[3] or 0,
            parts[4] or 0,
            parts[5] or 0,
            micros,
            tzinfo=_zone(zone),
        )
        high = _end(low, parts, len(fraction) - 1 if fraction else 0)
        return Interval(low.astimezone(UTC), high.astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def _zone(text: str | None) -> tzinfo:
    if not text:
        return ZONE
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[4:])
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def _end(low: datetime, parts: list[int | None], decimals: int) -> datetime:
    _, month, day, hour, _, second = parts
    if month is None:
        return low.replace(year=low.year + 1)
    if day is None:
        return (low + timedelta(days=32)).replace(day=1)
    if hour is None:
        return low + timedelta(days=1)
    if second is None:
        return low + timedelta(minutes=1)
    return low + timedelta(microseconds=10 ** max(0, 6 - decimals))


def plain(text: str) -> str:
    """The text without case, accents and doubled blanks."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def found(resource: Object, parameter: Parameter) -> Iterator[Json]:
    """The values of the elements that a parameter looks at."""
    for path in parameter.paths:
        yield from values_at(resource, path)


def dates(value: Json) -> Iterator[Interval]:
    """Of a date, dateTime, instant, Period or Timing."""
    if isinstance(value, str):
        whole = interval(value)
        if whole is not None:
            yield whole
    elif isinstance(value, dict) and ("start" in value or "end" in value):
        start, end = (interval(str(value.get(name, ""))) for name in ("start", "end"))
        yield Interval(start.low if start else _FIRST, end.high if end else _LAST)
    elif isinstance(value, dict):
        for each in value.get("event", []):
            yield from dates(each)
        yield from dates(value.get("repeat", {}).get("boundsPeriod"))


def tokens(value: Json) -> Iterator[Token]:
    """Of a code, boolean, Coding, CodeableConcept, Identifier or ContactPoint."""
    if isinstance(value, bool):
        yield Token(None, "true" if value else "false")
    elif isinstance(value, str):
        yield Token(None, value)
    elif isinstance(value, dict) and "coding" in value:
        for coding in value["coding"]:
            yield from tokens(coding)
    elif isinstance(value, dict) and "code" in value:
        yield Token(value.get("system", ""), str(value["code"]))
    elif isinstance(value, dict) and "value" in value:
        is_contact = value.get("system") in ("phone", "fax", "email", "pager", "url", "sms")
        yield Token(None if is_contact else value.get("system", ""), str(value["value"]))


def words(value: Json) -> Iterator[str]:
    """Of a string, HumanName or Address: each of its parts."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from words(each)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name not in ("use", "type", "period", "extension", "id") and name[0] != "_":
                yield from words(inner)


def texts(value: Json) -> Iterator[str]:
    """What `:text` looks at: display of codes, and text beside them."""
    if isinstance(value, dict):
        yield from (str(value[name]) for name in ("text", "display") if name in value)
        for coding in value.get("coding", []):
            yield from texts(coding)
        if "type" in value:
            yield from texts(value["type"])


def targets(value: Json, base: str) -> Iterator[Target]:
    """Of a Reference or a canonical."""
    if isinstance(value, str):
        yield Target("", value, None)
    elif isinstance(value, dict):
        address = str(value.get("reference", ""))
        own = address.removeprefix(base + "/").partition("/_history/")[0]
        local = own if LOCAL.fullmatch(own) else ""
        identifier = next(tokens(value["identifier"]), None) if "identifier" in value else None
        yield Target(local, "" if local else address, identifier)


LOCAL: Final = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")
"""A reference to something here: `Type/id`."""


def quantities(value: Json) -> Iterator[Quantity]:
    """Of a number, Quantity, Duration, Age or Money."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        yield Quantity(Decimal(value), "", "", "")
    elif isinstance(value, dict) and isinstance(value.get("value"), int | Decimal):
        named = (str(value.get(name, "")) for name in ("system", "code", "unit"))
        yield Quantity(Decimal(value["value"]), *named)
