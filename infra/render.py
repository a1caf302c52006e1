"""Complete CloudFormation templates with what no resource may go without.

The stacks in infra/stacks/ say what differs; this module adds what every function (role, log
group, alarms), queue, bucket and state machine has in common, so that none can be forgotten.
A value written in a stack wins over the one added here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from chalice.package import YAMLTemplateSerializer

from infra.alarms import alarm, of_rule, of_stream, sub
from infra.dashboards import of_app, of_whole
from infra.gradual import shift_gradually
from infra.stages import Stage
from infra.target import LAMBDA_ARCHITECTURE, LAMBDA_RUNTIME
from infra.trail_guard import guard_trail

Template = dict[str, Any]

KEPT_IN_PRODUCTION = {
    "AWS::Backup::BackupVault",
    "AWS::DynamoDB::Table",
    "AWS::KMS::Key",
    "AWS::KMS::ReplicaKey",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
}

LEAST_COMPRESSED = 1000
"""Bytes from which an answer is compressed: CloudFront's own limit for files, and our APIs'."""
WORKERS_AT_ONCE = 10
"""How many of a function that nobody waits for may run at the same time, unless its stack says."""
CHALICE_OUTPUTS = ("APIHandlerArn", "APIHandlerName", "EndpointURL", "RestAPIId")


def load(path: Path) -> Template:
    """A YAML template with its intrinsic functions in long form."""
    template: Template = YAMLTemplateSerializer().load_template(path.read_text(), path.name)
    return template


def merge(under: Any, over: Any) -> Any:
    """`over` laid on `under`: maps merge, lists append, anything else is replaced."""
    if isinstance(under, dict) and isinstance(over, dict):
        return {
            key: merge(under[key], over[key])
            if key in under and key in over
            else over.get(key, under.get(key))
            for key in [*under, *(key for key in over if key not in under)]
        }
    if isinstance(under, list) and isinstance(over, list):
        return under + over
    return over


def name_context(part: Any, context: str) -> Any:
    """Replace {context} and {Context} in every key and string."""
    if isinstance(part, dict):
        return {
            name_context(key, context): name_context(value, context) for key, value in part.items()
        }
    if isinstance(part, list):
        return [name_context(value, context) for value in part]
    if isinstance(part, str):
        return part.replace("{context}", context).replace("{Context}", context.capitalize())
    return part


def complete(template: Template, stack: str, stage: Stage) -> Template:
    """`template` with every resource's standard companions and protections."""
    resources: dict[str, Any] = template["Resources"]
    _refuse_what_no_app_declares(resources, stack)
    companions = {
        "AWS::Serverless::Function": _function,
        "AWS::SQS::Queue": _queue,
        "AWS::S3::Bucket": _bucket,
        "AWS::Serverless::StateMachine": _state_machine,
        "AWS::Serverless::Api": _api,
        "AWS::Lambda::EventSourceMapping": of_stream,
        "AWS::Events::Rule": of_rule,
    }
    for logical_id, resource in list(resources.items()):
        add: Callable[[str, dict[str, Any], str], Template] | None
        add = companions.get(resource.get("Type"))
        if add is not None:
            for name, standard in add(logical_id, resource, stack).items():
                resources[name] = merge(standard, resources.get(name, {}))
    if stage.production:
        _somebody_must_be_told(template)
    for name in CHALICE_OUTPUTS:  # the same in every app: they would collide as parameters
        template.get("Outputs", {}).pop(name, None)
    if stage.local:
        _spell_out_gateway_responses(resources)
    if stack in stage.apps():
        guard_trail(resources)
    if not stage.local:
        functions_of = dict(functions(template))
        shift_gradually(resources, [each for each in functions_of if _is_waited_for(each)])
        resources |= _dashboards(template, stack, stage)
    for resource in resources.values():
        _protect(resource, stage.production)
        _date_policies(resource)
    return template


def _date_policies(resource: dict[str, Any]) -> None:
    for policy in resource.get("Properties", {}).get("Policies", []):
        if isinstance(policy, dict) and "PolicyDocument" in policy:
            policy["PolicyDocument"].setdefault("Version", "2012-10-17")


