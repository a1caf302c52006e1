"""The shard's stack on the local cloud: created as it is, its functions run in it as Lambda.

What the emulator has no notion of (EC2 machines behind the group, lifecycle hooks given with the
group, instances that a hook holds) is covered by fake bridges in test_lifecycle.py and, for AWS
itself, by docs/runbooks/video_cluster.md.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from jitsi_cluster.autoscaler.agenda import Agenda, Slot
from tests.bridges.shard import Shard

pytestmark = pytest.mark.cloud


def booked(count: int) -> str:
    now = datetime.now(UTC)
    slot = Slot(start=now + timedelta(minutes=5), minutes=30, booked=count)
    known = Agenda(slots=(slot,), fetched_at=now, valid_until=now + timedelta(hours=3))
    return known.model_dump_json()


def test_the_stack_is_created_with_its_group_services_and_alarms(shard: Shard) -> None:
    assert shard.group()["MaxSize"] == 8
    assert shard.group()["NewInstancesProtectedFromScaleIn"] is True
    services = shard.client("ecs").list_services(cluster="telesalud-test-video-blue")
    assert len(services["serviceArns"]) == 4
    alarms = shard.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert {"FallbackToDirect", "MissingBridges", "ParticipantsCut"} <= {
        alarm["MetricName"] for alarm in alarms
    }


def test_the_scale_function_publishes_direct_while_nothing_answers(shard: Shard) -> None:
    shard.invoke("scale")
    status = shard.status()
    assert (status.provider, status.cause, status.shard) == ("direct", "signalling_down", "blue")
    assert status.domain == "blue.video.clinic.example"
    assert status.valid_until - status.observed_at == timedelta(minutes=5)


def test_bookings_of_the_next_minutes_raise_the_group_before_they_start(shard: Shard) -> None:
    shard.put("AGENDA", booked(250))
    shard.invoke("scale")
    group = shard.group()
    # 250 booked calls at 98 a bridge.
    assert (group["MinSize"], group["DesiredCapacity"]) == (3, 3)


def test_without_an_agenda_the_ordinary_minimum_holds(shard: Shard) -> None:
    shard.client("autoscaling").update_auto_scaling_group(
        AutoScalingGroupName=shard.group()["AutoScalingGroupName"], MinSize=0, DesiredCapacity=0
    )
    shard.invoke("scale")
    assert shard.group()["DesiredCapacity"] == 2


def test_the_same_minute_twice_is_one_tick(shard: Shard) -> None:
    shard.invoke("scale")
    shard.invoke("scale")
    item = shard.client("dynamodb").get_item(
        TableName=shard.deployment.outputs["BridgesTableName"], Key={"pk": {"S": "SCALER"}}
    )["Item"]
    assert len(json.loads(item["body"]["S"])["history"]["means"]) == 1


def test_the_lifecycle_function_takes_the_hooks_event_and_leaves_bridges_in_service(
    shard: Shard,
) -> None:
    event = {
        "source": "aws.autoscaling",
        "detail-type": "EC2 Instance-terminate Lifecycle Action",
        "detail": {"AutoScalingGroupName": shard.group()["AutoScalingGroupName"]},
    }
    before = shard.group()["Instances"]
    shard.invoke("lifecycle", event)
    assert shard.group()["Instances"] == before


def test_the_agenda_function_does_nothing_until_an_agenda_is_configured(shard: Shard) -> None:
    shard.invoke("agenda")
    answer = shard.client("dynamodb").get_item(
        TableName=shard.deployment.outputs["BridgesTableName"], Key={"pk": {"S": "AGENDA"}}
    )
    assert "Item" not in answer
