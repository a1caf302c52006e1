"""Numbers that were written as text: `< 0,05`, `menor de 0.05 ng/mL`, `7,8`."""

import re
from typing import Final, NamedTuple

from schemas.orders import Comparator

_WORDS: Final = {
    Comparator.AT_MOST: r"(?:no|n[aã]o) (?:m[aá]s de|mais (?:de|que)|mayor (?:a|que|de))"
    r"|n[aã]o maior (?:de|que)|not? (?:more|greater) than|at most|up to"
    r"|<=|=<|≤|⩽|menor o igual (?:a|que)|menor ou igual (?:a|que)|hasta|até",
    Comparator.AT_LEAST: r"(?:no|n[aã]o) (?:menos (?:de|que)|menor (?:a|que|de))"
    r"|not? less than|at least"
    r"|>=|=>|≥|⩾|mayor o igual (?:a|que)|maior ou igual (?:a|que)",
    Comparator.BELOW: r"<|menor (?:a|que|de|do que)|inferior (?:a|que)|menos de|abaixo de|debajo de"
    r"|less than|below|under",
    Comparator.ABOVE: r">|mayor (?:a|que|de)|superior (?:a|que)|m[aá]s de|mais de|acima de"
    r"|maior (?:que|do que)|por encima de|greater than|more than|above|over",
}
_GROUPED: Final = (
    r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:\.\d{3}){2,}|\d{1,3}(?:,\d{3}){2,}"
)
"""Thousands apart by one sign, and the decimals, if any, by the other: `1.234,5`, `1,234,567`."""
_TWO_WAYS: Final = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_PATTERN: Final = re.compile(
    "(?:"
    + "|".join(f"(?P<{name.name}>{words})" for name, words in _WORDS.items())
    + rf")?\s*(?P<number>[+-]?(?:{_GROUPED}"
    + r"|(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d+)(?:[.,]\d+)?|[.,]\d+))"
    + r"\s*(?P<unit>\D.*|)",
    re.IGNORECASE,
)


_WIDTHS: Final = str.maketrans("\uff1c\ufe64\uff1e\ufe65\u2039\u203a", "<<>><>")
"""Signs of other widths. Nothing else is made plain: of `10\u00b3` that would make 103."""


class Reading(NamedTuple):
    """What a text says."""

    value: float
    comparator: Comparator | None
    unit: str | None
    two_ways: bool = False
    """Whether its sign may as well part thousands: `12.000`."""


def has_two_ways(text: str) -> bool:
    """Whether a text is a number that may be thousands or have three decimals."""
    found = read(text)
    return found is not None and found.two_ways


def read(text: str) -> Reading | None:
    """The number that a text is, or None. One comma or full stop is the decimal sign;
    with three digits after it the reading says that it may be another."""
    match = _PATTERN.fullmatch(text.translate(_WIDTHS).strip())
    if match is None:
        return None
    comparator = next((name for name in Comparator if match[name.name]), None)
    number = re.sub(r"\s", "", match["number"])
    if re.fullmatch(rf"[+-]?(?:{_GROUPED})", number):
        last = max(number.rfind("."), number.rfind(","))
        if number.count(number[last]) > 1:
            last = len(number)  # no decimals
        whole, decimals = re.sub(r"[.,]", "", number[:last]), number[last + 1 :]
        plain = f"{whole}.{decimals or 0}"
    else:
        plain = number.replace(",", ".")
    two_ways = _TWO_WAYS.fullmatch(match["number"]) is not None
    return Reading(float(plain), comparator, match["unit"].strip() or None, two_ways)
