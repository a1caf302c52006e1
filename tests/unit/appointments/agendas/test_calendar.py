"""Wall-clock time: daylight saving neither moves nor loses slots."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.agendas import Closure, ExtraBlock, WeeklyBlock
from telesalud.appointments.agendas import calendar
from telesalud.appointments.agendas.calendar import Span
from telesalud.appointments.agendas.stored import OpeningHours
from tests.worlds.appointments.clinic import NOBODY as SITE

SANTIAGO = ZoneInfo("America/Santiago")
LIMA = ZoneInfo("America/Lima")
# Chile's clocks: forward at midnight of 6 September 2026, back at midnight of 4 April 2027.
FORWARD = date(2026, 9, 6)
BACK = date(2027, 4, 3)


def day_of(*blocks: tuple[time, time | None], minutes: int = 30) -> OpeningHours:
    """The same blocks every day of the week."""
    return OpeningHours(
        weekly=tuple(
            WeeklyBlock(weekday=day, start=start, end=end, site=SITE, slot_minutes=minutes)
            for day in range(1, 8)
            for start, end in blocks
        )
    )


def walls(hours: OpeningHours, day: date, zone: ZoneInfo) -> list[str]:
    """The slots' wall-clock starts with their offset."""
    spans = calendar.open_spans(hours, [day], zone, site=SITE, category=None, minutes=None)
    return [s.start.astimezone(zone).strftime("%H:%M%z") for s in spans]


def test_slots_keep_their_wall_clock_when_the_offset_changes() -> None:
    hours = day_of((time(9), time(11)))
    expected = ["09:00", "09:30", "10:00", "10:30"]
    for day in (FORWARD - timedelta(days=1), FORWARD, BACK, BACK + timedelta(days=1)):
        assert [wall[:5] for wall in walls(hours, day, SANTIAGO)] == expected


def test_a_skipped_hour_has_no_slots() -> None:
    hours = day_of((time(0), time(2)))
    assert walls(hours, FORWARD, SANTIAGO) == ["01:00-0300", "01:30-0300"]


def test_an_hour_that_comes_twice_has_slots_in_both() -> None:
    hours = day_of((time(22), None))
    assert walls(hours, BACK, SANTIAGO) == [
        "22:00-0300",
        "22:30-0300",
        "23:00-0300",
        "23:30-0300",
        "23:00-0400",
        "23:30-0400",
    ]


def test_slots_of_a_doubled_hour_do_not_overlap() -> None:
    hours = day_of((time(22), None), minutes=40)
    spans = list(
        calendar.open_spans(hours, [BACK], SANTIAGO, site=SITE, category=None, minutes=None)
    )
    assert all(a.end <= b.start for a, b in pairwise(spans))


def test_what_is_offered_can_be_booked() -> None:
    hours = day_of((time(0), time(3)), (time(20), None))
    for day in (FORWARD, BACK, date(2026, 11, 23)):
        spans = list(
            calendar.open_spans(hours, [day], SANTIAGO, site=SITE, category=None, minutes=None)
        )
        assert spans
        assert all(calendar.is_open(hours, span, SITE, "visit", SANTIAGO) for span in spans)


