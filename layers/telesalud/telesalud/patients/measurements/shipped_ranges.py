"""The reference ranges that are shipped, each with its source (docs/clinical/vitals.md).

Blood pressure of children from one to twelve years is judged in `pressure`, oxygen at altitude and
under oxygen in `oxygen`, what a pregnancy changes in `pregnancy`.
"""

from typing import Final

from telesalud.patients.measurements.catalogue import Vital
from telesalud.patients.measurements.ranges import OLDEST_MONTHS, Range, make_range

NEWS2 = "Royal College of Physicians, National Early Warning Score (NEWS) 2, 2017"
IMCI = "WHO, Integrated Management of Childhood Illness: chart booklet, 2014"
POCKET_BOOK = "WHO, Pocket book of hospital care for children, 2nd edition, 2013"
FLEMING = "Fleming S et al., Lancet 2011;377:1011-1018, 1st and 99th centiles"
PALS = "American Heart Association, Pediatric Advanced Life Support"
BTS = "British Thoracic Society, community acquired pneumonia in children, 2011 (severe)"
TASK_FORCE = "Second Task Force on Blood Pressure Control in Children, Pediatrics 1987;79:1-25"
DIONNE = "Dionne JM et al., Pediatr Nephrol 2012;27:17-32 (44 weeks after conception)"
AAP = "Flynn JT et al., Pediatrics 2017;140(3):e20171904"
ISH = "Unger T et al., ISH global hypertension practice guidelines, Hypertension 2020;75:1334-1357"
WHO_OBESITY = "WHO Technical Report Series 894, 2000"
WHO_SAM = "WHO and UNICEF, child growth standards and severe acute malnutrition, 2009"
IDF = "IDF consensus worldwide definition of the metabolic syndrome, 2006 (Central, South America)"
ADA = "American Diabetes Association, Standards of Care 2024, section 6"
FIGO = "FIGO consensus guidelines on intrapartum fetal monitoring, 2015"
OWN = "own judgement, to be confirmed by the institution"

_YEAR = 12
GROWN: Final = (16 * _YEAR, OLDEST_MONTHS)

