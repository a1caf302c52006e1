"""The scale function's use case: fake bridges over HTTP, the group and the table in memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from jitsi_cluster.autoscaler.agenda import Agenda, AgendaPlan, Slot
from jitsi_cluster.autoscaler.model import Stage
from jitsi_cluster.autoscaler.ports import BookingsUnavailable, MemoryConflict
from jitsi_cluster.autoscaler.rule import AGENDA_AWARE_RULE
from jitsi_cluster.autoscaler.usecases import Policy, refresh_agenda, scale
from tests.bridges.conftest import World
from tests.bridges.fake_bridge import FakeBridge
from tests.bridges.fakes import MINUTE, NOW, policy

Start = Callable[..., FakeBridge]


def serve(world: World, *bridges: FakeBridge) -> None:
    for number, each in enumerate(bridges):
        world.group.add(f"i-{number}", each.address)
    world.group.desired = len(bridges)


def tick(world: World, start: int, end: int, given: Policy | None = None) -> None:
    for minute in range(start, end):
        scale(given or policy(), world.outside, NOW + minute * MINUTE)


def last_cause(world: World) -> str:
    return world.board.published[-1].cause


def did(world: World, what: str) -> list[str]:
    return [bridge_id for name, bridge_id in world.group.done if name == what]


def test_two_stressed_minutes_add_one_bridge_and_the_grace_period_holds_the_next(
    world: World, bridge: Start
) -> None:
    serve(world, bridge(stress=0.4), bridge(stress=0.5))
    tick(world, 0, 1)
    assert world.group.desired == 2
    tick(world, 1, 2)
    assert world.group.desired == 3
    world.group.add("i-2", bridge(stress=0.5).address)
    tick(world, 2, 11)
    assert world.group.desired == 3
    tick(world, 11, 12)
    assert world.group.desired == 4


def test_ten_idle_minutes_retire_the_emptiest_bridge_through_its_hook(
    world: World, bridge: Start
) -> None:
    serve(world, bridge(participants=4), bridge(participants=2), bridge(participants=6))
    tick(world, 0, 9)
    assert did(world, "retire") == []
    tick(world, 9, 10)
    assert did(world, "retire") == ["i-1"]
    assert world.group.instances["i-1"].stage is Stage.TERMINATING
    assert (world.group.desired, world.group.minimum) == (2, 2)


def test_bookings_raise_the_minimum_before_they_start_and_release_it_after(
    world: World, bridge: Start
) -> None:
    booked = Agenda(
        slots=(Slot(start=NOW + 30 * MINUTE, minutes=15, booked=300),),
        fetched_at=NOW,
        valid_until=NOW + timedelta(hours=3),
    )
    world.table.save_agenda(booked)
    aware = policy(rule=AGENDA_AWARE_RULE, plan=AgendaPlan(calls_per_bridge=90))
    tick(world, 0, 15, aware)
    assert world.group.desired == 0
    assert last_cause(world) == "nothing_booked"
    tick(world, 15, 16, aware)
    assert (world.group.desired, world.group.minimum) == (4, 4)
    assert last_cause(world) == "starting"
    for number in range(4):
        world.group.add(f"i-{number}", bridge(stress=0.0).address)
    tick(world, 19, 24, aware)
    assert world.board.published[-1].provider == "jitsi"
    tick(world, 24, 62, aware)
    assert (world.group.desired, world.group.minimum) == (0, 0)
    assert sorted(did(world, "retire")) == ["i-0", "i-1", "i-2", "i-3"]
    # New consults were sent elsewhere in the very tick that retired the last bridge.
    assert last_cause(world) == "nothing_booked"
    assert world.notes.metrics["FallbackToDirect"][-1] == 0


def test_dead_bridges_send_new_consults_to_direct_alarm_and_are_replaced(
    world: World, bridge: Start
) -> None:
    one, two = bridge(stress=0.2), bridge(stress=0.2)
    serve(world, one, two)
    tick(world, 0, 3)
    assert world.board.published[-1].provider == "jitsi"
    one.die()
    two.healthy = False
    tick(world, 3, 4)
    status = world.board.published[-1]
    assert (status.provider, status.cause, status.usable_bridges) == ("direct", "no_bridge", 0)
    assert world.notes.metrics["FallbackToDirect"][-1] == 1
    tick(world, 4, 8)
    assert sorted(did(world, "replace")) == ["i-0", "i-1"]
    assert world.group.desired == 2


def test_signalling_down_sends_new_consults_to_direct(world: World, bridge: Start) -> None:
    serve(world, bridge(), bridge())
    tick(world, 0, 3)
    world.pages.is_up = False
    tick(world, 3, 4)
    assert last_cause(world) == "signalling_down"


def test_a_crash_between_decision_and_change_is_made_up_for_by_the_next_tick(
    world: World, bridge: Start
) -> None:
    serve(world, bridge(stress=0.5), bridge(stress=0.5))
    tick(world, 0, 1)
    world.group.fail_on = {"resize"}
    with pytest.raises(ConnectionError):
        tick(world, 1, 2)
    assert world.group.desired == 2
    world.group.fail_on = set()
    tick(world, 2, 3)
    assert world.group.desired == 3
    # The grace period counts from the decision: the repetition was not a second one.
    world.group.add("i-2", bridge(stress=0.5).address)
    tick(world, 3, 10)
    assert world.group.desired == 3


def test_a_crash_after_the_change_does_not_repeat_it(world: World, bridge: Start) -> None:
    serve(world, *[bridge(participants=0) for _ in range(4)])
    tick(world, 0, 9)
    save, calls = world.table.save_scaler, iter([True, False])

    def crash_on_the_second(memory):  # type: ignore[no-untyped-def]
        if next(calls):
            return save(memory)
        raise ConnectionError("the table is away")

    world.table.save_scaler = crash_on_the_second  # type: ignore[method-assign]
    with pytest.raises(ConnectionError):
        tick(world, 9, 10)
    world.table.save_scaler = save  # type: ignore[method-assign]
    tick(world, 10, 12)
    assert len(did(world, "retire")) == 1
    assert world.group.desired == 3


def test_the_status_is_told_even_when_the_group_cannot_be_changed(
    world: World, bridge: Start
) -> None:
    ill = bridge(healthy=False)
    serve(world, ill)
    world.group.fail_on = {"resize"}
    for minute in range(3):
        with pytest.raises(ConnectionError):
            tick(world, minute, minute + 1)
    assert [status.provider for status in world.board.published] == ["direct"] * 3
    world.group.fail_on = set()
    tick(world, 3, 4)
    assert world.group.desired == 2


def test_a_tick_delivered_twice_is_one_period(world: World, bridge: Start) -> None:
    serve(world, bridge(stress=0.9), bridge(stress=0.9))
    scale(policy(), world.outside, NOW)
    assert scale(policy(), world.outside, NOW + timedelta(seconds=5)) is None
    assert world.group.desired == 2
    assert len(world.table.scaler().history.means) == 1


def test_of_two_overlapping_ticks_one_acts(world: World, bridge: Start) -> None:
    serve(world, bridge(stress=0.9), bridge(stress=0.9))
    tick(world, 0, 1)
    read = world.table.scaler()
    world.table.scaler = lambda: read  # type: ignore[method-assign]
    tick_at = NOW + MINUTE
    scale(policy(), world.outside, tick_at)
    with pytest.raises(MemoryConflict):
        scale(policy(), world.outside, tick_at)
    assert world.group.desired == 3


def test_a_bridge_that_hangs_or_talks_nonsense_counts_as_missing(
    world: World, bridge: Start
) -> None:
    serve(world, bridge(stress=0.2))
    world.group.add("i-9", "127.0.0.1:1")
    world.group.add("i-8", None)
    world.group.desired = 3
    tick(world, 0, 1)
    assert world.notes.metrics["UsableBridges"] == [1]
    assert world.notes.metrics["MeanStress"] == [0.2]


def test_the_agenda_is_kept_when_the_feed_fails(world: World) -> None:
    class Feed:
        ok = True

        def slots(self, since: object, until: object) -> tuple[Slot, ...]:
            if not self.ok:
                raise BookingsUnavailable("503")
            return (Slot(start=NOW, minutes=15, booked=3),)

    feed = Feed()
    refresh_agenda(feed, world.table, NOW)
    feed.ok = False
    with pytest.raises(BookingsUnavailable):
        refresh_agenda(feed, world.table, NOW + 5 * MINUTE)
    known = world.table.agenda()
    assert known is not None
    assert (known.slots[0].booked, known.fetched_at) == (3, NOW)
