"""Values that are asked about before they are kept: many times the last one, or an unlikely body.

Doses follow weights, so a comma that slipped must not be found afterwards. Nothing is asked of a
value that is near the last one, nor of pulse, breathing, pressure, oxygen and sugar in an
emergency, unless they are five times or a fifth of the last (sugar: eight). Whoever confirms a
value has it kept as it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

from telesalud.patients.measurements.catalogue import CATALOGUE, Vital
from telesalud.patients.measurements.growth import (
    GROWTH_OF,
    Indicator,
    assess_growth,
    value_at,
)
from telesalud.patients.measurements.person import Person

_FACTORS: Final[Mapping[Vital, tuple[float, float]]] = {
    Vital.WEIGHT: (0.7, 1.4),
    Vital.HEIGHT: (0.9, 1.11),
    Vital.HEAD_CIRCUMFERENCE: (0.9, 1.11),
    Vital.WAIST: (0.7, 1.4),
    Vital.ARM_CIRCUMFERENCE: (0.7, 1.4),
    **dict.fromkeys(
        (
            Vital.PULSE,
            Vital.RESPIRATION,
            Vital.SYSTOLIC,
            Vital.DIASTOLIC,
            Vital.OXYGEN_SATURATION,
            Vital.PEAK_FLOW,
        ),
        (0.2, 5.0),
    ),
    # A crisis of sugar is up to eight times a good day's; a comma that slipped is ten times.
    Vital.GLUCOSE: (0.125, 8.0),
    Vital.FETAL_HEART_RATE: (0.4, 2.0),
    Vital.TEMPERATURE: (0.8, 1.25),
}
"""Below and above how many times the last value, growth taken into account, somebody is asked."""
_BODY: Final = frozenset(
    {
        Vital.WEIGHT,
        Vital.HEIGHT,
        Vital.HEAD_CIRCUMFERENCE,
        Vital.WAIST,
        Vital.ARM_CIRCUMFERENCE,
        Vital.TEMPERATURE,
        Vital.FUNDAL_HEIGHT,
    }
)
"""Asked about, too, when they are unusual by themselves."""
_NEAR: Final = (0.8, 1.25)
_SLIPS: Final = (Decimal("0.1"), Decimal(10), Decimal("0.01"), Decimal(100))
_PLAUSIBLE_Z: Final = 3.0
_GROWTH_A_YEAR: Final = 1.15
"""How much a child gains at most in a year where no standard tells."""

Reason = Literal["last", "unusual"]


@dataclass(frozen=True, slots=True)
class Last:
    """The value before this one, and the age in days at which it was taken."""

    value: Decimal
    at: datetime
    age_days: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """A value to ask about: why, the last one, and what may have been meant."""

    vital: Vital
    reason: Reason
    last: Last | None
    times: float | None
    """The value over the last one."""
    meant: Decimal | None


def doubts(
    values: Mapping[Vital, Decimal],
    unusual: Iterable[Vital],
    person: Person,
    lasts: Mapping[Vital, Last],
    confirmed: Sequence[Vital],
) -> tuple[Doubt, ...]:
    """The values of a set that somebody has to confirm first."""
    strange = frozenset(unusual)
    found = (
        _doubt(vital, value, person, lasts.get(vital), unusual=vital in strange)
        for vital, value in values.items()
        if vital not in confirmed
    )
    return tuple(one for one in found if one is not None)


def _doubt(
    vital: Vital, value: Decimal, person: Person, last: Last | None, *, unusual: bool
) -> Doubt | None:
    bounds = _FACTORS.get(vital)
    expected = None
    if bounds and last is not None and last.value > 0:
        expected = float(last.value) * _growth_since(vital, person, last)
        factor = float(value) / expected
        if bounds[0] <= factor <= bounds[1]:
            if not unusual or vital not in _BODY or _NEAR[0] <= factor <= _NEAR[1]:
                return None
        else:
            times = round(float(value) / float(last.value), 1)
            return Doubt(vital, "last", last, times, _meant(vital, value, person, expected))
    if unusual and vital in _BODY:
        return Doubt(vital, "unusual", last, None, _meant(vital, value, person, expected))
    return None


def _growth_since(vital: Vital, person: Person, last: Last) -> float:
    """How many times the last value a child of this age is expected to have now."""
    if not person.grows or vital not in _BODY or vital is Vital.TEMPERATURE:
        return 1.0
    sex = person.standard_sexes[0]
    indicator = GROWTH_OF.get(vital)
    now, then = max(person.growth_days, 0), max(last.age_days, 0)
    if indicator is not None and indicator is not Indicator.BMI:
        before, after = value_at(indicator, 0, then, sex), value_at(indicator, 0, now, sex)
        if before and after:
            return after / before
    years = max(0.0, (now - then) / 365.25)
    gain = _GROWTH_A_YEAR**years
    return float(gain**0.5 if vital is Vital.HEIGHT else gain)


def _meant(vital: Vital, value: Decimal, person: Person, expected: float | None) -> Decimal | None:
    """The number with its comma elsewhere that would not be asked about."""
    definition = CATALOGUE[vital]
    for slip in _SLIPS:
        other = (value * slip).quantize(Decimal(1).scaleb(-definition.decimals))
        if other > 0 and _plain(vital, other, person, expected):
            return other
    return None


def _plain(vital: Vital, value: Decimal, person: Person, expected: float | None) -> bool:
    low, high = CATALOGUE[vital].possible
    if not low <= value <= high:
        return False
    if expected is not None:
        least, most = _FACTORS[vital]
        return least <= float(value) / expected <= most
    indicator = GROWTH_OF.get(vital)
    if person.grows and indicator is not None:
        places = [
            assess_growth(indicator, float(value), max(person.growth_days, 0), sex)
            for sex in person.standard_sexes
        ]
        return any(one is not None and abs(one.z_score) <= _PLAUSIBLE_Z for one in places)
    usual_low, usual_high = CATALOGUE[vital].usual
    return usual_low <= value <= usual_high
