"""The lifecycle function's use case against fake bridges that speak colibri over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from jitsi_cluster.autoscaler.drain import DrainLimits, Outcome
from jitsi_cluster.autoscaler.model import Stage
from jitsi_cluster.autoscaler.usecases import move_lifecycles
from tests.bridges.conftest import World
from tests.bridges.fake_bridge import FakeBridge
from tests.bridges.fakes import MINUTE, NOW, policy

Start = Callable[..., FakeBridge]
POLICY = policy(drain=DrainLimits(hard_limit=7200))


def minutes(world: World, start: int, end: int) -> datetime:
    for minute in range(start, end):
        move_lifecycles(POLICY, world.outside, NOW + minute * MINUTE)
    return NOW + end * MINUTE


def did(world: World, what: str) -> int:
    return sum(1 for name, _ in world.group.done if name == what)


def test_a_busy_bridge_is_drained_heartbeaten_and_completed_only_when_empty(
    world: World, bridge: Start
) -> None:
    busy = bridge(participants=2)
    world.group.add("i-1", busy.address, Stage.TERMINATING)
    minutes(world, 0, 45)
    assert busy.asked == ["drain", "shutdown"]
    assert not busy.join(2)
    assert did(world, "heartbeat") == 5
    assert did(world, "complete") == 0
    busy.leave(2)
    minutes(world, 45, 52)
    assert did(world, "complete") == 1
    assert world.notes.metrics["ParticipantsCut"] == [0]


def test_an_empty_bridge_goes_within_three_minutes(world: World, bridge: Start) -> None:
    world.group.add("i-1", bridge().address, Stage.TERMINATING)
    minutes(world, 0, 4)
    assert did(world, "complete") == 1


def test_the_hard_limit_completes_with_people_on_it_and_says_so(
    world: World, bridge: Start
) -> None:
    stuck = bridge(participants=3)
    world.group.add("i-1", stuck.address, Stage.TERMINATING)
    minutes(world, 0, 120)
    assert did(world, "complete") == 0
    minutes(world, 120, 121)
    assert did(world, "complete") == 1
    assert world.notes.named("retired")[0]["outcome"] == Outcome.HARD_LIMIT
    assert world.notes.metrics["ParticipantsCut"] == [3]


def test_a_bridge_that_dies_while_draining_is_completed_and_its_people_are_counted(
    world: World, bridge: Start
) -> None:
    doomed = bridge(participants=4)
    world.group.add("i-1", doomed.address, Stage.TERMINATING)
    minutes(world, 0, 5)
    doomed.die()
    minutes(world, 5, 10)
    assert did(world, "complete") == 0
    minutes(world, 10, 12)
    assert did(world, "complete") == 1
    assert world.notes.named("retired")[0]["outcome"] == Outcome.DIED
    assert world.notes.metrics["ParticipantsCut"] == [4]


def test_a_bridge_whose_shutdown_is_refused_still_drains_and_lives_on_heartbeats(
    world: World, bridge: Start
) -> None:
    # SHUTDOWN_REST_ENABLED is off: drain works, shutdown is 404.
    odd = bridge(participants=2, shutdown_enabled=False)
    world.group.add("i-1", odd.address, Stage.TERMINATING)
    minutes(world, 0, 21)
    assert did(world, "heartbeat") == 3
    assert world.notes.named("order_lost")
    odd.participants = 0
    minutes(world, 21, 24)
    assert did(world, "complete") == 1


def test_one_broken_bridge_does_not_hold_up_the_others(world: World, bridge: Start) -> None:
    world.group.add("i-1", bridge(participants=1).address, Stage.TERMINATING)
    world.group.add("i-2", bridge().address, Stage.TERMINATING)
    world.group.fail_on = {"heartbeat"}
    with pytest.raises(ExceptionGroup) as caught:
        move_lifecycles(POLICY, world.outside, NOW)
    assert len(caught.value.exceptions) == 2
    world.group.fail_on = set()
    minutes(world, 1, 5)
    assert ("complete", "i-2") in world.group.done


def test_a_completion_lost_on_the_way_is_repeated(world: World, bridge: Start) -> None:
    world.group.add("i-1", bridge().address, Stage.TERMINATING)
    minutes(world, 0, 2)
    world.group.fail_on = {"complete"}
    with pytest.raises(ExceptionGroup):
        minutes(world, 2, 3)
    world.group.fail_on = set()
    minutes(world, 3, 4)
    assert did(world, "complete") == 1
    assert len(world.notes.named("retired")) <= 1


def test_the_limit_counts_from_the_first_sight_even_when_every_act_fails(
    world: World, bridge: Start
) -> None:
    world.group.add("i-1", bridge(participants=1).address, Stage.TERMINATING)
    world.group.fail_on = {"heartbeat"}
    with pytest.raises(ExceptionGroup):
        move_lifecycles(POLICY, world.outside, NOW)
    known = world.table.drain("i-1")
    assert known is not None
    assert known.started_at == NOW


def test_a_hook_that_ran_out_elsewhere_is_no_error(world: World, bridge: Start) -> None:
    world.group.add("i-1", bridge().address, Stage.TERMINATING)
    minutes(world, 0, 2)
    gone = world.group.instances["i-1"]
    describe = world.group.describe
    world.group.instances.clear()
    world.group.describe = lambda: describe().model_copy(update={"instances": (gone,)})  # type: ignore[method-assign]
    move_lifecycles(POLICY, world.outside, NOW + 2 * MINUTE)
    assert world.notes.named("hook_closed") == [{"bridge": "i-1"}]


def test_a_new_bridge_is_started_once_and_admitted_when_it_is_healthy(
    world: World, bridge: Start
) -> None:
    new = bridge(healthy=False)
    world.group.add("i-1", new.address, Stage.STARTING)
    minutes(world, 0, 2)
    assert world.group.done == []  # not yet in the ECS cluster
    world.group.instances["i-1"] = world.group.instances["i-1"].model_copy(
        update={"registered": True}
    )
    minutes(world, 2, 5)
    assert world.group.done == [("start", "i-1")]
    new.healthy = True
    minutes(world, 5, 6)
    assert world.group.done[-1] == ("admit", "i-1")
    assert world.group.instances["i-1"].stage is Stage.IN_SERVICE


def test_instances_that_no_hook_holds_are_left_alone(world: World, bridge: Start) -> None:
    world.group.add("i-1", bridge().address)
    minutes(world, 0, 3)
    assert world.group.done == []
    assert world.table.drain("i-1") is None
