"""What a bar code says: GS1 element strings, their bracketed form, digital links, plain GTINs.

Application identifiers of GS1 General Specifications, section 3: 01 GTIN, 10 lot, 11/13/15/16/17
dates, 21 serial number; the others are passed over by their length where it is fixed (figure
7.8.5-2), and end with the separator (FNC1, sent as ASCII 29) where it is not.
"""

import calendar
import re
from datetime import date
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from schemas.pharmacy import check_digit

SEPARATOR: Final = "\x1d"
_SYMBOLOGIES: Final = re.compile(r"^\][A-Za-z][0-9A-Za-z]")
"""What a scanner may say before of the kind of symbol (ISO/IEC 15424)."""
_FIXED: Final = {
    **dict.fromkeys(("00",), 18),
    **dict.fromkeys(("01", "02", "03"), 14),
    "04": 16,
    **{f"{n}": 6 for n in range(11, 20)},
    "20": 2,
    **{f"{n}": 6 for n in range(31, 37)},
    "41": 13,
}
"""Digits after the first two of an identifier, where the length is fixed; of 31 to 36 and 41 the
identifier is longer than two digits."""
_LONGER: Final = {**{f"{n}": 2 for n in range(31, 37)}, "41": 1}
_VARIABLE: Final = {
    **dict.fromkeys(("10", "21", "22", "30", "37", "90"), 2),
    **dict.fromkeys(("23", "24", "25", "40", "42"), 3),
    **{f"{n}": 2 for n in range(91, 100)},
    **dict.fromkeys(("39", "43", "70", "71", "72", "80", "81", "82"), 4),
}
"""Digits of identifiers whose content ends with a separator, by their first two."""


class Element(NamedTuple):
    """What was read; None where the code does not say it."""

    gtin: str | None = None
    number: str | None = None
    expiry: date | None = None
    serial: str | None = None


def parse(text: str, today: date) -> Element:
    """What a scanner read. Nothing is guessed: what does not fit is as if it was not said."""
    plain = _SYMBOLOGIES.sub("", text.strip(" \r\n\t")).strip(SEPARATOR)
    if plain.casefold().startswith(("http://", "https://")):
        return _element(_of_link(plain), today)
    if plain.startswith("("):
        pairs = re.findall(r"\((\d{2,4})\)([^(]*)", plain)
        return _element({ai: value.strip() for ai, value in pairs}, today)
    if plain.isdigit() and len(plain) in (8, 12, 13, 14) and _is_gtin(plain):
        return Element(gtin=plain.zfill(14))
    return _element(_elements(plain), today)


def _elements(text: str) -> dict[str, str]:
    """The identifiers of an element string and what they hold; empty when it is none."""
    found: dict[str, str] = {}
    rest = text
    while rest:
        rest = rest.lstrip(SEPARATOR)
        first = rest[:2]
        if first in _FIXED:
            ai = rest[: 2 + _LONGER.get(first, 0)]
            end = len(ai) + _FIXED[first]
            value, left = rest[len(ai) : end], rest[end:]
            if len(value) < _FIXED[first] or not value.isdigit():
                return {}
        elif first in _VARIABLE:
            ai = rest[: _VARIABLE[first]]
            value, _, left = rest[len(ai) :].partition(SEPARATOR)
        else:
            return {}
        found.setdefault(ai, value)
        rest = left
    return found


def _of_link(link: str) -> dict[str, str]:
    """A GS1 Digital Link: /01/<gtin>/10/<lot>?17=<expiry>."""
    parts = urlsplit(link)
    steps = [unquote(step) for step in parts.path.split("/") if step]
    found: dict[str, str] = {}
    if "01" in steps:
        steps = steps[steps.index("01") :]
        found = dict(zip(steps[::2], steps[1::2], strict=False))
    for pair in parts.query.split("&"):
        name, _, value = pair.partition("=")
        found.setdefault(name, unquote(value))
    return found


def _element(found: dict[str, str], today: date) -> Element:
    gtin = found.get("01", "")
    number, serial = found.get("10", ""), found.get("21", "")
    return Element(
        gtin=gtin.zfill(14) if _is_gtin(gtin) else None,
        number=number if 1 <= len(number) <= 20 else None,
        expiry=_day(found.get("17", ""), today),
        serial=serial or None,
    )


def _is_gtin(digits: str) -> bool:
    fits = digits.isdigit() and len(digits) in (8, 12, 13, 14)
    return fits and check_digit(digits[:-1]) == int(digits[-1])


def _day(text: str, today: date) -> date | None:
    """YYMMDD; day 00 is the last of the month, and the century the nearest (section 7.12)."""
    if len(text) != 6 or not text.isdigit():
        return None
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:])
    ahead = year - today.year % 100
    century = today.year // 100 + (-1 if ahead >= 51 else 1 if ahead <= -50 else 0)
    try:
        full = century * 100 + year
        return date(full, month, day or calendar.monthrange(full, month)[1])
    except (ValueError, calendar.IllegalMonthError):
        return None