def _dashboards(template: Template, stack: str, stage: Stage) -> Template:
    if stack == "front_door":
        return of_whole(stage.apps())
    return of_app(template, stack) if stack in stage.apps() else {}


def _somebody_must_be_told(template: Template) -> None:
    """Alarms that reach nobody are none: the parameter has no default in production."""
    template.get("Parameters", {}).get("AlarmEmail", {}).pop("Default", None)


def functions(template: Template) -> Iterator[tuple[str, str]]:
    """Logical id and handler's name of every function; the REST handler is called `api`."""
    for logical_id, resource in template["Resources"].items():
        if resource.get("Type") == "AWS::Serverless::Function":
            name = resource["Properties"]["Handler"].rsplit(".", 1)[1]
            yield logical_id, "api" if name == "app" else name


def _refuse_what_no_app_declares(resources: dict[str, Any], stack: str) -> None:
    """A resource without a type completes one that the app or this module makes; a typo does not.

    Raises ValueError.
    """
    made = {name for name, each in resources.items() if "Type" in each}
    for name in resources.keys() - made:
        base = re.sub("(Role|Policy)$", "", name)
        if base == name or base not in made:
            raise ValueError(f"infra/stacks: {stack} has no {base} that {name} could belong to")


def _spell_out_gateway_responses(resources: dict[str, Any]) -> None:
    """One resource per gateway response: the emulator overlooks those in the API's document.

    It makes resources in alphabetical order and its deployment takes a copy of the responses,
    so their names must come before the API's.
    """
    for logical_id, api in list(resources.items()):
        responses = api.get("Properties", {}).get("GatewayResponses")
        if api.get("Type") != "AWS::Serverless::Api" or not responses:
            continue
        del api["Properties"]["GatewayResponses"]
        for kind, response in responses.items():
            headers = response.get("ResponseParameters", {}).get("Headers", {})
            properties = {
                "RestApiId": _ref(logical_id),
                "ResponseType": kind,
                "ResponseTemplates": response["ResponseTemplates"],
                "ResponseParameters": {
                    f"gatewayresponse.header.{name}": value for name, value in headers.items()
                },
            }
            if "StatusCode" in response:
                properties["StatusCode"] = response["StatusCode"]
            name = f"Answer{kind.title().replace('_', '')}"
            resources[name] = {"Type": "AWS::ApiGateway::GatewayResponse", "Properties": properties}


def _protect(resource: dict[str, Any], production: bool) -> None:
    kind = resource.get("Type")
    if kind in KEPT_IN_PRODUCTION:
        resource["DeletionPolicy"] = "RetainExceptOnCreate" if production else "Delete"
        resource["UpdateReplacePolicy"] = "Retain" if production else "Delete"


def _ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def _arn(logical_id: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [logical_id, "Arn"]}


def _function(logical_id: str, function: dict[str, Any], stack: str) -> Template:
    properties = function["Properties"]
    handler = properties["Handler"].rsplit(".", 1)[1]
    name = f"telesalud-${{Stage}}-{stack}-{'api' if handler == 'app' else handler}"
    properties |= {
        "FunctionName": sub(name),
        "Runtime": LAMBDA_RUNTIME,
        "Architectures": [LAMBDA_ARCHITECTURE],
        "Role": _arn(f"{logical_id}Role"),
        "LoggingConfig": {"LogGroup": _ref(f"{logical_id}Logs")},
        "Tracing": "PassThrough",
    }
    if not _is_waited_for(logical_id):
        cap = {"Fn::If": ["ReserveConcurrency", WORKERS_AT_ONCE, _ref("AWS::NoValue")]}
        properties.setdefault("ReservedConcurrentExecutions", cap)
    properties.pop("Tags", None)  # names the Chalice version: every update would touch all
    return {
        f"{logical_id}Logs": {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {
                "LogGroupName": sub(f"/aws/lambda/{name}"),
                "RetentionInDays": _ref("LogRetentionDays"),
                "KmsKeyId": _ref("StorageKeyArn"),
            },
        },
        f"{logical_id}Role": _role("lambda.amazonaws.com", _own_logs(f"/aws/lambda/{name}")),
        f"{logical_id}Errors": alarm(
            f"{name} fails", "AWS/Lambda", "Errors", {"FunctionName": _ref(logical_id)}
        ),
        f"{logical_id}Throttles": alarm(
            f"{name} is throttled",
            "AWS/Lambda",
            "Throttles",
            {"FunctionName": _ref(logical_id)},
            page=_is_waited_for(logical_id),
        ),
    }


