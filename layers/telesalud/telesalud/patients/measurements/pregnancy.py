"""What a pregnancy, and the six weeks after it, change in what a value means.

Gestational age is counted from 280 days before the due date, whatever method gave that date.
Pressure: ACOG Committee Opinion 767 (2019), severe from 160/110: treated within 30 to 60 minutes.
Pulse, breathing, temperature, oxygen: modified early obstetric warning system (Singh S et al.,
Anaesthesia 2012;67:12-18), red is critical and yellow abnormal. Fundal height: as many cm as weeks,
within three, from 24 to 38 weeks (ACOG, RCOG). The fetal heart: FIGO 2015, from 14 weeks on; it is
faster before.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from telesalud.patients.measurements.catalogue import Vital
from telesalud.patients.measurements.ranges import OLDEST_MONTHS, Range, make_range

TERM_DAYS: Final = 280
LONGEST_DAYS: Final = 44 * 7
"""Nobody is pregnant for longer: a pregnancy that nobody ended counts no more."""
PUERPERIUM_DAYS: Final = 42
_FUNDUS_WEEKS: Final = range(24, 39)
_FETAL_HEART_FROM_DAYS: Final = 14 * 7

_ACOG = "ACOG Committee Opinion 767, 2019"
_MEOWS = "Singh S et al., Anaesthesia 2012;67:12-18 (MEOWS)"
_FUNDUS = "ACOG and RCOG: weeks of pregnancy within 3 cm"

_ALL: Final = (12 * 10, OLDEST_MONTHS)
_RANGES: Final = (
    make_range(Vital.SYSTOLIC, _ALL, (89, 100, 139, 160), f"{_ACOG}; {_MEOWS}"),
    make_range(Vital.DIASTOLIC, _ALL, (None, 40, 89, 110), _ACOG),
    make_range(Vital.PULSE, _ALL, (39, 50, 100, 121), _MEOWS),
    make_range(Vital.RESPIRATION, _ALL, (9, 10, 20, 31), _MEOWS),
    make_range(Vital.TEMPERATURE, _ALL, (34.9, 36, 37.9, 38.1), _MEOWS, axillary=False),
    make_range(Vital.OXYGEN_SATURATION, _ALL, (94, 95, 100, None), _MEOWS),
)
UNREAD: Final = frozenset({Vital.BMI, Vital.WAIST})
"""Not read by the limits of others while somebody is pregnant."""


@dataclass(frozen=True, slots=True)
class Maternal:
    """A pregnancy at a measurement; without days of gestation it has ended."""

    gestation_days: int | None

    @property
    def pregnant(self) -> bool:
        """Whether it goes on; otherwise these are the six weeks after it."""
        return self.gestation_days is not None


def maternal_on(day: date, due_on: date, ended_on: date | None) -> Maternal | None:
    """What a pregnancy means on a day; None before it, long after it, and beyond 44 weeks."""
    gestation = gestation_days(due_on, day)
    if gestation < 0:
        return None
    if ended_on is None:
        return Maternal(gestation) if gestation <= LONGEST_DAYS else None
    if day < ended_on:
        return Maternal(gestation)
    after = day - ended_on
    return Maternal(None) if after <= timedelta(days=PUERPERIUM_DAYS) else None


def gestation_days(due_on: date, day: date) -> int:
    """Days of gestation; negative before it began."""
    return TERM_DAYS - (due_on - day).days


def maternal_range(vital: Vital, maternal: Maternal) -> Range | None:
    """The range that a pregnancy or the weeks after it bring; None where they change nothing."""
    days = maternal.gestation_days
    if vital is Vital.FUNDAL_HEIGHT:
        return _fundus(days)
    return next((one for one in _RANGES if one.vital is vital), None)


def fetal_heart_is_read(maternal: Maternal | None) -> bool:
    """Whether the limits of the later weeks apply; where no pregnancy is recorded they do."""
    if maternal is None or maternal.gestation_days is None:
        return True
    return maternal.gestation_days >= _FETAL_HEART_FROM_DAYS


def _fundus(days: int | None) -> Range | None:
    weeks = -1 if days is None else days // 7
    if weeks not in _FUNDUS_WEEKS:
        return None
    limits = (None, weeks - 3, weeks + 3, None)
    return make_range(Vital.FUNDAL_HEIGHT, _ALL, limits, _FUNDUS)
