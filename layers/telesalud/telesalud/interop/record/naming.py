"""Ids of the record's resources in FHIR, which allows 64 letters, digits, hyphens and dots.

What is found by its own id keeps it. An entry of a chart is found only within its patient's, so its
id names both, each UUID as 25 digits of base 36: `<patient>.<entry>` or `<patient>.<set>.<code>`.
"""

import re
from typing import Final, NamedTuple
from uuid import UUID

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_WIDTH: Final = 25
_PACKED: Final = re.compile(r"([0-9a-z]{25})\.([0-9a-z]{25})(?:\.([A-Za-z0-9\-]{1,12}))?")
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Packed(NamedTuple):
    """An entry of a patient's chart; `part` names one of several resources that it makes."""

    patient: str
    entry: str
    part: str


def packed(patient: str, entry: str, part: str = "") -> str:
    """The id of an entry's resource."""
    return f"{_pack(patient)}.{_pack(entry)}" + (f".{part}" if part else "")


def unpacked(id_: str) -> Packed | None:
    """What an id names; None when it is none of these."""
    match = _PACKED.fullmatch(id_)
    if match is None:
        return None
    numbers = [int(text, 36) for text in match.group(1, 2)]
    if any(number >= 1 << 128 for number in numbers):
        return None
    patient, entry = (str(UUID(int=number)) for number in numbers)
    return Packed(patient, entry, match[3] or "")


def is_uuid(id_: str) -> bool:
    """Whether this can be an id of the record."""
    return _UUID.fullmatch(id_) is not None


def _pack(id_: str) -> str:
    number, made = UUID(id_).int, ""
    while number:
        number, digit = divmod(number, 36)
        made = _DIGITS[digit] + made
    return made.rjust(_WIDTH, "0")
