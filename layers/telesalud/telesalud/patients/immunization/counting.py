"""Which doses that were given count, and which have to be given again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from telesalud.patients.immunization.ages import NONE
from telesalud.patients.immunization.persons import LIVE_APART, Given, Person
from telesalud.patients.immunization.schedules import CatchUp, DoseRule, Series

Fault = Literal["too_young", "interval", "live", "same_day"]


@dataclass(frozen=True, slots=True)
class Void:
    """A dose that does not count, why, and from when it would have."""

    given: Given
    fault: Fault
    counts_from: date


@dataclass(slots=True)
class Counted:
    """The doses of a series in their places."""

    rules: Sequence[DoseRule]
    places: list[Given | None] = field(default_factory=list)
    """For each rule that is past: the dose, or None where its age was missed."""
    void: list[Void] = field(default_factory=list)
    extra: list[Given] = field(default_factory=list)
    closed: bool = False
    """Whether the rest can no longer be given."""

    @property
    def last(self) -> Given | None:
        """The last dose that counts."""
        return next((one for one in reversed(self.places) if one is not None), None)


def given_in(series: Series, person: Person) -> list[Given]:
    """What was given against the series' disease, in order."""
    found = [one for one in person.given if series.antigen in one.vaccine.antigens]
    return sorted(found, key=lambda one: (one.first, one.last, one.entry))


def count(series: Series, person: Person, grace_days: int) -> Counted:
    """Put the doses of a series by age into their places."""
    given = given_in(series, person)
    counted = Counted(_rules(series, person, given))
    for one in given:
        _pass_missed(counted, one.first, person, series)
        if counted.closed or len(counted.places) == len(counted.rules):
            counted.extra.append(one)
            continue
        void = _void(one, counted, person, timedelta(days=grace_days))
        if void is None:
            counted.places.append(one)
        else:
            counted.void.append(void)
    _pass_missed(counted, person.today, person, series)
    return counted


def _rules(series: Series, person: Person, given: Sequence[Given]) -> Sequence[DoseRule]:
    began = given[0].first if given else person.today
    fitting = [row for row in series.catch_up if began >= row.since.after(person.born_latest)]
    return _caught_up(fitting[-1]) if fitting else series.doses


def _caught_up(row: CatchUp) -> Sequence[DoseRule]:
    first = DoseRule(row.since, row.since, NONE, NONE, row.since, None)
    again = DoseRule(row.since, row.since, row.interval, row.interval, row.since, None)
    return (first, *[again] * (row.doses - 1))


def _pass_missed(counted: Counted, day: date, person: Person, series: Series) -> None:
    """Leave the places whose age is over on a day."""
    while len(counted.places) < len(counted.rules) and not counted.closed:
        until = counted.rules[len(counted.places)].until
        if until is None or day < until.after(person.born_latest):
            return
        counted.places.append(None)
        counted.closed = series.strict


def _void(one: Given, counted: Counted, person: Person, grace: timedelta) -> Void | None:
    """Why a dose does not count; of a date that is not exact, the latest day is believed."""
    rule, last = counted.rules[len(counted.places)], counted.last
    if last is not None and one.exact and last.exact and one.first == last.first:
        return Void(one, "same_day", rule.interval.after(last.first))
    least = rule.least.after(person.born)
    if one.last < least - grace:
        return Void(one, "too_young", least)
    if last is not None:
        due = rule.interval.after(last.first)
        if one.last < due - grace:
            return Void(one, "interval", due)
    if one.exact and one.vaccine.live == "injected":
        for other in person.given:
            apart = one.first - other.first
            near = other.exact and timedelta() < apart < LIVE_APART
            if near and other.vaccine.live == "injected" and other.entry != one.entry:
                return Void(one, "live", other.first + LIVE_APART)
    return None
