"""What a set of measured vital signs means for one person: refused, flagged, interpreted, derived.

Interpretations are codes of HL7 v3 ObservationInterpretation: N normal, L low, H high, LL and HH
critically low and high. A value without a reference range has none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final, Literal

from telesalud.patients.measurements.catalogue import CATALOGUE, Vital
from telesalud.patients.measurements.growth import (
    STANDING_FROM_DAY,
    Growth,
    Indicator,
    assess_growth,
    posture_corrected,
)
from telesalud.patients.measurements.ranges import Range, Sex, find_range
from telesalud.patients.measurements.units import CONVERSIONS, to_metric
from telesalud.patients.people.births import Age
from telesalud.platform.errors import FieldError, Invalid

GROWN_UP_MONTHS: Final = 19 * 12
WEIGHT_FOR_STATURE_TO_DAY: Final = 1856
"""The WHO Child Growth Standards end here; later a small body must not pass for a small child's."""


class Interpretation(StrEnum):
    """HL7 v3 ObservationInterpretation, as far as vital signs need it."""

    NORMAL = "N"
    LOW = "L"
    HIGH = "H"
    CRITICAL_LOW = "LL"
    CRITICAL_HIGH = "HH"


@dataclass(frozen=True, slots=True)
class Measured:
    """A value as it was given, with its UCUM unit."""

    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Person:
    """Whose values they are; `lying` tells how the height of a small child was taken."""

    age: Age
    sex: Sex
    lying: bool | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One assessed value in its stored unit.

    `unusual` asks for a second look; `likely_unit` is the UCUM unit in which the number would be
    usual, which suggests that units were confused.
    """

    vital: Vital
    value: Decimal
    unit: str
    loinc: str
    interpretation: Interpretation | None
    range: Range | None
    unusual: bool
    likely_unit: str | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that follows from one set of vital signs; `bmi` is among the findings."""

    findings: tuple[Finding, ...]
    growth: tuple[Growth, ...]


def assess(
    measured: Mapping[Vital, Measured], person: Person, ranges: Sequence[Range] | None = None
) -> Assessment:
    """Convert, check and interpret the vital signs of one moment.

    Raises Invalid, with one field error per value, for what is not humanly possible; its code is
    `impossible`, or `unit-confused` when another unit explains the number.
    """
    values, errors = _convert(measured)
    if errors:
        raise Invalid("some values are not humanly possible", fields=errors)
    if {Vital.WEIGHT, Vital.HEIGHT} <= values.keys():
        values[Vital.BMI] = _possible_bmi(values)
    growth = tuple(_growth(values, person))
    findings = [_finding(vital, values, person, growth, ranges) for vital in values]
    return Assessment(tuple(findings), growth)


def body_mass_index(weight_kg: Decimal, height_cm: Decimal) -> Decimal:
    """Weight over the square of the height, kg/m2 (LOINC 39156-5), one decimal."""
    return (weight_kg / (height_cm / 100) ** 2).quantize(Decimal("0.1"))


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


def _possible_bmi(values: Mapping[Vital, Decimal]) -> Decimal:
    """The body mass index. Raises Invalid when nobody's body can be so."""
    index = body_mass_index(values[Vital.WEIGHT], values[Vital.HEIGHT])
    low, high = CATALOGUE[Vital.BMI].possible
    if low <= index <= high:
        return index
    detail = (
        f"weight and height do not fit each other (body mass index {index}); were they swapped?"
    )
    raise Invalid(
        "some values are not humanly possible",
        fields=[FieldError(f"/{v}", "mismatch", detail) for v in (Vital.WEIGHT, Vital.HEIGHT)],
    )


