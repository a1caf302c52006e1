"""Growth of children who were born before 37 weeks.

Until two years of age they are compared at the age that they would have if they had been born at
term (American Academy of Pediatrics, 2004;114:1362). Before that date the preterm postnatal
standards of INTERGROWTH-21st apply, 27 to 64 weeks after the last menstruation (Villar J et al.,
Lancet Glob Health 2015;3:e681-e691): weight and length on a logarithmic scale, the head as it is.
"""

import math
from collections.abc import Callable
from typing import Final, Literal

from telesalud.patients.measurements.growth import (
    IMPLAUSIBLE,
    Growth,
    Indicator,
    percentile_of,
)

TERM_DAYS: Final = 280
PRETERM_BEFORE_DAYS: Final = 37 * 7
CORRECTED_UNTIL_DAYS: Final = 731
_FIRST_WEEK: Final = 27

_LOG_MEANS: Final[dict[Indicator, Callable[[float, int], float]]] = {
    Indicator.WEIGHT: lambda weeks, male: (
        2.591277 - 0.01155 * math.sqrt(weeks) - 2201.705 / weeks**2 + 0.0911639 * male
    ),
    Indicator.HEIGHT: lambda weeks, male: (
        4.136244 - 547.0018 / weeks**2 + 0.0026066 * weeks + 0.0314961 * male
    ),
}
_LOG_DEVIATIONS: Final[dict[Indicator, Callable[[float], float]]] = {
    Indicator.WEIGHT: lambda weeks: (
        0.1470258 + 505.92394 / weeks**2 - 140.0576 / weeks**2 * math.log(weeks)
    ),
    Indicator.HEIGHT: lambda weeks: (
        0.050489 + 310.44761 / weeks**2 - 90.0742 / weeks**2 * math.log(weeks)
    ),
}


def corrected_days(age_days: int, gestation_at_birth_days: int | None) -> int:
    """The age to compare growth at; negative before the date on which birth was due."""
    if gestation_at_birth_days is None or gestation_at_birth_days >= PRETERM_BEFORE_DAYS:
        return age_days
    if age_days >= CORRECTED_UNTIL_DAYS:
        return age_days
    return age_days - (TERM_DAYS - gestation_at_birth_days)


def assess_preterm(
    indicator: Indicator, value: float, corrected: int, sex: Literal["male", "female"]
) -> Growth | None:
    """The place among preterm children before term; None where there is no standard."""
    weeks = (TERM_DAYS + corrected) / 7
    if weeks < _FIRST_WEEK or value <= 0:
        return None
    male = 1 if sex == "male" else 0
    if indicator is Indicator.HEAD_CIRCUMFERENCE:
        mean = 55.53617 - 852.0059 / weeks + 0.7957903 * male
        z = (value - mean) / (3.0582292 + 3910.05 / weeks**2 - 180.5625 / weeks)
    elif indicator in _LOG_MEANS:
        mean = _LOG_MEANS[indicator](weeks, male)
        z = (math.log(value) - mean) / _LOG_DEVIATIONS[indicator](weeks)
    else:
        return None
    low, high = IMPLAUSIBLE[indicator]
    return Growth(
        indicator,
        value,
        corrected,
        round(z, 2),
        percentile_of(z),
        not low <= z <= high,
        standard="intergrowth-21st",
    )
