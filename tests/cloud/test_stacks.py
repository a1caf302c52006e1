"""The deployed stacks themselves: idempotent deployment, events from table to bus, least reach."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from infra.deploy import Deployment
from localstack.cloud import stage_of
from tests.cloud.stacks import Stacks
from tests.support.some import some


def eventually(check: Callable[[], Any], seconds: float = 30) -> Any:
    """The first true answer of `check`; AssertionError after `seconds`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if answer := check():
            return answer
        time.sleep(0.25)
    raise AssertionError(f"nothing after {seconds} s")


@pytest.fixture
def listener(stacks: Stacks) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Everything that reaches the bus from now on."""
    events, sqs = stacks.client("events"), stacks.client("sqs")
    name, bus = f"listen-{uuid.uuid4().hex[:8]}", stacks.outputs["BusName"]
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    pattern = json.dumps({"source": [{"prefix": "telesalud."}]})
    events.put_rule(Name=name, EventBusName=bus, EventPattern=pattern)
    events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "q", "Arn": arn["QueueArn"]}])
    heard: list[dict[str, Any]] = []

    def listen() -> list[dict[str, Any]]:
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        heard.extend(json.loads(message["Body"]) for message in answer.get("Messages", []))
        return heard

    yield listen
    events.remove_targets(Rule=name, EventBusName=bus, Ids=["q"])
    events.delete_rule(Name=name, EventBusName=bus)
    sqs.delete_queue(QueueUrl=url)


def test_deploying_again_changes_nothing(stacks: Stacks) -> None:
    told: list[str] = []
    stage = stage_of(stacks.cloud)
    Deployment(stage, stacks.cloud.environ(), told.append).deploy(stage.stacks())
    assert [line for line in told if "deploying" in line or "uploading" in line] == []


def test_every_stack_has_settled(stacks: Stacks) -> None:
    client = stacks.client("cloudformation")
    for stack in some(stacks.deployment.stage.stacks()):
        name = stacks.deployment.stage.stack_name(stack)
        status = client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
        assert status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), name


def test_an_outbox_item_reaches_the_bus(
    stacks: Stacks, listener: Callable[[], list[dict[str, Any]]]
) -> None:
    event = {
        "id": str(uuid.uuid4()),
        "type": "identity.tenant_created",
        "version": 1,
        "tenant": "probe",
        "subject": "probe",
        "sequence": 1,
        "at": "2027-01-01T00:00:00Z",
        "data": {},
    }
    item = {
        "pk": {"S": "EVENT#probe#probe"},
        "sk": {"S": f"000000000001#{event['id']}"},
        "kind": {"S": "event"},
        "event": {"S": json.dumps(event)},
        "at": {"S": event["at"]},
        "v": {"N": "1"},
    }
    stacks.client("dynamodb").put_item(TableName=stacks.outputs["IdentityTableName"], Item=item)

    def arrived() -> bool:
        return any(each["detail"]["id"] == event["id"] for each in listener())

    assert eventually(arrived)
    [heard] = [each for each in listener() if each["detail"]["id"] == event["id"]]
    assert heard["source"] == "telesalud.identity"
    assert heard["detail-type"] == event["type"]


def test_functions_get_the_settings_they_need(stacks: Stacks) -> None:
    client, stage = stacks.client("lambda"), stacks.deployment.stage
    for app in some(stage.apps()):
        found = client.get_function_configuration(FunctionName=f"telesalud-{stage.name}-{app}-api")
        variables = found["Environment"]["Variables"]
        assert variables["TELESALUD_CONTEXT"] == {"paho": "consults"}.get(app, app)
        assert variables["TELESALUD_ORIGIN"] == stacks.origin
        assert len(variables["TELESALUD_FRONT_DOOR_SHA256"]) == 64
