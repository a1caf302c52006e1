"""Blood pressure in grades: children by age, sex and height, adolescents, adults, pregnancy.

From one to twelve years the 90th and 95th centiles are those of the American Academy of Pediatrics
(Flynn JT et al., Pediatrics 2017;140(3):e20171904, tables 4 and 5) at the child's height, between
columns on a straight line; without a height the shortest children's apply, which flags sooner.
Elevated begins at the 90th centile or 120/80, stage 1 at the 95th or 130/80, stage 2 at the 95th
and 12 mm[Hg] or 140/90, whichever is lower; 30 mm[Hg] above the 95th is an emergency even without
symptoms. Adults: ISH 2020. Pregnancy and six weeks after it: ACOG Committee Opinion 767 (2019).
"""

import json
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from typing import Final, Literal, NamedTuple

from telesalud.patients.measurements.catalogue import Vital
from telesalud.patients.measurements.ranges import Range, Sex, make_range
from telesalud.patients.measurements.shipped_ranges import AAP, PALS
from telesalud.patients.people.births import Age

Name = Literal["systolic", "diastolic"]
CHILD_YEARS: Final = range(1, 13)
PRESSURES: Final[dict[Vital, Name]] = {
    Vital.SYSTOLIC: "systolic",
    Vital.DIASTOLIC: "diastolic",
}

# From which value a grade begins, the gravest first: systolic, diastolic.
_PREGNANT: Final = (("pregnancy-severe", 160, 110), ("hypertension", 140, 90))
_ADULT: Final = (
    ("severe", 180, 110),
    ("grade-2", 160, 100),
    ("grade-1", 140, 90),
    ("high-normal", 130, 85),
)
_ADOLESCENT: Final = (
    ("emergency", 180, 120),
    ("stage-2", 140, 90),
    ("stage-1", 130, 80),
    ("elevated", 120, 1000),
)


class Centiles(NamedTuple):
    """The 90th and 95th centile of one pressure, mm[Hg]."""

    p90: Decimal
    p95: Decimal


def child_range(vital: Vital, age: Age, sex: Sex, height_cm: Decimal | None) -> Range | None:
    """The range of a child of one to twelve years; None for others and for other vital signs."""
    if vital not in PRESSURES or age.years not in CHILD_YEARS:
        return None
    found = _centiles(PRESSURES[vital], age.years, sex, height_cm)
    top = 120 if vital is Vital.SYSTOLIC else 80
    high = min(_whole(found.p90), Decimal(top)) - 1
    critical = _whole(found.p95) + 30
    months = (age.years * 12, (age.years + 1) * 12)
    if vital is Vital.DIASTOLIC:
        # Nobody publishes a lower limit: half of what is high is own judgement.
        return make_range(vital, months, (None, 30, float(high), float(critical)), AAP)
    low = 70 + 2 * age.years if age.years < 10 else 90
    return make_range(vital, months, (low - 1, low, float(high), float(critical)), f"{AAP}; {PALS}")


def grade(
    vital: Vital,
    value: Decimal,
    age: Age,
    sex: Sex,
    height_cm: Decimal | None,
    *,
    pregnant: bool,
) -> str | None:
    """The grade of a pressure, None when it has none or no grades exist for the age."""
    if vital not in PRESSURES:
        return None
    place = 1 if vital is Vital.SYSTOLIC else 2
    rows: Sequence[tuple[str, int, int]]
    if pregnant:
        rows = _PREGNANT
    elif age.years >= 18:
        rows = _ADULT
    elif age.years >= 13:
        rows = _ADOLESCENT
    elif age.years >= 1:
        return _child_grade(vital, value, _centiles(PRESSURES[vital], age.years, sex, height_cm))
    else:
        return None
    return next((row[0] for row in rows if value >= int(row[place])), None)


def _child_grade(vital: Vital, value: Decimal, found: Centiles) -> str | None:
    systolic = vital is Vital.SYSTOLIC
    p90, p95 = _whole(found.p90), _whole(found.p95)
    if value >= p95 + 30:
        return "emergency"
    if value >= min(p95 + 12, Decimal(140 if systolic else 90)):
        return "stage-2"
    if value >= min(p95, Decimal(130 if systolic else 80)):
        return "stage-1"
    return "elevated" if value >= min(p90, Decimal(120 if systolic else 80)) else None


def _centiles(name: Name, years: int, sex: Sex, height_cm: Decimal | None) -> Centiles:
    """Of a sex that is neither, the lower of both."""
    sexes = (sex,) if sex in ("male", "female") else ("male", "female")
    found = [_of_table(name, years, each, height_cm) for each in sexes]
    return Centiles(min(one.p90 for one in found), min(one.p95 for one in found))


def _of_table(name: Name, years: int, sex: str, height_cm: Decimal | None) -> Centiles:
    row = _tables()[sex][str(years)]
    heights = row["height"]
    height = heights[0] if height_cm is None else float(height_cm)
    return Centiles(
        *(_between(heights, row[f"{name}_{centile}"], height) for centile in ("90", "95"))
    )


def _between(heights: Sequence[float], values: Sequence[float], height: float) -> Decimal:
    if height <= heights[0]:
        return Decimal(str(values[0]))
    for at in range(1, len(heights)):
        if height <= heights[at]:
            share = (height - heights[at - 1]) / (heights[at] - heights[at - 1])
            return Decimal(str(values[at - 1] + (values[at] - values[at - 1]) * share))
    return Decimal(str(values[-1]))


def _whole(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1), ROUND_HALF_UP)


@cache
def _tables() -> dict[str, dict[str, dict[str, list[float]]]]:
    text = files(__package__).joinpath("aap_2017.json").read_text(encoding="utf-8")
    tables: dict[str, dict[str, dict[str, list[float]]]] = json.loads(text)
    return tables
