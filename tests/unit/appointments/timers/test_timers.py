"""Timers: each fires once, not before it is due, and none is missed."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telesalud.appointments.timers import buckets
from telesalud.appointments.timers.buckets import Timer, TimerKind
from telesalud.platform.store import Item
from tests.worlds.world import START, TENANT, World

MINUTE = timedelta(minutes=1)


def waiting(world: World) -> list[Item]:
    return [i for i in world.store.sweep("TIMERS#") if "kind" in i.attributes]


@settings(max_examples=50, deadline=None)
@given(
    planned=st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 5000), st.integers(0, 14)), max_size=12
    ),
    every=st.integers(1, 20),
)
def test_every_timer_fires_once_and_soon_after_it_is_due(
    planned: list[tuple[int, int, int]], every: int
) -> None:
    """Each is planned at a minute, due some seconds later, and written up to 14 minutes late."""
    world = World()
    fired: dict[str, datetime] = {}

    def fire(timer: Timer) -> None:
        assert timer.subject not in fired
        fired[timer.subject] = world.clock.now

    todo = {
        str(n): (START + (at + late) * MINUTE, START + at * MINUTE + timedelta(seconds=seconds))
        for n, (at, seconds, late) in enumerate(planned)
    }
    written: set[str] = set()
    for minute in range(180):
        world.clock.now = START + minute * MINUTE
        for subject, (when, due) in todo.items():
            if when <= world.clock.now and subject not in written:
                world.store.transact([Timer(TimerKind.OFFER, TENANT, subject, due).put()])
                written.add(subject)
        if minute % every == 0 or minute == 179:
            buckets.sweep(world.services, {TimerKind.OFFER: fire}, lambda: True)
    assert fired.keys() == todo.keys()
    for subject, (when, due) in todo.items():
        assert due <= fired[subject] <= max(due, when) + (every + 1) * MINUTE
    assert waiting(world) == []


def test_a_timer_that_fails_comes_back_later_and_later() -> None:
    world = World()
    tries: list[datetime] = []

    def fail(_: Timer) -> None:
        tries.append(world.clock.now)
        if len(tries) < 6:
            raise RuntimeError

    world.store.transact([Timer(TimerKind.SERIES, TENANT, "one", START).put()])
    while waiting(world):
        buckets.sweep(world.services, {TimerKind.SERIES: fail}, lambda: True)
        world.clock.advance(minutes=1)
    minutes = [int((moment - START) / MINUTE) for moment in tries]
    assert minutes == [0, 1, 3, 7, 15, 31]


def test_what_a_run_has_no_time_for_is_left_to_the_next() -> None:
    world = World()
    for n in range(5):
        world.store.transact([Timer(TimerKind.SERIES, TENANT, str(n), START).put()])
    done: list[str] = []
    table = {TimerKind.SERIES: lambda t: done.append(t.subject)}
    assert buckets.sweep(world.services, table, lambda: len(done) < 3) == 3
    world.clock.advance(minutes=30)
    assert buckets.sweep(world.services, table, lambda: True) == 2
    assert sorted(done) == ["0", "1", "2", "3", "4"]


def test_an_empty_run_is_a_handful_of_round_trips() -> None:
    world = World()
    buckets.sweep(world.services, {}, lambda: True)
    world.clock.advance(minutes=1)
    world.store.trips.reads = world.store.trips.writes = 0
    buckets.sweep(world.services, {}, lambda: True)
    assert (world.store.trips.reads, world.store.trips.writes) == (5, 1)


def test_a_runner_that_falls_behind_says_by_how_much(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Reminders that come after their visit are seen here before patients tell."""
    caplog.set_level("INFO")
    world = World()
    for minutes in (0, 5):
        world.store.transact([Timer(TimerKind.OFFER, TENANT, str(minutes), START).put()])
    world.clock.now = START + 40 * MINUTE
    buckets.sweep(world.services, {TimerKind.OFFER: lambda _: None}, lambda: True)
    buckets.sweep(world.services, {TimerKind.OFFER: lambda _: None}, lambda: True)
    swept = [r.__dict__ for r in caplog.records if r.getMessage() == buckets.SWEPT]
    assert [(each["count"], each["seconds"]) for each in swept] == [(2, 2400), (0, 0)]
