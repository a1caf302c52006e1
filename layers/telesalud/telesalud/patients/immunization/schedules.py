"""Vaccines and national schedules, read from `data/`.

A schedule is a list of series, each against one disease (its `antigen`). A vaccine counts in every
series against what it contains, so that one dose of a combined vaccine is three doses here. A
series has doses by age, or one dose each so many years (`every`), or those first and this
afterwards, or one dose in each pregnancy.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from telesalud.patients.immunization.ages import NONE, Span, span

Titles = Mapping[str, str]
"""Words by language: `es`, `pt`, `en`."""
Live = Literal["injected", "oral", "skin"]
COUNTRIES: Final = ("BR", "CO", "PE")
PREFIX: Final = "cvx:"
"""Of a vaccine's code in the chart."""


@dataclass(frozen=True, slots=True)
class Vaccine:
    """A vaccine by its CVX code."""

    code: str
    titles: Titles
    antigens: frozenset[str]
    live: Live | None


@dataclass(frozen=True, slots=True)
class DoseRule:
    """When one dose of a series is given."""

    at: Span
    """The recommended age."""
    least: Span
    """The least age at which it counts."""
    interval: Span
    """The least time after the dose before."""
    wait: Span
    """The recommended time after the dose before, where it is longer than the least that counts."""
    late: Span
    """The age from which it is late."""
    until: Span | None
    """The age from which it is no longer given."""


@dataclass(frozen=True, slots=True)
class CatchUp:
    """How many doses are enough for who begins at this age or later."""

    since: Span
    doses: int
    interval: Span


@dataclass(frozen=True, slots=True)
class EachPregnancy:
    """Weeks of gestation from which a dose is given, and is late."""

    from_week: int
    late_week: int


@dataclass(frozen=True, slots=True)
class Series:
    """Doses against one disease."""

    id: str
    antigen: str
    titles: Titles
    vaccine: str
    """The code of what is usually given."""
    doses: tuple[DoseRule, ...]
    catch_up: tuple[CatchUp, ...]
    every: Span | None
    each_pregnancy: EachPregnancy | None
    since: Span
    """The age from which the series is for somebody."""
    until: Span | None
    """The age from which it is no longer begun or continued."""
    sex: str | None
    strict: bool
    """Whether an age that was missed closes the rest of the series."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A country's schedule."""

    country: str
    titles: Titles
    version: str
    source: str
    source_date: str
    confirm: str
    """Who has to confirm it before it is used."""
    grace_days: int
    """So many days too early still count."""
    not_covered: tuple[str, ...]
    series: tuple[Series, ...]


@cache
def vaccines() -> Mapping[str, Vaccine]:
    """Every vaccine by its code."""
    found = _data("vaccines")["vaccines"]
    return {
        one["code"]: Vaccine(one["code"], one["titles"], frozenset(one["antigens"]), one["live"])
        for one in found
    }


@cache
def schedule_of(country: str | None) -> Schedule | None:
    """The schedule of a country; None where nobody entered it."""
    if country not in COUNTRIES:
        return None
    data = _data(country.lower())
    names = ("country", "titles", "version", "source", "source_date", "confirm", "grace_days")
    return Schedule(
        **{name: data[name] for name in names},
        not_covered=tuple(data["not_covered"]),
        series=tuple(_series(one) for one in data["series"]),
    )


def _data(name: str) -> dict[str, Any]:
    text = files(__package__).joinpath("data", f"{name}.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


def _series(data: Mapping[str, Any]) -> Series:
    pregnancy = data.get("each_pregnancy")
    return Series(
        id=data["id"],
        antigen=data["antigen"],
        titles=data["titles"],
        vaccine=data["vaccine"],
        doses=tuple(_dose(one) for one in data.get("doses", ())),
        catch_up=_catch_up(data.get("catch_up", ())),
        every=_maybe(data.get("every")),
        each_pregnancy=EachPregnancy(**pregnancy) if pregnancy else None,
        since=span(data.get("from", "0d")),
        until=_maybe(data.get("until")),
        sex=data.get("sex"),
        strict=data.get("strict", False),
    )


def _dose(data: Mapping[str, str]) -> DoseRule:
    at = span(data["at"])
    return DoseRule(
        at=at,
        least=span(data["min"]),
        interval=span(data["interval"]) if "interval" in data else NONE,
        wait=span(data.get("wait", data.get("interval", "0d"))),
        late=span(data["late"]) if "late" in data else Span(at.number + 1, at.unit),
        until=_maybe(data.get("until")),
    )


def _catch_up(rows: Sequence[Mapping[str, Any]]) -> tuple[CatchUp, ...]:
    return tuple(
        CatchUp(span(row["from"]), row["doses"], span(row.get("interval", "0d"))) for row in rows
    )


def _maybe(text: str | None) -> Span | None:
    return span(text) if text else None
