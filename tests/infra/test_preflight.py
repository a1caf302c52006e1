"""Everything that a deployment will need is asked for before its first stack."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from moto import mock_aws

from infra import preflight, rights
from infra.deploy import COMPUTED
from infra.render import load
from infra.stages import Stage, load_stage
from tests.infra.conftest import rendered

GIVEN = {"AlarmEmail": "on-call@clinic.example", "CertificateArn": "arn:aws:acm:us-east-1:1:x/y"}


def production(**parameters: str) -> Stage:
    stage = load_stage("prod")
    return replace(stage, parameters={**stage.parameters, **GIVEN, **parameters})


def templates(stage: Stage) -> dict[str, Any]:
    return {
        stack: rendered("prod", stack).template
        for stack in stage.stacks()
        if stack in load_stage("prod").stacks() or stack.startswith("video_")
    }


def faults_of_the_file(stage: Stage) -> list[str]:
    given = templates(stage)
    return [
        *preflight.missing_parameters(stage, given, COMPUTED),
        *preflight.unknown_parameters(stage, given),
        *preflight.malformed_parameters(stage, given.values()),
    ]


def test_a_complete_file_is_ready() -> None:
    assert faults_of_the_file(production()) == []


def test_all_that_the_file_lacks_is_said_at_once_and_with_the_stack_that_wants_it() -> None:
    """The front door's certificate used to be missed half an hour after the first stack."""
    stage = load_stage("prod")
    told = faults_of_the_file(stage)
    assert [each.split()[0] for each in told] == ["AlarmEmail", "CertificateArn"]
    assert "front_door needs it" in told[1]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("AlarmEmial", "a@b.example", "which no stack of the stage takes"),
        ("AuditLockMode", "compliance", "is none of GOVERNANCE, COMPLIANCE"),
        ("Origin", "https://clinic.example/", "does not match"),
        ("CopiesKeptDays", "7", "is below 35"),
        ("LogRetentionDays", "a year", "is no number"),
    ],
)
def test_what_cloudformation_would_refuse_later_is_refused_now(
    name: str, value: str, said: str
) -> None:
    [fault] = faults_of_the_file(production(**{name: value}))
    assert name in fault
    assert said in fault


def test_one_stack_alone_is_not_asked_about_the_others_parameters() -> None:
    stage = load_stage("prod")
    only = {"identity": rendered("prod", "identity").template}
    assert [*preflight.missing_parameters(stage, only, COMPUTED)] == []
    assert [*preflight.unknown_parameters(stage, only)] == []


class Iam:
    """Answers simulations: allowed, but for some actions."""

    def __init__(self, *refuses: str) -> None:
        self.refuses, self.asked = refuses, list[dict[str, Any]]()

    def get_role(self, RoleName: str) -> Any:  # noqa: N803
        return {"Role": {"Arn": f"arn:aws:iam::111122223333:role/sso/{RoleName}"}}

    def simulate_principal_policy(self, **request: Any) -> Any:
        self.asked.append(request)
        return {
            "EvaluationResults": [
                {
                    "EvalActionName": action,
                    "EvalDecision": "implicitDeny" if action in self.refuses else "allowed",
                }
                for action in request["ActionNames"]
            ]
        }


class Sts:
    def __init__(self, arn: str = "arn:aws:sts::111122223333:assumed-role/deployer/me") -> None:
        self.arn = arn

    def get_caller_identity(self) -> Any:
        return {"Account": "111122223333", "Arn": self.arn}


def test_every_right_of_the_deployer_is_simulated_on_a_resource_of_the_stage() -> None:
    iam = Iam()
    role = "arn:aws:iam::111122223333:role/telesalud-cloudformation"
    assert [*rights.denied(Stage("prod", execution_role=role), Sts(), iam)] == []
    asked = {action for each in iam.asked for action in each["ActionNames"]}
    allowed = [each for each in rights.deployer_statements() if each["Effect"] == "Allow"]
    assert asked == {
        action
        for each in allowed
        for action in (each["Action"] if isinstance(each["Action"], list) else [each["Action"]])
    }
    named = [each["ResourceArns"][0] for each in iam.asked]
    assert not [arn for arn in named if arn != "*" and ("*" in arn or "${" in arn)]
    assert role in named
    assert {each["PolicySourceArn"] for each in iam.asked} == {
        "arn:aws:iam::111122223333:role/sso/deployer"
    }, "a session's ARN lacks the role's path"


def test_a_right_that_is_missing_is_named_with_its_statement() -> None:
    [told] = rights.denied(Stage("prod"), Sts(), Iam("cloudformation:SetStackPolicy"))
    assert "may not cloudformation:SetStackPolicy (ChangeStacks)" in told


def test_the_root_user_deploys_nothing() -> None:
    [told] = rights.denied(Stage("prod"), Sts("arn:aws:iam::111122223333:root"), Iam())
    assert "root" in told


