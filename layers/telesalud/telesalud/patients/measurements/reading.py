"""Which range a value is read by, and what it says: the institution's own comes first, then what a
pregnancy, oxygen or the altitude changes, then the shipped range of the age."""

from decimal import Decimal
from enum import StrEnum
from typing import Final

from telesalud.patients.measurements import oxygen, pregnancy, pressure
from telesalud.patients.measurements.catalogue import Vital
from telesalud.patients.measurements.person import Person, Setting
from telesalud.patients.measurements.ranges import Range, find_own, find_range
from telesalud.patients.measurements.shipped_ranges import RANGES


class Interpretation(StrEnum):
    """HL7 v3 ObservationInterpretation, as far as vital signs need it."""

    NORMAL = "N"
    LOW = "L"
    HIGH = "H"
    CRITICAL_LOW = "LL"
    CRITICAL_HIGH = "HH"


# How much less than the body's core an instrument reads there (IMCI: rectal 0.5 °C above axillary).
_BELOW_CORE: Final = {
    "axillary": Decimal("0.5"),
    "oral": Decimal("0.2"),
    "forehead": Decimal("0.2"),
    "tympanic": Decimal(0),
    "rectal": Decimal(0),
}
_AXILLARY_BELOW_CORE: Final = _BELOW_CORE["axillary"]


def interpret(value: Decimal, found: Range | None) -> Interpretation | None:
    """The code of a value against its range, None without one."""
    if found is None:
        return None
    if found.critical_low is not None and value <= found.critical_low:
        return Interpretation.CRITICAL_LOW
    if found.critical_high is not None and value >= found.critical_high:
        return Interpretation.CRITICAL_HIGH
    if found.low is not None and value < found.low:
        return Interpretation.LOW
    if found.high is not None and value > found.high:
        return Interpretation.HIGH
    return Interpretation.NORMAL


def range_for(
    vital: Vital, person: Person, taken: Setting, height_cm: Decimal | None
) -> Range | None:
    """The range that a value of this person is read by."""
    pregnant = person.maternal is not None
    found = find_own(
        vital,
        person.age,
        person.sex,
        taken.ranges,
        altitude_m=taken.altitude_m,
        pregnant=pregnant,
    )
    if found is None:
        found = _shipped(vital, person, taken, height_cm)
    if found is not None and vital is Vital.TEMPERATURE:
        return _by_method(found, taken.temperature_method)
    return found


def _shipped(
    vital: Vital, person: Person, taken: Setting, height_cm: Decimal | None
) -> Range | None:
    maternal = person.maternal
    if maternal is not None and vital in pregnancy.UNREAD:
        return None
    if vital is Vital.FETAL_HEART_RATE and not pregnancy.fetal_heart_is_read(maternal):
        return None
    found = pregnancy.maternal_range(vital, maternal) if maternal else None
    found = found or pressure.child_range(vital, person.age, person.sex, height_cm)
    found = found or find_range(vital, person.age, person.sex, RANGES)
    if found is None or vital is not Vital.OXYGEN_SATURATION:
        return found
    if taken.oxygen_scale == 2 and person.age.years >= 16:
        return oxygen.on_scale_2(found, on_oxygen=taken.on_oxygen is True)
    if taken.on_oxygen:
        return found  # with oxygen the altitude explains nothing
    return oxygen.at_altitude(found, taken.altitude_m)


def _by_method(found: Range, method: str | None) -> Range:
    """The limits as the instrument at that place of the body would read them."""
    below = _BELOW_CORE.get(method or "")
    if below is None or found.axillary is None:
        return found
    meant = _AXILLARY_BELOW_CORE if found.axillary else Decimal(0)
    return found.shifted(meant - below)