@given(
    day=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    start=st.integers(0, 284),
    length=st.integers(1, 96),
    slot=st.sampled_from([5, 10, 15, 20, 30, 40, 45, 60]),
    zone=st.sampled_from(["America/Santiago", "America/Asuncion", "America/Havana", "UTC"]),
)
def test_slots_of_any_day_are_apart_inside_and_bookable(
    day: date, start: int, length: int, slot: int, zone: str
) -> None:
    opens = time(start * 5 // 60, start * 5 % 60)
    end = min(start + length, 288) * 5
    closes = None if end == 1440 else time(end // 60, end % 60)
    place = ZoneInfo(zone)
    hours = day_of((opens, closes), minutes=slot)
    spans = list(calendar.open_spans(hours, [day], place, site=SITE, category=None, minutes=None))
    for one, following in pairwise(spans):
        assert one.end <= following.start
    for span in spans:
        assert span.end - span.start == timedelta(minutes=slot)
        assert span.start.astimezone(place).date() == day
        assert calendar.is_open(hours, span, SITE, "visit", place)
    minutes = end - start * 5
    # A day without a change of clocks offers every slot that fits.
    if calendar.to_utc(day, None, place) - calendar.to_utc(day, time(0), place) == timedelta(
        days=1
    ):
        assert len(spans) == minutes // slot


def test_closures_win_over_blocks() -> None:
    day = date(2026, 11, 23)
    hours = day_of((time(8), time(10))).model_copy(
        update={"closures": (Closure(first=day, last=day, start=time(8, 45), end=time(9, 15)),)}
    )
    assert [w[:5] for w in walls(hours, day, LIMA)] == ["08:00", "09:30"]
    assert [w[:5] for w in walls(hours, day + timedelta(days=1), LIMA)][:2] == ["08:00", "08:30"]


def test_a_block_is_for_its_site_categories_and_dates() -> None:
    day = date(2026, 11, 23)
    block = WeeklyBlock(
        weekday=1,
        start=time(8),
        end=time(9),
        site=SITE,
        slot_minutes=30,
        categories=("procedure",),
        valid_from=day,
        valid_until=day,
    )
    hours = OpeningHours(weekly=(block,))
    span = Span(datetime(2026, 11, 23, 13, tzinfo=UTC), datetime(2026, 11, 23, 13, 30, tzinfo=UTC))
    assert calendar.is_open(hours, span, SITE, "procedure", LIMA)
    assert not calendar.is_open(hours, span, SITE, "visit", LIMA)
    assert not calendar.is_open(hours, span, "elsewhere", "procedure", LIMA)
    week = timedelta(days=7)
    for later in (span.start + week, span.start - week):
        moved = Span(later, later + timedelta(minutes=30))
        assert not calendar.is_open(hours, moved, SITE, "procedure", LIMA)


def test_an_extra_block_opens_one_date() -> None:
    saturday = date(2026, 11, 28)
    extra = ExtraBlock(date=saturday, start=time(9), end=time(10), site=SITE, slot_minutes=30)
    hours = OpeningHours(extra=(extra,))
    assert len(walls(hours, saturday, LIMA)) == 2
    assert walls(hours, saturday + timedelta(days=7), LIMA) == []


@pytest.mark.parametrize("local", [time(0), time(0, 30), time(0, 59)])
def test_a_skipped_time_is_the_moment_of_the_skip(local: time) -> None:
    moment = calendar.to_utc(FORWARD, local, SANTIAGO)
    assert moment == datetime(2026, 9, 6, 4, 0, tzinfo=UTC)


def _night(*blocks: tuple[int, int, int | None], **more: Any) -> OpeningHours:
    weekly = tuple(
        WeeklyBlock(
            weekday=day,
            start=time(start),
            end=time(end) if end is not None else None,
            site=SITE,
            slot_minutes=30,
        )
        for day, start, end in blocks
    )
    return OpeningHours(weekly=weekly, **more)


@pytest.mark.parametrize(
    ("hours", "start", "minutes"),
    [
        (_night((1, 22, None), (2, 0, 2)), datetime(2026, 11, 23, 23, 30, tzinfo=LIMA), 60),
        (_night((1, 22, None), (2, 0, 2)), datetime(2026, 11, 23, 22, 0, tzinfo=LIMA), 240),
        (_night((1, 8, 12), (1, 12, 16)), datetime(2026, 11, 23, 11, 30, tzinfo=LIMA), 60),
        (_night((7, 20, None), (1, 0, 6)), datetime(2026, 11, 22, 23, 45, tzinfo=LIMA), 30),
    ],
)
def test_blocks_that_meet_are_one_open_time(
    hours: OpeningHours, start: datetime, minutes: int
) -> None:
    span = calendar.span_of(start.astimezone(UTC), minutes)
    assert calendar.is_open(hours, span, SITE, "visit", LIMA)
    if start.minute % 30 == 0:
        offered = calendar.open_spans(
            hours, [start.date()], LIMA, site=SITE, category="visit", minutes=minutes
        )
        assert span in list(offered)


def test_a_closure_of_the_next_day_closes_what_reaches_into_it() -> None:
    closed = Closure(first=date(2026, 11, 24), last=date(2026, 11, 24))
    hours = _night((1, 22, None), (2, 0, 2), closures=(closed,))
    late = calendar.span_of(datetime(2026, 11, 23, 23, 30, tzinfo=LIMA).astimezone(UTC), 60)
    assert not calendar.is_open(hours, late, SITE, "visit", LIMA)
    offered = calendar.open_spans(
        hours, [date(2026, 11, 23)], LIMA, site=SITE, category=None, minutes=60
    )
    assert late not in list(offered)


def test_a_gap_between_blocks_stays_closed() -> None:
    hours = _night((1, 8, 12), (1, 13, 16))
    span = calendar.span_of(datetime(2026, 11, 23, 11, 30, tzinfo=LIMA).astimezone(UTC), 60)
    assert not calendar.is_open(hours, span, SITE, "visit", LIMA)
