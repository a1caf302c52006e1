"""Preterm growth agrees with INTERGROWTH-21st's published equations and its worked example."""

from typing import Literal

import pytest

from telesalud.patients.measurements.growth import Indicator
from telesalud.patients.measurements.preterm import assess_preterm, corrected_days

Sex = Literal["male", "female"]
W, L, H = Indicator.WEIGHT, Indicator.HEIGHT, Indicator.HEAD_CIRCUMFERENCE
# Medians by week after the last menstruation, from the printed tables (kg, cm, cm).
MEDIANS = (
    (W, "male", 34, 2.0),
    (W, "female", 34, 1.8),
    (W, "male", 40, 3.4),
    (W, "female", 40, 3.1),
    (L, "male", 40, 50.6),
    (L, "female", 40, 49.1),
    (H, "male", 40, 35.0),
    (H, "female", 40, 34.2),
)


@pytest.mark.parametrize(("indicator", "sex", "week", "median"), MEDIANS)
def test_medians_are_near_the_printed_ones(
    indicator: Indicator, sex: Sex, week: int, median: float
) -> None:
    found = assess_preterm(indicator, median, week * 7 - 280, sex)
    assert found is not None
    assert found.standard == "intergrowth-21st"
    assert abs(found.z_score) < 0.35


def test_a_child_of_31_weeks_is_nine_weeks_younger_until_two_years() -> None:
    assert corrected_days(30, 31 * 7) == 30 - 63
    assert corrected_days(365, 31 * 7) == 365 - 63
    assert corrected_days(731, 31 * 7) == 731
    assert corrected_days(365, 37 * 7) == 365, "born at term"
    assert corrected_days(365, None) == 365


def test_too_early_there_is_no_standard() -> None:
    assert assess_preterm(W, 0.6, 26 * 7 - 280, "male") is None
    assert assess_preterm(Indicator.BMI, 11, 34 * 7 - 280, "male") is None
