"""What a series promises: whole or not at all, nothing twice, resumable anywhere."""

import threading
from datetime import UTC, date, timedelta

import pytest

from schemas.series import (
    Conflict,
    ConflictPolicy,
    Frequency,
    Recurrence,
    SeriesStatus,
)
from telesalud.appointments.booking import repository
from telesalud.appointments.booking.locks import Kind
from telesalud.appointments.errors import SeriesBusy, SeriesConflicts
from telesalud.appointments.policy import READ
from telesalud.appointments.series import planning, reading, running
from telesalud.platform.errors import Invalid, KeyReused
from telesalud.platform.work import AnsweredBefore
from tests.support.crashes import crash_everywhere
from tests.support.memory_store import Crash
from tests.worlds.appointments.clinic import MONDAY, Clinic, desk, patient
from tests.worlds.appointments.recurring import (
    SYSTEM,
    WEEK,
    book,
    booked_or_remembered,
    cancel,
    check_whole,
    command,
    held,
    starts,
    timers,
    weekly,
)
from tests.worlds.world import call


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()


def test_every_week_for_a_year_keeps_its_wall_clock_time() -> None:
    clinic = Clinic(zone="America/Santiago")
    series = book(clinic, rule=weekly(52))
    locals_ = {o.start.astimezone(UTC).hour for o in series.occurrences}
    assert (len(starts(series)), series.conflicts, series.status) == (52, 0, SeriesStatus.SETTLED)
    # Chile is at UTC-3 in summer and UTC-4 in winter: eight in the morning is two UTC hours.
    assert locals_ == {11, 12}
    check_whole(clinic, series)


def test_a_year_of_weeks_takes_few_transactions_and_reads(clinic: Clinic) -> None:
    services = clinic.services
    clinic.book(services=services, patient=patient(7), start=MONDAY + timedelta(hours=3))
    trips = clinic.world.store.trips
    trips.reads = trips.writes = 0
    book(clinic, services=services, key="series-0001", rule=weekly(52))
    assert trips.writes <= 9
    assert trips.reads <= 14


def test_each_occurrence_is_announced_and_names_its_series(clinic: Clinic) -> None:
    series = book(clinic)
    booked = [e for e in clinic.world.events() if e.type == "appointments.appointment_booked"]
    assert {e.subject for e in booked} == {o.appointment for o in series.occurrences}
    one = repository.load(
        clinic.services, call(desk()), str(series.occurrences[2].appointment), READ
    ).view
    assert (one.series, one.day) == (series.id, date(2026, 12, 7))


def test_what_never_ends_is_refused_with_the_reason() -> None:
    with pytest.raises(ValueError, match="a series ends"):
        Recurrence(frequency=Frequency.WEEKS)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (weekly(400, interval=6), "fit in ten years"),
        (Recurrence(frequency=Frequency.DAYS, until=date(2035, 1, 1)), "at most 400"),
        (Recurrence(frequency=Frequency.WEEKS, until=date(2026, 1, 1)), "before the first"),
        (Recurrence(frequency=Frequency.DAYS, weekdays=(1,), count=3), "weekdays are chosen"),
    ],
)
def test_a_rule_that_is_none_says_why_and_writes_nothing(
    clinic: Clinic, rule: Recurrence, words: str
) -> None:
    before = len(clinic.world.store.changes)
    with pytest.raises(Invalid) as refused:
        book(clinic, rule=rule)
    assert words in refused.value.fields[0].detail
    assert len(clinic.world.store.changes) == before


def test_a_conflict_refuses_the_whole_and_names_the_day(clinic: Clinic) -> None:
    clinic.book(patient=patient(2), start=MONDAY + 2 * WEEK)
    clinic.book(patient=patient(1), practitioners=(clinic.luis,), start=MONDAY + 3 * WEEK)
    before = len(clinic.world.store.changes)
    with pytest.raises(SeriesConflicts) as refused:
        book(clinic)
    expected = ["2026-12-07 practitioner_taken", "2026-12-14 patient_busy"]
    assert refused.value.extra["conflicts"] == expected
    assert len(clinic.world.store.changes) == before


def test_conflicts_can_be_skipped_and_are_listed(clinic: Clinic) -> None:
    clinic.book(patient=patient(2), start=MONDAY + 2 * WEEK)
    series = book(clinic, conflicts=ConflictPolicy.SKIP)
    [skipped] = [o for o in series.occurrences if o.conflict]
    assert (skipped.day, skipped.conflict) == (date(2026, 12, 7), Conflict.PRACTITIONER_TAKEN)
    assert (skipped.appointment, series.conflicts, len(starts(series))) == (None, 1, 5)


