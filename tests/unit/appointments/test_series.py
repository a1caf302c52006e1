"""What a series promises: whole or not at all, nothing twice, resumable anywhere."""

import threading
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest

from schemas.appointments import Cancel, ChangeStatus, Reschedule, Status
from schemas.series import (
    BookSeries,
    CancelSeries,
    Conflict,
    ConflictPolicy,
    Frequency,
    Recurrence,
    RescheduleSeries,
    Series,
    SeriesScope,
    SeriesStatus,
)
from telesalud.appointments import (
    booking,
    repository,
    series_booking,
    series_editing,
    series_reading,
    series_store,
    series_work,
)
from telesalud.appointments.locks import Kind, Owner
from telesalud.appointments.refusals import SeriesBusy, SeriesConflicts
from telesalud.platform.access import Caller
from telesalud.platform.errors import Forbidden, Invalid, KeyReused, NotFound, StaleVersion
from telesalud.platform.work import AnsweredBefore, Call, Services
from tests.support.crashes import crash_everywhere
from tests.support.memory_store import Crash
from tests.support.world import TENANT, call, partner
from tests.unit.appointments.clinic import MONDAY, Clinic, desk, patient

SYSTEM = Call(Caller.system(TENANT, "appointments"), "timer-1")
WEEK = timedelta(days=7)


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()


def weekly(count: int = 6, **more: Any) -> Recurrence:
    return Recurrence(frequency=Frequency.WEEKS, count=count, **more)


def command(clinic: Clinic, **changes: Any) -> BookSeries:
    fields: dict[str, Any] = {
        "patient": patient(1),
        "practitioners": (clinic.ana,),
        "site": clinic.site,
        "category": "visit",
        "first_date": date(2026, 11, 23),
        "local_time": time(8),
        "minutes": 30,
        "rule": weekly(),
    }
    return BookSeries.model_validate(fields | changes)


def book(
    clinic: Clinic, *, key: str = "", services: Services | None = None, **changes: Any
) -> Series:
    made = services or clinic.services
    by = call(desk(), key=key)
    return series_booking.book(made, by, command(clinic, **changes), clinic.patients)


def booked_or_remembered(clinic: Clinic, key: str, **changes: Any) -> None:
    try:
        book(clinic, key=key, **changes)
    except AnsweredBefore:
        return


def held(clinic: Clinic, kind: Kind, owner: str) -> dict[str, int]:
    """How many quanta each appointment holds."""
    found: dict[str, int] = {}
    for item in clinic.world.store.query(Owner(TENANT, kind, owner).partition, limit=1000).items:
        for name in item.attributes:
            found[item.text(name)] = found.get(item.text(name), 0) + 1
    return found


def starts(series: Series) -> list[datetime]:
    return [o.start for o in series.occurrences if o.appointment and o.status is Status.BOOKED]


def check_whole(clinic: Clinic, series: Series) -> None:
    """Locks are those of the booked occurrences, and each appointment is in its agendas."""
    live = {
        str(o.appointment): o.minutes // 5 for o in series.occurrences if o.status is Status.BOOKED
    }
    assert held(clinic, Kind.PRACTITIONER, clinic.ana) == live
    assert held(clinic, Kind.PATIENT, patient(1).id) == live
    for found in repository.load_many(clinic.services, TENANT, list(live)).values():
        keys = found.booking.copies(TENANT)
        assert len(clinic.world.store.get_many(keys)) == len(keys)
    assert timers(clinic) == []


