"""Taxes on sales, by country and day, as data (`taxes.json`): an accountant of the country decides
which category each price has, and what is missing there."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from schemas.billing import TaxCategory


@dataclass(frozen=True, slots=True)
class Tax:
    """What is added to a net amount."""

    name: str
    rate: str
    """Percent."""


NONE = Tax("", "0")


def tax_of(country: str, category: TaxCategory, day: date) -> Tax | None:
    """The tax of a category on a day; None where the country has no such rate then."""
    if category is TaxCategory.EXEMPT:
        return NONE
    known = [one for one in _rules().get(country, ()) if date.fromisoformat(one["since"]) <= day]
    if not known:
        return None
    latest = max(known, key=lambda one: str(one["since"]))
    rate = latest.get(category.value)
    return None if rate is None else Tax(str(latest["name"]), str(rate))


@cache
def _rules() -> Mapping[str, list[Mapping[str, Any]]]:
    text = files(__package__).joinpath("taxes.json").read_text("utf-8")
    found: Mapping[str, list[Mapping[str, Any]]] = json.loads(text)
    return found
