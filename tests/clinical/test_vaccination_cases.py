"""National schedules against cases written by hand from the published calendars.

A line is: country, age today, doses (CVX code and the age at it), a series, a dose, and how that
dose stands; `no_longer` as well where the series is not spoken of any more. Where a line and a
calendar differ, the calendar is right and the data are to be mended.
"""

import csv
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from telesalud.patients.immunization.ages import span
from telesalud.patients.immunization.persons import Given, Person
from telesalud.patients.immunization.planning import plan
from telesalud.patients.immunization.schedules import COUNTRIES, schedule_of, vaccines

BORN = date(1950, 3, 1)
CASES = list(csv.DictReader(Path(__file__).with_name("vaccination_cases.csv").open()))


def _day(age: str) -> date:
    """The day on which somebody has an age such as `2m` or `12m10d`."""
    day = BORN
    for part in re.findall(r"\d+[ymwd]", age):
        day = span(part).after(day)
    return day


def _given(number: int, text: str) -> Given:
    code, _, age = text.partition("@")
    return Given(str(number), vaccines()[code], _day(age), _day(age))


def _status(case: dict[str, str]) -> str:
    given = tuple(_given(number, one) for number, one in enumerate(case["given"].split()))
    person = Person(BORN, BORN, "female", _day(case["age"]), given=given)
    schedule = schedule_of(case["country"])
    assert schedule is not None
    found = [one for one in plan(schedule, person) if one.series.id == case["series"]]
    if not found:
        known = {one.id for one in schedule.series}
        assert case["series"] in known
        return "no_longer"
    doses = {dose.number: dose.status for dose in found[0].doses}
    return doses[int(case["number"])]


def _name(case: dict[str, str]) -> str:
    return " ".join(case.values())


def test_every_country_has_sixty_cases() -> None:
    counted = Counter(case["country"] for case in CASES)
    assert set(counted) == set(COUNTRIES)
    assert min(counted.values()) >= 60


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_a_dose_stands_as_the_calendar_says(case: dict[str, str]) -> None:
    assert _status(case) == case["status"]
