"""Growth charts show the curves that WHO printed, in order, and nothing else."""

from itertools import pairwise
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.vitals import GrowthCurves
from telesalud.patients.measurements.curves import draw
from telesalud.patients.measurements.growth import (
    DAYS_PER_MONTH,
    Indicator,
    assess_growth,
    value_at,
)

Sex = Literal["male", "female"]
CHARTS = [(indicator, sex) for indicator in Indicator for sex in ("male", "female")]
charts = st.sampled_from(CHARTS)


def drawn(indicator: Indicator, sex: str) -> GrowthCurves:
    return draw(indicator, known(sex))


def known(sex: str) -> Sex:
    return "male" if sex == "male" else "female"


def at(chart: GrowthCurves, x: float, what: Literal["percentile", "deviations"]) -> list[float]:
    place = chart.x.index(x)
    return [one.values[place] for one in chart.curves if getattr(one, what) is not None]


@pytest.mark.parametrize(
    ("indicator", "sex", "month", "published"),
    [
        # WHO Child Growth Standards, simplified field tables (percentiles 3, 15, 50, 85, 97)
        (Indicator.WEIGHT, "male", 12, [7.8, 8.6, 9.6, 10.8, 11.8]),
        (Indicator.WEIGHT, "female", 24, [9.2, 10.1, 11.5, 13.1, 14.6]),
        (Indicator.HEIGHT, "male", 0, [46.3, 47.9, 49.9, 51.8, 53.4]),
        (Indicator.HEIGHT, "female", 12, [69.2, 71.3, 74.0, 76.7, 78.9]),
        (Indicator.HEAD_CIRCUMFERENCE, "male", 0, [32.1, 33.1, 34.5, 35.8, 36.9]),
    ],
)
def test_the_percentiles_are_those_that_who_printed(
    indicator: Indicator, sex: str, month: int, published: list[float]
) -> None:
    chart = drawn(indicator, sex)
    assert at(chart, month, "percentile") == pytest.approx(published, abs=0.051)


@pytest.mark.parametrize(
    ("indicator", "sex", "stature", "published"),
    [
        # WHO Child Growth Standards, simplified field tables (-3, -2, median, +2, +3 SD)
        (Indicator.WEIGHT_FOR_LENGTH, "male", 70, [6.6, 7.2, 8.4, 10.0, 10.9]),
        (Indicator.WEIGHT_FOR_LENGTH, "female", 70, [6.3, 6.9, 8.2, 9.9, 10.9]),
        (Indicator.WEIGHT_FOR_LENGTH, "male", 110, [14.2, 15.4, 18.3, 21.9, 24.1]),
        (Indicator.WEIGHT_FOR_HEIGHT, "male", 65, [5.9, 6.3, 7.4, 8.8, 9.6]),
    ],
)
def test_weight_is_drawn_over_length_and_height_as_who_printed(
    indicator: Indicator, sex: str, stature: float, published: list[float]
) -> None:
    chart = drawn(indicator, sex)
    assert chart.x_unit == "cm"
    assert at(chart, stature, "deviations") == pytest.approx(published, abs=0.051)


@pytest.mark.parametrize(("indicator", "sex"), CHARTS)
def test_curves_lie_in_order_and_the_fiftieth_percentile_is_the_median(
    indicator: Indicator, sex: str
) -> None:
    chart = drawn(indicator, sex)
    assert list(chart.x) == sorted(set(chart.x))
    for lower, upper in pairwise(chart.curves):
        assert all(low < high for low, high in zip(lower.values, upper.values, strict=True))
    assert [c.percentile for c in chart.curves if c.percentile] == [3, 15, 50, 85, 97]
    assert [c.deviations for c in chart.curves if c.deviations is not None] == [-3, -2, 0, 2, 3]
    [median] = [one for one in chart.curves if one.deviations == 0]
    assert median.percentile == 50
    for x, value in zip(chart.x, median.values, strict=True):
        place = x if chart.x_unit == "cm" else x * DAYS_PER_MONTH
        edge = min(place, 6939.75, 3652.5 if indicator is Indicator.WEIGHT else place)
        found = value_at(indicator, 0, edge, known(sex))
        assert found is None or value == pytest.approx(found, abs=0.003)


@settings(deadline=None)
@given(charts, st.data())
def test_a_value_on_a_percentile_curve_is_judged_to_be_of_that_percentile(
    chart: tuple[Indicator, str], data: st.DataObject
) -> None:
    indicator, sex = chart
    curves = drawn(indicator, sex)
    place = data.draw(st.integers(1, len(curves.x) - 2))
    line = data.draw(st.sampled_from([one for one in curves.curves if one.percentile]))
    x = curves.x[place] if curves.x_unit == "cm" else curves.x[place] * DAYS_PER_MONTH
    found = assess_growth(indicator, line.values[place], x, known(sex))
    assert found is not None
    assert found.percentile == pytest.approx(line.percentile, abs=0.3)


def test_the_step_from_lying_to_standing_is_drawn_as_a_step() -> None:
    chart = drawn(Indicator.HEIGHT, "male")
    [median] = [one for one in chart.curves if one.deviations == 0]
    before, after = (chart.x.index(round(day / DAYS_PER_MONTH, 4)) for day in (730, 731))
    assert median.values[before] - median.values[after] == pytest.approx(0.7, abs=0.05)
