"""Executions of Step Functions."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


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
