"""What is done, due, late and to come for a person, by a country's schedule.

Nothing is late before the latest day on which the person may have been born has its age, and a
dose counts from the earliest one: of who knows the year of birth only, nobody claims too much.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from telesalud.patients.immunization.ages import Span
from telesalud.patients.immunization.counting import Counted, Void, count, given_in
from telesalud.patients.immunization.persons import LIVE_APART, Bar, Given, Person, Refused
from telesalud.patients.immunization.schedules import (
    DoseRule,
    EachPregnancy,
    Schedule,
    Series,
    vaccines,
)

Status = Literal["done", "due", "late", "upcoming", "no_longer", "barred"]
_OPEN: Sequence[Status] = ("due", "late")
_GROWN_UP = Span(18, "y")
"""Whoever has no dose on record at this age may have had them: nothing is called late."""
_CATCHING_UP = timedelta(days=28)
"""How long a dose that could not be given at its age is due before it is late."""


@dataclass(frozen=True, slots=True)
class Dose:
    """One dose of a series."""

    number: int
    status: Status
    due_on: date | None = None
    late_on: date | None = None
    given: Given | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """One series for a person."""

    series: Series
    doses: tuple[Dose, ...]
    void: tuple[Void, ...] = ()
    extra: tuple[Given, ...] = ()
    bars: tuple[Bar, ...] = ()
    refused: Refused | None = None
    """The last dose that was refused, if none was given since."""


def plan(schedule: Schedule, person: Person) -> tuple[Planned, ...]:
    """The series of a schedule that concern a person, in the schedule's order."""
    found = []
    for series in schedule.series:
        if not _is_for(series, person):
            continue
        planned = _planned(series, person, schedule.grace_days)
        if planned is not None:
            found.append(_barred(planned, person))
    return tuple(found)


def _is_for(series: Series, person: Person) -> bool:
    if series.sex is not None and person.sex not in (series.sex, "other", "unknown"):
        return False
    return person.today >= series.since.after(person.born)


def _planned(series: Series, person: Person, grace_days: int) -> Planned | None:
    over = series.until is not None and person.today >= series.until.after(person.born_latest)
    if series.each_pregnancy is not None:
        dose = _in_pregnancy(series, series.each_pregnancy, person)
        return Planned(series, (dose,)) if dose else None
    counted = count(series, person, grace_days)
    if series.every is not None and len(counted.places) == len(counted.rules):
        return None if over else Planned(series, tuple(_repeated(series, series.every, person)))
    if over and not counted.last and not counted.void:
        return None
    return Planned(
        series, tuple(_doses(series, counted, person)), tuple(counted.void), tuple(counted.extra)
    )


def _doses(series: Series, counted: Counted, person: Person) -> Iterator[Dose]:
    number = 0
    for number, one in enumerate(counted.places, start=1):
        yield Dose(number, "done" if one else "no_longer", given=one)
    past = [one.given.last for one in counted.void] + ([counted.last.last] if counted.last else [])
    before = max(past, default=None)  # what did not count keeps its distance from the next one, too
    waits = False
    for rule in counted.rules[number:]:
        number += 1
        due, late = _days(rule, before, series, person)
        status = _status(rule, counted, series, person, (due, late))
        yield Dose(number, "upcoming" if waits and status in _OPEN else status, due, late)
        before, waits = max(due, person.today), True


def _days(rule: DoseRule, before: date | None, series: Series, person: Person) -> tuple[date, date]:
    """From when a dose is due, and late."""
    due = rule.at.after(person.born)
    soonest = rule.wait.after(before) if before else due
    if vaccines()[series.vaccine].live == "injected":
        live = [one.last for one in person.given if one.vaccine.live == "injected"]
        soonest = max([soonest, *(day + LIVE_APART for day in live if day < person.today)])
    late = rule.late.after(person.born_latest)
    if soonest > due:
        return soonest, max(late, soonest + _CATCHING_UP)
    return due, late


def _status(
    rule: DoseRule, counted: Counted, series: Series, person: Person, days: tuple[date, date]
) -> Status:
    ends = [span.after(person.born_latest) for span in (rule.until, series.until) if span]
    due, late = days
    if counted.closed or any(due >= end or person.today >= end for end in ends):
        return "no_longer"
    if person.today < due:
        return "upcoming"
    unknown = counted.last is None and person.today >= _GROWN_UP.after(person.born)
    return "due" if person.today < late or unknown else "late"


def _repeated(series: Series, every: Span, person: Person) -> Iterator[Dose]:
    """The last dose of what is given each so many years, and the next one."""
    begins = series.since.after(person.born)
    given = given_in(series, person)
    mine = [one for one in given if one.last >= begins]
    due = max(begins, every.after(given[-1].last)) if given else begins
    if mine:
        yield Dose(len(mine), "done", given=mine[-1])
    yield Dose(len(mine) + 1, "due" if person.today >= due else "upcoming", due)


def _in_pregnancy(series: Series, rule: EachPregnancy, person: Person) -> Dose | None:
    began = person.pregnancy_began
    if began is None:
        return None
    due = began + timedelta(weeks=rule.from_week)
    late = began + timedelta(weeks=rule.late_week)
    given = [one for one in given_in(series, person) if one.last >= due]
    if given:
        return Dose(1, "done", due, late, given[-1])
    if person.today < due:
        return Dose(1, "upcoming", due, late)
    return Dose(1, "due" if person.today < late else "late", due, late)


def _barred(planned: Planned, person: Person) -> Planned:
    """With what stands against it, and with a refusal that nobody went back on."""
    series = planned.series
    usual = vaccines()[series.vaccine]
    bars = tuple(bar for bar in person.bars if bar.stands_against(usual))
    last = max((one.last for one in given_in(series, person)), default=date.min)
    refusals = [
        one for one in person.refused if series.antigen in one.vaccine.antigens and one.on > last
    ]
    doses = planned.doses
    if bars:
        doses = tuple(
            Dose(one.number, "barred", one.due_on, one.late_on) if one.status in _OPEN else one
            for one in doses
        )
    refused = max(refusals, key=lambda one: one.on, default=None)
    return Planned(series, doses, planned.void, planned.extra, bars, refused)
