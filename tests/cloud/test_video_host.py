"""With a video cluster on one host (`VideoHost`), its rooms are visited every minute.

The stage of these stacks has no cluster, so the schedule of consults.yaml is deployed by itself,
with and without `VideoHost`, towards a queue in which its firing is seen; that it calls
`reconcile_rooms` and may do so is in the template, and that function is called as it is deployed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from infra import render
from infra.tools import ROOT
from telesalud.platform.ids import new_id
from tests.cloud.stacks import Stacks

FIRED_WITHIN = 150.0
"""Seconds: the first minute, and an emulator that looks every ten seconds on a busy machine."""


@pytest.fixture(scope="module")
def consults() -> dict[str, Any]:
    return render.load(ROOT / "infra" / "stacks" / "consults.yaml")


def schedule_alone(consults: dict[str, Any], queue: str) -> str:
    """The template's conditions and its rule, aimed at a queue."""
    rule = json.loads(json.dumps(consults["Resources"]["EveryMinute"]))
    assert rule["Properties"]["Targets"][0]["Arn"] == {"Fn::GetAtt": ["ReconcileRooms", "Arn"]}
    rule["Properties"]["Targets"] = [{"Id": "seen", "Arn": queue}]
    names = ("HasVideoHost", "HasVideo")
    video = ("VideoHost", "VideoDomain")
    return json.dumps(
        {
            "Parameters": {name: consults["Parameters"][name] for name in video},
            "Conditions": {name: consults["Conditions"][name] for name in names},
            "Resources": {"EveryMinute": rule},
            "Outputs": {"Rule": {"Value": {"Ref": "EveryMinute"}}},
        }
    )


@pytest.fixture
def queue(stacks: Stacks) -> Iterator[tuple[str, str]]:
    """URL and ARN."""
    sqs = stacks.client("sqs")
    url = sqs.create_queue(QueueName=f"test-schedule-{new_id()}")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    yield url, attributes["Attributes"]["QueueArn"]
    sqs.delete_queue(QueueUrl=url)


@pytest.fixture
def deployed(
    stacks: Stacks, consults: dict[str, Any], queue: tuple[str, str], request: Any
) -> Iterator[str]:
    """The rule's state, of a stack with this value of `VideoHost`."""
    cloudformation = stacks.client("cloudformation")
    name = f"test-video-host-{new_id()}"
    cloudformation.create_stack(
        StackName=name,
        TemplateBody=schedule_alone(consults, queue[1]),
        Parameters=[{"ParameterKey": "VideoHost", "ParameterValue": request.param}],
    )
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 90}
    )
    outputs = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
    rule = outputs[0]["OutputValue"].rpartition("/")[2]
    yield str(stacks.client("events").describe_rule(Name=rule)["State"])
    cloudformation.delete_stack(StackName=name)


@pytest.mark.parametrize("deployed", ["meet.clinic.example:443"], indirect=True)
def test_a_host_starts_the_schedule_and_it_fires(
    stacks: Stacks, queue: tuple[str, str], deployed: str
) -> None:
    assert deployed == "ENABLED"
    sqs, end = stacks.client("sqs"), time.monotonic() + FIRED_WITHIN
    while time.monotonic() < end:
        found = sqs.receive_message(QueueUrl=queue[0], WaitTimeSeconds=5).get("Messages", [])
        if found:
            assert json.loads(found[0]["Body"])["detail-type"] == "Scheduled Event"
            return
    raise AssertionError("the schedule did not fire")


@pytest.mark.parametrize("deployed", [""], indirect=True)
def test_without_a_cluster_nothing_is_visited(deployed: str) -> None:
    assert deployed == "DISABLED"


def test_the_schedule_may_call_the_function_and_the_function_runs(
    stacks: Stacks, consults: dict[str, Any]
) -> None:
    permission = consults["Resources"]["EveryMinutePermission"]["Properties"]
    assert permission["FunctionName"] == {"Ref": "ReconcileRooms"}
    assert permission["SourceArn"] == {"Fn::GetAtt": ["EveryMinute", "Arn"]}
    answer = stacks.client("lambda").invoke(
        FunctionName=f"telesalud-{stacks.cloud.stage}-consults-reconcile_rooms", Payload=b"{}"
    )
    assert "FunctionError" not in answer, answer["Payload"].read()
    assert json.loads(answer["Payload"].read()) == {"visited": 0}
