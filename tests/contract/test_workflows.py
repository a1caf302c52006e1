"""Executions that start once under their name, over memory, Step Functions on moto, the cloud."""

import json
import uuid
from collections.abc import Callable, Mapping
from typing import NamedTuple

import boto3
import pytest

from telesalud.platform.aws.stepfunctions import StepFunctionsWorkflow
from telesalud.platform.embedded.database import Database
from telesalud.platform.embedded.queues import EmbeddedWorkflows
from telesalud.platform.memory.queues import MemoryWorkflows
from telesalud.platform.ports.workflows import Workflows
from tests.contract.conftest import REGION
from tests.worlds.world import FrozenClock


class Rig(NamedTuple):
    """A kind of execution, and what was started of it."""

    workflows: Workflows
    started: Callable[[], dict[str, object]]


def embedded_rig(database: Database) -> Rig:
    """The database's executions, each told apart by the turn in which it first asks."""
    workflows = EmbeddedWorkflows(database, "machine", FrozenClock())
    asked: dict[str, object] = {}

    def step(data: Mapping[str, str | int]) -> None:
        asked[f"consult-{len(asked) + 1}"] = dict(data)

    def started() -> dict[str, object]:
        workflows.wake(step)
        return asked

    return Rig(workflows, started)


@pytest.fixture(params=["memory", "embedded", "moto"])
def rig(request: pytest.FixtureRequest) -> Rig:
    if request.param == "memory":
        memory = MemoryWorkflows(FrozenClock())
        return Rig(memory, lambda: {name: e.data for name, e in memory.executions.items()})
    if request.param == "embedded":
        return embedded_rig(request.getfixturevalue("database"))
    request.getfixturevalue("moto_cloud")
    client = boto3.client("stepfunctions", region_name=REGION)
    machine = client.create_state_machine(
        name=f"contract-{uuid.uuid4().hex[:12]}",
        definition=json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}),
        roleArn="arn:aws:iam::123456789012:role/demo",
    )["stateMachineArn"]

    def started() -> dict[str, object]:
        listed = client.list_executions(stateMachineArn=machine)["executions"]
        found = [client.describe_execution(executionArn=e["executionArn"]) for e in listed]
        return {each["name"]: json.loads(each["input"]) for each in found}

    return Rig(StepFunctionsWorkflow(machine, lambda: client), started)


def test_an_execution_starts_once_under_its_name(rig: Rig) -> None:
    first: dict[str, str | int] = {"tenant": "hospital-demo", "schedule": 1}
    for data in (first, first | {"tenant": "other"}):
        rig.workflows.start("consult-1", data)
    rig.workflows.start("consult-2", first)
    assert rig.started() == {"consult-1": first, "consult-2": first}