SAM = {
    "AWS::Serverless::Api": "AWS::ApiGateway::RestApi",
    "AWS::Serverless::Function": "AWS::Lambda::Function",
    "AWS::Serverless::LayerVersion": "AWS::Lambda::LayerVersion",
    "AWS::Serverless::StateMachine": "AWS::StepFunctions::StateMachine",
}
OF_OTHER_USES = (
    *("amplify:*", "apprunner:*", "appsync:*", "bedrock-agentcore:*", "cognito-idp:*"),
    *("firehose:*", "kinesis:*", "managed-fleets:*", "payments:*", "s3files:*", "s3tables:*"),
    *("vpc-lattice:*", "iam:*PermissionsBoundary", "iam:DescribeOrganization", "iam:List*"),
    "iam:UpdateRoleDescription",
)
"""Asked for by handlers for features that no stack uses."""


def test_cloudformations_role_may_do_what_every_resource_needs() -> None:
    """By the permissions that each resource type's own schema names."""
    policies = load(rights.BOOTSTRAP)["Resources"]["ExecutionRole"]["Properties"]["Policies"]
    allowed = [
        action
        for statement in policies[0]["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
        for action in (
            statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        )
    ]
    stage = replace(load_stage("prod"), shards=("blue",))
    kinds = {each["Type"] for t in templates(stage).values() for each in t["Resources"].values()}
    needed = {
        action
        for kind in kinds
        for handler in PROVIDER_SCHEMA_MANAGER.get_resource_schema(
            region="us-east-1", resource_type=SAM.get(kind, kind)
        )
        .schema.get("handlers", {})
        .values()
        for action in handler["permissions"]
    }
    assert len(needed) > 300
    assert [each for each in sorted(needed) if not _among(each, (*allowed, *OF_OTHER_USES))] == []


def _among(action: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatch(action.lower(), each.lower()) for each in patterns)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        factory: Any = boto3.client

        def make(service: str, _: str = "") -> Any:
            return factory(service, region_name="us-east-1")

        yield make


def test_a_certificate_that_is_not_issued_or_for_another_host_is_told(client: Any) -> None:
    arn = client("acm").request_certificate(DomainName="*.other.example")["CertificateArn"]
    stage = production(CertificateArn=arn)
    told = [*preflight.unusable_certificates(stage, {"front_door": {}}, client)]
    assert any("validate it by DNS" in each for each in told)
    assert any("not for clinic.example" in each for each in told)
    good = client("acm").request_certificate(DomainName="*.example")["CertificateArn"]
    told = [
        *preflight.unusable_certificates(
            production(CertificateArn=good), {"front_door": {}}, client
        )
    ]
    assert not any("not for" in each for each in told)
    gone = production(CertificateArn=arn[:-4] + "0000")
    [told_gone] = preflight.unusable_certificates(gone, {"front_door": {}}, client)
    assert "cannot be read" in told_gone


def test_shards_that_the_account_cannot_hold_are_told_with_the_command_that_asks(
    client: Any,
) -> None:
    """A new account has five addresses; two shards while one replaces the other need more."""

    class Quotas:
        exceptions = client("service-quotas").exceptions

        def get_service_quota(self, **request: str) -> Any:
            return {
                "Quota": {"Value": {"L-0263D0A3": 1.0, "L-1216C47A": 5.0}[request["QuotaCode"]]}
            }

    def asks(service: str, stack: str) -> Any:
        return Quotas() if service == "service-quotas" else client(service, stack)

    stage = replace(production(), shards=("blue",))
    shards = {"video_blue": rendered("prod", "video_blue").template}
    told = [*preflight.too_small_quotas(stage, shards, asks)]
    assert "elastic addresses is 1" in told[0]
    assert "vCPU of standard instances is 5 and the shards need 32" in told[1]
    assert "--desired-value 32" in told[1]
    assert json.dumps([*preflight.too_small_quotas(stage, {}, asks)]) == "[]"


def test_mail_from_the_sandbox_or_an_unverified_name_is_told(client: Any) -> None:
    class Ses:
        def __init__(self, *, granted: bool, verified: bool) -> None:
            self.granted, self.verified = granted, verified
            self.meta, self.exceptions = client("sesv2").meta, client("sesv2").exceptions

        def get_account(self) -> Any:
            return {"ProductionAccessEnabled": self.granted}

        def get_email_identity(self, **_: str) -> Any:
            return {"VerifiedForSendingStatus": self.verified}

    stage = production(EmailSender="no-reply@clinic.example", EmailIdentity="clinic.example")
    for granted, verified, count in ((True, True, 0), (False, True, 1), (False, False, 2)):
        ses = Ses(granted=granted, verified=verified)
        assert len([*preflight.unusable_sender(stage, lambda *_, ses=ses: ses)]) == count
    assert [*preflight.unusable_sender(production(), client)] == []
