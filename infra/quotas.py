"""What an account must allow before the first stack is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from infra.stages import Stage

NEVER_RESERVED = 100
"""Concurrent executions that Lambda keeps free of reservations."""
FOR_APIS = 100
"""Fewer than these for everything that people wait for is no production."""


class QuotaTooSmall(ValueError):
    """The account cannot hold the stage; the message says what to ask for."""


def reserved(templates: Iterable[Mapping[str, Any]]) -> int:
    """Sum of the reservations in rendered templates."""
    return sum(
        resource["Properties"]["ReservedConcurrentExecutions"]["Fn::If"][1]
        for template in templates
        for resource in template["Resources"].values()
        if "ReservedConcurrentExecutions" in resource.get("Properties", {})
    )


def check_concurrency(
    stage: Stage, templates: Iterable[Mapping[str, Any]], account: Mapping[str, Any]
) -> None:
    """Compare with what `lambda:GetAccountSettings` answered. Raises QuotaTooSmall."""
    if stage.parameters.get("ReserveConcurrency", "yes") == "no":
        return
    quota = int(account["AccountLimit"]["ConcurrentExecutions"])
    wanted = reserved(templates) + NEVER_RESERVED + FOR_APIS
    if quota < wanted:
        raise QuotaTooSmall(
            f"Lambda's concurrency quota is {quota} here and the stage needs {wanted}: ask for "
            "1000 (Service Quotas, Lambda, Concurrent executions), or set ReserveConcurrency: "
            f'"no" in infra/stages/{stage.name}.yaml until it is granted'
        )
