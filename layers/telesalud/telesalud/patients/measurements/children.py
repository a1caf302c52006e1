"""A child's place among children, with posture, prematurity, oedema and an unknown sex in mind."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from telesalud.patients.measurements.catalogue import CATALOGUE, Vital
from telesalud.patients.measurements.growth import (
    BY_STATURE,
    GROWTH_OF,
    IMPLAUSIBLE,
    STANDING_FROM_DAY,
    Growth,
    Indicator,
    assess_growth,
    covered,
    posture_corrected,
    value_at,
)
from telesalud.patients.measurements.person import Person, StandardSex
from telesalud.patients.measurements.preterm import assess_preterm
from telesalud.patients.measurements.reading import Interpretation

WEIGHT_FOR_STATURE_TO_DAY: Final = 1856
"""The WHO Child Growth Standards end here; later a small body must not pass for a small child's."""
_GUESSED_DAYS: Final = 730


def growth_of(
    values: Mapping[Vital, Decimal],
    person: Person,
    *,
    oedema: bool = False,
    sex: StandardSex | None = None,
) -> tuple[Growth, ...]:
    """The standards that apply to these values, of the person's sex or of the one given.

    None of weight with oedema, none by age when the birth date was guessed, none of a sex that no
    standard knows.
    """
    if not person.grows:
        return ()
    if sex is None:
        if len(person.standard_sexes) > 1:
            return ()
        sex = person.standard_sexes[0]
    body: dict[Vital, float] = {
        vital: float(value)
        for vital, value in values.items()
        if vital in GROWTH_OF and vital is not Vital.BMI
    }
    if oedema:
        body.pop(Vital.WEIGHT, None)
    return tuple(_places(body, person, sex))


def likely_growth(
    values: Mapping[Vital, Decimal], person: Person, *, oedema: bool
) -> tuple[Growth, ...]:
    """As `growth_of`; of a sex that no standard knows, what is true of both: the place nearer to
    the middle."""
    by_sex = [growth_of(values, person, oedema=oedema, sex=sex) for sex in person.standard_sexes]
    return tuple(
        min(places, key=lambda one: abs(one.z_score)) for places in zip(*by_sex, strict=True)
    )


def impossible_growth(
    indicator: Indicator, values: Mapping[Vital, Decimal], person: Person, sex: StandardSex
) -> bool:
    """Whether a value of the body is hardly believable in a child of this sex.

    A guessed birth date may be two years wrong either way, so that it has to be so at each of
    those ages. Weight ends at ten years and the head at five: after that nobody has less than the
    least of the last age, nor more than is usual in an adult.
    """
    days = person.age.total_days
    ages: tuple[int, ...] = (days,)
    if person.birth_estimated:
        ages = (max(days - _GUESSED_DAYS, 0), days, days + _GUESSED_DAYS)
    return all(
        _impossible_at(
            indicator,
            values,
            replace(person, age=replace(person.age, total_days=each), birth_estimated=False),
            sex,
        )
        for each in ages
    )


def _impossible_at(
    indicator: Indicator, values: Mapping[Vital, Decimal], person: Person, sex: StandardSex
) -> bool:
    places = [one for one in growth_of(values, person, sex=sex) if one.indicator is indicator]
    if places:
        return places[0].implausible
    vital = next(each for each, of in GROWTH_OF.items() if of is indicator)
    _, oldest = covered(indicator, sex)
    if vital not in values or person.growth_days <= oldest:
        return False
    least = value_at(indicator, IMPLAUSIBLE[indicator][0], oldest, sex) or 0
    return float(values[vital]) < least or values[vital] > CATALOGUE[vital].usual[1]


def child_reading(vital: Vital, person: Person, growth: Sequence[Growth]) -> Interpretation | None:
    """What growth says of a value: WHO's cut-offs, thin and small below -2 SD.

    A weight for length or height below -3 SD is severe acute malnutrition and critical, as is a
    body mass index there. Overweight is above +2 SD, of the body mass index from five years on
    above +1 SD; obesity is no emergency and is read as high, too.
    """
    by = {one.indicator: one.z_score for one in growth}
    if vital is Vital.WEIGHT:
        slim = next((by[one] for one in BY_STATURE if one in by), None)
        if slim is not None:
            return _coded(slim, critical=True, high=2)
        z = by.get(Indicator.WEIGHT)
        return None if z is None else _coded(z, critical=False, high=3)
    indicator = GROWTH_OF.get(vital)
    z = by.get(indicator) if indicator else None
    if z is None:
        return None
    if vital is Vital.BMI:
        return _coded(z, critical=True, high=1 if person.age.years >= 5 else 2)
    return _coded(z, critical=False, high=3 if vital is Vital.HEIGHT else 2)


def _coded(z: float, *, critical: bool, high: float) -> Interpretation:
    if z < -3 and critical:
        return Interpretation.CRITICAL_LOW
    if z < -2:
        return Interpretation.LOW
    return Interpretation.HIGH if z > high else Interpretation.NORMAL


def _places(body: dict[Vital, float], person: Person, sex: StandardSex) -> Iterator[Growth]:
    """The body mass index is the exact quotient, as WHO computes it, never the rounded one."""
    days = person.growth_days
    if Vital.HEIGHT in body and person.lying is not None:
        body[Vital.HEIGHT] = posture_corrected(body[Vital.HEIGHT], days, lying=person.lying)
    if {Vital.WEIGHT, Vital.HEIGHT} <= body.keys():
        body[Vital.BMI] = body[Vital.WEIGHT] / (body[Vital.HEIGHT] / 100) ** 2
    if not person.birth_estimated:
        for vital, value in body.items():
            place = (
                assess_preterm(GROWTH_OF[vital], value, days, sex)
                if days < 0
                else assess_growth(GROWTH_OF[vital], value, days, sex)
            )
            if place:
                yield place
    if {Vital.WEIGHT, Vital.HEIGHT} <= body.keys() and 0 <= days <= WEIGHT_FOR_STATURE_TO_DAY:
        lying = days < STANDING_FROM_DAY
        indicator = Indicator.WEIGHT_FOR_LENGTH if lying else Indicator.WEIGHT_FOR_HEIGHT
        place = assess_growth(indicator, body[Vital.WEIGHT], body[Vital.HEIGHT], sex)
        if place:
            yield place
