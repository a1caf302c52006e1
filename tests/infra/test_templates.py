"""What every deployed resource must have, read from the rendered templates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.render import KEPT_IN_PRODUCTION
from tests.infra.conftest import APPS, Rendered, rendered

REASONS: dict[str, str] = yaml.safe_load((Path(__file__).parent / "wildcards.yaml").read_text())
NO_WILDCARD_SERVICES = ("iam:", "sts:")


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(stack: Rendered) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every policy statement of a stack with the resource that carries it."""
    for name, resource in stack.resources.items():
        properties = resource.get("Properties", {})
        documents = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
        documents += [
            properties[key] for key in ("PolicyDocument", "KeyPolicy") if key in properties
        ]
        for document in documents:
            for statement in listed(document["Statement"]):
                for each in branches(statement):
                    yield name, each


def branches(statement: dict[str, Any]) -> list[dict[str, Any]]:
    """Every statement that an Fn::If may choose; AWS::NoValue is none."""
    chosen = statement.get("Fn::If", [None, statement])[1:]
    return [each for each in chosen if "Ref" not in each]


def is_wild(resource: Any) -> bool:
    """Whether it could mean things of others: no path, account or bucket is named."""
    text = resource if isinstance(resource, str) else json.dumps(resource)
    return text == "*" or ":*:*" in text or text.endswith(":::*")


def test_no_statement_has_a_wildcard_without_a_written_reason(stack: Rendered) -> None:
    wild = [
        f"{name}: {statement}"
        for name, statement in statements(stack)
        if (
            any("*" in action for action in listed(statement["Action"]))
            or any(is_wild(each) for each in listed(statement.get("Resource", [])))
        )
        and not REASONS.get(statement.get("Sid", ""))
    ]
    assert wild == []


def test_allowed_actions_are_named_one_by_one(stack: Rendered) -> None:
    patterns = [
        (name, action)
        for name, statement in statements(stack)
        for action in listed(statement["Action"])
        if statement["Effect"] == "Allow" and "*" in action and statement.get("Sid") != "IamDecides"
    ]
    assert patterns == []


def test_anybody_is_only_ever_denied(stack: Rendered) -> None:
    for name, statement in statements(stack):
        if statement.get("Principal") in ("*", {"AWS": "*"}):
            assert statement["Effect"] == "Deny", name


def test_service_principals_are_bound_to_this_account(stack: Rendered) -> None:
    """Against the confused deputy: a service acts for another customer."""
    for name, statement in statements(stack):
        principal = statement.get("Principal", {})
        if isinstance(principal, dict) and "Service" in principal:
            assert "Condition" in statement, name


def test_every_function_has_a_role_of_its_own(stack: Rendered) -> None:
    roles = [
        json.dumps(function["Properties"]["Role"])
        for function in stack.of_type("AWS::Serverless::Function").values()
    ]
    assert len(roles) == len(set(roles))


def test_functions_have_logs_with_retention_and_alarms(stack: Rendered) -> None:
    for name, function in stack.of_type("AWS::Serverless::Function").items():
        properties = function["Properties"]
        assert properties["LoggingConfig"] == {"LogGroup": {"Ref": f"{name}Logs"}}
        for alarm, metric in ((f"{name}Errors", "Errors"), (f"{name}Throttles", "Throttles")):
            assert stack.resources[alarm]["Properties"]["MetricName"] == metric


def test_log_groups_are_encrypted_and_end(stack: Rendered) -> None:
    for name, group in stack.of_type("AWS::Logs::LogGroup").items():
        assert "RetentionInDays" in group["Properties"], name
        assert "KmsKeyId" in group["Properties"] or stack.stack == "front_door", name


def test_functions_have_timeouts_and_workers_are_capped(stack: Rendered) -> None:
    for name, function in stack.of_type("AWS::Serverless::Function").items():
        properties = function["Properties"]
        waited_for = name in ("APIHandler", "Authorizer") or name.startswith("Ws")
        assert properties["Timeout"] <= (29 if waited_for else 300), name
        assert ("ReservedConcurrentExecutions" in properties) is not waited_for, name


def test_functions_run_the_declared_runtime_and_layers(stack: Rendered) -> None:
    for name, function in stack.of_type("AWS::Serverless::Function").items():
        assert function["Properties"]["Runtime"] == "python3.13", name
        assert function["Properties"]["Architectures"] == ["arm64"], name


