"""A child's growth and nutrition are said as WHO says them, and not said where nobody can know."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from telesalud.patients.measurements.assessment import Assessment
from telesalud.patients.measurements.catalogue import Vital
from telesalud.patients.measurements.growth import Indicator
from telesalud.patients.measurements.person import Setting
from tests.worlds.patients.bodies import assessed, found, of_days, of_years


def words(made: Assessment) -> dict[str, tuple[str, ...]]:
    return {one.code: one.basis for one in made.nutrition}


def z_of(made: Assessment, indicator: Indicator) -> float:
    return next(one.z_score for one in made.growth if one.indicator is indicator)


def test_severe_acute_malnutrition_is_named_and_critical() -> None:
    made = assessed(of_days(426, "male"), weight="6.5", height="72")
    assert words(made)["severe-acute-malnutrition"] == ("weight-for-length",)
    assert found(made, Vital.WEIGHT).interpretation == "LL"


def test_a_little_below_three_deviations_is_not_missed() -> None:
    made = assessed(of_days(487, "female"), weight="6.6", height="73")
    slim = z_of(made, Indicator.WEIGHT_FOR_LENGTH)
    assert -3.4 < slim < -3
    assert "severe-acute-malnutrition" in words(made)


@pytest.mark.parametrize(
    ("days", "arm", "code", "reading"),
    [
        (500, "11.4", "severe-acute-malnutrition", "LL"),
        (500, "11.5", "moderate-acute-malnutrition", "L"),
        (500, "12.4", "moderate-acute-malnutrition", "L"),
        (500, "12.5", None, "N"),
        (120, "11.0", None, None),
    ],
)
def test_the_arm_tells_from_six_months_on(
    days: int, arm: str, code: str | None, reading: str | None
) -> None:
    made = assessed(of_days(days), arm_circumference=arm)
    assert list(words(made)) == ([code] if code else [])
    assert found(made, Vital.ARM_CIRCUMFERENCE).interpretation == reading


def test_a_swollen_child_is_severely_malnourished_and_its_weight_says_nothing() -> None:
    made = assessed(of_days(700), Setting(oedema=True), weight="11", height="80")
    assert words(made)["severe-acute-malnutrition"] == ("oedema",)
    assert {one.indicator for one in made.growth} == {Indicator.HEIGHT}
    assert found(made, Vital.WEIGHT).interpretation is None


def test_stunting_and_underweight_are_said() -> None:
    made = assessed(of_days(900, "male"), weight="9", height="79")
    assert {"severe-stunting", "severe-underweight"} <= words(made).keys()
    assert found(made, Vital.HEIGHT).interpretation == "L"


def test_what_no_child_weighs_is_unusual_without_a_sex() -> None:
    for sex in ("male", "female", "other", "unknown"):
        made = assessed(of_days(1100, sex), weight="60")
        assert found(made, Vital.WEIGHT).unusual, sex
    assert not found(assessed(of_days(1100, "unknown"), weight="14"), Vital.WEIGHT).unusual


def test_without_a_sex_severe_malnutrition_is_said_where_it_is_true_of_both() -> None:
    made = assessed(of_days(426, "unknown"), weight="6.0", height="72")
    assert made.growth == ()
    assert "severe-acute-malnutrition" in words(made)
    fine = assessed(of_days(426, "unknown"), weight="9", height="75")
    assert fine.nutrition == ()


def test_body_mass_for_growth_is_the_exact_quotient_whatever_was_said_of_posture() -> None:
    child = of_days(2500, "male")
    values: dict[str, Any] = {"weight": "17.3", "height": "114.7"}
    scores = {
        z_of(assessed(replace(child, lying=lying), **values), Indicator.BMI)
        for lying in (None, False)
    }
    assert len(scores) == 1
    exact = next(
        one.value for one in assessed(child, **values).growth if one.indicator is Indicator.BMI
    )
    assert exact == pytest.approx(17.3 / 1.147**2)


def test_growth_of_a_preterm_child_is_corrected_until_two_years() -> None:
    child = replace(of_days(90, "male"), gestation_at_birth_days=30 * 7)
    made, term = (assessed(one, weight="3.9") for one in (child, of_days(90, "male")))
    assert z_of(term, Indicator.WEIGHT) < -3
    assert abs(z_of(made, Indicator.WEIGHT)) < 1.5
    assert [one.at for one in made.growth] == [20]
    grown = replace(of_days(740, "male"), gestation_at_birth_days=30 * 7)
    assert assessed(grown, weight="12").growth[0].at == 740


def test_before_term_a_preterm_child_is_compared_with_preterm_children() -> None:
    child = replace(of_days(21, "male"), gestation_at_birth_days=31 * 7)
    made = assessed(child, weight="2.0", height="43", head_circumference="30")
    assert {one.standard for one in made.growth} == {"intergrowth-21st"}
    assert all(abs(one.z_score) < 2 for one in made.growth)


def test_a_guessed_birth_date_gives_no_score_by_age() -> None:
    child = replace(of_days(800, "male"), birth_estimated=True)
    made = assessed(child, weight="12", height="87")
    assert {one.indicator for one in made.growth} == {Indicator.WEIGHT_FOR_HEIGHT}


def test_a_plain_childs_weight_and_height_are_normal() -> None:
    made = assessed(of_days(1000, "female"), weight="13", height="92")
    readings = {one.vital: one.interpretation for one in made.findings}
    assert readings == {Vital.WEIGHT: "N", Vital.HEIGHT: "N", Vital.BMI: "N"}
    assert made.nutrition == ()
    assert found(made, Vital.BMI).value == Decimal("15.4")


def test_a_weight_of_no_child_is_unusual_where_no_table_has_the_age() -> None:
    for sex in ("male", "female", "other", "unknown"):
        grown = of_years(12, sex)
        for vital, value in (("weight", "5"), ("weight", "300"), ("head_circumference", "90")):
            made = assessed(grown, **{vital: value})
            assert found(made, Vital(vital)).unusual, (sex, vital, value)
        for vital, value in (("weight", "24"), ("weight", "110"), ("head_circumference", "53")):
            made = assessed(grown, **{vital: value})
            assert not found(made, Vital(vital)).unusual, (sex, vital, value)


def test_what_no_child_weight_of_is_unusual_though_its_birth_date_was_guessed() -> None:
    for sex in ("male", "female", "unknown"):
        child = replace(of_years(3, sex), birth_estimated=True)
        assert found(assessed(child, weight="60"), Vital.WEIGHT).unusual
        assert found(assessed(child, weight="2.1"), Vital.WEIGHT).unusual
        for fine in ("8", "14", "20"):
            assert not found(assessed(child, weight=fine), Vital.WEIGHT).unusual
