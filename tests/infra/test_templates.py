"""What every deployed resource must have, read from the rendered templates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.render import KEPT_IN_PRODUCTION
from tests.infra.conftest import APPS, Installation, listed, rendered, statements
from tests.support.some import some

REASONS: dict[str, str] = yaml.safe_load((Path(__file__).parent / "wildcards.yaml").read_text())
FUNCTION = "AWS::Serverless::Function"
MAPPING = "AWS::Lambda::EventSourceMapping"
QUEUE = "AWS::SQS::Queue"
TABLE = "AWS::DynamoDB::Table"


def is_dead_letters(queue: str) -> bool:
    return queue.endswith("DeadLetters")


def is_wild(resource: Any) -> bool:
    """Whether it could mean things of others: no path, account or bucket is named."""
    text = resource if isinstance(resource, str) else json.dumps(resource)
    return text == "*" or ":*:*" in text or text.endswith(":::*")


def test_no_statement_has_a_wildcard_without_a_written_reason(installation: Installation) -> None:
    wild = [
        f"{name}: {statement}"
        for name, statement in statements(installation)
        if (
            any("*" in action for action in listed(statement["Action"]))
            or any(is_wild(each) for each in listed(statement.get("Resource", [])))
        )
        and not REASONS.get(statement.get("Sid", ""))
    ]
    assert wild == []


def test_allowed_actions_are_named_one_by_one(installation: Installation) -> None:
    patterns = [
        (name, action)
        for name, statement in statements(installation)
        for action in listed(statement["Action"])
        if statement["Effect"] == "Allow" and "*" in action and statement.get("Sid") != "IamDecides"
    ]
    assert patterns == []


def test_anybody_is_only_ever_denied(installation: Installation) -> None:
    to_anybody = some(
        (place, statement)
        for place, statement in statements(installation)
        if statement.get("Principal") in ("*", {"AWS": "*"})
    )
    for place, statement in to_anybody:
        assert statement["Effect"] == "Deny", place


def test_service_principals_are_bound_to_this_account(installation: Installation) -> None:
    """Against the confused deputy: a service acts for another customer."""
    to_services = some(
        (place, statement)
        for place, statement in statements(installation)
        if isinstance(statement.get("Principal"), dict) and "Service" in statement["Principal"]
    )
    for place, statement in to_services:
        assert "Condition" in statement, place


def test_every_function_has_a_role_of_its_own(installation: Installation) -> None:
    roles = [
        (stack.stack, json.dumps(properties["Role"]))
        for stack, _, properties in installation.each(FUNCTION)
    ]
    assert len(roles) == len(set(roles))


def test_functions_have_logs_with_retention_and_alarms(installation: Installation) -> None:
    for stack, name, properties in installation.each(FUNCTION):
        assert properties["LoggingConfig"] == {"LogGroup": {"Ref": f"{name}Logs"}}
        for alarm, metric in ((f"{name}Errors", "Errors"), (f"{name}Throttles", "Throttles")):
            assert stack.resources[alarm]["Properties"]["MetricName"] == metric


def test_log_groups_are_encrypted_and_end(installation: Installation) -> None:
    for stack, name, properties in installation.each("AWS::Logs::LogGroup"):
        assert "RetentionInDays" in properties, name
        assert "KmsKeyId" in properties or stack.stack == "front_door", name


def test_functions_have_timeouts_and_workers_are_capped(installation: Installation) -> None:
    for _, name, properties in installation.each(FUNCTION):
        waited_for = name in ("APIHandler", "Authorizer") or name.startswith("Ws")
        assert properties["Timeout"] <= (29 if waited_for else 300), name
        assert ("ReservedConcurrentExecutions" in properties) is not waited_for, name


def test_functions_run_the_declared_runtime_and_layers(installation: Installation) -> None:
    for _, name, properties in installation.each(FUNCTION):
        assert properties["Runtime"] == "python3.13", name
        assert properties["Architectures"] == ["arm64"], name


def test_sources_report_the_failures_of_single_records(installation: Installation) -> None:
    for _, name, properties in installation.each(MAPPING):
        assert properties["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name


def test_streams_hand_what_fails_to_a_dead_letter_queue(installation: Installation) -> None:
    of_streams = some(
        (stack, name, properties)
        for stack, name, properties in installation.each(MAPPING)
        if properties["EventSourceArn"]["Fn::GetAtt"][1] == "StreamArn"
    )
    for stack, name, properties in of_streams:
        target = properties["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
        assert target in stack.of_type(QUEUE), name
        assert properties["BisectBatchOnFunctionError"] is True, name
        assert properties["MaximumRetryAttempts"] > 0, name


def test_queues_hand_what_fails_to_a_dead_letter_queue(installation: Installation) -> None:
    queues = [each for each in installation.each(QUEUE) if not is_dead_letters(each[1])]
    for stack, name, properties in some(queues):
        target = properties["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        assert target in stack.of_type(QUEUE), name
        assert is_dead_letters(target), name


def test_dead_letters_are_kept_for_two_weeks_and_counted(installation: Installation) -> None:
    queues = [each for each in installation.each(QUEUE) if is_dead_letters(each[1])]
    for stack, name, properties in some(queues):
        assert properties["MessageRetentionPeriod"] == 14 * 24 * 3600, name
        alarm = stack.resources[f"{name}Depth"]["Properties"]
        assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible", name


def test_queues_stay_hidden_for_six_times_their_consumers_timeout(
    installation: Installation,
) -> None:
    """Less, and Lambda may hand out a message again while it is being worked on (AWS guide)."""
    of_queues = some(
        (stack, name, properties)
        for stack, name, properties in installation.each(MAPPING)
        if properties["EventSourceArn"]["Fn::GetAtt"][0] in stack.of_type(QUEUE)
    )
    for stack, name, properties in of_queues:
        queue = stack.resources[properties["EventSourceArn"]["Fn::GetAtt"][0]]
        function = stack.resources[properties["FunctionName"]["Fn::GetAtt"][0]]
        timeout = function["Properties"]["Timeout"]
        assert queue["Properties"]["VisibilityTimeout"] >= 6 * timeout, name


def test_rules_hand_what_they_cannot_deliver_to_a_dead_letter_queue(
    installation: Installation,
) -> None:
    for _, name, properties in installation.each("AWS::Events::Rule"):
        for target in some(properties["Targets"]):
            assert "DeadLetterConfig" in target, name


def test_state_machines_have_alarms_on_failed_executions(installation: Installation) -> None:
    for stack, name, _ in installation.each("AWS::Serverless::StateMachine"):
        for metric in ("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionThrottled"):
            assert stack.resources[f"{name}{metric}"]["Properties"]["MetricName"] == metric


def test_alarms_reach_the_operators(installation: Installation) -> None:
    for _, name, properties in installation.each("AWS::CloudWatch::Alarm"):
        assert properties["AlarmActions"], name


def test_tables_are_recoverable_and_encrypted(installation: Installation) -> None:
    for _, name, properties in installation.each(TABLE):
        assert properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], name
        assert properties["SSESpecification"]["SSEType"] == "KMS", name
        assert properties["TimeToLiveSpecification"]["AttributeName"] == "expires_at", name


def test_tables_with_an_outbox_stream_new_images(installation: Installation) -> None:
    apps = installation.stage.apps()  # the bridges' table has no outbox
    with_outbox = [each for each in installation.each(TABLE) if each[0].stack in apps]
    for _, name, properties in some(with_outbox):
        assert properties["StreamSpecification"]["StreamViewType"] == "NEW_IMAGE", name


def test_buckets_are_private_encrypted_versioned_and_tls_only(installation: Installation) -> None:
    for stack, name, properties in installation.each("AWS::S3::Bucket"):
        assert all(properties["PublicAccessBlockConfiguration"].values()), name
        assert "BucketEncryption" in properties, name
        assert properties["VersioningConfiguration"] == {"Status": "Enabled"}, name
        policy = stack.resources[f"{name}Policy"]["Properties"]["PolicyDocument"]["Statement"]
        assert policy[0]["Sid"] == "RefusePlainHttp", name


@pytest.mark.parametrize(
    "kind", sorted(KEPT_IN_PRODUCTION - {"AWS::Backup::BackupVault", "AWS::KMS::ReplicaKey"})
)
def test_what_holds_data_outlives_its_stack_in_production_only(
    installation: Installation, kind: str
) -> None:
    production = installation.stage.production
    for stack, name, _ in installation.each(kind):
        resource = stack.resources[name]
        assert (resource["DeletionPolicy"] != "Delete") is production, name
        assert (resource["UpdateReplacePolicy"] == "Retain") is production, name


def test_audit_digests_are_under_object_lock() -> None:
    bucket = rendered("prod", "foundation").resources["AuditBucket"]["Properties"]
    assert bucket["ObjectLockEnabled"] is True
    assert rendered("prod", "foundation").stage.parameters["AuditLockMode"] == "COMPLIANCE"


def test_no_environment_variable_holds_a_secret(installation: Installation) -> None:
    names = some(
        name
        for stack in installation.stacks
        for name in variables_of(stack.template.get("Globals", {}).get("Function", {}))
    )
    names += [
        name
        for _, _, properties in installation.each(FUNCTION)
        for name in variables_of(properties)
    ]
    assert not {name for name in names if "SECRET" in name or "PASSWORD" in name}


def variables_of(function: dict[str, Any]) -> dict[str, Any]:
    variables: dict[str, Any] = function.get("Environment", {}).get("Variables", {})
    return variables


@pytest.mark.parametrize(("stage", "app"), APPS)
def test_gateway_answers_are_problem_json(stage: str, app: str) -> None:
    stack = rendered(stage, app)
    answers = stack.resources["RestAPI"]["Properties"].get("GatewayResponses") or {
        each["Properties"]["ResponseType"]: each["Properties"]
        for each in stack.of_type("AWS::ApiGateway::GatewayResponse").values()
    }
    assert {"ACCESS_DENIED", "UNAUTHORIZED", "DEFAULT_4XX", "DEFAULT_5XX"} <= set(answers)
    for answer in some(answers.values()):
        filled = answer["ResponseTemplates"]["application/json"].replace(
            "$context.error.messageString", '"x"'
        )
        assert {"type", "title", "status", "detail", "instance"} <= set(json.loads(filled))
