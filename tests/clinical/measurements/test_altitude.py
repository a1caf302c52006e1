"""Of healthy people who live high, few are flagged; of ill ones, none is missed.

Each place is a normal curve with a published mean and spread; a limit flags whole per cents, as an
oximeter shows them. Before altitude was known, these places had 10 to 75 % of the healthy critical.
"""

from itertools import pairwise
from statistics import NormalDist

import pytest

from telesalud.patients.measurements.catalogue import Vital
from telesalud.patients.measurements.person import Person, Setting
from telesalud.patients.measurements.ranges import Range
from telesalud.patients.measurements.reading import range_for
from telesalud.patients.people.births import Age

ADULT, CHILD = Age(40, 0, 0, 14610), Age(8, 0, 0, 2922)
# metres, age, mean SpO2, standard deviation (2.5 where only the mean was published)
HEALTHY = {
    "Quito, 1 month to 12 years (2.5th centile 90)": (2810, CHILD, 94.5, 2.3),
    "Huancavelica, 2,819 to 3,499 m": (3150, ADULT, 93.7, 2.5),
    "Cusco, arterial": (3350, ADULT, 91.1, 2.5),
    "Huancavelica, 3,500 to 4,200 m": (3850, ADULT, 90.9, 2.5),
    "Tintaya, school children": (4100, CHILD, 89.8, 2.5),
    "Marquiri, school children": (4100, CHILD, 89.6, 2.5),
    "Nuñoa, school children": (4100, CHILD, 91.3, 2.5),
}


def limits(metres: int | None, age: Age) -> Range:
    person, setting = Person(age, "female"), Setting(altitude_m=metres)
    found = range_for(Vital.OXYGEN_SATURATION, person, setting, None)
    assert found is not None
    return found


def shares(found: Range, mean: float, deviation: float) -> tuple[float, float]:
    """How many of the healthy are critical, and how many are flagged at all."""
    assert found.critical_low is not None
    assert found.low is not None
    curve = NormalDist(mean, deviation)
    return curve.cdf(float(found.critical_low) + 0.5), curve.cdf(float(found.low) - 0.5)


@pytest.mark.parametrize("place", HEALTHY)
def test_few_healthy_highlanders_are_critical_and_most_are_normal(place: str) -> None:
    metres, age, mean, deviation = HEALTHY[place]
    critical, flagged = shares(limits(metres, age), mean, deviation)
    assert critical <= 0.04
    assert flagged <= 0.17
    without = shares(limits(None, age), mean, deviation)
    assert flagged < without[1], "fewer than by the limits of the sea"


def test_somebody_who_is_short_of_oxygen_is_critical_at_every_altitude() -> None:
    hypoxaemic = {2500: 88, 3000: 85, 3400: 84, 3827: 80, 4100: 79, 4500: 77, 5100: 74}
    for metres, value in hypoxaemic.items():
        for age in (ADULT, CHILD):
            critical = limits(metres, age).critical_low
            assert critical is not None
            assert value <= critical, metres


def test_limits_fall_with_the_altitude_without_a_step_of_more_than_one() -> None:
    for age in (ADULT, CHILD):
        found = [limits(metres, age) for metres in range(1400, 5600, 10)]
        for lower, higher in pairwise(found):
            for name in ("critical_low", "low"):
                step = getattr(lower, name) - getattr(higher, name)
                assert 0 <= step <= 1


def test_below_fifteen_hundred_metres_and_without_an_altitude_the_sea_counts() -> None:
    for metres in (None, -50, 0, 1499):
        assert limits(metres, ADULT).low == 96
        assert limits(metres, CHILD).low == 94
