"""Vital signs in the chart: what is refused and flagged, trends, errors taken back."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from schemas.patients import Sex
from schemas.vitals import Given, TrendQuery, VitalsBody, VitalsQuery, VitalsSet
from telesalud.patients.measurements import recording
from telesalud.patients.summary import reading
from telesalud.platform.errors import Invalid, NotFound, StaleVersion
from telesalud.platform.work import AnsweredBefore
from tests.support.crashes import crash_everywhere
from tests.worlds.patients.people import register
from tests.worlds.patients.ward import DOCTOR, Ward, doctor
from tests.worlds.world import START


@pytest.fixture
def ward() -> Ward:
    return Ward()


def body(at: timedelta = timedelta(), **values: tuple[str, str]) -> VitalsBody:
    given = {name: Given(value=Decimal(v), unit=unit) for name, (v, unit) in values.items()}
    fields: dict[str, Any] = {"measured_at": START + at, "values": given}
    return VitalsBody(**fields)


def record(ward: Ward, measured: VitalsBody, key: str = "") -> VitalsSet:
    return recording.record(ward.services, ward.by(key=key), ward.patient, measured)


def last(ward: Ward) -> dict[str, Decimal]:
    found = reading.summary(ward.services, ward.by(), ward.patient).vitals
    return {one.finding.vital: one.finding.value for one in found}


def test_values_are_converted_interpreted_and_derived(ward: Ward) -> None:
    made = record(
        ward, body(temperature=("104", "[degF]"), weight=("80", "kg"), height=("1.60", "m"))
    )
    found = {one.vital: one for one in made.findings}
    assert (found["temperature"].value, found["temperature"].unit) == (Decimal("40.0"), "Cel")
    assert found["temperature"].interpretation in {"H", "HH"}
    assert (found["bmi"].value, found["bmi"].interpretation) == (Decimal("31.3"), "H")


def test_impossible_values_are_refused_by_name_and_unusual_ones_flagged(ward: Ward) -> None:
    before = len(ward.world.store.changes)
    with pytest.raises(Invalid) as refused:
        record(ward, body(height=("1.70", "cm"), pulse=("900", "/min")))
    faults = {(f.pointer, f.code) for f in refused.value.fields}
    assert ("/values/pulse", "impossible") in faults
    assert ("/values/height", "unit-confused") in faults
    assert len(ward.world.store.changes) == before
    [finding] = record(ward, body(pulse=("200", "/min"))).findings
    assert finding.unusual


@pytest.mark.parametrize("at", [timedelta(hours=1), timedelta(days=-365 * 60)])
def test_measurements_of_the_future_or_before_birth_are_refused(ward: Ward, at: timedelta) -> None:
    with pytest.raises(Invalid) as refused:
        record(ward, body(at, pulse=("80", "/min")))
    assert [f.pointer for f in refused.value.fields] == ["/measured_at"]


def test_a_child_is_placed_among_children(ward: Ward) -> None:
    born = date(2025, 11, 21)
    child = register(ward.world, subject=DOCTOR, birth_date=born, sex=Sex.MALE).id
    measured = body(weight=("9.6", "kg"))
    made = recording.record(ward.services, ward.by(), child, measured)
    [growth] = made.growth
    assert growth.indicator == "weight-for-age"
    assert abs(growth.z_score) < 0.2
    assert 40 < growth.percentile < 60
    assert (growth.value, growth.stature) == (9.6, None)


def test_growth_keeps_what_was_compared_with_its_posture_corrected(ward: Ward) -> None:
    born = date(2025, 11, 21)
    child = register(ward.world, subject=DOCTOR, birth_date=born, sex=Sex.MALE).id
    measured = body(weight=("9.6", "kg"), height=("75", "cm"))
    standing = measured.model_copy(update={"lying": False})
    made = recording.record(ward.services, ward.by(), child, standing)
    compared = {one.indicator: (one.value, one.stature) for one in made.growth}
    assert compared["length-height-for-age"] == (75.7, None)
    assert compared["weight-for-length"] == (9.6, 75.7)


def test_a_late_entry_does_not_replace_a_newer_value(ward: Ward) -> None:
    record(ward, body(pulse=("80", "/min")))
    record(ward, body(timedelta(days=-1), pulse=("95", "/min"), weight=("70", "kg")))
    assert last(ward) == {"pulse": Decimal(80), "weight": Decimal(70)}


def test_trends_page_latest_first(ward: Ward) -> None:
    for number in range(7):
        record(ward, body(timedelta(days=-number), pulse=(str(70 + number), "/min")))
    values: list[Decimal] = []
    cursor: str | None = None
    while True:
        query = TrendQuery(vital="pulse", cursor=cursor, limit=3)
        page = recording.trend(ward.services, ward.by(), ward.patient, query)
        values += [point.finding.value for point in page.items]
        cursor = page.cursor
        if cursor is None:
            break
    assert values == [Decimal(70 + number) for number in range(7)]


def test_an_error_counts_nowhere_and_stays_readable(ward: Ward) -> None:
    record(ward, body(timedelta(days=-1), pulse=("80", "/min")))
    wrong = record(ward, body(pulse=("180", "/min"), weight=("70", "kg")))
    voided = recording.void(ward.services, ward.by(), ward.patient, wrong.id, 1)
    assert (voided.entered_in_error, voided.version) == (True, 2)
    assert last(ward) == {"pulse": Decimal(80)}
    query = TrendQuery(vital="pulse")
    points = recording.trend(ward.services, ward.by(), ward.patient, query).items
    assert [point.finding.value for point in points] == [Decimal(80)]
    listed = recording.list_sets(ward.services, ward.by(), ward.patient, VitalsQuery()).items
    assert [one.entered_in_error for one in listed] == [True, False]
    with pytest.raises(StaleVersion):
        recording.void(ward.services, ward.by(), ward.patient, wrong.id, 1)


def test_recording_survives_a_crash_at_any_step() -> None:
    def act(ward: Ward) -> None:
        with suppress(AnsweredBefore):
            record(ward, body(pulse=("80", "/min")), key="measure-once")

    def check(ward: Ward) -> None:
        listed = recording.list_sets(ward.services, ward.by(), ward.patient, VitalsQuery())
        assert len(listed.items) == 1
        assert last(ward) == {"pulse": Decimal(80)}

    assert crash_everywhere(Ward, lambda w: w.world.store, act, check) > 0


def test_measurements_of_another_institution_do_not_exist(ward: Ward) -> None:
    made = record(ward, body(pulse=("80", "/min")))
    stranger, measured = ward.by(doctor("clinic-two")), body(pulse=("70", "/min"))
    query, course = VitalsQuery(), TrendQuery(vital="pulse")
    acts: list[Callable[[], object]] = [
        lambda: recording.record(ward.services, stranger, ward.patient, measured),
        lambda: recording.void(ward.services, stranger, ward.patient, made.id, 1),
        lambda: recording.list_sets(ward.services, stranger, ward.patient, query),
        lambda: recording.trend(ward.services, stranger, ward.patient, course),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()
