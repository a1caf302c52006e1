"""A change to one stack: made as a change set, shown, and carried out when it loses nothing.

Parameters travel in the request's body, so no secret appears in a list of processes or a CI log.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, WaiterError

from infra.render import KEPT_IN_PRODUCTION

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import ResourceChangeTypeDef, StackTypeDef

CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")
FAILED_CREATIONS = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED")
"""States of a stack that never served anybody: it can only be deleted."""
NEVER_MADE = "REVIEW_IN_PROGRESS"
"""A stack of which only a change set exists, one that was not carried out."""
LONGEST = 4 * 3600
"""Seconds that a stack may take: ECS waits three hours for a service that never becomes stable."""


class ChangeFailed(RuntimeError):
    """A stack could not be changed; the message says why and what to do."""


@dataclass(frozen=True)
class Release:
    """What a stack shall become. `template` is TemplateBody or TemplateURL with its value."""

    name: str
    template: Mapping[str, str]
    parameters: Mapping[str, str]
    production: bool = False
    """Its resources with data outlive it: existing ones are adopted, none is given up."""
    execution_role: str = ""
    """ARN of the role that CloudFormation acts with; empty: the caller's own rights."""
    may_lose: frozenset[str] = frozenset()
    """Logical ids of resources with data that may be removed or replaced after all."""


class Changes:
    """Carries out releases with one CloudFormation client."""

    def __init__(
        self,
        client: CloudFormationClient,
        progress: Callable[[str], None],
        approve: Callable[[str], bool],
        delay: float = 5,
    ) -> None:
        self._client = client
        self._progress = progress
        self._approve = approve
        self._delay = delay

    def find(self, name: str) -> StackTypeDef | None:
        """The stack as it is now."""
        try:
            found = self._client.describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationError":
                return None  # CloudFormation's way of saying that there is no such stack
            raise
        return found[0]

    def carry_out(self, release: Release) -> None:
        """Create the stack or change it. Raises ChangeFailed."""
        creates = self._make_ready(release.name)
        change_set = self._create(release, "CREATE" if creates else "UPDATE")
        if change_set is None:
            return
        changes = self._changes(release.name, change_set)
        try:
            if release.production:
                self._refuse_losses(release, changes)
                self._ask(release.name, changes)
        except ChangeFailed:
            self._client.delete_change_set(StackName=release.name, ChangeSetName=change_set)
            raise
        self._client.execute_change_set(StackName=release.name, ChangeSetName=change_set)
        self._wait("stack_create_complete" if creates else "stack_update_complete", release.name)

    def _make_ready(self, name: str) -> bool:
        """Whether the stack is to be created; one that is stuck is brought back first."""
        found = self.find(name)
        status = found["StackStatus"] if found else NEVER_MADE
        if status in FAILED_CREATIONS:
            self._progress(f"removing {name}, whose creation failed earlier ({status})")
            self._client.delete_stack(StackName=name)
            self._wait("stack_delete_complete", name)
            return True
        if status == "UPDATE_ROLLBACK_FAILED":
            self._progress(f"{name} could not go back after a failed change: trying again")
            self._client.continue_update_rollback(StackName=name)
            self._wait("stack_rollback_complete", name)
        elif status.endswith("_IN_PROGRESS") and status != NEVER_MADE:
            raise ChangeFailed(f"{name} is {status}: wait for the deployment that changes it")
        return status == NEVER_MADE

    def _create(self, release: Release, kind: str) -> str | None:
        """The change set's id; None when there is nothing to change."""
        parameters = [
            {"ParameterKey": key, "ParameterValue": value}
            for key, value in sorted(release.parameters.items())
        ]
        request: dict[str, Any] = {
            "StackName": release.name,
            "ChangeSetName": f"deploy-{time.time_ns()}",
            "ChangeSetType": kind,
            "Capabilities": CAPABILITIES,
            "Parameters": parameters,
            **release.template,
        }
        if release.production:
            # What an earlier stack left behind under the same name comes back into this one.
            request["ImportExistingResources"] = True
        if release.execution_role:
            request["RoleARN"] = release.execution_role
        try:
            made = self._client.create_change_set(**request)["Id"]
        except ClientError as error:
            raise ChangeFailed(f"{release.name}: {error}") from error
        return made if self._is_ready(release.name, made) else None

    def _is_ready(self, name: str, change_set: str) -> bool:
        until = time.monotonic() + 600
        while time.monotonic() < until:
            answer = self._client.describe_change_set(StackName=name, ChangeSetName=change_set)
            if answer["Status"] == "CREATE_COMPLETE":
                return True
            reason = answer.get("StatusReason", "")
            if answer["Status"] == "FAILED":
                self._client.delete_change_set(StackName=name, ChangeSetName=change_set)
                if "didn't contain changes" in reason or "No updates" in reason:
                    return False
                raise ChangeFailed(f"{name} cannot be changed like this: {reason}")
            time.sleep(min(self._delay, 2))
        raise ChangeFailed(f"{name}: CloudFormation does not finish preparing the change")

    def _changes(self, name: str, change_set: str) -> list[ResourceChangeTypeDef]:
        pages = self._client.get_paginator("describe_change_set")
        return [
            change["ResourceChange"]
            for page in pages.paginate(StackName=name, ChangeSetName=change_set)
            for change in page.get("Changes", [])
            if "ResourceChange" in change
        ]

    @staticmethod
    def _refuse_losses(release: Release, changes: Sequence[ResourceChangeTypeDef]) -> None:
        lost = [
            f"{each['LogicalResourceId']} ({each['ResourceType']})"
            for each in changes
            if each["ResourceType"] in KEPT_IN_PRODUCTION
            and (each["Action"] == "Remove" or each.get("Replacement") == "True")
            and each["LogicalResourceId"] not in release.may_lose
        ]
        if lost:
            raise ChangeFailed(
                f"{release.name} would remove or replace what holds data: {', '.join(lost)}. "
                "Change the template, or name each with --may-lose once its data is safe"
            )

    def _ask(self, name: str, changes: Sequence[ResourceChangeTypeDef]) -> None:
        lines = [
            f"  {each['Action']:8}{each['LogicalResourceId']} ({each['ResourceType']})"
            + (", replaced" if each.get("Replacement") == "True" else "")
            for each in changes
        ]
        if not self._approve("\n".join([f"{name}:", *lines])):
            raise ChangeFailed(f"{name}: the change was not approved")

    def _wait(self, waiter: Any, name: str) -> None:
        config = {"Delay": int(self._delay) or 1, "MaxAttempts": int(LONGEST / (self._delay or 1))}
        try:
            self._client.get_waiter(waiter).wait(StackName=name, WaiterConfig=config)
        except WaiterError as error:
            raise ChangeFailed(f"{name}:\n{self._failures(name)}\n{error}") from error

    def _failures(self, name: str) -> str:
        try:
            events = self._client.describe_stack_events(StackName=name)["StackEvents"]
        except ClientError as error:
            return f"no stack events: {error}"
        return "\n".join(
            f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
            for event in events
            if event["ResourceStatus"].endswith("_FAILED")
        )