def test_streams_hand_what_fails_to_a_dead_letter_queue(stack: Rendered) -> None:
    queues = stack.of_type("AWS::SQS::Queue")
    for name, mapping in stack.of_type("AWS::Lambda::EventSourceMapping").items():
        properties = mapping["Properties"]
        assert properties["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name
        source = properties["EventSourceArn"]["Fn::GetAtt"]
        if source[1] == "StreamArn":
            target = properties["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
            assert target in queues, name
            assert properties["BisectBatchOnFunctionError"] is True, name
            assert properties["MaximumRetryAttempts"] > 0, name


def test_queues_hand_what_fails_to_a_dead_letter_queue(stack: Rendered) -> None:
    queues = stack.of_type("AWS::SQS::Queue")
    for name, queue in queues.items():
        if name.endswith("DeadLetters"):
            assert queue["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600, name
            alarm = stack.resources[f"{name}Depth"]["Properties"]
            assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible", name
        else:
            target = queue["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
            assert target in queues, name
            assert target.endswith("DeadLetters"), name


def test_queues_stay_hidden_for_six_times_their_consumers_timeout(stack: Rendered) -> None:
    """Less, and Lambda may hand out a message again while it is being worked on (AWS guide)."""
    queues = stack.of_type("AWS::SQS::Queue")
    for name, mapping in stack.of_type("AWS::Lambda::EventSourceMapping").items():
        source = mapping["Properties"]["EventSourceArn"]["Fn::GetAtt"][0]
        if source in queues:
            function = mapping["Properties"]["FunctionName"]["Fn::GetAtt"][0]
            timeout = stack.resources[function]["Properties"]["Timeout"]
            assert queues[source]["Properties"]["VisibilityTimeout"] >= 6 * timeout, name


def test_rules_hand_what_they_cannot_deliver_to_a_dead_letter_queue(stack: Rendered) -> None:
    for name, rule in stack.of_type("AWS::Events::Rule").items():
        for target in rule["Properties"]["Targets"]:
            assert "DeadLetterConfig" in target, name


def test_state_machines_have_alarms_on_failed_executions(stack: Rendered) -> None:
    for name in stack.of_type("AWS::Serverless::StateMachine"):
        for metric in ("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionThrottled"):
            assert stack.resources[f"{name}{metric}"]["Properties"]["MetricName"] == metric


def test_alarms_reach_the_operators(stack: Rendered) -> None:
    for name, alarm in stack.of_type("AWS::CloudWatch::Alarm").items():
        assert alarm["Properties"]["AlarmActions"], name


def test_tables_are_recoverable_encrypted_and_stream_new_images(stack: Rendered) -> None:
    for name, table in stack.of_type("AWS::DynamoDB::Table").items():
        properties = table["Properties"]
        assert properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], name
        assert properties["SSESpecification"]["SSEType"] == "KMS", name
        assert properties["TimeToLiveSpecification"]["AttributeName"] == "expires_at", name
        if stack.stack in stack.stage.apps():  # the bridges' table has no outbox
            assert properties["StreamSpecification"]["StreamViewType"] == "NEW_IMAGE", name


def test_buckets_are_private_encrypted_versioned_and_tls_only(stack: Rendered) -> None:
    for name, bucket in stack.of_type("AWS::S3::Bucket").items():
        properties = bucket["Properties"]
        assert all(properties["PublicAccessBlockConfiguration"].values()), name
        assert "BucketEncryption" in properties, name
        assert properties["VersioningConfiguration"] == {"Status": "Enabled"}, name
        policy = stack.resources[f"{name}Policy"]["Properties"]["PolicyDocument"]["Statement"]
        assert policy[0]["Sid"] == "RefusePlainHttp", name


def test_what_holds_data_outlives_its_stack_in_production_only(stack: Rendered) -> None:
    for name, resource in stack.of_type(*KEPT_IN_PRODUCTION).items():
        kept = resource["DeletionPolicy"] != "Delete"
        assert kept is stack.stage.production, name
        assert (resource["UpdateReplacePolicy"] == "Retain") is stack.stage.production, name


def test_audit_digests_are_under_object_lock() -> None:
    bucket = rendered("prod", "foundation").resources["AuditBucket"]["Properties"]
    assert bucket["ObjectLockEnabled"] is True
    assert rendered("prod", "foundation").stage.parameters["AuditLockMode"] == "COMPLIANCE"


def test_no_environment_variable_holds_a_secret(stack: Rendered) -> None:
    variables = stack.template.get("Globals", {}).get("Function", {}).get("Environment", {})
    names = set(variables.get("Variables", {}))
    assert not {name for name in names if "SECRET" in name or "PASSWORD" in name}


@pytest.mark.parametrize(("stage", "app"), APPS)
def test_gateway_answers_are_problem_json(stage: str, app: str) -> None:
    stack = rendered(stage, app)
    answers = stack.resources["RestAPI"]["Properties"].get("GatewayResponses") or {
        each["Properties"]["ResponseType"]: each["Properties"]
        for each in stack.of_type("AWS::ApiGateway::GatewayResponse").values()
    }
    assert {"ACCESS_DENIED", "UNAUTHORIZED", "DEFAULT_4XX", "DEFAULT_5XX"} <= set(answers)
    for answer in answers.values():
        filled = answer["ResponseTemplates"]["application/json"].replace(
            "$context.error.messageString", '"x"'
        )
        assert {"type", "title", "status", "detail", "instance"} <= set(json.loads(filled))
