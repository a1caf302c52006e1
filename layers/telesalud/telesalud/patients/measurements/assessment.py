"""What a set of measured vital signs means for one person: refused, flagged, interpreted, derived.

Interpretations are codes of HL7 v3 ObservationInterpretation: N normal, L low, H high, LL and HH
critically low and high. A value without a reference range has none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from telesalud.patients.measurements import news2, pressure
from telesalud.patients.measurements.catalogue import CATALOGUE, DERIVED, Vital
from telesalud.patients.measurements.children import (
    child_reading,
    growth_of,
    impossible_growth,
    likely_growth,
)
from telesalud.patients.measurements.converting import Measured, convert
from telesalud.patients.measurements.growth import GROWTH_OF, Growth
from telesalud.patients.measurements.nutrition import Nutrition, nutrition
from telesalud.patients.measurements.person import Person, Setting
from telesalud.patients.measurements.ranges import Range
from telesalud.patients.measurements.reading import Interpretation, interpret, range_for
from telesalud.patients.measurements.units import to_metric
from telesalud.platform.errors import FieldError, Invalid


@dataclass(frozen=True, slots=True)
class Finding:
    """One assessed value in its stored unit.

    `unusual` asks for a second look; `likely_unit` is the UCUM unit in which the number would be
    usual, which suggests that units were confused; `grade` is a stage of blood pressure or weight.
    """

    vital: Vital
    value: Decimal
    unit: str
    loinc: str
    interpretation: Interpretation | None
    range: Range | None
    unusual: bool
    likely_unit: str | None
    grade: str | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that follows from one set of vital signs; findings include what is derived."""

    findings: tuple[Finding, ...]
    growth: tuple[Growth, ...]
    nutrition: tuple[Nutrition, ...] = ()
    score: news2.Score | None = None


def assess(
    measured: Mapping[Vital, Measured], person: Person, taken: Setting | None = None
) -> Assessment:
    """Convert, check and interpret the vital signs of one moment.

    Raises Invalid, with one field error per value, for what is not humanly possible; its code is
    `impossible`, or `unit-confused` when another unit explains the number.
    """
    taken = taken or Setting()
    values, errors = convert(measured)
    if errors:
        raise Invalid("some values are not humanly possible", fields=errors)
    _derive(values)
    growth = growth_of(values, person, oedema=taken.oedema)
    findings = tuple(_finding(vital, values, person, taken, growth) for vital in values)
    words: tuple[Nutrition, ...] = ()
    if person.grows:
        certain = likely_growth(values, person, oedema=taken.oedema)
        words = nutrition(person.age, certain, values, oedema=taken.oedema)
    return Assessment(findings, growth, words, _score(values, person, taken))


def body_mass_index(weight_kg: Decimal, height_cm: Decimal) -> Decimal:
    """Weight over the square of the height, kg/m2 (LOINC 39156-5), one decimal."""
    return (weight_kg / (height_cm / 100) ** 2).quantize(Decimal("0.1"), ROUND_HALF_UP)


def mean_pressure(systolic: Decimal, diastolic: Decimal) -> Decimal:
    """The mean arterial pressure, mm[Hg] (LOINC 8478-0): a third systole, two thirds diastole."""
    return ((systolic + 2 * diastolic) / 3).quantize(Decimal(1), ROUND_HALF_UP)


def _derive(values: dict[Vital, Decimal]) -> None:
    if {Vital.WEIGHT, Vital.HEIGHT} <= values.keys():
        values[Vital.BMI] = _possible_bmi(values)
    if {Vital.SYSTOLIC, Vital.DIASTOLIC} <= values.keys():
        both = values[Vital.SYSTOLIC], values[Vital.DIASTOLIC]
        values[Vital.MEAN_PRESSURE] = mean_pressure(*both)


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


def _score(values: Mapping[Vital, Decimal], person: Person, taken: Setting) -> news2.Score | None:
    if person.age.years < news2.FROM_YEARS or person.maternal is not None:
        return None
    return news2.news2(
        values,
        consciousness=taken.consciousness,
        on_oxygen=taken.on_oxygen,
        scale=taken.oxygen_scale,
        altitude_m=taken.altitude_m,
    )


def _finding(
    vital: Vital,
    values: Mapping[Vital, Decimal],
    person: Person,
    taken: Setting,
    growth: Sequence[Growth],
) -> Finding:
    definition = CATALOGUE[vital]
    value = values[vital]
    height = values.get(Vital.HEIGHT, person.height_cm)
    found = range_for(vital, person, taken, height)
    code = interpret(value, found)
    if found is None and person.grows:
        code = child_reading(vital, person, growth)
    likely = _confused_unit(vital, values, person)
    return Finding(
        vital=vital,
        value=value,
        unit=definition.unit,
        loinc=definition.loinc,
        interpretation=code,
        range=found,
        unusual=likely is not None or _unusual(vital, values, person, found),
        likely_unit=likely,
        grade=_grade(vital, value, person, height),
    )


def _grade(vital: Vital, value: Decimal, person: Person, height: Decimal | None) -> str | None:
    pregnant = person.maternal is not None
    if vital is Vital.BMI and not person.grows and not pregnant:
        return next((name for name, low in _BODY_MASS if value >= low), None)
    return pressure.grade(vital, value, person.age, person.sex, height, pregnant=pregnant)


_BODY_MASS: Final = (
    ("obesity-3", 40),
    ("obesity-2", 35),
    ("obesity-1", 30),
    ("overweight", 25),
)
"""WHO TRS 894: from which body mass index a grade begins."""


def _unusual(
    vital: Vital, values: Mapping[Vital, Decimal], person: Person, found: Range | None
) -> bool:
    """Children are judged by growth standards and ranges of their age, adults by usual limits.

    Of a child whose sex no standard knows, by both: what is impossible in either needs no sex.
    """
    value = values[vital]
    if vital in DERIVED and vital is not Vital.BMI:
        return False
    indicator = GROWTH_OF.get(vital)
    if indicator and person.grows:
        return all(
            impossible_growth(indicator, values, person, sex) for sex in person.standard_sexes
        )
    if person.age.years < 16 and vital in _AGE_DECIDES:
        return _far(value, found, CATALOGUE[vital].usual[1])
    low, high = CATALOGUE[vital].usual
    return not low <= value <= high


_AGE_DECIDES: Final = frozenset(
    {
        Vital.PULSE,
        Vital.RESPIRATION,
        Vital.SYSTOLIC,
        Vital.DIASTOLIC,
        Vital.WAIST,
        Vital.ARM_CIRCUMFERENCE,
        Vital.GLUCOSE,
    }
)


def _far(value: Decimal, found: Range | None, adults_high: Decimal) -> bool:
    """More than a third outside of the range; where none ends above, beyond what adults have."""
    low, high = (None, None) if found is None else (found.low, found.high)
    too_low = low is not None and value < low * 2 / 3
    return too_low or value > (adults_high if high is None else high * 4 / 3)


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
    if person.grows:
        only = {vital: values[vital]}
        places = [
            abs(one.z_score)
            for sex in person.standard_sexes
            for one in growth_of(only, person, sex=sex)
            if one.indicator is GROWTH_OF[vital]
        ]
        return min(places, default=None)
    if vital is Vital.HEIGHT:
        return abs(float(values[vital]) - 165) / 10
    if Vital.HEIGHT not in values:
        return None
    bmi = float(body_mass_index(values[Vital.WEIGHT], values[Vital.HEIGHT]))
    return abs(bmi - 26) / 5