def test_a_preview_shows_conflicts_and_writes_nothing(clinic: Clinic) -> None:
    clinic.book(patient=patient(2), start=MONDAY + WEEK)
    before = len(clinic.world.store.changes)
    shown = planning.preview(
        clinic.services, call(desk()), command(clinic, rule=weekly(3, weekdays=(1, 6)))
    )
    kinds = [o.conflict for o in shown.occurrences]
    assert kinds == [None, Conflict.OUTSIDE_HOURS, Conflict.PRACTITIONER_TAKEN]
    assert len(clinic.world.store.changes) == before


def test_occurrences_beyond_the_horizon_are_conflicts(clinic: Clinic) -> None:
    series = book(clinic, rule=weekly(110), conflicts=ConflictPolicy.SKIP)
    far = [o for o in series.occurrences if o.conflict is Conflict.TOO_FAR]
    # 730 days after the world's clock is an hour before the first of these.
    assert [o.day for o in far] == [date(2028, 11, 20) + n * WEEK for n in range(6)]


def test_the_same_request_twice_books_once(clinic: Clinic) -> None:
    first = book(clinic, key="series-0001")
    with pytest.raises(AnsweredBefore) as again:
        book(clinic, key="series-0001")
    assert again.value.answer.body == first.model_dump_json()
    by = call(desk(), key="series-0001", payload="another")
    with pytest.raises(KeyReused):
        planning.book(clinic.services, by, command(clinic), clinic.patients)


def test_a_crash_anywhere_loses_nothing_and_books_nothing_twice() -> None:
    def check(clinic: Clinic) -> None:
        events = [e.subject for e in clinic.told()]
        assert len(events) == len(set(events)) == 25
        assert len(held(clinic, Kind.PRACTITIONER, clinic.ana)) == 25
        assert set(held(clinic, Kind.PATIENT, patient(1).id).values()) == {6}
        assert timers(clinic) == []

    crashes = crash_everywhere(
        Clinic,
        lambda clinic: clinic.world.store,
        lambda clinic: booked_or_remembered(clinic, "series-0001", rule=weekly(25)),
        check,
    )
    assert crashes >= 8


def test_a_series_that_broke_off_completes_by_itself(clinic: Clinic) -> None:
    clinic.world.store.faults.before = 3
    with pytest.raises(Crash):
        book(clinic, rule=weekly(25))
    assert timers(clinic) == ["series"]
    [id_] = {i.key.pk.rpartition("#")[2] for i in clinic.world.store.sweep("SERIES#")}
    half = reading.show(clinic.services, call(desk()), id_, READ)
    assert half.status is SeriesStatus.WORKING
    assert len(half.occurrences) == 25
    assert 0 < len(starts(half)) < 25
    with pytest.raises(SeriesBusy):
        cancel(clinic, half)
    running.run(clinic.services, SYSTEM, id_)
    whole = reading.show(clinic.services, call(desk()), id_, READ)
    assert (whole.status, len(starts(whole))) == (SeriesStatus.SETTLED, 25)
    check_whole(clinic, whole)


def test_of_series_racing_for_the_same_times_one_has_all_and_the_others_nothing(
    clinic: Clinic,
) -> None:
    barrier = threading.Barrier(4)
    outcomes: list[str] = []

    def run(number: int) -> None:
        services = clinic.services
        barrier.wait()
        try:
            book(
                clinic,
                services=services,
                key=f"racer-{number}",
                patient=patient(number),
                rule=weekly(30),
            )
        except SeriesConflicts:
            outcomes.append("refused")
        else:
            outcomes.append("won")

    threads = [threading.Thread(target=run, args=(n,)) for n in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "refused", "refused", "won"]
    assert sorted(held(clinic, Kind.PRACTITIONER, clinic.ana).values()) == [6] * 30
    sizes = sorted(len(held(clinic, Kind.PATIENT, patient(n).id)) for n in range(1, 5))
    assert sizes == [0, 0, 0, 30]


def test_a_rival_in_the_middle_makes_a_whole_booking_take_everything_back(clinic: Clinic) -> None:
    def rival(_: object) -> None:
        clinic.world.store.before_transact = after_two
        calls.append(1)

    def after_two(_: object) -> None:
        calls.append(1)
        if len(calls) == 3:
            clinic.world.store.before_transact = None
            clinic.book(patient=patient(2), start=MONDAY + 20 * WEEK)

    calls: list[int] = []
    clinic.world.store.before_transact = rival
    with pytest.raises(SeriesConflicts) as refused:
        book(clinic, key="series-0001", rule=weekly(25))
    assert refused.value.extra["conflicts"] == ["2027-04-12 practitioner_taken"]
    assert held(clinic, Kind.PATIENT, patient(1).id) == {}
    assert len(held(clinic, Kind.PRACTITIONER, clinic.ana)) == 1
    with pytest.raises(SeriesConflicts):
        book(clinic, key="series-0001", rule=weekly(25))
    assert timers(clinic) == []
