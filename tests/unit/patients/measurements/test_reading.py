"""A value is read by what is true of the person: age in days, pregnancy, method, oxygen, place."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from telesalud.patients.measurements.assessment import assess
from telesalud.patients.measurements.catalogue import Vital
from telesalud.patients.measurements.converting import Measured
from telesalud.patients.measurements.person import Person, Setting
from telesalud.patients.measurements.pregnancy import Maternal
from telesalud.patients.measurements.ranges import make_range
from tests.worlds.patients.bodies import SEA, assessed, found, of_days, of_years

WEEK = 7


def pregnant(weeks: int) -> Person:
    return replace(of_years(28), maternal=Maternal(weeks * WEEK))


def read(person: Person, setting: Setting = SEA, /, **values: Any) -> str | None:
    (vital,) = map(Vital, values)
    return found(assessed(person, setting, **values), vital).interpretation


@pytest.mark.parametrize(
    ("days", "values", "expected"),
    [
        (305, {"systolic": "150"}, "HH"),
        (305, {"diastolic": "95"}, "HH"),
        (305, {"systolic": "112"}, "H"),
        (305, {"diastolic": "74"}, "H"),
        (305, {"systolic": "95"}, "N"),
        (3, {"systolic": "96"}, "H"),
        (3, {"systolic": "106"}, "HH"),
        (20, {"systolic": "103"}, "N"),
        (20, {"systolic": "104"}, "H"),
        (0, {"diastolic": "95"}, "HH"),
        (20, {"diastolic": "70"}, "H"),
        (20, {"diastolic": "55"}, "N"),
    ],
)
def test_a_hypertensive_infant_is_never_normal(
    days: int, values: dict[str, Any], expected: str
) -> None:
    assert read(of_days(days), **values) == expected


@pytest.mark.parametrize(
    ("days", "values", "expected"),
    [
        (91, {"pulse": "40"}, "LL"),
        (91, {"pulse": "240"}, "HH"),
        (35, {"respiration": "5"}, "LL"),
        (35, {"respiration": "75"}, "HH"),
        (35, {"respiration": "65"}, "H"),
        (400, {"pulse": "59"}, "LL"),
        (1500, {"pulse": "190"}, "HH"),
        (3000, {"respiration": "9"}, "LL"),
        (2, {"pulse": "98"}, "N"),
    ],
)
def test_a_child_about_to_arrest_is_critical_at_any_age(
    days: int, values: dict[str, Any], expected: str
) -> None:
    assert read(of_days(days), **values) == expected


def test_every_month_of_childhood_has_critical_limits_of_pulse_and_breathing() -> None:
    for months in range(192):
        person = of_days(round(months * 30.4375) + 1)
        for vital, low, high in (("pulse", "20", "300"), ("respiration", "4", "120")):
            assert read(person, **{vital: low}) == "LL", months
            assert read(person, **{vital: high}) == "HH", months


def test_the_crisis_of_a_child_of_six_is_told_from_a_value_a_little_high() -> None:
    child = replace(of_years(6.3), height_cm=Decimal(118))
    crisis, little = (assessed(child, systolic=s, diastolic="60") for s in ("172", "108"))
    assert found(crisis, Vital.SYSTOLIC).interpretation == "HH"
    assert found(crisis, Vital.SYSTOLIC).grade == "emergency"
    assert found(little, Vital.SYSTOLIC).interpretation == "H"
    assert found(little, Vital.SYSTOLIC).grade == "elevated"


@pytest.mark.parametrize(
    ("weeks", "values", "expected"),
    [
        (32, {"systolic": "165"}, "HH"),
        (32, {"systolic": "160"}, "HH"),
        (32, {"systolic": "159"}, "H"),
        (32, {"diastolic": "110"}, "HH"),
        (32, {"diastolic": "90"}, "H"),
        (32, {"pulse": "121"}, "HH"),
        (32, {"oxygen_saturation": "94"}, "LL"),
        (32, {"fundal_height": "32"}, "N"),
        (32, {"fundal_height": "28"}, "L"),
        (32, {"fundal_height": "36"}, "H"),
        (16, {"fundal_height": "16"}, None),
        (32, {"fetal_heart_rate": "140"}, "N"),
        (32, {"fetal_heart_rate": "95"}, "LL"),
        (32, {"fetal_heart_rate": "170"}, "H"),
        (9, {"fetal_heart_rate": "172"}, None),
    ],
)
def test_a_pregnancy_has_ranges_of_its_own(
    weeks: int, values: dict[str, Any], expected: str | None
) -> None:
    assert read(pregnant(weeks), **values) == expected


def test_severe_hypertension_of_pregnancy_is_named_and_counts_for_six_weeks_after_birth() -> None:
    for person in (pregnant(30), replace(of_years(28), maternal=Maternal(None))):
        made = found(assessed(person, systolic="165", diastolic="108"), Vital.SYSTOLIC)
        assert (made.interpretation, made.grade) == ("HH", "pregnancy-severe")
    other = found(assessed(of_years(28), systolic="165", diastolic="108"), Vital.SYSTOLIC)
    assert (other.interpretation, other.grade) == ("H", "grade-2")


def test_a_pregnant_bodys_mass_is_not_read_by_the_limits_of_others() -> None:
    made = assessed(pregnant(36), weight="82", height="160")
    assert found(made, Vital.BMI).interpretation is None


@pytest.mark.parametrize(
    ("person", "method", "value", "expected"),
    [
        (of_days(10), "rectal", "37.8", "N"),
        (of_days(10), "rectal", "38.0", "HH"),
        (of_days(10), "axillary", "37.5", "HH"),
        (of_days(10), None, "37.5", "HH"),
        (of_years(40), "axillary", "37.9", "H"),
        (of_years(40), "tympanic", "37.9", "N"),
        (of_years(40), None, "37.9", "N"),
        (of_years(3), "axillary", "37.6", "H"),
        (of_years(3), "rectal", "37.6", "N"),
        (of_years(9), "axillary", "37.6", "H"),
    ],
)
def test_where_a_temperature_was_taken_decides_what_is_a_fever(
    person: Person, method: str | None, value: str, expected: str
) -> None:
    assert read(person, Setting(temperature_method=method), temperature=value) == expected


def test_a_half_is_rounded_up_because_it_is_a_danger_sign() -> None:
    made = found(assessed(of_days(10), temperature="37.45"), Vital.TEMPERATURE)
    assert (made.value, made.interpretation) == (Decimal("37.5"), "HH")


def test_somebody_whose_target_is_88_to_92_is_warned_of_too_much_oxygen() -> None:
    under, without = Setting(on_oxygen=True, oxygen_scale=2), Setting(oxygen_scale=2)
    assert read(of_years(70), under, oxygen_saturation="89") == "N"
    assert read(of_years(70), under, oxygen_saturation="95") == "H"
    assert read(of_years(70), under, oxygen_saturation="97") == "HH"
    assert read(of_years(70), without, oxygen_saturation="97") == "N"
    assert read(of_years(70), under, oxygen_saturation="82") == "LL"


def test_with_oxygen_the_altitude_explains_nothing() -> None:
    high = Setting(altitude_m=3827)
    assert read(of_years(40), high, oxygen_saturation="88") == "N"
    assert read(of_years(40), replace(high, on_oxygen=True), oxygen_saturation="88") == "LL"


def test_no_jump_at_the_fifth_birthday() -> None:
    for value in ("91", "94", "89"):
        readings = {read(of_years(years), oxygen_saturation=value) for years in (4.9, 5.1, 15)}
        assert len(readings) == 1


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"systolic": "98"}, "N"),
        ({"diastolic": "58"}, "N"),
        ({"systolic": "90"}, "LL"),
        ({"diastolic": "38"}, "L"),
    ],
)
def test_slim_young_people_are_not_flagged(values: dict[str, Any], expected: str) -> None:
    assert read(of_years(22), **values) == expected


def test_severe_obesity_has_a_grade_and_is_no_emergency() -> None:
    made = found(assessed(of_years(45), weight="116", height="170"), Vital.BMI)
    assert (made.value, made.interpretation, made.grade) == (Decimal("40.1"), "H", "obesity-3")


def test_the_mean_pressure_is_derived_and_never_given() -> None:
    made = found(assessed(of_years(45), systolic="120", diastolic="81"), Vital.MEAN_PRESSURE)
    assert (made.value, made.loinc) == (Decimal(94), "8478-0")


def test_an_institutions_range_holds_where_it_says() -> None:
    own = replace(
        make_range(Vital.OXYGEN_SATURATION, (0, 2400), (80, 85, 100, None), "Norma"),
        from_altitude=3500,
        to_altitude=4500,
        pregnant=False,
    )
    there, lower = Setting(altitude_m=3900, ranges=[own]), Setting(altitude_m=3000, ranges=[own])
    assert (
        found(assessed(of_years(40), there, oxygen_saturation="86"), Vital.OXYGEN_SATURATION).range
        == own
    )
    assert read(of_years(40), there, oxygen_saturation="84") == "L"
    assert read(of_years(40), lower, oxygen_saturation="89") == "L"
    assert read(of_years(40), Setting(ranges=[own]), oxygen_saturation="86") == "LL"
    assert read(pregnant(30), there, oxygen_saturation="83") == "LL", "the own range is for others"


@pytest.mark.parametrize(
    ("values", "unit", "stored"),
    [("5.5", "mmol/L", "99"), ("99", "mg/dL", "99"), ("2.5", "mmol/L", "45")],
)
def test_glucose_is_taken_in_both_units(values: str, unit: str, stored: str) -> None:
    made = assess({Vital.GLUCOSE: Measured(Decimal(values), unit)}, of_years(40))
    assert made.findings[0].value == Decimal(stored)
