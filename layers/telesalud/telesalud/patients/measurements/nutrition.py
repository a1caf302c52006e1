"""Nutrition in WHO's words, from growth, the arm's circumference and oedema.

Below five years: severe acute malnutrition is a weight for length or height below -3 SD, an arm of
less than 115 mm (6 to 59 months), or oedema of both feet (WHO and UNICEF, 2009); moderate is -3 to
below -2 SD or 115 to below 125 mm. Stunting and underweight below -2 SD, severe below -3 SD. From
five to nineteen years by the body mass index (WHO reference 2007). A score that is hardly
believable still counts for severe acute malnutrition, which kills, and for nothing else.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from telesalud.patients.measurements.catalogue import Vital
from telesalud.patients.measurements.growth import BY_STATURE, Growth, Indicator
from telesalud.patients.people.births import Age

SEVERE_ACUTE: Final = "severe-acute-malnutrition"
MODERATE_ACUTE: Final = "moderate-acute-malnutrition"
_UNDER_FIVE_MONTHS: Final = 60
_ARM_FROM_MONTHS: Final = 6
_SEVERE_ARM_CM: Final = Decimal("11.5")
_MODERATE_ARM_CM: Final = Decimal("12.5")


@dataclass(frozen=True, slots=True)
class Nutrition:
    """A word of WHO's and what it was found by: indicators, `arm_circumference`, `oedema`."""

    code: str
    basis: tuple[str, ...]


def nutrition(
    age: Age, growth: Sequence[Growth], values: Mapping[Vital, Decimal], *, oedema: bool
) -> tuple[Nutrition, ...]:
    """What is said of a child's nutrition, acute malnutrition first."""
    acute: list[Nutrition] = []
    if age.total_months < _UNDER_FIVE_MONTHS:
        acute = list(_acute(age, growth, values, oedema=oedema))
    return (*acute, *(one for place in growth for one in _chronic(place, age)))


def _acute(
    age: Age, growth: Sequence[Growth], values: Mapping[Vital, Decimal], *, oedema: bool
) -> Iterator[Nutrition]:
    severe = ["oedema"] if oedema else []
    moderate: list[str] = []
    for place in growth:
        if place.indicator in BY_STATURE and place.z_score < -2:
            (severe if place.z_score < -3 else moderate).append(place.indicator.value)
    arm = values.get(Vital.ARM_CIRCUMFERENCE)
    if arm is not None and age.total_months >= _ARM_FROM_MONTHS and arm < _MODERATE_ARM_CM:
        (severe if arm < _SEVERE_ARM_CM else moderate).append(Vital.ARM_CIRCUMFERENCE.value)
    if severe:
        yield Nutrition(SEVERE_ACUTE, tuple(severe))
    elif moderate:
        yield Nutrition(MODERATE_ACUTE, tuple(moderate))


def _chronic(place: Growth, age: Age) -> Iterator[Nutrition]:
    z, basis = place.z_score, (place.indicator.value,)
    if place.implausible:
        return
    under_five = age.total_months < _UNDER_FIVE_MONTHS
    code = None
    if place.indicator is Indicator.HEIGHT and z < -2:
        code = "severe-stunting" if z < -3 else "stunting"
    elif place.indicator is Indicator.WEIGHT and z < -2:
        code = "severe-underweight" if z < -3 else "underweight"
    elif place.indicator in BY_STATURE and z > 2:
        code = "obesity" if z > 3 else "overweight"
    elif place.indicator is Indicator.BMI and not under_five:
        code = _by_body_mass(z)
    if code:
        yield Nutrition(code, basis)


def _by_body_mass(z: float) -> str | None:
    if z < -2:
        return "severe-thinness" if z < -3 else "thinness"
    return None if z <= 1 else "obesity" if z > 2 else "overweight"