def _convert(
    measured: Mapping[Vital, Measured],
) -> tuple[dict[Vital, Decimal], list[FieldError]]:
    values: dict[Vital, Decimal] = {}
    errors: list[FieldError] = []
    for vital, given in measured.items():
        if vital is Vital.BMI:
            detail = "the body mass index is derived from weight and height"
            errors.append(FieldError("/bmi", "derived", detail))
            continue
        try:
            values[vital] = to_metric(vital, given.value, given.unit)
        except Invalid as refused:
            errors.extend(refused.fields)
            continue
        errors.extend(_impossible(vital, values[vital], given))
    systolic, diastolic = values.get(Vital.SYSTOLIC), values.get(Vital.DIASTOLIC)
    if systolic is not None and diastolic is not None and diastolic >= systolic:
        detail = "the diastolic pressure is not below the systolic; were they swapped?"
        errors.append(FieldError("/diastolic", "above-systolic", detail))
    return values, errors


def _impossible(vital: Vital, value: Decimal, given: Measured) -> Iterator[FieldError]:
    definition = CATALOGUE[vital]
    low, high = definition.possible
    if low <= value <= high:
        return
    meant = _unit_that_fits(vital, given.value)
    if meant and given.unit == definition.unit:
        detail = f"not possible in {definition.unit}; was it measured in {meant}?"
        yield FieldError(f"/{vital}", "unit-confused", detail, {"unit": meant})
    else:
        detail = f"possible are {low} to {high} {definition.unit}"
        params: dict[str, str | float] = {
            "low": float(low),
            "high": float(high),
            "unit": definition.unit,
        }
        yield FieldError(f"/{vital}", "impossible", detail, params)


def _unit_that_fits(vital: Vital, number: Decimal) -> str | None:
    """The unit in which the bare number would be possible; most telling conversion first."""
    definition = CATALOGUE[vital]
    low, high = definition.possible
    if vital in _USUAL_DECIDES:
        low, high = definition.usual
    for given, stored in CONVERSIONS:
        if stored == definition.unit and low <= to_metric(vital, number, given) <= high:
            return given
    return None


# For these a number that is impossible in one unit is possible in several others, so that only
# what is usual can tell which was meant. A weight may be a newborn's, given in grams.
_USUAL_DECIDES: Final = frozenset(
    {Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.TEMPERATURE, Vital.HEIGHT, Vital.OXYGEN_SATURATION}
)


def _finding(
    vital: Vital,
    values: Mapping[Vital, Decimal],
    person: Person,
    growth: Sequence[Growth],
    ranges: Sequence[Range] | None,
) -> Finding:
    definition = CATALOGUE[vital]
    value = values[vital]
    found = find_range(vital, person.age.total_months, person.sex, ranges)
    finding = Finding(
        vital=vital,
        value=value,
        unit=definition.unit,
        loinc=definition.loinc,
        interpretation=interpret(value, found),
        range=found,
        unusual=_unusual(vital, value, person, growth, found),
        likely_unit=_confused_unit(vital, values, person),
    )
    if vital is Vital.BMI and found is None:
        finding = replace(finding, interpretation=_child_bmi(person, growth))
    return replace(finding, unusual=finding.unusual or finding.likely_unit is not None)


_GROWTH_OF: Final = {
    Vital.WEIGHT: Indicator.WEIGHT,
    Vital.HEIGHT: Indicator.HEIGHT,
    Vital.BMI: Indicator.BMI,
    Vital.HEAD_CIRCUMFERENCE: Indicator.HEAD_CIRCUMFERENCE,
}


def _unusual(
    vital: Vital, value: Decimal, person: Person, growth: Sequence[Growth], found: Range | None
) -> bool:
    """Children are judged by growth standards and ranges of their age, adults by usual limits."""
    indicator = _GROWTH_OF.get(vital)
    if indicator and person.age.total_months < GROWN_UP_MONTHS:
        return any(g.implausible for g in growth if g.indicator is indicator)
    if person.age.years < 16 and vital in _AGE_DECIDES:
        return found is not None and _far(value, found)
    low, high = CATALOGUE[vital].usual
    return not low <= value <= high


_AGE_DECIDES: Final = frozenset(
    {Vital.PULSE, Vital.RESPIRATION, Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.WAIST}
)


