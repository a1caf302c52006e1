"""Units as UCUM codes: everything is stored metric, whatever the instrument showed.

Factors are exact by definition: international yard and pound agreement of 1959 (1 in = 2.54 cm,
1 lb = 0.45359237 kg), 1 °F = 5/9 K, 1 mm[Hg] = 133.322 Pa (UCUM); a mole of glucose has 180.16 g.
Halves are rounded up, as people do: 37.45 °C is a fever where 37.5 is. The order within a stored
unit is that in which a confusion is suspected: "120/80" is often said as "12/8", in cm[Hg].
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from telesalud.patients.measurements.catalogue import CATALOGUE, Vital
from telesalud.platform.errors import FieldError, Invalid


@dataclass(frozen=True, slots=True)
class Conversion:
    """metric = (value - offset) * factor."""

    factor: Decimal
    offset: Decimal = Decimal(0)


CONVERSIONS: Final[Mapping[tuple[str, str], Conversion]] = {
    ("g", "kg"): Conversion(Decimal("0.001")),
    ("[lb_av]", "kg"): Conversion(Decimal("0.45359237")),
    ("[oz_av]", "kg"): Conversion(Decimal("0.028349523125")),
    ("[in_i]", "cm"): Conversion(Decimal("2.54")),
    ("m", "cm"): Conversion(Decimal(100)),
    ("mm", "cm"): Conversion(Decimal("0.1")),
    ("[degF]", "Cel"): Conversion(Decimal(5) / Decimal(9), Decimal(32)),
    ("cm[Hg]", "mm[Hg]"): Conversion(Decimal(10)),
    ("kPa", "mm[Hg]"): Conversion(Decimal(1000) / Decimal("133.322")),
    ("1", "%"): Conversion(Decimal(100)),
    ("mmol/L", "mg/dL"): Conversion(Decimal("18.016")),
}


def units_of(vital: Vital) -> tuple[str, ...]:
    """The units in which a value may be given, the stored one first."""
    own = CATALOGUE[vital].unit
    return (own, *(given for given, stored in CONVERSIONS if stored == own))


def to_metric(vital: Vital, value: Decimal, unit: str) -> Decimal:
    """`value` in the unit and precision in which this vital sign is stored.

    Raises Invalid for a number that is not finite and for a unit that does not fit.
    """
    definition = CATALOGUE[vital]
    if not value.is_finite():
        raise Invalid(fields=[FieldError(f"/{vital}", "number", "this is not a finite number")])
    if unit == definition.unit:
        return _rounded(value, definition.decimals)
    conversion = CONVERSIONS.get((unit, definition.unit))
    if conversion is None:
        detail = f"{vital} is measured in {', '.join(units_of(vital))}, not {unit!r}"
        raise Invalid(fields=[FieldError(f"/{vital}", "unit", detail, {"unit": definition.unit})])
    return _rounded((value - conversion.offset) * conversion.factor, definition.decimals)


def _rounded(value: Decimal, decimals: int) -> Decimal:
    if abs(value) > 10**9:
        return value  # far outside every limit; quantize would overflow
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
