"""What runs on a stage, as its functions are configured there."""

from __future__ import annotations

import boto3

from infra.stages import Stage


class NotDeployed(LookupError):
    """The stage has no such function; the message names it."""


def settings_of(stage: Stage, context: str) -> dict[str, str]:
    """Environment variables of the context's REST function. Raises NotDeployed."""
    name = f"telesalud-{stage.name}-{context}-api"
    client = boto3.client("lambda")
    try:
        found = client.get_function_configuration(FunctionName=name)
    except client.exceptions.ResourceNotFoundException as error:
        raise NotDeployed(f"{name} is not deployed") from error
    return dict(found.get("Environment", {}).get("Variables", {}))
