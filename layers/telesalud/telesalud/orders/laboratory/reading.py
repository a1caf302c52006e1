"""Numbers that were written as text: `< 0,05`, `menor de 0.05 ng/mL`, `7,8`."""

import re
from typing import Final, NamedTuple

from schemas.orders import Comparator

_WORDS: Final = {
    Comparator.AT_MOST: r"<=|=<|≤|⩽|menor o igual (?:a|que)|menor ou igual (?:a|que)|hasta|até",
    Comparator.AT_LEAST: r">=|=>|≥|⩾|mayor o igual (?:a|que)|maior ou igual (?:a|que)",
    Comparator.BELOW: r"<|menor (?:a|que|de|do que)|inferior (?:a|que)|menos de|abaixo de|debajo de"
    r"|less than|below|under",
    Comparator.ABOVE: r">|mayor (?:a|que|de)|superior (?:a|que)|m[aá]s de|mais de|acima de"
    r"|maior (?:que|do que)|por encima de|greater than|more than|above|over",
}
_PATTERN: Final = re.compile(
    "(?:"
    + "|".join(f"(?P<{name.name}>{words})" for name, words in _WORDS.items())
    + r")?\s*(?P<number>[+-]?(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d+)(?:[.,]\d+)?)"
    + r"\s*(?P<unit>\D.*|)",
    re.IGNORECASE,
)


class Reading(NamedTuple):
    """What a text says."""

    value: float
    comparator: Comparator | None
    unit: str | None


def read(text: str) -> Reading | None:
    """The number that a text is, or None. One comma or full stop is the decimal sign."""
    match = _PATTERN.fullmatch(text.strip())
    if match is None:
        return None
    comparator = next((name for name in Comparator if match[name.name]), None)
    number = re.sub(r"\s", "", match["number"]).replace(",", ".")
    return Reading(float(number), comparator, match["unit"].strip() or None)
