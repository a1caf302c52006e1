"""WHO's growth charts: the percentiles and standard deviations as curves over age or stature."""

from statistics import NormalDist
from typing import Final, Literal

from schemas.vitals import GrowthCurve, GrowthCurves, GrowthCurvesQuery
from telesalud.patients.measurements.growth import (
    BY_STATURE,
    DAYS_PER_MONTH,
    STANDING_FROM_DAY,
    Indicator,
    covered,
    value_at,
)
from telesalud.patients.policy import GRANTS, READ_RECORD
from telesalud.platform.access import require
from telesalud.platform.work import Call

PERCENTILES: Final = (3, 15, 50, 85, 97)
"""Those that WHO prints on the charts of its Child Growth Standards."""
DEVIATIONS: Final = (-3, -2, 0, 2, 3)
WEEKLY_UNTIL_DAY: Final = 91
"""Birth to 13 weeks bends too much for monthly points."""
HALF_CM_STEPS: Final = 2

_UNITS: Final[dict[Indicator, Literal["kg", "cm", "kg/m2"]]] = {
    Indicator.WEIGHT: "kg",
    Indicator.HEIGHT: "cm",
    Indicator.BMI: "kg/m2",
    Indicator.HEAD_CIRCUMFERENCE: "cm",
    Indicator.WEIGHT_FOR_LENGTH: "kg",
    Indicator.WEIGHT_FOR_HEIGHT: "kg",
}


def read(call: Call, query: GrowthCurvesQuery) -> GrowthCurves:
    """The chart that was asked for, which tells nothing of any patient. Raises Forbidden."""
    require(call.caller, READ_RECORD, GRANTS)
    return draw(Indicator(query.indicator), query.sex)


def draw(indicator: Indicator, sex: Literal["male", "female"]) -> GrowthCurves:
    """The chart of one indicator and sex: every curve at the same points, lowest curve first."""
    by_stature = indicator in BY_STATURE
    points = _statures(indicator, sex) if by_stature else _ages(indicator, sex)
    lines: dict[float, tuple[int | None, int | None]] = {
        **{NormalDist().inv_cdf(p / 100): (p, None) for p in PERCENTILES},
        **{float(sd): (50 if sd == 0 else None, sd) for sd in DEVIATIONS},
    }
    return GrowthCurves(
        indicator=indicator.value,
        sex=sex,
        unit=_UNITS[indicator],
        x_unit="cm" if by_stature else "mo",
        x=tuple(points if by_stature else (round(day / DAYS_PER_MONTH, 4) for day in points)),
        curves=tuple(
            GrowthCurve(
                percentile=percentile,
                deviations=deviations,
                values=tuple(_value(indicator, z, at, sex) for at in points),
            )
            for z, (percentile, deviations) in sorted(lines.items())
        ),
    )


def _value(indicator: Indicator, z: float, at: float, sex: Literal["male", "female"]) -> float:
    value = value_at(indicator, z, at, sex)
    if value is None:
        raise ValueError(f"{indicator} has no standard at {at}")
    return round(value, 3)


def _ages(indicator: Indicator, sex: str) -> list[float]:
    """Days of age: weeks, then months, and both sides of the change from lying to standing."""
    first, last = covered(indicator, sex)
    weeks = {float(day) for day in range(0, WEEKLY_UNTIL_DAY + 1, 7)}
    months = {month * DAYS_PER_MONTH for month in range(3, int(last / DAYS_PER_MONTH) + 1)}
    change = {STANDING_FROM_DAY - 1.0, float(STANDING_FROM_DAY)}
    return sorted(day for day in weeks | months | change | {last} if first <= day <= last)


def _statures(indicator: Indicator, sex: str) -> list[float]:
    first, last = covered(indicator, sex)
    half_cm = range(round(first * HALF_CM_STEPS), round(last * HALF_CM_STEPS) + 1)
    return [step / HALF_CM_STEPS for step in half_cm]
