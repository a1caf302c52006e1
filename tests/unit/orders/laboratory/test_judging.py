# ruff: noqa: RUF001  # signs as laboratories and machines write them
"""A value is read, its unit is checked, and what is critical is never silent."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.orders import Comparator, Flag, LimitsFrom, NewObservation, Observation, Unjudged
from telesalud.orders.laboratory import reading
from telesalud.orders.laboratory.judging import Judged, Limits, Where, judge
from telesalud.orders.laboratory.knowledge import KnownTests

TESTS = KnownTests.of()
ADULT, CHILD, NEWBORN = 40 * 365, 7 * 365, 2


def judged(age: int = ADULT, altitude: int | None = None, **fields: Any) -> Judged:
    given = NewObservation(**{"display": "Algo"} | fields)
    return judge(given, TESTS, Where(age, altitude), "/observations/0")


def kept(age: int = ADULT, altitude: int | None = None, **fields: Any) -> Observation:
    found = judged(age, altitude, **fields)
    assert found.faults == ()
    return found.observation


def fault(age: int = ADULT, **fields: Any) -> tuple[str, str]:
    found = judged(age, **fields)
    assert len(found.faults) == 1
    return found.faults[0].pointer.removeprefix("/observations/0"), found.faults[0].code


@pytest.mark.parametrize(
    ("loinc", "value", "unit", "flag"),
    [
        ("2823-3", 7.8, "mmol/L", Flag.CRITICAL_HIGH),
        ("2823-3", 7.8, "mEq/L", Flag.CRITICAL_HIGH),
        ("2823-3", 2.1, "mmol/L", Flag.CRITICAL_LOW),
        ("2823-3", 5.6, "mmol/L", Flag.HIGH),
        ("2951-2", 112, "mmol/L", Flag.CRITICAL_LOW),
        ("2345-7", 30, "mg/dL", Flag.CRITICAL_LOW),
        ("2345-7", 1.6, "mmol/L", Flag.CRITICAL_LOW),
        ("2345-7", 5.5, "mmol/L", Flag.NORMAL),
        ("2160-0", 900, "umol/L", Flag.CRITICAL_HIGH),
        ("718-7", 60, "g/L", Flag.CRITICAL_LOW),
        ("777-3", 12000, "/mm3", Flag.CRITICAL_LOW),
        ("777-3", 12, "x10^9/L", Flag.CRITICAL_LOW),
        ("17861-6", 1.5, "mmol/L", Flag.CRITICAL_LOW),
        ("17861-6", 7, "mEq/L", Flag.CRITICAL_HIGH),
        ("6301-6", 8.2, "INR", Flag.CRITICAL_HIGH),
        ("1920-8", 38, "UI/L", Flag.NORMAL),
        ("14334-7", 2.4, "mEq/L", Flag.CRITICAL_HIGH),
    ],
)
def test_what_is_shipped_judges_a_value_without_limits(
    loinc: str, value: float, unit: str, flag: Flag
) -> None:
    found = kept(loinc=loinc, value=value, unit=unit)
    assert found.flag is flag
    assert found.limits_from is LimitsFrom.REFERENCE


def test_limits_are_shown_in_the_unit_of_the_value() -> None:
    found = kept(loinc="2345-7", value=5.5, unit="mmol/L")
    assert found.low == pytest.approx(3.886, abs=0.01)
    assert found.critical_high == pytest.approx(24.98, abs=0.01)


def test_a_child_and_a_newborn_have_limits_of_their_own() -> None:
    assert kept(NEWBORN, loinc="2823-3", value=6.6, unit="mmol/L").flag is Flag.HIGH
    assert kept(ADULT, loinc="2823-3", value=6.6, unit="mmol/L").flag is Flag.CRITICAL_HIGH
    assert kept(NEWBORN, loinc="1975-2", value=16, unit="mg/dL").flag is Flag.CRITICAL_HIGH
    assert kept(CHILD, loinc="718-7", value=11, unit="g/dL").flag is Flag.LOW


def test_the_name_will_do_where_there_is_no_code() -> None:
    assert kept(display="Potasio", value=7.8, unit="mmol/L").flag is Flag.CRITICAL_HIGH
    assert kept(display="Potássio", value=7.8, unit="mEq/L").flag is Flag.CRITICAL_HIGH


def test_a_name_alone_does_not_take_urine_for_blood() -> None:
    found = kept(display="Glucosa", value=0, unit="mg/dL")
    assert (found.flag, found.unjudged) == (None, Unjudged.UNKNOWN_TEST)


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"loinc": "2345-7", "value": 5.5, "unit": "mg/dL"}, "/value", "implausible"),
        ({"loinc": "718-7", "value": -3.0, "unit": "g/dL"}, "/value", "implausible"),
        ({"loinc": "718-7", "value": 140.0, "unit": "g/dL"}, "/value", "implausible"),
        ({"loinc": "2160-0", "value": 88.0, "unit": "mg/dL"}, "/value", "implausible"),
        ({"loinc": "2744-1", "value": 74.0, "unit": "[pH]"}, "/value", "implausible"),
        ({"value": -3.0, "unit": "g/dL"}, "/value", "implausible"),
        ({"loinc": "2345-7", "value": 95.0, "unit": "banana"}, "/unit", "ucum"),
        ({"value": 95.0, "unit": "tabletas"}, "/unit", "ucum"),
        ({"loinc": "2345-7", "value": 95.0, "unit": "U/L"}, "/unit", "property"),
        ({"loinc": "718-7", "value": 14.0, "unit": "%"}, "/unit", "property"),
        ({"loinc": "4548-4", "value": 48.0, "unit": "mmol/mol"}, "/unit", "property"),
        ({"loinc": "2823-3", "text": "7.8"}, "/unit", "missing"),
        ({"text": "turbio", "low": 1.0}, "/text", "number"),
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, Any], pointer: str, code: str) -> None:
    assert fault(**fields) == (pointer, code)


def test_a_difference_may_be_below_zero() -> None:
    assert kept(loinc="1925-7", value=-12, unit="mmol/L").flag is Flag.LOW


@pytest.mark.parametrize(
    ("text", "comparator", "value"),
    [
        ("< 0.05", Comparator.BELOW, 0.05),
        ("<0,05", Comparator.BELOW, 0.05),
        ("≤ 0,05", Comparator.AT_MOST, 0.05),
        ("menor de 0,05", Comparator.BELOW, 0.05),
        ("＜0.05", Comparator.BELOW, 0.05),
        ("﹤ 0,05", Comparator.BELOW, 0.05),
        ("< .05", Comparator.BELOW, 0.05),
        ("no más de 0,3", Comparator.AT_MOST, 0.3),
        ("não mais que 0,3", Comparator.AT_MOST, 0.3),
        ("no mayor a 0,3", Comparator.AT_MOST, 0.3),
        ("no menor de 9", Comparator.AT_LEAST, 9),
        ("não menos de 9", Comparator.AT_LEAST, 9),
        ("not less than 9", Comparator.AT_LEAST, 9),
        ("maior que 150", Comparator.ABOVE, 150),
        (">= 150", Comparator.AT_LEAST, 150),
        ("greater than 150", Comparator.ABOVE, 150),
        ("7,8", None, 7.8),
    ],
)
def test_a_number_written_as_text_is_a_number(
    text: str, comparator: Comparator | None, value: float
) -> None:
    found = kept(text=text, unit="m[IU]/L", low=0.4, high=4)
    assert (found.value, found.comparator, found.text) == (value, comparator, None)
    assert found.flag is (Flag.LOW if value < 0.4 else Flag.HIGH)


def test_a_small_raised_digit_is_no_digit_of_the_number() -> None:
    assert [one and one.value for one in (reading.read("10³"), reading.read("10²"))] == [10, 10]
    found = reading.read("< 5 x10³/µL")
    assert found is not None
    assert (found.value, found.unit) == (5, "x10³/µL")


def test_a_bound_beyond_the_range_may_be_critical() -> None:
    limits: dict[str, Any] = {"unit": "mmol/L", "loinc": "2823-3"}
    assert kept(text="> 6", **limits).flag is Flag.CRITICAL_HIGH
    assert kept(text="<2.0", **limits).flag is Flag.CRITICAL_LOW


def test_a_bound_within_the_range_says_that_it_tells_nothing() -> None:
    found = kept(text="<5", unit="mmol/L", low=3.5, high=5.5)
    assert (found.flag, found.unjudged) == (None, Unjudged.BETWEEN)


@pytest.mark.parametrize("text", ["Negativo", "1:80", "2+", "3 a 5 por campo", "AB", "O Rh+"])
def test_words_stay_words(text: str) -> None:
    assert kept(text=text).text == text


def test_critical_limits_are_never_loosened_by_a_typed_one() -> None:
    typed: dict[str, Any] = {"low": 3.5, "high": 5.1, "critical_high": 65}
    found = kept(loinc="2823-3", value=7.8, unit="mmol/L", **typed)
    assert found.flag is Flag.CRITICAL_HIGH


def test_a_flag_of_the_laboratory_hides_nothing_critical() -> None:
    found = kept(loinc="2823-3", value=7.8, unit="mmol/L", flag=Flag.HIGH)
    assert found.flag is Flag.CRITICAL_HIGH
    assert kept(loinc="2823-3", value=5.3, unit="mmol/L", flag=Flag.NORMAL).flag is Flag.NORMAL


limits = st.lists(st.floats(-1e6, 1e6), min_size=4, max_size=4).map(sorted)


@settings(deadline=None)
@given(limits, st.floats(-2e6, 2e6))
def test_flags_follow_the_limits_in_order(four: list[float], value: float) -> None:
    low, high = four[1], four[2]
    stated = Limits(low=low, high=high, critical_low=four[0], critical_high=four[3])
    scale = [Flag.CRITICAL_LOW, Flag.LOW, Flag.NORMAL, Flag.HIGH, Flag.CRITICAL_HIGH]
    flag, above = stated.flag(value, None), stated.flag(value + 1, None)
    assert flag is not None
    assert above is not None
    assert scale.index(above) >= scale.index(flag) or four[0] >= four[1]
    if low <= value <= high and four[0] < value < four[3]:
        assert flag is Flag.NORMAL


@pytest.mark.parametrize(
    ("altitude", "age", "value", "unit", "flag"),
    [
        (None, ADULT, 13, "g/dL", Flag.NORMAL),
        (400, ADULT, 12, "g/dL", Flag.NORMAL),
        (3800, ADULT, 13, "g/dL", Flag.LOW),
        (3800, ADULT, 145, "g/L", Flag.NORMAL),
        (3800, ADULT, 19, "g/dL", Flag.NORMAL),
        (0, ADULT, 19, "g/dL", Flag.HIGH),
        (2800, CHILD, 12.5, "g/dL", Flag.LOW),
        (2800, CHILD, 13.5, "g/dL", Flag.NORMAL),
        (3800, NEWBORN, 15, "g/dL", Flag.NORMAL),
        (5000, ADULT, 6.9, "g/dL", Flag.CRITICAL_LOW),
        (5000, ADULT, 20, "g/dL", Flag.CRITICAL_HIGH),
    ],
)
def test_haemoglobin_is_read_by_the_altitude(
    altitude: int | None, age: int, value: float, unit: str, flag: Flag
) -> None:
    assert kept(age, altitude, loinc="718-7", value=value, unit=unit).flag is flag


def test_what_a_laboratory_states_does_not_move_with_the_altitude() -> None:
    found = kept(ADULT, 3800, loinc="718-7", value=13, unit="g/dL", low=12, high=16)
    assert (found.flag, found.low, found.high) == (Flag.NORMAL, 12, 16)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1.234.567", 1234567),
        ("> 1,234,567", 1234567),
        ("12 345,6", 12345.6),
        ("1.2345", 1.2345),
    ],
)
def test_thousands_apart_are_no_decimals(text: str, value: float) -> None:
    assert kept(loinc="99999-4", text=text, unit="/uL").value == value


@pytest.mark.parametrize(
    ("loinc", "text", "unit", "value"),
    [
        ("3016-3", "1.234", "m[IU]/L", 1.234),
        ("2160-0", "1,234", "mg/dL", 1.234),
        ("2744-1", "7.385", "[pH]", 7.385),
        ("2951-2", "0.140", "mol/L", 0.140),
    ],
)
def test_three_decimals_are_read_where_thousands_cannot_be(
    loinc: str, text: str, unit: str, value: float
) -> None:
    assert kept(loinc=loinc, text=text, unit=unit).value == value


@pytest.mark.parametrize(
    ("loinc", "text", "unit"),
    [("777-3", "150.000", "/uL"), ("6690-2", "12,000", "/uL"), ("6690-2", "> 12.000", "/uL")],
)
def test_thousands_that_may_be_decimals_are_asked_about(loinc: str, text: str, unit: str) -> None:
    assert fault(loinc=loinc, text=text, unit=unit) == ("/text", "ambiguous")
