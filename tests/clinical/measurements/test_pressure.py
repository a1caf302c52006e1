"""Blood pressure of children agrees with the American Academy of Pediatrics' tables (2017)."""

from decimal import Decimal
from typing import Literal

import pytest

from telesalud.patients.measurements.catalogue import Vital
from telesalud.patients.measurements.pressure import child_range, grade
from telesalud.patients.people.births import Age

Sex = Literal["male", "female"]
# Printed in table 6, for screening without a height: by completed years, systolic and diastolic.
SCREENING: dict[Sex, tuple[tuple[int, int], ...]] = {
    "male": (
        (98, 52),
        (100, 55),
        (101, 58),
        (102, 60),
        (103, 63),
        (105, 66),
        (106, 68),
        (107, 69),
        (107, 70),
        (108, 72),
        (110, 74),
        (113, 75),
    ),
    "female": (
        (98, 54),
        (101, 58),
        (102, 60),
        (103, 62),
        (104, 64),
        (105, 67),
        (106, 68),
        (107, 69),
        (108, 71),
        (109, 72),
        (111, 74),
        (114, 75),
    ),
}
# Tables 4 and 5: sex, years, height in cm, then the 90th and 95th centile of both pressures.
PRINTED: tuple[tuple[Sex, int, float, tuple[int, int], tuple[int, int]], ...] = (
    ("male", 1, 82.4, (100, 103), (53, 55)),
    ("male", 6, 118.9, (107, 111), (68, 71)),
    ("male", 6, 127.5, (110, 114), (69, 73)),
    ("male", 10, 152.7, (116, 121), (76, 78)),
    ("male", 12, 165.5, (122, 128), (76, 79)),
    ("female", 3, 97.6, (104, 108), (62, 66)),
    ("female", 6, 118.4, (108, 111), (69, 72)),
    ("female", 9, 135.6, (111, 114), (73, 75)),
    ("female", 12, 166.4, (122, 126), (76, 79)),
)


def aged(years: int) -> Age:
    return Age(years, 5, 0, round(years * 365.25) + 150)


@pytest.mark.parametrize("sex", ["male", "female"])
def test_without_a_height_a_child_is_screened_by_the_shortest(sex: Sex) -> None:
    for years, printed in enumerate(SCREENING[sex], start=1):
        for vital, limit in zip((Vital.SYSTOLIC, Vital.DIASTOLIC), printed, strict=True):
            found = child_range(vital, aged(years), sex, None)
            assert found is not None
            assert found.high == limit - 1, (years, vital)


@pytest.mark.parametrize(("sex", "years", "height", "systolic", "diastolic"), PRINTED)
def test_a_childs_stage_is_that_of_its_age_sex_and_height(
    sex: Sex, years: int, height: float, systolic: tuple[int, int], diastolic: tuple[int, int]
) -> None:
    age, cm = aged(years), Decimal(str(height))
    for vital, (p90, p95), caps in (
        (Vital.SYSTOLIC, systolic, (120, 130, 140)),
        (Vital.DIASTOLIC, diastolic, (80, 80, 90)),
    ):

        def of(value: int, vital: Vital = vital) -> str | None:
            return grade(vital, Decimal(value), age, sex, cm, pregnant=False)

        elevated, one, two = min(p90, caps[0]), min(p95, caps[1]), min(p95 + 12, caps[2])
        assert of(elevated - 1) is None
        assert of(elevated) == "elevated"
        assert of(one) == "stage-1"
        assert of(two - 1) in {"stage-1", "elevated"}
        assert of(two) == "stage-2"
        assert of(p95 + 29) == "stage-2"
        assert of(p95 + 30) == "emergency"


@pytest.mark.parametrize("sex", ["male", "female", "other", "unknown"])
def test_a_taller_child_is_never_flagged_sooner(sex: Literal["male", "female", "other"]) -> None:
    for years in range(1, 13):
        for vital in (Vital.SYSTOLIC, Vital.DIASTOLIC):
            highs = []
            for height in range(60, 200, 3):
                found = child_range(vital, aged(years), sex, Decimal(height))
                assert found is not None
                assert found.high is not None
                highs.append(found.high)
            assert highs == sorted(highs)
