"""NEWS2 agrees with the printed chart of the Royal College of Physicians, value by value."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from telesalud.patients.measurements.catalogue import Vital
from telesalud.patients.measurements.news2 import Consciousness, Score, news2
from telesalud.patients.measurements.oxygen import OxygenScale

HEALTHY = {
    Vital.RESPIRATION: Decimal(16),
    Vital.OXYGEN_SATURATION: Decimal(98),
    Vital.SYSTOLIC: Decimal(120),
    Vital.PULSE: Decimal(70),
    Vital.TEMPERATURE: Decimal("37.0"),
}


def score(
    changes: dict[Vital, Decimal] | None = None,
    consciousness: Consciousness | None = "alert",
    scale: OxygenScale = 1,
    altitude: int | None = None,
    *,
    oxygen: bool | None = False,
) -> Score:
    found = news2(
        HEALTHY | (changes or {}),
        consciousness=consciousness,
        on_oxygen=oxygen,
        scale=scale,
        altitude_m=altitude,
    )
    assert found is not None
    return found


# The columns of the printed chart, written the other way round than the code has them.
BY_CHART: dict[Vital, Callable[[float], int]] = {
    Vital.RESPIRATION: lambda v: 3 if v <= 8 or v >= 25 else 2 if v >= 21 else 1 if v <= 11 else 0,
    Vital.OXYGEN_SATURATION: lambda v: 3 if v <= 91 else 2 if v <= 93 else 1 if v <= 95 else 0,
    Vital.SYSTOLIC: lambda v: 3 if v <= 90 or v >= 220 else 2 if v <= 100 else 1 if v <= 110 else 0,
    Vital.PULSE: lambda v: (
        3 if v <= 40 or v >= 131 else 2 if v >= 111 else 1 if v <= 50 or v >= 91 else 0
    ),
    Vital.TEMPERATURE: lambda v: (
        3 if v <= 35.0 else 2 if v >= 39.1 else 1 if v <= 36.0 or v >= 38.1 else 0
    ),
}


def values_of(vital: Vital) -> list[Decimal]:
    spans = {
        Vital.RESPIRATION: range(4, 60),
        Vital.OXYGEN_SATURATION: range(60, 101),
        Vital.SYSTOLIC: range(50, 260),
        Vital.PULSE: range(25, 200),
    }
    if vital in spans:
        return [Decimal(value) for value in spans[vital]]
    return [Decimal(tenths) / 10 for tenths in range(330, 421)]


@pytest.mark.parametrize("vital", HEALTHY)
def test_every_value_gets_the_points_of_the_chart(vital: Vital) -> None:
    for value in values_of(vital):
        assert score({vital: value}).value == BY_CHART[vital](float(value)), value


@pytest.mark.parametrize(
    ("saturation", "oxygen", "points"),
    [
        (83, False, 3),
        (84, False, 2),
        (85, False, 2),
        (86, False, 1),
        (87, False, 1),
        (88, False, 0),
        (92, False, 0),
        (97, False, 0),
        (92, True, 0),
        (93, True, 1),
        (94, True, 1),
        (95, True, 2),
        (96, True, 2),
        (97, True, 3),
        (100, True, 3),
    ],
)
def test_scale_2_warns_of_too_much_oxygen(saturation: int, oxygen: bool, points: int) -> None:
    found = score({Vital.OXYGEN_SATURATION: Decimal(saturation)}, scale=2, oxygen=oxygen)
    assert found.value == points + (2 if oxygen else 0)


def test_oxygen_counts_two_and_anybody_who_is_not_alert_three() -> None:
    assert score(oxygen=True).value == 2
    for state in ("confused", "voice", "pain", "unresponsive"):
        found = score(consciousness=state)
        assert (found.value, found.band) == (3, "low-medium")


def test_bands_are_those_of_the_response_to_clinical_risk() -> None:
    assert score().band == "low"
    assert score({Vital.PULSE: Decimal(111)}, oxygen=True).band == "low"
    assert score({Vital.PULSE: Decimal(131)}, oxygen=True).band == "medium"
    assert score({Vital.PULSE: Decimal(131)}, "voice", oxygen=True).band == "high"


def test_without_one_of_its_parts_there_is_no_sum_and_the_part_is_named() -> None:
    found = score(consciousness=None, oxygen=None)
    assert (found.value, found.band) == (None, None)
    assert found.missing == ("oxygen", "consciousness")


def test_above_2500_metres_it_is_not_computed_because_nobody_published_limits() -> None:
    assert score(altitude=2500).value == 0
    assert (score(altitude=3827).value, score(altitude=3827).missing) == (None, ("altitude",))
