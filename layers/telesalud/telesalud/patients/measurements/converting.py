"""Measured values in their stored units; what no living person has is refused."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from telesalud.patients.measurements.catalogue import CATALOGUE, DERIVED, Vital
from telesalud.patients.measurements.units import CONVERSIONS, to_metric
from telesalud.platform.errors import FieldError, Invalid


@dataclass(frozen=True, slots=True)
class Measured:
    """A value as it was given, with its UCUM unit."""

    value: Decimal
    unit: str


def convert(
    measured: Mapping[Vital, Measured],
) -> tuple[dict[Vital, Decimal], list[FieldError]]:
    """The values in stored units, and every reason to refuse one."""
    values: dict[Vital, Decimal] = {}
    errors: list[FieldError] = []
    for vital, given in measured.items():
        if vital in DERIVED:
            detail = "this is derived from other values"
            errors.append(FieldError(f"/{vital}", "derived", detail))
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
    {
        Vital.SYSTOLIC,
        Vital.DIASTOLIC,
        Vital.TEMPERATURE,
        Vital.HEIGHT,
        Vital.OXYGEN_SATURATION,
        Vital.ARM_CIRCUMFERENCE,
        Vital.GLUCOSE,
    }
)