def timers(clinic: Clinic) -> list[str]:
    found = clinic.world.store.sweep("TIMERS#")
    return [item.text("kind") for item in found if item.attributes.get("kind")]


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
    one = repository.load(clinic.services, TENANT, str(series.occurrences[2].appointment)).view
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
    shown = series_booking.preview(
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
        series_booking.book(clinic.services, by, command(clinic), clinic.patients)


def test_a_crash_anywhere_loses_nothing_and_books_nothing_twice() -> None:
    def check(clinic: Clinic) -> None:
        events = [e.subject for e in clinic.world.events()]
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
    half = series_reading.show(clinic.services, TENANT, id_)
    assert half.status is SeriesStatus.WORKING
    assert len(half.occurrences) == 25
    assert 0 < len(starts(half)) < 25
    with pytest.raises(SeriesBusy):
        cancel(clinic, half)
    series_work.run(clinic.services, SYSTEM, id_)
    whole = series_reading.show(clinic.services, TENANT, id_)
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


def cancel(clinic: Clinic, series: Series, day: date | None = None, **more: Any) -> Series:
    scope = SeriesScope.FOLLOWING if day else SeriesScope.ALL
    body = CancelSeries.model_validate({"scope": scope, "day": day} | more)
    return series_editing.cancel(clinic.services, call(desk()), series.id, body, series.version)


def move(clinic: Clinic, series: Series, day: date | None = None, **more: Any) -> Series:
    scope = SeriesScope.FOLLOWING if day else SeriesScope.ALL
    body = RescheduleSeries.model_validate({"scope": scope, "day": day} | more)
    return series_editing.reschedule(clinic.services, call(desk()), series.id, body, series.version)


def test_one_occurrence_is_moved_and_another_cancelled(clinic: Clinic) -> None:
    series = book(clinic)
    this = {"scope": SeriesScope.THIS}
    moved = move(
        clinic, series, date(2026, 12, 7), **this, to_date=date(2026, 12, 8), local_time=time(9)
    )
    assert moved.occurrences[2].start == datetime(2026, 12, 8, 14, tzinfo=UTC)
    left = cancel(clinic, moved, date(2026, 12, 14), **this, reason="Viaje")
    assert left.occurrences[3].status is Status.CANCELLED
    assert len(starts(left)) == 5
    check_whole(clinic, left)


def test_the_following_move_and_the_earlier_stay(clinic: Clinic) -> None:
    series = book(clinic)
    moved = move(clinic, series, date(2026, 12, 14), local_time=time(10), minutes=60)
    assert [s.hour for s in starts(moved)] == [13, 13, 13, 15, 15, 15]
    assert [o.minutes for o in moved.occurrences] == [30, 30, 30, 60, 60, 60]
    check_whole(clinic, moved)


def test_what_was_moved_singly_keeps_its_time_when_all_are_moved(clinic: Clinic) -> None:
    series = book(clinic)
    second = series.occurrences[1]
    to = Reschedule(start=MONDAY + WEEK + timedelta(days=1))
    booking.reschedule(clinic.services, call(desk()), str(second.appointment), to, 1)
    third = series.occurrences[2]
    booking.cancel(clinic.services, call(desk()), str(third.appointment), Cancel(), 1)
    moved = move(clinic, series, local_time=time(9))
    assert moved.occurrences[1].start == MONDAY + WEEK + timedelta(days=1)
    assert moved.occurrences[2].status is Status.CANCELLED
    assert [s.hour for s in starts(moved)] == [14, 13, 14, 14, 14]
    check_whole(clinic, moved)


def test_another_rule_cancels_the_dates_it_lacks_and_books_the_new(clinic: Clinic) -> None:
    series = book(clinic)
    rule = Recurrence(frequency=Frequency.WEEKS, weekdays=(2, 4), until=date(2026, 12, 17))
    moved = move(clinic, series, date(2026, 12, 7), rule=rule)
    days = sorted(s.date() for s in starts(moved))
    assert [d.isoformat()[5:] for d in days] == [
        "11-23",
        "11-30",
        "12-08",
        "12-10",
        "12-15",
        "12-17",
    ]
    check_whole(clinic, moved)


def test_a_conflict_refuses_a_move_of_all_unless_it_may_be_skipped(clinic: Clinic) -> None:
    series = book(clinic)
    clinic.book(patient=patient(2), start=MONDAY + WEEK + timedelta(hours=1))
    with pytest.raises(SeriesConflicts) as refused:
        move(clinic, series, local_time=time(9))
    assert refused.value.extra["conflicts"] == ["2026-11-30 practitioner_taken"]
    moved = move(clinic, series, local_time=time(9), conflicts=ConflictPolicy.SKIP)
    assert [s.hour for s in starts(moved)] == [14, 13, 14, 14, 14, 14]
    assert moved.occurrences[1].conflict is Conflict.PRACTITIONER_TAKEN


def test_moving_by_less_than_the_length_is_no_conflict_with_oneself(clinic: Clinic) -> None:
    series = book(clinic)
    moved = move(clinic, series, local_time=time(8, 15))
    assert {s.minute for s in starts(moved)} == {15}


def test_the_following_are_called_off_and_everything_is_free_again(clinic: Clinic) -> None:
    series = book(clinic)
    left = cancel(clinic, series, date(2026, 12, 7))
    assert len(starts(left)) == 2
    check_whole(clinic, left)
    gone = cancel(clinic, left)
    assert starts(gone) == []
    assert held(clinic, Kind.PATIENT, patient(1).id) == {}
    clinic.book(patient=patient(2))


def test_what_was_attended_is_never_touched(clinic: Clinic) -> None:
    series = book(clinic)
    first = str(series.occurrences[0].appointment)

    booking.change_status(
        clinic.services, call(desk()), first, ChangeStatus(status=Status.CHECKED_OUT), 1
    )
    left = cancel(clinic, series)
    assert left.occurrences[0].status is Status.CHECKED_OUT


@pytest.mark.parametrize("act", ["move", "cancel"])
def test_a_crash_anywhere_in_an_edit_is_made_good(act: str) -> None:
    edit = cancel if act == "cancel" else partial(move, local_time=time(9))
    for side in ("before", "after"):
        for step in range(1, 12):
            clinic = Clinic()
            series = book(clinic, rule=weekly(15))
            setattr(clinic.world.store.faults, side, step)
            try:
                edit(clinic, series)
            except Crash:
                series_work.run(clinic.services, SYSTEM, series.id)
            struck = clinic.world.store.faults.struck
            clinic.world.store.faults.before = clinic.world.store.faults.after = 0
            after = series_reading.show(clinic.services, TENANT, series.id)
            if step == 1 and side == "before":
                assert len(starts(after)) == 15
            elif act == "move":
                assert {s.hour for s in starts(after)} == {14}
                assert len(starts(after)) == 15
            else:
                assert starts(after) == []
            check_whole(clinic, after)
            if not struck:
                break
        else:
            pytest.fail("more transactions than this looks at")


def test_an_edit_needs_the_version_that_was_read(clinic: Clinic) -> None:
    series = book(clinic)
    with pytest.raises(StaleVersion):
        cancel(clinic, series.model_copy(update={"version": 1}))
    with pytest.raises(NotFound):
        move(clinic, series, date(2026, 12, 8), local_time=time(9))


def test_a_series_of_another_institution_does_not_exist(clinic: Clinic) -> None:
    series = book(clinic)
    with pytest.raises(NotFound):
        series_reading.read(clinic.services, call(desk("clinic-two")), series.id)


def test_a_series_needs_the_right_to_write(clinic: Clinic) -> None:
    with pytest.raises(Forbidden):
        series_booking.book(
            clinic.services, call(partner("appointments.read")), command(clinic), clinic.patients
        )


def test_the_plan_of_a_series_has_no_name_in_clear(clinic: Clinic) -> None:
    series = book(clinic, comment="Trae exámenes")
    page = clinic.world.store.query(series_store.partition(TENANT, series.id), limit=100)
    stored = repr([item.attributes for item in page.items])
    assert "Demostración" not in stored
    assert "exámenes" not in stored
