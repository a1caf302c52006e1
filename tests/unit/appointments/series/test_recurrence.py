"""A series keeps its local times, ends, and can be edited without touching what was not meant."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from telesalud.appointments.series.recurrence import (
    MAX_OCCURRENCES,
    Frequency,
    Override,
    Rule,
    Series,
    Weekday,
    cancel_following,
    edit_all,
    edit_following,
    expand,
)
from telesalud.platform.errors import Invalid, NotFound

LIMA, SANTIAGO, NEW_YORK = "America/Lima", "America/Santiago", "America/New_York"


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def moved_singly(series: Series, day: date, start: str, minutes: int) -> Series:
    """The series with one occurrence at a time of its own."""
    moved = Override(start=wall(start), minutes=minutes)
    return series.model_copy(update={"overrides": {**series.overrides, day: moved}})


def series(rule: Rule, start: str = "2026-03-02T09:00", zone: str = LIMA, **more: object) -> Series:
    values = {"start": wall(start), "zone": zone, "minutes": 30, "rule": rule}
    return Series.model_validate({**values, **more})


def days(made: Series) -> list[str]:
    return [occurrence.date.isoformat()[5:] for occurrence in expand(made)]


def test_every_third_day() -> None:
    rule = Rule(frequency=Frequency.DAYS, interval=3, count=3)
    assert days(series(rule)) == ["03-02", "03-05", "03-08"]


def test_every_workday_and_every_second_workday() -> None:
    friday = "2026-03-06T09:00"
    daily = Rule(frequency=Frequency.WORKDAYS, count=3)
    assert days(series(daily, friday)) == ["03-06", "03-09", "03-10"]
    second = Rule(frequency=Frequency.WORKDAYS, interval=2, count=3)
    assert days(series(second, friday)) == ["03-06", "03-10", "03-12"]


def test_chosen_weekdays_of_every_second_week_until_a_date() -> None:
    rule = Rule(
        frequency=Frequency.WEEKS,
        interval=2,
        weekdays=(Weekday.MONDAY, Weekday.THURSDAY),
        until=date(2026, 3, 19),
    )
    assert days(series(rule)) == ["03-02", "03-05", "03-16", "03-19"]


def test_nth_and_last_weekday_of_the_month() -> None:
    second = Rule(frequency=Frequency.MONTHS, nth=2, weekdays=(Weekday.TUESDAY,), count=3)
    assert days(series(second)) == ["03-10", "04-14", "05-12"]
    last = Rule(frequency=Frequency.MONTHS, nth=-1, weekdays=(Weekday.FRIDAY,), count=3)
    assert days(series(last)) == ["03-27", "04-24", "05-29"]


def test_a_month_without_the_day_is_skipped_and_the_last_day_never_is() -> None:
    the_31st = Rule(frequency=Frequency.MONTHS, count=3)
    assert days(series(the_31st, "2026-01-31T09:00")) == ["01-31", "03-31", "05-31"]
    last_day = Rule(frequency=Frequency.MONTHS, month_day=-1, count=3)
    assert days(series(last_day, "2026-01-31T09:00")) == ["01-31", "02-28", "03-31"]


def test_every_year_on_the_same_day() -> None:
    made = series(Rule(frequency=Frequency.YEARS, interval=2, count=3))
    assert [o.date.year for o in expand(made)] == [2026, 2028, 2030]


def test_clock_changes_neither_move_nor_lose_local_times() -> None:
    # Chile went to winter time on 2026-04-05 (UTC-3 to UTC-4).
    rule = Rule(frequency=Frequency.WEEKS, count=3)
    made = expand(series(rule, "2026-03-30T09:00", SANTIAGO))
    assert [o.start.hour for o in made] == [12, 13, 13]
    local = [o.start.astimezone(ZoneInfo(SANTIAGO)).time() for o in made]
    assert local == [time(9)] * 3


def test_a_time_that_the_clock_jumps_over_is_kept_after_the_jump() -> None:
    # New York jumped from 02:00 to 03:00 on 2026-03-08.
    rule = Rule(frequency=Frequency.DAYS, count=3)
    before, on, after = expand(series(rule, "2026-03-07T02:30", NEW_YORK))
    assert [o.shifted for o in (before, on, after)] == [False, True, False]
    assert on.start.astimezone(ZoneInfo(NEW_YORK)).time() == time(3, 30)
    assert on.end - on.start == timedelta(minutes=30)


def test_a_time_that_happens_twice_means_the_first() -> None:
    # New York repeated 01:00 to 02:00 on 2026-11-01; the first is UTC-4.
    (one,) = expand(series(Rule(frequency=Frequency.DAYS, count=1), "2026-11-01T01:30", NEW_YORK))
    assert one.start == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "broken",
    [
        {"frequency": "days"},
        {"frequency": "days", "count": 3, "until": "2026-04-01"},
        {"frequency": "days", "count": 0},
        {"frequency": "days", "count": MAX_OCCURRENCES + 1},
        {"frequency": "days", "interval": 7, "count": 2},
        {"frequency": "days", "weekdays": [1], "count": 2},
        {"frequency": "weeks", "nth": 1, "weekdays": [1], "count": 2},
        {"frequency": "weeks", "weekdays": [1, 1], "count": 2},
        {"frequency": "months", "nth": 1, "count": 2},
        {"frequency": "months", "weekdays": [1], "count": 2},
        {"frequency": "months", "month_day": 0, "count": 2},
        {"frequency": "months", "nth": 1, "weekdays": [1, 2], "count": 2},
        {"frequency": "hours", "count": 2},
    ],
)
def test_a_rule_that_never_ends_or_contradicts_itself_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Rule.model_validate(broken)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (Rule(frequency=Frequency.DAYS, until=date(2028, 3, 1)), "too-many"),
        (Rule(frequency=Frequency.YEARS, until=date(2100, 1, 1)), "too-far"),
        (Rule(frequency=Frequency.YEARS, interval=6, count=50), "too-far"),
        (Rule(frequency=Frequency.DAYS, until=date(2026, 3, 1)), "ends-before-start"),
        (Rule(frequency=Frequency.WORKDAYS, until=date(2026, 3, 2)), "empty"),
    ],
)
def test_a_recurrence_out_of_bounds_is_refused_with_its_reason(rule: Rule, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        expand(series(rule, excluded=[date(2026, 3, 2)]))
    assert refusal.value.fields[0].code == code


def test_an_unknown_zone_is_refused() -> None:
    for zone in ("America/Macondo", "../etc/passwd", ""):
        with pytest.raises(ValidationError):
            series(Rule(frequency=Frequency.DAYS, count=1), zone=zone)


def test_moving_one_occurrence_leaves_the_others_and_keeps_its_name() -> None:
    made = series(Rule(frequency=Frequency.WEEKS, count=3))
    moved = moved_singly(made, date(2026, 3, 9), "2026-03-10T15:00", 45)
    first, second, third = expand(moved)
    assert (first, third) == (expand(made)[0], expand(made)[2])
    assert second.date == date(2026, 3, 9)
    assert second.start == datetime(2026, 3, 10, 20, tzinfo=UTC)
    assert second.end - second.start == timedelta(minutes=45)
    again = moved_singly(moved, date(2026, 3, 9), "2026-03-11T15:00", 45)
    assert expand(again)[1].start.day == 11


def test_a_date_that_is_excluded_is_out_even_if_it_was_moved() -> None:
    made = series(Rule(frequency=Frequency.WEEKS, count=3), excluded=[date(2026, 3, 9)])
    moved = moved_singly(made, date(2026, 3, 9), "2026-03-10T15:00", 45)
    assert days(moved) == ["03-02", "03-16"]


def test_this_and_following_gets_the_new_time_and_keeps_single_edits() -> None:
    made = series(Rule(frequency=Frequency.WEEKS, count=4))
    made = moved_singly(made, date(2026, 3, 23), "2026-03-24T08:00", 30)
    edited = edit_following(made, date(2026, 3, 16), at=time(11))
    assert edited.kept is not None
    assert edited.changed is not None
    assert days(edited.kept) == ["03-02", "03-09"]
    assert [o.start.hour - 5 for o in expand(edited.changed)] == [11, 8]
    assert edited.dropped == ()


def test_following_from_the_first_leaves_nothing_behind() -> None:
    edited = cancel_following(series(Rule(frequency=Frequency.WEEKS, count=4)), date(2026, 3, 2))
    assert (edited.kept, edited.changed) == (None, None)


def test_editing_all_reports_single_edits_whose_date_is_gone() -> None:
    made = series(Rule(frequency=Frequency.WEEKS, count=3), excluded=[date(2026, 3, 16)])
    made = moved_singly(made, date(2026, 3, 9), "2026-03-10T15:00", 45)
    same_days = edit_all(made, minutes=20)
    assert same_days.changed is not None
    assert (same_days.dropped, days(same_days.changed)) == ((), ["03-02", "03-09"])
    other_days = edit_all(made, rule=Rule(frequency=Frequency.DAYS, count=2))
    assert other_days.dropped == (date(2026, 3, 9),)


def test_a_date_that_is_not_in_the_series_cannot_be_edited() -> None:
    made = series(Rule(frequency=Frequency.WEEKS, count=3), excluded=[date(2026, 3, 9)])
    for day in (date(2026, 3, 3), date(2026, 3, 9)):
        with pytest.raises(NotFound):
            cancel_following(made, day)


rules = st.builds(
    lambda frequency, interval, count: Rule(frequency=frequency, interval=interval, count=count),
    st.sampled_from(Frequency),
    st.integers(1, 6),
    st.integers(2, 20),
) | st.builds(
    lambda weekdays, interval, until: Rule(
        frequency=Frequency.WEEKS, weekdays=tuple(weekdays), interval=interval, until=until
    ),
    st.sets(st.sampled_from(Weekday), min_size=1, max_size=3),
    st.integers(1, 3),
    st.dates(date(2027, 1, 1), date(2027, 6, 1)),
)
starts = st.datetimes(wall("2026-01-01"), wall("2026-12-01")).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)
zones = st.sampled_from([LIMA, SANTIAGO, NEW_YORK, "America/Havana", "America/Sao_Paulo"])


@st.composite
def any_series(draw: st.DrawFn) -> Series:
    made = Series(start=draw(starts), zone=draw(zones), minutes=30, rule=draw(rules))
    try:
        expand(made)
    except Invalid:
        assume(False)
    return made


@settings(deadline=None)
@given(any_series())
def test_occurrences_are_in_order_and_local_unless_the_time_does_not_exist(made: Series) -> None:
    found = expand(made)
    assert all(a.start < b.start for a, b in pairwise(found))
    for occurrence in found:
        local = occurrence.start.astimezone(ZoneInfo(made.zone))
        assert (local.time() == made.start.time()) != occurrence.shifted
        assert local.date() == occurrence.date


@settings(deadline=None)
@given(any_series(), st.data())
def test_splitting_a_series_anywhere_loses_and_invents_nothing(
    made: Series, data: st.DataObject
) -> None:
    whole = expand(made)
    excluded = data.draw(st.sets(st.sampled_from([o.date for o in whole]), max_size=len(whole) - 1))
    made = made.model_copy(update={"excluded": frozenset(excluded)})
    whole = expand(made)
    at = data.draw(st.sampled_from(whole))
    edited = edit_following(made, at.date)
    assert edited.changed is not None
    head = expand(edited.kept) if edited.kept else []
    assert head + expand(edited.changed) == whole
    ended = cancel_following(made, at.date).kept
    assert (expand(ended) if ended else []) == head


@settings(deadline=None)
@given(any_series())
def test_a_stored_series_reads_back_the_same(made: Series) -> None:
    assert Series.model_validate_json(made.model_dump_json()) == made
