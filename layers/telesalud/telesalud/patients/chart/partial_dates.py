"""Dates of which only a year, or a year and a month, is known.

What is written is kept to the letter: the first day and the precision are stored, and every answer
says no more than was known.
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import Final

YEAR: Final = "year"
MONTH: Final = "month"
_LENGTHS: Final = {YEAR: 4, MONTH: 7}


def first_day(given: date | str) -> date:
    """The earliest day that is meant."""
    if isinstance(given, date):
        return given
    year, _, month = given.partition("-")
    return date(int(year), int(month or 1), 1)


def last_day(given: date | str) -> date:
    """The latest day that is meant."""
    if isinstance(given, date):
        return given
    year, _, month = given.partition("-")
    last_month = int(month or 12)
    return date(int(year), last_month, monthrange(int(year), last_month)[1])


def precision_of(given: date | str | None) -> str | None:
    """`year` or `month`; None for a whole date."""
    if not isinstance(given, str):
        return None
    return MONTH if "-" in given else YEAR


def written(day: date, precision: str | None) -> date | str:
    """What was given: `2019`, `2019-03`, or the day itself."""
    return day.isoformat()[: _LENGTHS[precision]] if precision in _LENGTHS else day


def split(fields: Mapping[str, object]) -> dict[str, object]:
    """Fields of a body as they are stored: first days, and which of them are partial."""
    partial = {
        name: precision
        for name, value in fields.items()
        if name in NAMES and isinstance(value, str) and (precision := precision_of(value))
    }
    days = {name: first_day(str(fields[name])) for name in partial}
    return {**fields, **days, "partial": partial}


NAMES: Final = frozenset(
    {"onset_on", "ended_on", "started_on", "since", "performed_on", "given_on"}
)
"""Fields that may be partial."""
