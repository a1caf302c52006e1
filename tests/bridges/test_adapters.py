"""The adapters: colibri and the agenda over HTTP, AWS by moto and by recorded answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import boto3
import httpx
import pytest
import respx
from botocore.stub import Stubber
from moto import mock_aws

from jitsi_cluster.autoscaler.adapters import aws
from jitsi_cluster.autoscaler.adapters.aws import (
    AutoScalingBridges,
    DynamoMemory,
    ParameterBoard,
)
from jitsi_cluster.autoscaler.adapters.http import (
    AgendaApi,
    ColibriControl,
    Credentials,
    HealthPages,
)
from jitsi_cluster.autoscaler.agenda import Agenda, Slot
from jitsi_cluster.autoscaler.drain import Drain
from jitsi_cluster.autoscaler.model import Stage
from jitsi_cluster.autoscaler.ports import (
    BookingsUnavailable,
    BridgeUnreachable,
    HookClosed,
    MemoryConflict,
    ScalerMemory,
)
from schemas.bridges import VideoStatus
from tests.bridges.fake_bridge import FakeBridge
from tests.bridges.fakes import MINUTE, NOW

Start = Callable[..., FakeBridge]
AGENDA = "https://clinic.example/api/consults/agenda-load"
TOKEN = "https://clinic.example/api/identity/oauth/token"  # an address


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    forget = aws.client.cache_clear  # a test may put something else in its place
    forget()
    with mock_aws():
        yield
    forget()


# --- colibri


def test_a_reading_holds_what_the_bridge_says(bridge: Start) -> None:
    fake = bridge(participants=5, stress=0.42, healthy=False, drain=True)
    seen = ColibriControl().read(fake.address)
    assert seen.model_dump() == {
        "stress": 0.42,
        "conferences": 3,
        "participants": 5,
        "draining": True,
        "shutting_down": False,
        "healthy": False,
    }


def test_a_refused_or_dead_bridge_is_unreachable(bridge: Start) -> None:
    fake = bridge(shutdown_enabled=False)
    with pytest.raises(BridgeUnreachable, match="shutdown answered 404"):
        ColibriControl().shut_down(fake.address)
    fake.die()
    with pytest.raises(BridgeUnreachable, match="ConnectError"):
        ColibriControl().read(fake.address)


@respx.mock
def test_statistics_without_stress_are_no_reading() -> None:
    respx.get("http://10.0.0.9:8080/colibri/stats").respond(json={"participants": 1})
    with pytest.raises(BridgeUnreachable, match="stress_level, conferences"):
        ColibriControl().read("10.0.0.9")


@respx.mock
def test_signalling_is_up_only_when_every_page_answers() -> None:
    pages = HealthPages(["http://prosody:5280/health", "http://jicofo:8888/about/health"])
    respx.get("http://prosody:5280/health").respond(200)
    jicofo = respx.get("http://jicofo:8888/about/health")
    jicofo.side_effect = [httpx.Response(200), httpx.Response(500), httpx.ConnectTimeout("")]
    assert [pages.up(), pages.up(), pages.up()] == [True, False, False]


# --- the agenda


def agenda_api(clock: Callable[[], float] = lambda: 0.0) -> AgendaApi:
    credentials = Credentials(client_id="bridges", client_secret="not-a-real-secret")
    return AgendaApi(AGENDA, TOKEN, lambda: credentials, monotonic=clock)


@respx.mock
def test_slots_are_fetched_with_a_token_that_is_reused_until_it_nears_its_end() -> None:
    now = [0.0]
    token = respx.post(TOKEN).respond(json={"access_token": "t", "expires_in": 300})
    load = {"slots": [{"start": "2026-03-02T09:00:00Z", "minutes": 15, "booked": 7}]}
    route = respx.get(AGENDA).respond(json=load)
    api = agenda_api(lambda: now[0])
    assert list(api.slots(NOW, NOW + MINUTE)) == [Slot(start=NOW, minutes=15, booked=7)]
    now[0] = 239.0
    api.slots(NOW, NOW + MINUTE)
    assert token.call_count == 1
    now[0] = 240.0
    api.slots(NOW, NOW + MINUTE)
    assert token.call_count == 2
    request = route.calls[0].request
    assert request.headers["authorization"] == "Bearer t"
    assert datetime.fromisoformat(request.url.params["from"]) == NOW


@respx.mock
@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(503),
        httpx.Response(401),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={"slots": [{"start": "2026-03-02T09:00:00", "minutes": 15}]}),
        httpx.Response(200, json={"slots": [], "patients": ["x"]}),
    ],
)
def test_an_agenda_that_cannot_be_used_says_so(answer: httpx.Response) -> None:
    respx.post(TOKEN).respond(json={"access_token": "t", "expires_in": 300})
    respx.get(AGENDA).mock(return_value=answer)
    with pytest.raises(BookingsUnavailable) as caught:
        agenda_api().slots(NOW, NOW + MINUTE)
    assert "not-a-real-secret" not in str(caught.value)


@respx.mock
def test_a_refused_token_is_asked_for_again() -> None:
    token = respx.post(TOKEN).respond(json={"access_token": "t", "expires_in": 3600})
    respx.get(AGENDA).mock(
        side_effect=[httpx.Response(401), httpx.Response(200, json={"slots": []})]
    )
    api = agenda_api()
    with pytest.raises(BookingsUnavailable):
        api.slots(NOW, NOW + MINUTE)
    assert list(api.slots(NOW, NOW + MINUTE)) == []
    assert token.call_count == 2


# --- DynamoDB and Parameter Store


@pytest.fixture
def table(cloud: None) -> DynamoMemory:
    boto3.client("dynamodb").create_table(
        TableName="video",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )
    return DynamoMemory("video")


def test_the_scalers_memory_is_written_only_over_what_was_read(table: DynamoMemory) -> None:
    first = table.save_scaler(table.scaler())
    assert first.version == 1
    with pytest.raises(MemoryConflict):
        table.save_scaler(ScalerMemory())
    second = table.save_scaler(first.model_copy(update={"ticked_at": NOW}))
    assert table.scaler() == second


def test_agenda_and_drains_come_back_as_they_were(table: DynamoMemory) -> None:
    assert table.agenda() is None
    assert table.drain("i-1") is None
    agenda = Agenda(slots=(Slot(start=NOW, minutes=1, booked=1),), fetched_at=NOW, valid_until=NOW)
    drain = Drain(bridge_id="i-1", started_at=NOW)
    table.save_agenda(agenda)
    table.save_drain(drain)
    assert (table.agenda(), table.drain("i-1")) == (agenda, drain)


def test_the_status_is_published_as_json(cloud: None) -> None:
    status = VideoStatus(
        provider="direct",
        cause="no_bridge",
        shard="blue",
        domain="blue.video.clinic.example",
        usable_bridges=0,
        observed_at=NOW,
        valid_until=NOW + MINUTE,
    )
    board = ParameterBoard("/telesalud/test/video/blue/status")
    board.publish(status)
    board.publish(status)
    value = boto3.client("ssm").get_parameter(Name="/telesalud/test/video/blue/status")
    assert json.loads(value["Parameter"]["Value"])["cause"] == "no_bridge"


# --- the group


def group() -> AutoScalingBridges:
    return AutoScalingBridges("bridges", "video", "ready", "drain")


@pytest.fixture
def asg(cloud: None) -> Any:
    ec2 = boto3.client("ec2")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    ec2.create_launch_template(
        LaunchTemplateName="bridge",
        LaunchTemplateData={"ImageId": image, "InstanceType": "c7g.xlarge"},
    )
    asg = boto3.client("autoscaling")
    asg.create_auto_scaling_group(
        AutoScalingGroupName="bridges",
        MinSize=0,
        MaxSize=8,
        DesiredCapacity=2,
        AvailabilityZones=["us-east-1a"],
        LaunchTemplate={"LaunchTemplateName": "bridge"},
        NewInstancesProtectedFromScaleIn=True,
    )
    return asg


def test_the_group_is_described_resized_and_retired_by_name(asg: Any) -> None:
    found = group().describe()
    assert (found.desired, found.minimum, len(found.instances)) == (2, 0, 2)
    assert all(i.stage is Stage.IN_SERVICE and i.address for i in found.instances)
    group().resize(minimum=1, desired=3)
    group().retire(found.instances[0].bridge_id)
    after = group().describe()
    assert (after.desired, after.minimum) == (2, 1)
    assert found.instances[0].bridge_id not in {i.bridge_id for i in after.instances}


def test_a_group_that_does_not_exist_is_named(cloud: None) -> None:
    with pytest.raises(LookupError, match="bridges"):
        group().describe()


def stub(monkeypatch: pytest.MonkeyPatch, **clients: Any) -> None:
    monkeypatch.setattr(aws, "client", lambda service: clients[service])


def machine(**more: Any) -> dict[str, Any]:
    return {
        "Reservations": [
            {"Instances": [{"InstanceId": "i-1", "PrivateIpAddress": "10.60.0.9", **more}]}
        ]
    }


def test_a_ready_instance_gets_its_task_with_its_own_name_and_address(
    cloud: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    ecs, ec2 = boto3.client("ecs"), boto3.client("ec2")
    stub(monkeypatch, ecs=ecs, ec2=ec2)
    tags = [{"Key": "telesalud:bridge-task", "Value": "arn:task:7"}]
    started = {
        "cluster": "video",
        "containerInstances": ["arn:ci"],
        "taskDefinition": "arn:task:7",
        "startedBy": "i-1",
        "enableECSManagedTags": True,
        "overrides": {
            "containerOverrides": [
                {
                    "name": "jvb",
                    "environment": [
                        {"name": "JVB_MUC_NICKNAME", "value": "i-1"},
                        {"name": "JVB_ADVERTISE_IPS", "value": "203.0.113.7"},
                    ],
                }
            ]
        },
    }
    with Stubber(ecs) as ecs_stub, Stubber(ec2) as ec2_stub:
        answers: list[dict[str, Any]] = [
            {"failures": []},
            {"failures": [{"reason": "RESOURCE:MEMORY"}]},
        ]
        for answer in answers:
            ecs_stub.add_response("list_container_instances", {"containerInstanceArns": ["arn:ci"]})
            ec2_stub.add_response(
                "describe_instances", machine(Tags=tags, PublicIpAddress="203.0.113.7")
            )
            ecs_stub.add_response("start_task", answer, started)
        group().start_bridge("i-1")
        with pytest.raises(RuntimeError, match="RESOURCE:MEMORY"):
            group().start_bridge("i-1")
        ecs_stub.add_response("list_container_instances", {"containerInstanceArns": ["arn:ci"]})
        ec2_stub.add_response("describe_instances", machine(Tags=[]))
        with pytest.raises(LookupError, match="bridge-task"):
            group().start_bridge("i-1")


@pytest.mark.parametrize(
    ("containers", "exited"),
    [
        ([{"name": "jvb", "exitCode": 0}], True),
        ([{"name": "jvb", "exitCode": 137}], False),
        ([{"name": "jvb"}], False),
        ([{"name": "other", "exitCode": 0}], False),
    ],
)
def test_a_terminating_bridge_has_exited_only_when_its_container_ended_with_0(
    cloud: None,
    monkeypatch: pytest.MonkeyPatch,
    containers: list[dict[str, Any]],
    exited: bool,
) -> None:
    asg, ecs, ec2 = (boto3.client(name) for name in ("autoscaling", "ecs", "ec2"))
    stub(monkeypatch, autoscaling=asg, ecs=ecs, ec2=ec2)
    described = {
        "AutoScalingGroups": [
            {
                "AutoScalingGroupName": "bridges",
                "MinSize": 0,
                "MaxSize": 8,
                "DesiredCapacity": 0,
                "DefaultCooldown": 300,
                "AvailabilityZones": ["us-east-1a"],
                "HealthCheckType": "EC2",
                "CreatedTime": NOW,
                "Instances": [
                    {
                        "InstanceId": "i-1",
                        "AvailabilityZone": "us-east-1a",
                        "LifecycleState": "Terminating:Wait",
                        "HealthStatus": "Healthy",
                        "ProtectedFromScaleIn": True,
                    }
                ],
            }
        ]
    }
    with Stubber(asg) as one, Stubber(ecs) as two, Stubber(ec2) as three:
        one.add_response("describe_auto_scaling_groups", described)
        three.add_response("describe_instances", machine(LaunchTime=NOW))
        two.add_response("list_container_instances", {"containerInstanceArns": ["arn:ci"]})
        two.add_response("list_tasks", {"taskArns": ["arn:t"]})
        two.add_response("describe_tasks", {"tasks": [{"containers": containers}]})
        (found,) = group().describe().instances
    assert (found.stage, found.waiting, found.exited) == (Stage.TERMINATING, True, exited)
    assert found.address == "10.60.0.9"


def test_a_hook_that_is_over_is_told_from_a_failing_aws(
    cloud: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asg = boto3.client("autoscaling")
    stub(monkeypatch, autoscaling=asg)
    with Stubber(asg) as stubbed:
        stubbed.add_client_error(
            "record_lifecycle_action_heartbeat",
            "ValidationError",
            "No active Lifecycle Action found with instance ID i-1",
        )
        with pytest.raises(HookClosed):
            group().heartbeat("i-1")
        stubbed.add_client_error("complete_lifecycle_action", "Throttling", "Rate exceeded")
        with pytest.raises(asg.exceptions.ClientError, match="Throttling"):
            group().complete("i-1")
        expected = {
            "AutoScalingGroupName": "bridges",
            "LifecycleHookName": "ready",
            "InstanceId": "i-1",
            "LifecycleActionResult": "CONTINUE",
        }
        stubbed.add_response("complete_lifecycle_action", {}, expected)
        group().admit("i-1")