# Completed months, then 1st and 99th centile of the heart rate and the 1st of the breathing rate.
# The first row takes in the day of birth (90 to 164) and the weeks after it (107 to 181): a
# newborn asleep is slower than one awake.
_FLEMING_ROWS = (
    (0, 1, 90, 181, 25),
    (1, 3, 107, 181, 25),
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


def _critical_pulse(months: int) -> tuple[float, float]:
    """Below 60 a small child is about to arrest, above 220 (infants) or 180 it is hardly sinus
    rhythm (PALS). From six years on the limits come near the adult's: own judgement."""
    if months < _YEAR:
        return 59, 220
    if months < 6 * _YEAR:
        return 59, 180
    return (50, 170) if months < 8 * _YEAR else (40, 160) if months < 12 * _YEAR else (40, 140)


def _critical_breathing(months: int) -> tuple[float, float]:
    """Below 20 is a danger sign of the newborn (pocket book), kept for the first year; below 10
    at any age (PALS). Above 70 in infants and 50 later is severe (BTS), 30 near the adult's."""
    low = 19 if months < _YEAR else 9
    return low, 71 if months < _YEAR else 51 if months < 12 * _YEAR else 30


def _heart_and_breathing() -> list[Range]:
    made = []
    for begin, end, slow, fast, breathing in _FLEMING_ROWS:
        critical_low, critical_high = _critical_pulse(begin)
        source = f"{FLEMING}; {PALS}" if begin < 6 * _YEAR else f"{FLEMING}; {OWN}"
        limits = (critical_low, slow, fast, critical_high)
        made.append(make_range(Vital.PULSE, (begin, end), limits, source))
        high = _BREATHING_HIGH.get((begin, end))
        if high:
            low, beyond = _critical_breathing(begin)
            limits = (low, breathing, high, beyond)
            source = f"{FLEMING}; {PALS}; {BTS if begin < 144 else OWN}"
            made.append(make_range(Vital.RESPIRATION, (begin, end), limits, source))
    # Fast breathing is 60 and more before 2 months, 50 before 1 year, 40 before 5 years (IMCI).
    for months, slow, fast in (((0, 2), 25, 59), ((2, 12), 22, 49), ((12, 60), 17, 39)):
        low, beyond = _critical_breathing(months[0])
        source = f"{IMCI}; {POCKET_BOOK}; {BTS}"
        made.append(make_range(Vital.RESPIRATION, months, (low, slow, fast, beyond), source))
    made.append(make_range(Vital.RESPIRATION, (60, 72), (9, 17, 29, 51), f"{FLEMING}; {PALS}"))
    return made


def _infants_pressure() -> list[Range]:
    """Significant hypertension is flagged, severe is critical (Task Force); low by PALS.

    The Task Force has no diastolic limits of the first month: the 95th and 99th centiles of
    newborns are Dionne's.
    """
    source = f"{TASK_FORCE}; {PALS}"
    rows = (((0, 1), (0, 8), 59, 95, 106), ((0, 1), (8, None), 59, 103, 110))
    made = [
        make_range(Vital.SYSTOLIC, months, (low, low + 1, high, critical), source, days=days)
        for months, days, low, high, critical in rows
    ]
    made.append(make_range(Vital.DIASTOLIC, (0, 1), (None, 20, 67, 73), f"{DIONNE}; {OWN}"))
    made.append(make_range(Vital.SYSTOLIC, (1, 12), (69, 70, 111, 118), source))
    made.append(make_range(Vital.DIASTOLIC, (1, 12), (None, 25, 73, 82), f"{TASK_FORCE}; {OWN}"))
    return made


RANGES: Final[tuple[Range, ...]] = (
    *_heart_and_breathing(),
    make_range(Vital.PULSE, GROWN, (40, 51, 90, 131), NEWS2),
    make_range(Vital.RESPIRATION, GROWN, (8, 12, 20, 25), NEWS2),
    *_infants_pressure(),
    make_range(
        Vital.SYSTOLIC, (13 * _YEAR, 18 * _YEAR), (89, 90, 119, 180), f"{AAP}; {PALS}; {ISH}"
    ),
    make_range(
        Vital.DIASTOLIC, (13 * _YEAR, 18 * _YEAR), (None, 40, 79, 110), f"{AAP}; {ISH}; {OWN}"
    ),
    # Slim young people have 98/58: only what NEWS2 takes for an emergency is low.
    make_range(Vital.SYSTOLIC, (18 * _YEAR, OLDEST_MONTHS), (90, 91, 139, 180), f"{ISH}; {NEWS2}"),
    make_range(Vital.DIASTOLIC, (18 * _YEAR, OLDEST_MONTHS), (None, 40, 89, 110), f"{ISH}; {OWN}"),
    # In the first two months fever and low temperature are danger signs by themselves.
    make_range(Vital.TEMPERATURE, (0, 2), (35.4, 36.5, 37.4, 37.5), IMCI, axillary=True),
    make_range(Vital.TEMPERATURE, (2, 192), (35, 35.5, 37.4, 41), IMCI, axillary=True),
    make_range(Vital.TEMPERATURE, GROWN, (35, 36.1, 38, 41), NEWS2, axillary=False),
    make_range(Vital.OXYGEN_SATURATION, (0, 192), (89, 94, 100, None), f"{IMCI}; {POCKET_BOOK}"),
    make_range(Vital.OXYGEN_SATURATION, GROWN, (91, 96, 100, None), NEWS2),
    # Below 19 years the body mass index is read by the growth standards instead. Obesity is no
    # emergency: above 40 it has a grade, not a critical flag.
    make_range(Vital.BMI, (19 * _YEAR, OLDEST_MONTHS), (15.9, 18.5, 24.9, None), WHO_OBESITY),
    make_range(Vital.WAIST, (18 * _YEAR, OLDEST_MONTHS), (None, None, 89.9, None), IDF, "male"),
    make_range(Vital.WAIST, (18 * _YEAR, OLDEST_MONTHS), (None, None, 79.9, None), IDF, "female"),
    # From 6 to 59 months: below 115 mm severe, below 125 mm moderate acute malnutrition.
    make_range(Vital.ARM_CIRCUMFERENCE, (6, 60), (11.4, 12.5, None, None), WHO_SAM),
    make_range(Vital.GLUCOSE, (0, 1), (39, 45, 150, 300), f"{POCKET_BOOK}; {OWN}"),
    make_range(Vital.GLUCOSE, (1, 192), (53, 70, 199, 400), f"{ADA}; {OWN}"),
    make_range(Vital.GLUCOSE, GROWN, (53, 70, 199, 400), f"{ADA}; {OWN}"),
    make_range(Vital.PAIN, (0, OLDEST_MONTHS), (None, None, 3, None), OWN),
    make_range(Vital.FETAL_HEART_RATE, (0, OLDEST_MONTHS), (99, 110, 160, 181), f"{FIGO}; {OWN}"),
)
