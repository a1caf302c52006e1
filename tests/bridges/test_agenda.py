"""The scheduled minimum: capacity is there before the booked consults and gone after them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jitsi_cluster.autoscaler.agenda import Agenda, AgendaPlan, Slot, floor_at, peak_booked
from tests.bridges.fakes import NOW

PLAN = AgendaPlan(calls_per_bridge=100, maximum=20)


def agenda(*slots: tuple[float, int, int]) -> Agenda:
    """Slots as (minutes from now, planned minutes, booked)."""
    return Agenda(
        slots=tuple(
            Slot(start=NOW + timedelta(minutes=at), minutes=length, booked=booked)
            for at, length, booked in slots
        ),
        fetched_at=NOW,
        valid_until=NOW + timedelta(hours=3),
    )


@pytest.mark.parametrize(
    ("minute", "floor"),
    [(-16, 0), (-15, 4), (0, 4), (30, 4), (44.9, 4), (45, 0)],
)
def test_capacity_comes_a_quarter_hour_before_and_goes_a_quarter_hour_after(
    minute: float, floor: int
) -> None:
    known = agenda((0, 30, 400))
    assert floor_at(PLAN, known, NOW + timedelta(minutes=minute)) == floor


def test_back_to_back_slots_do_not_add_up() -> None:
    known = agenda((0, 15, 300), (15, 15, 300), (30, 15, 300))
    assert floor_at(PLAN, known, NOW + timedelta(minutes=14)) == 3


def test_overlapping_slots_add_up() -> None:
    assert floor_at(PLAN, agenda((0, 30, 300), (15, 30, 300)), NOW) == 6


def test_one_booking_gets_the_minimum_of_two_so_that_one_bridge_may_fail() -> None:
    assert floor_at(PLAN, agenda((0, 15, 1)), NOW) == 2


def test_the_maximum_bounds_the_floor() -> None:
    assert floor_at(PLAN, agenda((0, 15, 10_000)), NOW) == 20


@pytest.mark.parametrize("known", [None, agenda((0, 15, 1))])
def test_an_unknown_or_outdated_agenda_never_switches_the_cluster_off(known: Agenda | None) -> None:
    assert floor_at(PLAN, known, NOW + timedelta(hours=2, minutes=46)) == PLAN.minimum


def test_idle_minimum_covers_the_hours_without_bookings() -> None:
    cover = PLAN.model_copy(update={"idle_minimum": 1})
    assert floor_at(cover, agenda(), NOW) == 1


def test_a_plan_with_bounds_out_of_order_is_refused() -> None:
    with pytest.raises(ValueError, match="idle_minimum <= minimum <= maximum"):
        AgendaPlan(calls_per_bridge=1, minimum=1, idle_minimum=2)


slots = st.lists(
    st.tuples(st.integers(-120, 120), st.integers(1, 90), st.integers(0, 500)), max_size=12
)


@given(slots, st.integers(-60, 60), st.integers(0, 60))
def test_peak_is_the_highest_concurrency_of_any_minute(
    found: list[tuple[int, int, int]], since: int, length: int
) -> None:
    known = agenda(*found)
    start, end = NOW + timedelta(minutes=since), NOW + timedelta(minutes=since + length)
    minutes = (start + timedelta(minutes=m) for m in range(length + 1))
    by_minute = max(
        sum(s.booked for s in known.slots if s.start <= minute < s.end) for minute in minutes
    )
    assert peak_booked(known.slots, start, end) == by_minute


@given(slots, st.integers(0, 30))
def test_more_bookings_never_mean_fewer_bridges(found: list[tuple[int, int, int]], at: int) -> None:
    now = NOW + timedelta(minutes=at)
    more = [(start, length, booked + 7) for start, length, booked in found]
    assert floor_at(PLAN, agenda(*more), now) >= floor_at(PLAN, agenda(*found), now)
