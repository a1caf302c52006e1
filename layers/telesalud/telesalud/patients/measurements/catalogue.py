"""The vital signs that a chart knows: LOINC code, UCUM unit, precision, and human limits.

`possible` are limits that no living person has passed: beyond them a value is an error of typing
or of the instrument and is refused. They are set a little outside the extremes on record
(temperature: 13.7 °C survived, 46.5 °C; weight: 0.212 kg and 635 kg; height: 272 cm; blood pressure
during exertion: 370/360 mm[Hg]). `usual` is what an adult's value is seldom outside of: beyond it
the value is kept and the user is asked to look again.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final


class Vital(StrEnum):
    """The vital signs; the values are the names in the API."""

    SYSTOLIC = "systolic"
    DIASTOLIC = "diastolic"
    PULSE = "pulse"
    RESPIRATION = "respiration"
    TEMPERATURE = "temperature"
    OXYGEN_SATURATION = "oxygen_saturation"
    OXYGEN_FLOW = "oxygen_flow"
    OXYGEN_CONCENTRATION = "oxygen_concentration"
    WEIGHT = "weight"
    HEIGHT = "height"
    HEAD_CIRCUMFERENCE = "head_circumference"
    WAIST = "waist"
    BMI = "bmi"
    ARM_CIRCUMFERENCE = "arm_circumference"
    MEAN_PRESSURE = "mean_pressure"
    PAIN = "pain"
    GLUCOSE = "glucose"
    PEAK_FLOW = "peak_flow"
    FUNDAL_HEIGHT = "fundal_height"
    FETAL_HEART_RATE = "fetal_heart_rate"


DERIVED: Final = frozenset({Vital.BMI, Vital.MEAN_PRESSURE})
"""Computed from others and never given."""


@dataclass(frozen=True, slots=True)
class Definition:
    """One vital sign. Limits are in `unit` (UCUM); `decimals` is how it is stored."""

    vital: Vital
    loinc: str
    unit: str
    decimals: int
    possible: tuple[Decimal, Decimal]
    usual: tuple[Decimal, Decimal]


def _define(
    vital: Vital,
    loinc: str,
    stored: tuple[str, int],
    possible: tuple[str, str],
    usual: tuple[str, str],
) -> Definition:
    low, high = map(Decimal, possible)
    usual_low, usual_high = map(Decimal, usual)
    return Definition(vital, loinc, *stored, (low, high), (usual_low, usual_high))


_ALL: Final = (
    _define(Vital.SYSTOLIC, "8480-6", ("mm[Hg]", 0), ("20", "380"), ("70", "220")),
    _define(Vital.DIASTOLIC, "8462-4", ("mm[Hg]", 0), ("5", "365"), ("35", "130")),
    _define(Vital.PULSE, "8867-4", ("/min", 0), ("0", "400"), ("35", "180")),
    _define(Vital.RESPIRATION, "9279-1", ("/min", 0), ("0", "150"), ("6", "50")),
    _define(Vital.TEMPERATURE, "8310-5", ("Cel", 1), ("13", "47"), ("33", "41.5")),
    _define(Vital.OXYGEN_SATURATION, "59408-5", ("%", 0), ("10", "100"), ("75", "100")),
    _define(Vital.OXYGEN_FLOW, "3151-8", ("L/min", 1), ("0", "80"), ("0", "60")),
    _define(Vital.OXYGEN_CONCENTRATION, "3150-0", ("%", 0), ("21", "100"), ("21", "100")),
    _define(Vital.WEIGHT, "29463-7", ("kg", 3), ("0.2", "650"), ("35", "180")),
    _define(Vital.HEIGHT, "8302-2", ("cm", 1), ("20", "275"), ("130", "205")),
    _define(Vital.HEAD_CIRCUMFERENCE, "9843-4", ("cm", 1), ("12", "120"), ("50", "62")),
    _define(Vital.WAIST, "8280-0", ("cm", 1), ("15", "350"), ("50", "160")),
    _define(Vital.BMI, "39156-5", ("kg/m2", 1), ("3", "250"), ("13", "50")),
    _define(Vital.ARM_CIRCUMFERENCE, "56072-2", ("cm", 1), ("4", "120"), ("16", "60")),
    _define(Vital.MEAN_PRESSURE, "8478-0", ("mm[Hg]", 0), ("5", "375"), ("45", "160")),
    _define(Vital.PAIN, "72514-3", ("{score}", 0), ("0", "10"), ("0", "10")),
    # Measured by a strip in capillary blood; 2.5 to 27.8 mmol/L is usual even in disease.
    _define(Vital.GLUCOSE, "41653-7", ("mg/dL", 0), ("10", "2700"), ("45", "500")),
    _define(Vital.PEAK_FLOW, "19935-6", ("L/min", 0), ("20", "1000"), ("60", "800")),
    _define(Vital.FUNDAL_HEIGHT, "11881-0", ("cm", 1), ("5", "70"), ("8", "45")),
    _define(Vital.FETAL_HEART_RATE, "55283-6", ("/min", 0), ("20", "300"), ("80", "210")),
)
CATALOGUE: Final = {definition.vital: definition for definition in _ALL}
