"""What a country's law demands of a prescription, as data: `laws.json`, by ISO 3166-1 alpha-2.

The row without a country holds for all that have none of their own. Controlled drugs need the
authority's numbered form in every country that we know, which only the authority gives out: no
sheet of ours is one, and each says so.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from schemas.prescriptions import PrescriptionLine

_HERE: Final = Path(__file__).parent
_NO_LIMIT: Final = 366


class Antimicrobials(BaseModel):
    """What holds for prescriptions with an antimicrobial."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    days: int
    """The last day on which it is dispensed is that many after its signature."""
    copies: int = 1


class Law(BaseModel):
    """A country's demands."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    sources: tuple[str, ...]
    checked_on: str | None = None
    prints: tuple[str, ...]
    """Particulars that stand on the paper where they are on file."""
    quantity_in_words: bool
    antimicrobials: Antimicrobials | None = None
    controlled_form: Mapping[str, str] = Field(default={})
    """What controlled drugs are dispensed with, by language; empty where we know of none."""


def law_of(country: str | None) -> Law:
    """The law of a country, or what holds where we know of none."""
    laws = _laws()
    return laws.get(country or "", laws[""])


def most_days(country: str | None, lines: Sequence[PrescriptionLine]) -> int:
    """For how many days at most a prescription of these lines is valid."""
    limit = law_of(country).antimicrobials
    return limit.days if limit and _antimicrobial(lines) else _NO_LIMIT


def copies(country: str | None, lines: Sequence[PrescriptionLine]) -> int:
    """How many copies are printed: one is kept by the pharmacy."""
    limit = law_of(country).antimicrobials
    return limit.copies if limit and _antimicrobial(lines) else 1


def _antimicrobial(lines: Sequence[PrescriptionLine]) -> bool:
    return any(line.product.atc.startswith(_groups()) for line in lines)


@cache
def _laws() -> dict[str, Law]:
    found = json.loads((_HERE / "laws.json").read_text(encoding="utf-8"))
    return {country: Law.model_validate(law) for country, law in found.items()}


@cache
def _groups() -> tuple[str, ...]:
    """ATC groups of antimicrobials: for systemic and for local use, and in combinations."""
    return tuple(json.loads((_HERE / "antimicrobials.json").read_bytes()))
