"""Starting Step Functions executions under a name that says what they are for."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class Workflows(Protocol):
    """One state machine."""

    def start(self, name: str, data: Mapping[str, str | int]) -> None:
        """Start the execution `name` unless there is or was one of that name."""


class StepFunctionsWorkflow:
    """The Standard state machine `arn`."""

    def __init__(self, arn: str, client: "Callable[[], SFNClient]") -> None:
        self._arn = arn
        self._client = client

    def start(self, name: str, data: Mapping[str, str | int]) -> None:
        client = self._client()
        try:
            client.start_execution(
                stateMachineArn=self._arn, name=name, input=json.dumps(data, sort_keys=True)
            )
        except client.exceptions.ExecutionAlreadyExists:
            return
