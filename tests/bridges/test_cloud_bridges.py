"""Fake bridges beside the local cloud: real adapters, real table, parameter and group.

The emulator's instances have no address and its hooks hold nobody, so those two facts are laid over
what it says of the group; everything else is what runs on AWS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from jitsi_cluster.autoscaler.adapters import aws
from jitsi_cluster.autoscaler.adapters.aws import (
    AutoScalingBridges,
    DynamoMemory,
    ParameterBoard,
)
from jitsi_cluster.autoscaler.adapters.http import ColibriControl
from jitsi_cluster.autoscaler.drain import DrainLimits, Outcome, Phase
from jitsi_cluster.autoscaler.model import Stage
from jitsi_cluster.autoscaler.ports import Group
from jitsi_cluster.autoscaler.usecases import Outside, move_lifecycles, scale
from tests.bridges.fake_bridge import FakeBridge
from tests.bridges.fakes import MINUTE, NOW, OLD, Notes, Pages, policy
from tests.bridges.shard import Shard

pytestmark = pytest.mark.cloud
Start = Callable[..., FakeBridge]


@dataclass
class Overlaid(AutoScalingBridges):
    """The emulator's group, with the fake bridges' addresses and, when asked, a hook that holds."""

    group: str
    bridges: list[FakeBridge] = field(default_factory=list)
    leaving: bool = False
    beats: int = 0
    completed: int = 0

    def __post_init__(self) -> None:
        super().__init__(self.group, "telesalud-test-video-blue", "ready", "drain")

    def describe(self) -> Group:
        found = super().describe()
        stage = Stage.TERMINATING if self.leaving else Stage.IN_SERVICE
        instances = tuple(
            instance.model_copy(
                update={
                    "address": fake.address,
                    "stage": stage,
                    "waiting": self.leaving,
                    "launched_at": OLD,
                    "exited": fake.exited,
                }
            )
            for instance, fake in zip(found.instances, self.bridges, strict=False)
        )
        return found.model_copy(update={"instances": instances})

    def heartbeat(self, bridge_id: str) -> None:
        super().heartbeat(bridge_id)
        self.beats += 1

    def complete(self, bridge_id: str) -> None:
        super().complete(bridge_id)
        self.completed += 1


@pytest.fixture
def cluster(shard: Shard, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Outside, Overlaid]]:
    for name, value in shard.deployment.environ.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    aws.client.cache_clear()
    outputs = shard.deployment.outputs
    group = Overlaid(outputs["BridgesGroupName"])
    group.resize(minimum=2, desired=2)
    outside = Outside(
        group,
        ColibriControl(),
        Pages(),
        DynamoMemory(outputs["BridgesTableName"]),
        ParameterBoard(outputs["VideoStatusParameter"]),
        Notes(),
    )
    yield outside, group
    aws.client.cache_clear()


def test_stress_of_the_bridges_grows_the_group_and_the_status_says_jitsi(
    cluster: tuple[Outside, Overlaid], shard: Shard, bridge: Start
) -> None:
    outside, group = cluster
    group.bridges = [bridge(stress=0.5), bridge(stress=0.4), bridge(stress=0.0)]
    for minute in range(3):
        scale(policy(), outside, NOW + minute * MINUTE)
    assert shard.group()["DesiredCapacity"] == 3
    assert (shard.status().provider, shard.status().usable_bridges) == ("jitsi", 3)


def test_bridges_drain_with_heartbeats_and_end_in_every_way(
    cluster: tuple[Outside, Overlaid], bridge: Start
) -> None:
    outside, group = cluster
    quiet, doomed = bridge(participants=2), bridge(participants=2)
    group.bridges, group.leaving = [quiet, doomed], True
    limits = policy(drain=DrainLimits(hard_limit=3600))
    ids = [instance.bridge_id for instance in group.describe().instances]

    def run(start: int, end: int) -> None:
        for minute in range(start, end):
            move_lifecycles(limits, outside, NOW + minute * MINUTE)

    run(0, 21)
    assert (group.beats, group.completed) == (6, 0)
    assert quiet.asked == doomed.asked == ["drain", "shutdown"]
    quiet.leave(2)
    doomed.die()
    run(21, 22)
    ended = outside.memory.drain(ids[0])
    assert ended is not None
    assert (ended.phase, ended.outcome) == (Phase.DONE, Outcome.EMPTIED)
    run(22, 27)
    died = outside.memory.drain(ids[1])
    assert died is not None
    assert (died.outcome, died.participants) == (Outcome.DIED, 2)


def test_the_hard_limit_holds_on_the_cloud_too(
    cluster: tuple[Outside, Overlaid], bridge: Start
) -> None:
    outside, group = cluster
    group.bridges, group.leaving = [bridge(participants=2)], True
    limits = policy(drain=DrainLimits(hard_limit=1800))
    (instance,) = group.describe().instances
    aws.client("dynamodb").delete_item(
        TableName="telesalud-test-video-blue", Key={"pk": {"S": f"DRAIN#{instance.bridge_id}"}}
    )
    for minute in range(31):
        move_lifecycles(limits, outside, NOW + minute * MINUTE)
    ended = outside.memory.drain(instance.bridge_id)
    assert ended is not None
    assert (ended.outcome, group.completed) == (Outcome.HARD_LIMIT, 1)
