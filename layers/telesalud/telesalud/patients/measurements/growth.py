"""WHO growth standards: z-scores and percentiles of children and adolescents, 0 to 19 years.

Sources: WHO Multicentre Growth Reference Study Group, "WHO Child Growth Standards", 2006 and 2007
(birth to 1856 days); de Onis M et al., "Development of a WHO growth reference for school-aged
children and adolescents", Bull World Health Organ 2007;85:660-667 (61 to 228 months). The tables
hold L, M and S as WHO published them; between rows they are interpolated, by which a z-score of
the daily tables changes by less than 0.003. Weight by length (45 to 110 cm, below 731 days) and by
height (65 to 120 cm, to 1856 days) is judged by centimetres instead of age.

Method: LMS (Cole and Green, 1992) with WHO's linear tails beyond three standard deviations
(WHO, "Methods and development", 2006, chapter 7). Length is measured lying before 731 days and
height standing from then on; the other posture is corrected by 0.7 cm.
"""

import json
import math
from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from operator import itemgetter
from typing import Final, Literal

from telesalud.patients.measurements.catalogue import Vital

DAYS_PER_MONTH: Final = 30.4375
STANDING_FROM_DAY: Final = 731
POSTURE_CM: Final = 0.7

Row = tuple[float, float, float, float]


class Indicator(StrEnum):
    """What is compared with children of the same age and sex; values name the tables."""

    WEIGHT = "weight-for-age"
    HEIGHT = "length-height-for-age"
    BMI = "bmi-for-age"
    HEAD_CIRCUMFERENCE = "head-circumference-for-age"
    WEIGHT_FOR_LENGTH = "weight-for-length"
    WEIGHT_FOR_HEIGHT = "weight-for-height"


BY_STATURE: Final = frozenset({Indicator.WEIGHT_FOR_LENGTH, Indicator.WEIGHT_FOR_HEIGHT})
"""Judged by length or height in cm; all others by age in days."""

GROWTH_OF: Final = {
    Vital.WEIGHT: Indicator.WEIGHT,
    Vital.HEIGHT: Indicator.HEIGHT,
    Vital.BMI: Indicator.BMI,
    Vital.HEAD_CIRCUMFERENCE: Indicator.HEAD_CIRCUMFERENCE,
}
"""What of a child is compared with others of the same age."""

PERCENTILE_LOINC: Final = {
    Indicator.WEIGHT: "8336-0",
    Indicator.HEIGHT: "8303-0",
    Indicator.BMI: "59576-9",
    Indicator.HEAD_CIRCUMFERENCE: "8289-1",
    Indicator.WEIGHT_FOR_LENGTH: "77606-2",
}

# Beyond these z-scores WHO's own software takes a value for an error of measurement (macro
# `igrowup`, "extreme (i.e. potentially incorrect) z-scores").
IMPLAUSIBLE: Final = {
    Indicator.WEIGHT: (-6.0, 5.0),
    Indicator.HEIGHT: (-6.0, 6.0),
    Indicator.BMI: (-5.0, 5.0),
    Indicator.HEAD_CIRCUMFERENCE: (-5.0, 5.0),
    Indicator.WEIGHT_FOR_LENGTH: (-5.0, 5.0),
    Indicator.WEIGHT_FOR_HEIGHT: (-5.0, 5.0),
}


@dataclass(frozen=True, slots=True)
class Growth:
    """One child's place among children: z-score, percentile (0..100) and whether to remeasure.

    `value` (kg, cm or kg/m2) was compared at `at`, days of age (of preterm children the corrected
    age) or cm of length or height.
    """

    indicator: Indicator
    value: float
    at: float
    z_score: float
    percentile: float
    implausible: bool
    standard: Literal["who", "intergrowth-21st"] = "who"


def percentile_of(z: float) -> float:
    """How many of a hundred have less, one decimal."""
    return round(50 * (1 + math.erf(z / math.sqrt(2))), 1)


def assess_growth(
    indicator: Indicator, value: float, at: float, sex: Literal["male", "female"]
) -> Growth | None:
    """The growth of a child, or None when there is no standard for its age or stature.

    `value` is in kg, cm or kg/m2; `at` in days of age, or in cm for what is BY_STATURE. A length or
    height must already be of the posture of its age.
    """
    row = _row(indicator, sex, at)
    if row is None:
        return None
    z = _z_score(value, *row)
    low, high = IMPLAUSIBLE[indicator]
    return Growth(indicator, value, at, round(z, 2), percentile_of(z), not low <= z <= high)


def posture_corrected(height_cm: float, age_days: int, *, lying: bool) -> float:
    """The length or height as the standard of this age wants it."""
    if age_days < STANDING_FROM_DAY and not lying:
        return height_cm + POSTURE_CM
    if age_days >= STANDING_FROM_DAY and lying:
        return height_cm - POSTURE_CM
    return height_cm


def value_at(
    indicator: Indicator, z: float, at: float, sex: Literal["male", "female"]
) -> float | None:
    """The measurement at a z-score; `at` as for `assess_growth`."""
    row = _row(indicator, sex, at)
    if row is None:
        return None
    if abs(z) <= 3:
        return _at(z, *row)
    edge, inner = _at(math.copysign(3, z), *row), _at(math.copysign(2, z), *row)
    return edge + (abs(z) - 3) * (edge - inner)


@cache
def _tables() -> dict[str, dict[str, list[Row]]]:
    text = files(__package__).joinpath("who_growth.json").read_text(encoding="utf-8")
    tables: dict[str, dict[str, list[Row]]] = json.loads(text)
    return tables


def covered(indicator: Indicator, sex: str) -> tuple[float, float]:
    """From where to where the standard goes: days of age or cm, both included."""
    rows = _tables()[indicator][sex]
    return rows[0][0], rows[-1][0]


def _row(indicator: Indicator, sex: str, at: float) -> tuple[float, float, float] | None:
    """L, M and S there, or None outside of the table."""
    rows = _tables()[indicator][sex]
    if not rows[0][0] <= at <= rows[-1][0]:
        return None
    after = bisect_right(rows, float(at), key=itemgetter(0))
    here, *low = rows[after - 1]
    if here == at or after == len(rows):
        return low[0], low[1], low[2]
    following, *high = rows[after]
    share = (at - here) / (following - here)
    l_value, m, s = (a + (b - a) * share for a, b in zip(low, high, strict=True))
    return l_value, m, s


def _at(z: float, l_value: float, m: float, s: float) -> float:
    if abs(l_value) < 1e-9:
        return m * math.exp(s * z)
    return float(m * (1 + l_value * s * z) ** (1 / l_value))


def _z_score(value: float, l_value: float, m: float, s: float) -> float:
    if abs(l_value) < 1e-9:
        z = math.log(value / m) / s
    else:
        z = ((value / m) ** l_value - 1) / (l_value * s)
    if abs(z) <= 3:
        return z
    side = math.copysign(3, z)
    edge, inner = _at(side, l_value, m, s), _at(side * 2 / 3, l_value, m, s)
    return side + (value - edge) / abs(edge - inner)
