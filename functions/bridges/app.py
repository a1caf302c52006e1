"""Entry points of the bridge autoscaler: three plain Lambda functions, no HTTP.

`scale` and `lifecycle` run every minute inside the cluster's VPC, `lifecycle` also on each
lifecycle event; `agenda` runs every five minutes outside it. Settings: TELESALUD_BRIDGES, a JSON
object.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from pydantic import ValidationError

from jitsi_cluster.autoscaler import usecases
from jitsi_cluster.autoscaler.adapters.aws import (
    AutoScalingBridges,
    DynamoMemory,
    ParameterBoard,
    client,
)
from jitsi_cluster.autoscaler.model import Frozen
from jitsi_cluster.autoscaler.usecases import Outside, Policy
from telesalud.platform.clock import utc_now

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_secretsmanager import SecretsManagerClient

    from jitsi_cluster.autoscaler.adapters.http import AgendaApi, Credentials

logger = Logger(service="bridges")
metrics = Metrics(service="bridges")


class Settings(Frozen):
    """TELESALUD_BRIDGES. An empty `agenda_url` means that the agenda is not used."""

    policy: Policy
    table: str
    group: str
    cluster: str
    launch_hook: str
    terminate_hook: str
    status_parameter: str
    health_urls: tuple[str, ...]
    agenda_url: str = ""
    token_url: str = ""
    agenda_secret: str = ""


@cache
def settings() -> Settings:
    """The function's settings. Raises ValueError that names what is missing or malformed."""
    try:
        return Settings.model_validate_json(os.environ.get("TELESALUD_BRIDGES", "{}"))
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ValueError(f"TELESALUD_BRIDGES: {faults}") from None


class PowertoolsJournal:
    """Logs and metrics as structured lines (CloudWatch's embedded metric format)."""

    def note(self, event: str, **facts: object) -> None:
        """Log one event."""
        logger.info(event, extra={"facts": facts})

    def measure(self, **values: float) -> None:
        """Add metrics; they are written when the invocation ends."""
        for name, value in values.items():
            unit = MetricUnit.NoUnit if name == "MeanStress" else MetricUnit.Count
            metrics.add_metric(name=name, unit=unit, value=value)


@cache
def outside() -> Outside:
    """The ports with their adapters, made once per process."""
    from jitsi_cluster.autoscaler.adapters.http import (  # noqa: PLC0415  # httpx, on first use
        ColibriControl,
        HealthPages,
    )

    own = settings()
    return Outside(
        group=AutoScalingBridges(own.group, own.cluster, own.launch_hook, own.terminate_hook),
        control=ColibriControl(),
        signalling=HealthPages(own.health_urls),
        memory=DynamoMemory(own.table),
        board=ParameterBoard(own.status_parameter),
        journal=PowertoolsJournal(),
    )


@metrics.log_metrics
def scale(_event: dict[str, Any], _context: LambdaContext) -> None:
    """One tick: observe, decide, publish the status, carry out."""
    policy = settings().policy
    metrics.add_dimension(name="shard", value=policy.shard)
    usecases.scale(policy, outside(), utc_now())


@metrics.log_metrics
def lifecycle(_event: dict[str, Any], _context: LambdaContext) -> None:
    """Move every waiting instance on; the event is only a hint, the group's state counts."""
    policy = settings().policy
    metrics.add_dimension(name="shard", value=policy.shard)
    usecases.move_lifecycles(policy, outside(), utc_now())


def agenda(_event: dict[str, Any], _context: LambdaContext) -> None:
    """Fetch the agenda's load, when an agenda is configured."""
    own = settings()
    if own.agenda_url:
        known = usecases.refresh_agenda(bookings(), DynamoMemory(own.table), utc_now())
        logger.info("agenda", extra={"facts": {"slots": len(known.slots)}})


@cache
def bookings() -> AgendaApi:
    """The agenda's client; keeps its token between invocations."""
    from jitsi_cluster.autoscaler.adapters.http import AgendaApi  # noqa: PLC0415  # likewise

    own = settings()
    return AgendaApi(own.agenda_url, own.token_url, _credentials)


def _credentials() -> Credentials:
    from jitsi_cluster.autoscaler.adapters.http import Credentials  # noqa: PLC0415  # likewise

    secrets: SecretsManagerClient = client("secretsmanager")
    answer = secrets.get_secret_value(SecretId=settings().agenda_secret)
    return Credentials.model_validate_json(answer["SecretString"])
