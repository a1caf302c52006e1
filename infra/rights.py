"""Whether whoever deploys may do what a deployment does, asked of IAM itself.

The policy `telesalud-deployer` of infra/bootstrap.yaml is the list: each of its statements is
simulated for the caller, so that policies, boundaries and an organization's own rules all count.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from infra.render import load
from infra.stages import Stage
from infra.tools import ROOT

BOOTSTRAP = ROOT / "infra" / "bootstrap.yaml"


def denied(stage: Stage, sts: Any, iam: Any) -> Iterator[str]:
    """What the caller may not do, one sentence for each statement of the policy."""
    caller = sts.get_caller_identity()
    if caller["Arn"].endswith(":root"):
        yield "these are the root user's credentials: deploy as a role with telesalud-deployer"
        return
    values = {
        "AWS::Partition": caller["Arn"].split(":")[1],
        "AWS::AccountId": caller["Account"],
        "ExecutionRole.Arn": stage.execution_role,
        "stage": stage.name,
        "region": stage.region,
    }
    try:
        source = _principal(caller["Arn"], iam)
        for statement in deployer_statements():
            if statement["Effect"] == "Deny" or _is_without_role(statement, stage):
                continue
            if missing := _refused(iam, source, statement, values):
                yield (
                    f"{source} may not {', '.join(missing)} ({statement['Sid']}): attach the "
                    "policy telesalud-deployer, or find what denies it"
                )
    except ClientError as error:
        if error.response["Error"]["Code"] != "AccessDenied":
            raise
        yield f"{caller['Arn']} may not ask for its own rights: attach telesalud-deployer ({error})"


def deployer_statements() -> list[dict[str, Any]]:
    """The statements of the policy that a deployment needs."""
    policy = load(BOOTSTRAP)["Resources"]["DeployerPolicy"]["Properties"]["PolicyDocument"]
    statements: list[dict[str, Any]] = policy["Statement"]
    return statements


def _is_without_role(statement: dict[str, Any], stage: Stage) -> bool:
    """Whether the statement is about a role that this stage does not use."""
    return statement["Sid"] == "AsCloudFormation" and not stage.execution_role


def _principal(arn: str, iam: Any) -> str:
    """The user or role to simulate; a session's ARN lacks the role's path."""
    if ":assumed-role/" not in arn:
        return arn
    name = arn.split(":assumed-role/")[1].split("/", maxsplit=1)[0]
    return str(iam.get_role(RoleName=name)["Role"]["Arn"])


def _refused(iam: Any, source: str, statement: dict[str, Any], values: dict[str, str]) -> list[str]:
    """The statement's actions that are not allowed on a resource as the stage's are named."""
    actions, resources = _listed(statement["Action"]), _listed(statement["Resource"])
    context = [
        {
            "ContextKeyName": key,
            "ContextKeyType": "string",
            "ContextKeyValues": [_concrete(_listed(value)[0], values)],
        }
        for test in statement.get("Condition", {}).values()
        for key, value in test.items()
    ]
    refused = set()
    for resource in resources:
        answer = iam.simulate_principal_policy(
            PolicySourceArn=source,
            ActionNames=actions,
            ResourceArns=[_concrete(resource, values)],
            ContextEntries=context,
        )
        refused |= {
            each["EvalActionName"]
            for each in answer["EvaluationResults"]
            if each["EvalDecision"] != "allowed"
        }
    return sorted(refused)


def _concrete(pattern: Any, values: dict[str, str]) -> str:
    """A resource of this stage that the pattern stands for."""
    if isinstance(pattern, dict):
        [(function, given)] = pattern.items()
        pattern = given if function == "Fn::Sub" else values[".".join(given)]
    for name, value in values.items():
        pattern = pattern.replace(f"${{{name}}}", value)
    pattern = pattern.replace("telesalud-*", f"telesalud-{values['stage']}-x", 1)
    pattern = pattern.replace(":*:", f":{values['region']}:").replace("??????", "AbCdEf")
    return (
        "*" if pattern == "*" else pattern.replace(".*.", f".{values['region']}.").replace("*", "x")
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
