"""Reference ranges by age and sex, each with its source.

A value below `low` or above `high` is abnormal (L, H); at or beyond the critical limits it is
critical (LL, HH). Limits are inclusive for normal: `low <= normal <= high`. Ages are in completed
months, from inclusive, to exclusive. An institution may replace ranges, for example oxygen
saturation at altitude, by passing its own to `assess`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from telesalud.patients.measurements.catalogue import Vital

Sex = Literal["male", "female", "other", "unknown"]

NEWS2 = "Royal College of Physicians, National Early Warning Score (NEWS) 2, 2017"
IMCI = "WHO, Integrated Management of Childhood Illness: chart booklet, 2014"
FLEMING = "Fleming S et al., Lancet 2011;377:1011-1018, 1st and 99th centiles"
AAP = "Flynn JT et al., Pediatrics 2017;140(3):e20171904, table 6"
ISH = "Unger T et al., ISH global hypertension practice guidelines, Hypertension 2020;75:1334-1357"
PALS = "American Heart Association, Pediatric Advanced Life Support: hypotension by age"
WHO_OBESITY = "WHO Technical Report Series 894, 2000"
IDF = "IDF consensus worldwide definition of the metabolic syndrome, 2006 (Central, South America)"

_YEAR = 12
_OLDEST = 200 * _YEAR


@dataclass(frozen=True, slots=True)
class Range:
    """The reference range of one vital sign for one group of people; None means no limit."""

    vital: Vital
    from_months: int
    to_months: int
    low: Decimal | None
    high: Decimal | None
    critical_low: Decimal | None
    critical_high: Decimal | None
    source: str
    sex: Sex | None = None


def find_range(
    vital: Vital, months: int, sex: Sex, ranges: Sequence[Range] | None = None
) -> Range | None:
    """The first range for this age and sex.

    Where ranges differ by sex and the sex is neither, the one with the lower upper limit applies,
    which flags sooner.
    """
    fitting = [
        r
        for r in (RANGES if ranges is None else ranges)
        if r.vital is vital and r.from_months <= months < r.to_months
    ]
    own = [r for r in fitting if r.sex in (None, sex)]
    if own:
        return own[0]
    return min(fitting, key=lambda r: r.high or Decimal("Infinity"), default=None)


def _number(value: float | str | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _range(
    vital: Vital,
    months: tuple[int, int],
    limits: tuple[float | None, float | None, float | None, float | None],
    source: str,
    sex: Sex | None = None,
) -> Range:
    critical_low, low, high, critical_high = map(_number, limits)
    return Range(vital, *months, low, high, critical_low, critical_high, source, sex)


# Completed months, then 1st and 99th centile of the heart rate and the 1st of the breathing rate.
_FLEMING_ROWS = (
    (0, 3, 107, 181, 25),
    (3, 6, 104, 175, 24),
    (6, 9, 98, 168, 23),
    (9, 12, 93, 161, 22),
    (12, 18, 88, 156, 21),
    (18, 24, 82, 149, 19),
    (24, 36, 76, 142, 18),
    (36, 48, 70, 136, 17),
    (48, 72, 65, 131, 17),
    (72, 96, 59, 123, 16),
    (96, 144, 52, 115, 14),
    (144, 180, 47, 108, 12),
    (180, 192, 43, 104, 11),
)
# The 99th centile of the breathing rate where IMCI's "fast breathing" does not apply (5 years on).
_BREATHING_HIGH = {(72, 96): 27, (96, 144): 25, (144, 180): 23, (180, 192): 22}
# By completed years 1..12: systolic and diastolic from which a child is examined further.
_AAP_BOYS = (
    (98, 52),
    (100, 55),
    (101, 58),
    (102, 60),
    (103, 63),
    (105, 66),
    (106, 68),
    (107, 69),
    (107, 70),
    (108, 72),
    (110, 74),
    (113, 75),
)
_AAP_GIRLS = (
    (98, 54),
    (101, 58),
    (102, 60),
    (103, 62),
    (104, 64),
    (105, 67),
    (106, 68),
    (107, 69),
    (108, 71),
    (109, 72),
    (111, 74),
    (114, 75),
)


def _heart_and_breathing() -> list[Range]:
    made = []
    for begin, end, slow, fast, breathing in _FLEMING_ROWS:
        made.append(_range(Vital.PULSE, (begin, end), (None, slow, fast, None), FLEMING))
        high = _BREATHING_HIGH.get((begin, end))
        if high:
            limits = (None, breathing, high, None)
            made.append(_range(Vital.RESPIRATION, (begin, end), limits, FLEMING))
    # Fast breathing is 60 and more before 2 months, 50 before 1 year, 40 before 5 years (IMCI).
    for months, slow, fast in (((0, 2), 25, 59), ((2, 12), 22, 49), ((12, 60), 17, 39)):
        made.append(_range(Vital.RESPIRATION, months, (None, slow, fast, None), IMCI))
    made.append(_range(Vital.RESPIRATION, (60, 72), (None, 17, 29, None), FLEMING))
    return made


def _children_pressure() -> list[Range]:
    made = [_range(Vital.SYSTOLIC, (1, 12), (69, 70, None, None), PALS)]
    made.append(_range(Vital.SYSTOLIC, (0, 1), (59, 60, None, None), PALS))
    groups: tuple[tuple[Sex, tuple[tuple[int, int], ...]], ...] = (
        ("male", _AAP_BOYS),
        ("female", _AAP_GIRLS),
    )
    for sex, rows in groups:
        for years, (systolic, diastolic) in enumerate(rows, start=1):
            months = (years * _YEAR, (years + 1) * _YEAR)
            low = 70 + 2 * years if years < 10 else 90  # PALS
            limits = (low - 1, low, systolic - 1, None)
            made.append(_range(Vital.SYSTOLIC, months, limits, f"{AAP}; {PALS}", sex))
            made.append(
                _range(Vital.DIASTOLIC, months, (None, None, diastolic - 1, None), AAP, sex)
            )
    return made


_GROWN: Final = (16 * _YEAR, _OLDEST)
RANGES: Final[tuple[Range, ...]] = (
    *_heart_and_breathing(),
    _range(Vital.PULSE, _GROWN, (40, 51, 90, 131), NEWS2),
    _range(Vital.RESPIRATION, _GROWN, (8, 12, 20, 25), NEWS2),
    *_children_pressure(),
    _range(Vital.SYSTOLIC, (13 * _YEAR, 18 * _YEAR), (89, 90, 119, 180), f"{AAP}; {PALS}; {ISH}"),
    _range(Vital.DIASTOLIC, (13 * _YEAR, 18 * _YEAR), (None, None, 79, 110), f"{AAP}; {ISH}"),
    _range(Vital.SYSTOLIC, (18 * _YEAR, _OLDEST), (90, 100, 139, 180), f"{ISH}; {NEWS2}"),
    _range(Vital.DIASTOLIC, (18 * _YEAR, _OLDEST), (None, 60, 89, 110), ISH),
    # In the first two months fever and low temperature are danger signs by themselves.
    _range(Vital.TEMPERATURE, (0, 2), (35.4, 36.5, 37.4, 37.5), IMCI),
    _range(Vital.TEMPERATURE, (2, 60), (35, 35.5, 37.4, 41), IMCI),
    _range(Vital.TEMPERATURE, (60, _OLDEST), (35, 36.1, 38, 41), NEWS2),
    _range(Vital.OXYGEN_SATURATION, (0, 60), (89, 94, None, None), IMCI),
    _range(Vital.OXYGEN_SATURATION, (60, _OLDEST), (91, 96, None, None), NEWS2),
    # Below 19 years the body mass index is read by the growth standards instead.
    _range(Vital.BMI, (19 * _YEAR, _OLDEST), (15.9, 18.5, 24.9, 40), WHO_OBESITY),
    _range(Vital.WAIST, (18 * _YEAR, _OLDEST), (None, None, 89.9, None), IDF, "male"),
    _range(Vital.WAIST, (18 * _YEAR, _OLDEST), (None, None, 79.9, None), IDF, "female"),
)
