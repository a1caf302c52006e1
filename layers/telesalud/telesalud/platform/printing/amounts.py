"""Numbers and units on paper, as ISMP's list of error-prone notations asks for them.

No exponent, no rounding, no zero at the end, one before the decimal sign, and thousands apart.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final

_GROUPED_FROM: Final = 10_000
_BLANK: Final = "\u00a0"

_PLURALS: Final[Mapping[str, str]] = json.loads(
    (Path(__file__).parent / "plurals.json").read_text(encoding="utf-8")
)
"""What products are counted in. A word that is not here stays as the formulary has it."""
_UCUM_ON_PAPER: Final[Mapping[str, str]] = {
    "mm[Hg]": "mmHg",
    "kg/m2": "kg/m²",
    "Cel": "°C",
    "[IU]": "UI",
    "[iU]": "UI",
    "/min": "/min",
    "ug": "mcg",
}
"""Codes of UCUM that people do not read."""


def decimal(value: float, *, comma: bool) -> str:
    """The shortest decimal notation that stands for this number exactly: `0,00005`."""
    written = f"{Decimal(repr(value)):f}"
    whole, _, part = written.partition(".")
    part = part.rstrip("0")
    if abs(int(whole)) >= _GROUPED_FROM:
        whole = f"{int(whole):,}".replace(",", _BLANK)
    return whole + (("," if comma else ".") + part if part else "")


def unit_for(value: float, unit: str) -> str:
    """The unit as it stands beside this number."""
    shown = _UCUM_ON_PAPER.get(unit, unit)
    if value <= 1:
        return shown
    first, gap, rest = shown.partition(" ")
    return _PLURALS.get(first, first) + gap + rest