def _far(value: Decimal, found: Range) -> bool:
    """More than a third outside of the range."""
    too_low = found.low is not None and value < found.low * 2 / 3
    return too_low or (found.high is not None and value > found.high * 4 / 3)


def _confused_unit(vital: Vital, values: Mapping[Vital, Decimal], person: Person) -> str | None:
    """`[lb_av]` or `[in_i]` when a possible number makes an improbable body, and that unit a
    plain one. Judged by the body mass index, or for children by growth at their age."""
    if vital not in (Vital.WEIGHT, Vital.HEIGHT):
        return None
    unit = "[lb_av]" if vital is Vital.WEIGHT else "[in_i]"
    other = to_metric(vital, values[vital], unit)
    before = _improbability(vital, values, person)
    after = _improbability(vital, {**values, vital: other}, person)
    if before is None or after is None:
        return None
    return unit if before > _IMPROBABLE and after < _PLAIN else None


_IMPROBABLE: Final = 3.5
_PLAIN: Final = 2.0


def _improbability(vital: Vital, values: Mapping[Vital, Decimal], person: Person) -> float | None:
    """About how many standard deviations a weight or height lies from the usual."""
    if person.age.total_months < GROWN_UP_MONTHS:
        indicator = _GROWTH_OF[vital]
        place = _place(indicator, float(values[vital]), person)
        return None if place is None else abs(place.z_score)
    if vital is Vital.HEIGHT:
        return abs(float(values[vital]) - 165) / 10
    if Vital.HEIGHT not in values:
        return None
    bmi = float(body_mass_index(values[Vital.WEIGHT], values[Vital.HEIGHT]))
    return abs(bmi - 26) / 5


def _place(
    indicator: Indicator, value: float, person: Person, stature_cm: float | None = None
) -> Growth | None:
    """The place at the person's age, or at a length or height where one is given."""
    sex = _standard_sex(person.sex)
    at = person.age.total_days if stature_cm is None else stature_cm
    return assess_growth(indicator, value, at, sex) if sex else None


def _standard_sex(sex: Sex) -> Literal["male", "female"] | None:
    if sex == "male":
        return "male"
    return "female" if sex == "female" else None


def _growth(values: Mapping[Vital, Decimal], person: Person) -> Iterator[Growth]:
    """The standards that apply; the body mass index of a small child needs its posture too."""
    days = person.age.total_days
    body = {vital: float(value) for vital, value in values.items() if vital in _GROWTH_OF}
    if Vital.HEIGHT in body and person.lying is not None:
        body[Vital.HEIGHT] = posture_corrected(body[Vital.HEIGHT], days, lying=person.lying)
        if Vital.WEIGHT in body:
            body[Vital.BMI] = body[Vital.WEIGHT] / (body[Vital.HEIGHT] / 100) ** 2
    for vital, value in body.items():
        place = _place(_GROWTH_OF[vital], value, person)
        if place:
            yield place
    if {Vital.WEIGHT, Vital.HEIGHT} <= body.keys() and days <= WEIGHT_FOR_STATURE_TO_DAY:
        lying = days < STANDING_FROM_DAY
        indicator = Indicator.WEIGHT_FOR_LENGTH if lying else Indicator.WEIGHT_FOR_HEIGHT
        place = _place(indicator, body[Vital.WEIGHT], person, body[Vital.HEIGHT])
        if place:
            yield place


def _child_bmi(person: Person, growth: Sequence[Growth]) -> Interpretation | None:
    """WHO's cut-offs: thin below -2 SD, severely below -3 SD; overweight above +2 SD, from five
    years on above +1 SD. Obesity is not an emergency and is read as H too."""
    place = next((g for g in growth if g.indicator is Indicator.BMI), None)
    if place is None:
        return None
    if place.z_score < -3:
        return Interpretation.CRITICAL_LOW
    if place.z_score < -2:
        return Interpretation.LOW
    overweight = 1 if person.age.years >= 5 else 2
    return Interpretation.HIGH if place.z_score > overweight else Interpretation.NORMAL
