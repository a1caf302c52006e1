"""How a stack is changed: what is repeated, what is refused, and what is protected afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from infra.changes import ChangeFailed, Changes, Release
from infra.deploy import Deployment, DeploymentFailed
from infra.protection import protect
from infra.quotas import QuotaTooSmall, check_concurrency
from infra.stages import Stage
from tests.support.tables import make_table

NAME = "telesalud-prod-demo"


@dataclass
class CloudFormation:
    """One stack as CloudFormation answers about it; remembers what it was asked to do."""

    status: str = ""
    changes: list[dict[str, Any]] = field(default_factory=list)
    resources: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        def call(**request: Any) -> dict[str, Any]:
            self.asked.append((name, request))
            return {"Id": "change-set"}

        return call

    def describe_stacks(self, **_: Any) -> dict[str, Any]:
        if not self.status:
            raise ClientError({"Error": {"Code": "ValidationError"}}, "DescribeStacks")
        return {"Stacks": [{"StackStatus": self.status}]}

    def describe_change_set(self, **_: Any) -> dict[str, Any]:
        return {"Status": "CREATE_COMPLETE"}

    def get_paginator(self, _: str) -> CloudFormation:
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        changes = [{"ResourceChange": each} for each in self.changes]
        return [{"Changes": changes, "StackResourceSummaries": self.resources}]

    def get_waiter(self, name: str) -> CloudFormation:
        self.asked.append((name, {}))
        return self

    @property
    def done(self) -> list[str]:
        return [name for name, _ in self.asked if name != "wait"]


def change(action: str, kind: str, *, replaced: bool = False) -> dict[str, Any]:
    return {
        "Action": action,
        "LogicalResourceId": "Table",
        "ResourceType": kind,
        "Replacement": str(replaced),
    }


def carry_out(stack: CloudFormation, *, agrees: bool = True, **changed: Any) -> list[str]:
    """What the deployer told while it made the change."""
    told: list[str] = []

    def approve(changes: str) -> bool:
        told.append(changes)
        return agrees

    changes = Changes(cast("Any", stack), told.append, approve, delay=0)
    release = Release(NAME, {"TemplateBody": "{}"}, {"Stage": "prod"}, production=True, **changed)
    changes.carry_out(release)
    return told


@pytest.mark.parametrize("status", ["", "REVIEW_IN_PROGRESS"])
def test_what_was_never_made_is_created_and_adopts_what_an_earlier_stack_left(status: str) -> None:
    stack = CloudFormation(status)
    carry_out(stack)
    assert stack.done == ["create_change_set", "execute_change_set", "stack_create_complete"]
    request = stack.asked[0][1]
    assert (request["ChangeSetType"], request["ImportExistingResources"]) == ("CREATE", True)


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"])
def test_a_creation_that_failed_is_removed_and_tried_again(status: str) -> None:
    stack = CloudFormation(status)
    carry_out(stack)
    assert stack.done[:3] == ["delete_stack", "stack_delete_complete", "create_change_set"]
    assert stack.done[-1] == "stack_create_complete"


def test_a_change_that_could_not_go_back_is_brought_back_first() -> None:
    stack = CloudFormation("UPDATE_ROLLBACK_FAILED")
    carry_out(stack)
    assert stack.done[:2] == ["continue_update_rollback", "stack_rollback_complete"]
    assert stack.done[-1] == "stack_update_complete"


def test_two_deployments_at_once_do_not_meet() -> None:
    stack = CloudFormation("UPDATE_IN_PROGRESS")
    with pytest.raises(ChangeFailed, match="wait"):
        carry_out(stack)
    assert stack.done == []


@pytest.mark.parametrize(
    "lost",
    [
        change("Remove", "AWS::DynamoDB::Table"),
        change("Modify", "AWS::S3::Bucket", replaced=True),
        change("Modify", "AWS::KMS::Key", replaced=True),
    ],
    ids=["removed table", "replaced bucket", "replaced key"],
)
def test_what_holds_data_is_neither_removed_nor_replaced(lost: dict[str, Any]) -> None:
    stack = CloudFormation("UPDATE_COMPLETE", [change("Add", "AWS::SQS::Queue"), lost])
    with pytest.raises(ChangeFailed, match="holds data"):
        carry_out(stack)
    assert stack.done == ["create_change_set", "delete_change_set"]
    carry_out(stack, may_lose=frozenset({"Table"}))
    assert stack.done[-2:] == ["execute_change_set", "stack_update_complete"]


def test_production_changes_only_when_somebody_agrees_to_the_list() -> None:
    stack = CloudFormation("UPDATE_COMPLETE", [change("Modify", "AWS::Lambda::Function")])
    with pytest.raises(ChangeFailed, match="not approved"):
        carry_out(stack, agrees=False)
    assert "execute_change_set" not in stack.done
    [shown] = carry_out(stack)
    assert "Modify  Table (AWS::Lambda::Function)" in shown


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Clients of an account that holds nothing yet."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        yield lambda service: boto3.client(service, region_name="us-east-1")


def test_what_was_created_is_protected_before_the_next_stack_begins(clients: Any) -> None:
    dynamodb = clients("dynamodb")
    make_table(dynamodb, NAME)
    stack, balancers = CloudFormation("CREATE_COMPLETE"), CloudFormation()
    stack.resources = [
        {"ResourceType": "AWS::DynamoDB::Table", "PhysicalResourceId": NAME},
        {"ResourceType": "AWS::ElasticLoadBalancingV2::LoadBalancer", "PhysicalResourceId": "lb"},
        {"ResourceType": "AWS::Lambda::Function", "PhysicalResourceId": "f"},
    ]
    given = {"cloudformation": stack, "dynamodb": dynamodb, "elbv2": balancers}
    for _ in range(2):  # as after a deployment that ended before it protected everything
        protect(given.__getitem__, NAME)
    with pytest.raises(ClientError):
        dynamodb.delete_table(TableName=NAME)
    asked = dict(stack.asked)
    assert asked["update_termination_protection"]["EnableTerminationProtection"] is True
    policy = json.loads(asked["set_stack_policy"]["StackPolicyBody"])
    assert policy["Statement"][1]["Action"] == ["Update:Replace", "Update:Delete"]
    [attribute] = dict(balancers.asked)["modify_load_balancer_attributes"]["Attributes"]
    assert attribute == {"Key": "deletion_protection.enabled", "Value": "true"}


def template(*caps: int) -> dict[str, Any]:
    return {
        "Resources": {
            str(n): {
                "Properties": {
                    "ReservedConcurrentExecutions": {"Fn::If": ["ReserveConcurrency", cap, {}]}
                }
            }
            for n, cap in enumerate(caps)
        }
    }


def test_a_quota_that_cannot_hold_the_stage_is_told_before_the_first_stack() -> None:
    stage = Stage("prod")
    account = {"AccountLimit": {"ConcurrentExecutions": 500}}
    check_concurrency(stage, [template(100, 100), template(100)], account)
    with pytest.raises(QuotaTooSmall, match="500 here and the stage needs 501"):
        check_concurrency(stage, [template(100, 100), template(101)], account)
    unreserved = Stage("prod", parameters={"ReserveConcurrency": "no"})
    check_concurrency(unreserved, [template(900)], {"AccountLimit": {"ConcurrentExecutions": 10}})


def test_a_new_machine_image_is_a_change_though_the_template_stays(clients: Any) -> None:
    name = "/images/bridges"
    clients("ssm").put_parameter(Name=name, Value="ami-1", Type="String")
    kind = "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"
    declared = {"Parameters": {"Ami": {"Type": kind, "Default": name}}}
    environ = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    deployment = Deployment(Stage("prod"), environ, print)
    assert deployment._resolved("video_blue", declared, {}) == ["ami-1"]
    clients("ssm").put_parameter(Name=name, Value="ami-2", Type="String", Overwrite=True)
    assert deployment._resolved("video_blue", declared, {}) == ["ami-2"]


def test_a_list_of_issuers_that_no_function_can_hold_is_told_before_the_first_stack() -> None:
    provider = {"issuer": "https://idp.example", "jwks_url": "https://idp.example/keys"}
    for count, fits in ((5, True), (60, False)):
        issuers = json.dumps([{**provider, "audience": f"a-{n}"} for n in range(count)])
        stage = Stage("prod", parameters={"TrustedIssuers": issuers})
        deployment = Deployment(stage, {}, print)
        if fits:
            assert len(json.loads(deployment._trusted_issuers("https://c.example"))) == count + 1
        else:
            with pytest.raises(DeploymentFailed, match="TrustedIssuers takes"):
                deployment._trusted_issuers("https://c.example")


def test_after_a_rotation_functions_know_the_doors_secret_and_the_one_before(clients: Any) -> None:
    secrets = clients("secretsmanager")
    arn = secrets.create_secret(Name="door", SecretString="first")["ARN"]
    environ = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    deployment = Deployment(Stage("prod"), environ, print, outputs={"FrontDoorSecretArn": arn})
    assert deployment.front_door_secrets() == ("first",)
    secrets.put_secret_value(SecretId=arn, SecretString="second")
    assert deployment.front_door_secrets() == ("second", "first")
