"""Units: what people type is understood, what is none is not, and conversion is exact."""

import pytest

from telesalud.orders.laboratory.units import Unit, convert


def unit(typed: str) -> Unit:
    found = Unit.read(typed)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("mg/dl", "mg/dl"),
        ("g%", "g/dL"),
        ("mEq/L", "meq/L"),
        ("10³/µL", "10*3/uL"),
        ("x10^3/uL", "10*3/uL"),
        ("K/uL", "10*3/uL"),
        ("células/mm3", "/uL"),
        ("UI/L", "[IU]/L"),
        ("µUI/mL", "u[IU]/mL"),
        ("mcg/dL", "ug/dL"),
        ("mmHg", "mm[Hg]"),
        ("INR", "{INR}"),
        ("seg", "s"),
        ("mL/min/1.73m2", "mL/min/{1.73_m2}"),
    ],
)
def test_what_people_type_is_kept_as_ucum(typed: str, code: str) -> None:
    assert unit(typed).code == code


@pytest.mark.parametrize("typed", ["banana", "tableta", "", "/", "mg//dL", "/8", "18", "m/", "x"])
def test_anything_else_is_no_unit(typed: str) -> None:
    assert Unit.read(typed) is None


@pytest.mark.parametrize(
    ("value", "of", "to", "molar_mass", "charge", "expected"),
    [
        (1, "mmol/L", "mg/dL", 180.156, None, 18.0156),
        (88.4, "umol/L", "mg/dL", 113.12, None, 1.0),
        (140, "g/L", "g/dL", None, None, 14),
        (5, "meq/L", "mmol/L", None, 2, 2.5),
        (10, "mg/dL", "mmol/L", 40.078, None, 2.495),
        (250000, "/mm3", "10*3/uL", None, None, 250),
        (1, "kPa", "mm[Hg]", None, None, 7.50064),
        (3, "mU/L", "m[IU]/L", None, None, 3),
        (40, "L/L", "%", None, None, 4000),
    ],
)
def test_conversion(
    value: float, of: str, to: str, *, molar_mass: float | None, charge: int | None, expected: float
) -> None:
    found = convert(value, unit(of), unit(to), molar_mass=molar_mass, charge=charge)
    assert found == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(("of", "to"), [("mg/dL", "mmol/L"), ("mmol/mol", "%"), ("g/L", "U/L")])
def test_there_is_no_conversion_without_what_it_needs(of: str, to: str) -> None:
    assert convert(1, unit(of), unit(to)) is None
