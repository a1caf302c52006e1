"""What a country has to the questionnaires: its crisis line, and how large its standard drink is.

`countries.json` says its source and who has to confirm it; an institution without a country, or in
one that is not there, is told neither a number nor another country's drink.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from schemas.forms import CrisisLine, StandardDrink


class _Country(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    crisis_line: CrisisLine | None = None
    grams: int | None = None


class Countries(BaseModel):
    """The table with its source."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    entered: str
    source: str
    confirm: str
    grams: int
    """Of alcohol in a standard drink of the questionnaire, where a country has none of its own."""
    countries: Mapping[str, _Country]


@cache
def table() -> Countries:
    """What comes with the product."""
    text = files(__package__).joinpath("countries.json").read_text("utf-8")
    return Countries.model_validate_json(text)


def crisis_line(country: str | None) -> CrisisLine | None:
    """Whom somebody in danger can call; None where nobody entered it."""
    known = table().countries.get(country or "")
    return known.crisis_line if known else None


def standard_drink(country: str | None) -> StandardDrink:
    """How much alcohol a standard drink has; the questionnaire's own where a country has none."""
    known = table().countries.get(country or "")
    own = known.grams if known else None
    return StandardDrink(grams=own or table().grams, own=own is not None)
