"""A wrong value is refused or flagged before it reaches a chart; a right one is read correctly."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st

from telesalud.patients.measurements.assessment import (
    Assessment,
    Finding,
    assess,
    body_mass_index,
)
from telesalud.patients.measurements.catalogue import CATALOGUE, Vital
from telesalud.patients.measurements.converting import Measured
from telesalud.patients.measurements.growth import BY_STATURE, Indicator
from telesalud.patients.measurements.person import Person, Setting
from telesalud.patients.measurements.ranges import Sex, make_range
from telesalud.patients.measurements.reading import Interpretation, range_for
from telesalud.patients.measurements.shipped_ranges import RANGES
from telesalud.patients.people.births import age_on
from telesalud.platform.errors import Invalid

TODAY = date(2026, 11, 21)


def aged(years: float, sex: Sex = "female") -> Person:
    birth = TODAY - timedelta(days=round(years * 365.25))
    return Person(age_on(birth, TODAY), sex)


def given_values(**values: str) -> dict[Vital, Measured]:
    """`weight="70 kg"`; the stored unit when none is given."""
    made = {}
    for name, text in values.items():
        number, _, unit = text.partition(" ")
        made[Vital(name)] = Measured(Decimal(number), unit or CATALOGUE[Vital(name)].unit)
    return made


def finding(assessment: Assessment, vital: Vital) -> Finding:
    return next(f for f in assessment.findings if f.vital is vital)


def read(person: Person, **values: str) -> Interpretation | None:
    (vital,) = map(Vital, values)
    return finding(assess(given_values(**values), person), vital).interpretation


def refused(**values: str) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        assess(given_values(**values), aged(30))
    return {error.pointer: error.code for error in caught.value.fields}


def test_values_of_other_units_are_stored_metric() -> None:
    made = assess(
        given_values(weight="154 [lb_av]", height="67 [in_i]", temperature="98.6 [degF]"), aged(30)
    )
    assert finding(made, Vital.WEIGHT).value == Decimal("69.853")
    assert finding(made, Vital.HEIGHT).value == Decimal("170.2")
    assert finding(made, Vital.TEMPERATURE).value == Decimal("37.0")
    assert finding(made, Vital.BMI).value == Decimal("24.1")
    assert not any(f.unusual for f in made.findings)


def test_the_body_mass_index_is_derived_and_never_given() -> None:
    assert body_mass_index(Decimal(70), Decimal(175)) == Decimal("22.9")
    found = finding(assess(given_values(weight="70", height="175"), aged(30)), Vital.BMI)
    assert (found.loinc, found.interpretation) == ("39156-5", Interpretation.NORMAL)
    assert refused(bmi="22") == {"/bmi": "derived"}


@pytest.mark.parametrize(
    ("values", "refusals"),
    [
        ({"pulse": "401"}, {"/pulse": "impossible"}),
        ({"weight": "-3"}, {"/weight": "impossible"}),
        ({"weight": "NaN"}, {"/weight": "number"}),
        ({"weight": "1e400"}, {"/weight": "impossible"}),
        ({"weight": "70 stone"}, {"/weight": "unit"}),
        ({"pulse": "80 bpm"}, {"/pulse": "unit"}),
        ({"height": "1.70"}, {"/height": "unit-confused"}),
        ({"temperature": "98.6"}, {"/temperature": "unit-confused"}),
        ({"weight": "3200"}, {"/weight": "unit-confused"}),
        ({"systolic": "12", "diastolic": "8"}, {"/systolic": "unit-confused"}),
        ({"oxygen_saturation": "0.97"}, {"/oxygen_saturation": "unit-confused"}),
        ({"oxygen_concentration": "0.4"}, {"/oxygen_concentration": "unit-confused"}),
        ({"systolic": "80", "diastolic": "120"}, {"/diastolic": "above-systolic"}),
        ({"weight": "170", "height": "70"}, {"/weight": "mismatch", "/height": "mismatch"}),
        (
            {"pulse": "999", "weight": "900 kg"},
            {"/pulse": "impossible", "/weight": "unit-confused"},
        ),
    ],
)
def test_what_is_not_humanly_possible_is_refused_with_every_reason(
    values: dict[str, str], refusals: dict[str, str]
) -> None:
    assert refused(**values) == refusals


def test_the_refusal_names_the_unit_that_was_probably_meant() -> None:
    with pytest.raises(Invalid) as caught:
        assess(given_values(height="1.70"), aged(30))
    assert caught.value.fields[0].detail == "not possible in cm; was it measured in m?"
    assert caught.value.fields[0].params == {"unit": "m"}


def test_the_refusal_of_the_impossible_carries_its_limits_as_numbers() -> None:
    with pytest.raises(Invalid) as caught:
        assess(given_values(pulse="401"), aged(30))
    assert caught.value.fields[0].params == {"low": 0.0, "high": 400.0, "unit": "/min"}


def test_what_is_unusual_is_kept_and_flagged() -> None:
    made = assess(given_values(systolic="250", diastolic="140", weight="210"), aged(40))
    assert all(f.unusual for f in made.findings if f.vital is not Vital.MEAN_PRESSURE)
    assert finding(made, Vital.SYSTOLIC).value == Decimal(250)


def test_what_is_usual_for_a_newborn_is_not_flagged() -> None:
    values = given_values(
        weight="3.4",
        height="50",
        head_circumference="34.5",
        pulse="150",
        respiration="45",
        systolic="68",
        diastolic="32",
    )
    made = assess(values, aged(0.01, "male"))
    assert not [found.vital for found in made.findings if found.unusual]
    assert {place.indicator for place in made.growth} == set(Indicator) - {
        Indicator.WEIGHT_FOR_HEIGHT
    }


def test_a_childs_body_mass_is_read_by_growth_and_an_adults_by_limits() -> None:
    values = given_values(weight="40", height="130")
    assert finding(assess(values, aged(8.5)), Vital.BMI).interpretation == "H"
    assert finding(assess(values, aged(8.5, "unknown")), Vital.BMI).interpretation is None
    assert finding(assess(values, aged(30)), Vital.BMI).interpretation == "N"


def test_weight_is_compared_with_children_of_the_same_length_or_height_under_five() -> None:
    values = given_values(weight="12", height="86")
    by = {
        place.indicator: (place.value, place.at)
        for age in (1.9, 2.1, 5.2)
        for place in assess(values, aged(age, "female")).growth
        if place.indicator in BY_STATURE
    }
    assert by == {
        Indicator.WEIGHT_FOR_LENGTH: (12.0, 86.0),
        Indicator.WEIGHT_FOR_HEIGHT: (12.0, 86.0),
    }
    late = {place.indicator for place in assess(values, aged(5.2, "female")).growth}
    assert not late & BY_STATURE


def test_lying_or_standing_changes_a_small_childs_height() -> None:
    baby, values = aged(1.5), given_values(height="80")
    lying = assess(values, replace(baby, lying=True)).growth[0].z_score
    standing = assess(values, replace(baby, lying=False)).growth[0].z_score
    assert standing > lying
    assert assess(values, baby).growth[0].z_score == lying


def test_pounds_taken_for_kilograms_are_noticed() -> None:
    made = assess(given_values(weight="160", height="172"), aged(30))
    assert finding(made, Vital.WEIGHT).likely_unit == "[lb_av]"
    assert finding(made, Vital.WEIGHT).unusual
    assert finding(assess(given_values(weight="70", height="172"), aged(30)), Vital.WEIGHT) == (
        Finding(
            Vital.WEIGHT,
            Decimal("70.000"),
            "kg",
            "29463-7",
            interpretation=None,
            range=None,
            unusual=False,
            likely_unit=None,
        )
    )


def test_pounds_of_a_child_are_noticed_without_its_height() -> None:
    found = finding(assess(given_values(weight="26.5"), aged(2)), Vital.WEIGHT)
    assert found.likely_unit == "[lb_av]"


def test_inches_taken_for_centimetres_are_noticed() -> None:
    assert (
        finding(assess(given_values(height="67"), aged(30)), Vital.HEIGHT).likely_unit == "[in_i]"
    )
    assert finding(assess(given_values(height="66"), aged(0.5)), Vital.HEIGHT).likely_unit is None


@pytest.mark.parametrize(
    ("years", "values", "expected"),
    [
        (40, {"pulse": "72"}, "N"),
        (40, {"pulse": "91"}, "H"),
        (40, {"pulse": "131"}, "HH"),
        (40, {"pulse": "40"}, "LL"),
        (40, {"systolic": "139"}, "N"),
        (40, {"systolic": "140"}, "H"),
        (40, {"systolic": "90"}, "LL"),
        (40, {"diastolic": "110"}, "HH"),
        (40, {"respiration": "25"}, "HH"),
        (40, {"oxygen_saturation": "91"}, "LL"),
        (40, {"oxygen_saturation": "96"}, "N"),
        (40, {"temperature": "38.1"}, "H"),
        (0.5, {"pulse": "130"}, "N"),
        (0.5, {"respiration": "50"}, "H"),
        (3, {"respiration": "39"}, "N"),
        (3, {"respiration": "40"}, "H"),
        (0.1, {"temperature": "37.5"}, "HH"),
        (1, {"temperature": "37.5"}, "H"),
        (8.5, {"systolic": "108"}, "H"),
        (8.5, {"systolic": "84"}, "LL"),
        (14, {"diastolic": "80"}, "H"),
        (40, {"oxygen_flow": "2"}, None),
    ],
)
def test_interpretation_depends_on_age(
    years: float, values: dict[str, str], expected: str | None
) -> None:
    assert read(aged(years), **values) == expected


def test_interpretation_depends_on_sex_where_the_source_does() -> None:
    assert read(aged(30, "female"), waist="85") == "H"
    assert read(aged(30, "male"), waist="85") == "N"
    assert read(aged(30, "unknown"), waist="85") == "H", "without a sex the stricter limit flags"


def test_an_institutions_own_range_comes_before_the_shipped_one() -> None:
    own = make_range(Vital.OXYGEN_SATURATION, (0, 2400), (70, 80, 100, None), "Ministerio")
    measured = given_values(oxygen_saturation="90")
    (found,) = assess(measured, aged(40), Setting(ranges=[own])).findings
    assert (found.interpretation, found.range) == ("N", own)


def test_every_range_has_a_source_and_lies_within_what_is_possible() -> None:
    for made in RANGES:
        low, high = CATALOGUE[made.vital].possible
        limits = [made.critical_low, made.low, made.high, made.critical_high]
        present = [limit for limit in limits if limit is not None]
        assert present == sorted(present)
        assert all(low <= limit <= high for limit in present)
        assert made.source


@pytest.mark.parametrize("sex", ["male", "female", "other", "unknown"])
@pytest.mark.parametrize(
    "vital", [Vital.PULSE, Vital.RESPIRATION, Vital.SYSTOLIC, Vital.TEMPERATURE]
)
def test_no_age_falls_between_two_ranges(vital: Vital, sex: Sex) -> None:
    for months in range(125 * 12):
        age = age_on(TODAY - relativedelta(months=months), TODAY)
        found = range_for(vital, Person(age, sex), Setting(), None)
        assert found is not None, months
        assert None not in (found.low, found.high), "no limit may not mean normal"


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(Vital), st.decimals(allow_nan=True, allow_infinity=True), max_size=5
    ),
    st.floats(0, 110),
    st.sampled_from(["male", "female", "other", "unknown"]),
)
def test_no_numbers_break_an_assessment(
    values: dict[Vital, Decimal], years: float, sex: Sex
) -> None:
    measured = {v: Measured(number, CATALOGUE[v].unit) for v, number in values.items()}
    try:
        made = assess(measured, aged(years, sex))
    except Invalid as refusal:
        pointers = {error.pointer[1:] for error in refusal.fields}
        expected = {*values, Vital.BMI, Vital.MEAN_PRESSURE}
        assert pointers <= expected, "every refusal points to a value that was given"
    else:
        for found in made.findings:
            low, high = CATALOGUE[found.vital].possible
            assert low <= found.value <= high