def _is_waited_for(logical_id: str) -> bool:
    """Whether somebody waits for the function's answer: it takes what the account's quota leaves.

    A reservation is a cap as well, and the quota of a new account is smaller than the sum of what
    APIs may ever need. Workers are capped, so that none of them takes the APIs' share.
    """
    return logical_id in ("APIHandler", "Authorizer") or logical_id.startswith("Ws")


def _own_logs(group: str) -> dict[str, Any]:
    return {
        "PolicyName": "own-logs",
        "PolicyDocument": {
            "Statement": [
                {
                    "Sid": "OwnLogs",
                    "Effect": "Allow",
                    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                    "Resource": sub(
                        "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}"
                        f":log-group:{group}:*"
                    ),
                }
            ]
        },
    }


def _role(service: str, *policies: dict[str, Any]) -> dict[str, Any]:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        ],
    }
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": trust, "Policies": list(policies)},
    }


def _queue(logical_id: str, queue: dict[str, Any], stack: str) -> Template:
    properties = queue.setdefault("Properties", {})
    words = re.sub(r"(?<!^)([A-Z])", r"-\1", logical_id).lower()
    name = f"telesalud-${{Stage}}-{stack}-{words}"
    properties.setdefault("QueueName", sub(name))
    properties.setdefault("KmsMasterKeyId", _ref("StorageKeyArn"))
    dimensions = {"QueueName": {"Fn::GetAtt": [logical_id, "QueueName"]}}
    if logical_id.endswith("DeadLetters"):
        properties.setdefault("MessageRetentionPeriod", 1209600)
        visible = "ApproximateNumberOfMessagesVisible"
        # What the relay could not publish is known to no other context.
        page = logical_id.startswith("Relay")
        depth = alarm(f"{name} holds messages", "AWS/SQS", visible, dimensions, page=page)
        return {f"{logical_id}Depth": depth}
    oldest = "ApproximateAgeOfOldestMessage"
    lag = alarm(f"{name} is ten minutes behind", "AWS/SQS", oldest, dimensions, threshold=600)
    return {f"{logical_id}Lag": lag}


def _bucket(logical_id: str, _bucket: dict[str, Any], _stack: str) -> Template:
    plain_http = {
        "Sid": "RefusePlainHttp",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [_arn(logical_id), sub(f"${{{logical_id}.Arn}}/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {
        f"{logical_id}Policy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": _ref(logical_id),
                "PolicyDocument": {"Version": "2012-10-17", "Statement": [plain_http]},
            },
        }
    }


def _api(logical_id: str, api: dict[str, Any], _stack: str) -> Template:
    name = api["Properties"]["Name"]
    # CloudFront compresses nothing that it may not cache, so each API does it itself.
    api["Properties"].setdefault("MinimumCompressionSize", LEAST_COMPRESSED)
    failures = alarm(
        "an API answers 5xx",
        "AWS/ApiGateway",
        "5XXError",
        {"ApiName": name},
        threshold=5,
        page=True,
    )
    return {f"{logical_id}ServerErrors": failures}


def _state_machine(logical_id: str, machine: dict[str, Any], stack: str) -> Template:
    words = re.sub(r"(?<!^)([A-Z])", r"-\1", logical_id).lower()
    name = f"telesalud-${{Stage}}-{stack}-{words}"
    properties = machine["Properties"]
    properties.setdefault("Name", sub(name))
    properties.setdefault("Type", "STANDARD")
    properties.setdefault("Role", _arn(f"{logical_id}Role"))
    dimensions = {"StateMachineArn": _ref(logical_id)}
    alarms = {
        f"{logical_id}{metric}": alarm(
            f"{name}: {metric}", "AWS/States", metric, dimensions, page=True
        )
        for metric in ("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionThrottled")
    }
    return alarms | {f"{logical_id}Role": _role("states.amazonaws.com")}
