"""Every five minutes, what a person would do: log in, book, open a call (docs/runbooks/canary.md).

Settings: TELESALUD_ORIGIN, the front door; TELESALUD_CANARY_PLACE, the ARN of the secret with the
canary's place. Writes the metrics Completed (0 or 1) and the seconds of each step.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import boto3
import httpx
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from functions.canary.journey import Place, StepFailed, walk

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger(service="canary")
metrics = Metrics(service="canary")


@metrics.log_metrics
def visit(_event: dict[str, Any], _context: LambdaContext) -> None:
    """One journey. Its failure is a metric with an alarm, no error: nobody repeats it."""
    client = boto3.client("secretsmanager")
    arn = os.environ["TELESALUD_CANARY_PLACE"]
    place = Place(**json.loads(client.get_secret_value(SecretId=arn)["SecretString"]))
    with httpx.Client(base_url=os.environ["TELESALUD_ORIGIN"], timeout=15) as http:
        completed = _walked(http, place)
    metrics.add_metric("Completed", MetricUnit.Count, int(completed))


def _walked(http: httpx.Client, place: Place) -> bool:
    try:
        for step, seconds in walk(http, place):
            metrics.add_metric(f"Seconds_{step}", MetricUnit.Seconds, seconds)
    except StepFailed as error:
        logger.warning("the canary's journey ended early", extra={"error": str(error)})
        return False
    return True
