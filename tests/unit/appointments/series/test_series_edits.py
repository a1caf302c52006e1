"""Edits of a series: one, the following, all; what was attended or moved singly stays."""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest

from schemas.agendas import Closure
from schemas.appointments import Cancel, ChangeStatus, Reschedule, Status
from schemas.patients import PatientFact
from schemas.series import (
    Conflict,
    ConflictPolicy,
    Frequency,
    Recurrence,
    SeriesScope,
)
from telesalud.appointments.booking import lifecycle, merges
from telesalud.appointments.booking import repository as bookings
from telesalud.appointments.booking.locks import Kind
from telesalud.appointments.errors import SeriesConflicts
from telesalud.appointments.places import directory
from telesalud.appointments.policy import READ
from telesalud.appointments.series import planning, reading, repository, running
from telesalud.platform.errors import Forbidden, NotFound, StaleVersion
from tests.support.memory_store import Crash
from tests.worlds.appointments.clinic import MONDAY, Clinic, desk, patient
from tests.worlds.appointments.recurring import (
    SYSTEM,
    WEEK,
    book,
    cancel,
    check_whole,
    command,
    held,
    move,
    starts,
    weekly,
)
from tests.worlds.world import TENANT, call, partner


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()


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
    lifecycle.reschedule(clinic.services, call(desk()), str(second.appointment), to, 1)
    third = series.occurrences[2]
    lifecycle.cancel(clinic.services, call(desk()), str(third.appointment), Cancel(), 1)
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

    lifecycle.change_status(
        clinic.services, call(desk()), first, ChangeStatus(status=Status.ARRIVED), 1
    )
    left = cancel(clinic, series)
    assert left.occurrences[0].status is Status.ARRIVED


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
                running.run(clinic.services, SYSTEM, series.id)
            struck = clinic.world.store.faults.struck
            clinic.world.store.faults.before = clinic.world.store.faults.after = 0
            after = reading.show(clinic.services, call(desk()), series.id, READ)
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
        reading.read(clinic.services, call(desk("clinic-two")), series.id)


def test_a_series_needs_the_right_to_write(clinic: Clinic) -> None:
    with pytest.raises(Forbidden):
        planning.book(
            clinic.services, call(partner("appointments.read")), command(clinic), clinic.patients
        )


def test_the_plan_of_a_series_has_no_name_in_clear(clinic: Clinic) -> None:
    series = book(clinic, comment="Trae exámenes")
    page = clinic.world.store.query(repository.partition(TENANT, series.id), limit=100)
    stored = repr([item.attributes for item in page.items])
    assert "Demostración" not in stored
    assert "exámenes" not in stored


def test_the_longest_occurrences_of_most_people_fit_their_transactions(clinic: Clinic) -> None:
    third = clinic.add_practitioner("Médica Demostración Tres", "general")
    people = (clinic.ana, clinic.luis, third)
    changes: dict[str, Any] = {"minutes": 480, "local_time": time(6, 5), "outside_hours": True}
    series = book(clinic, practitioners=people, category="telemedicine", rule=weekly(3), **changes)
    assert len(starts(series)) == 3
    moved = move(clinic, series, local_time=time(15, 10), outside_hours=True)
    assert {s.astimezone(UTC).hour for s in starts(moved)} == {20}
    assert len(held(clinic, Kind.PRACTITIONER, third)) == 3


def test_teleconsultations_of_a_series_follow_each_occurrence(clinic: Clinic) -> None:
    series = book(clinic, category="telemedicine", rule=weekly(3))
    moved = move(clinic, series, date(2026, 11, 30), local_time=time(9))
    wanted = []
    for one in moved.occurrences:
        link = bookings.load(clinic.services, call(desk()), str(one.appointment), READ).link
        assert link is not None
        wanted.append((link.text("state"), link.number("wanted")))
    assert wanted == [("pending", 1), ("pending", 2), ("pending", 2)]


def test_a_merge_while_a_series_is_booked_books_the_rest_for_the_survivor(clinic: Clinic) -> None:
    clinic.world.store.faults.before = 3
    with pytest.raises(Crash):
        book(clinic, rule=weekly(25))
    clinic.world.store.faults.before = 0
    fact = PatientFact(patient_id=patient(1).id, merged_into=patient(2).id)
    merges.follow(clinic.services, SYSTEM, fact, 2)
    [id_] = {i.key.pk.rpartition("#")[2] for i in clinic.world.store.sweep("SERIES#")}
    running.run(clinic.services, SYSTEM, id_)
    assert held(clinic, Kind.PATIENT, patient(1).id) == {}
    assert len(held(clinic, Kind.PATIENT, patient(2).id)) == 25
    back = PatientFact(patient_id=patient(1).id)
    assert merges.follow(clinic.services, SYSTEM, back, 3) == 25
    assert len(held(clinic, Kind.PATIENT, patient(1).id)) == 25


def test_hours_that_change_in_the_middle_leave_out_what_no_longer_fits(clinic: Clinic) -> None:
    def close(_: object) -> None:
        calls.append(1)
        if len(calls) == 3:
            clinic.world.store.before_transact = None
            body = clinic.hours().model_copy(update={"closures": (holiday,)})
            directory.put_hours(clinic.services, call(desk()), clinic.ana, body, 1)

    calls: list[int] = []
    holiday = Closure(first=date(2027, 3, 1), last=date(2027, 12, 31))
    clinic.world.store.before_transact = close
    series = book(clinic, rule=weekly(25), conflicts=ConflictPolicy.SKIP)
    outside = [o.day for o in series.occurrences if o.conflict is Conflict.OUTSIDE_HOURS]
    assert min(outside) == date(2027, 3, 1)
    assert len(outside) + len(starts(series)) == 25
