"""The audit trail is appended to: not even a function's own role changes what is written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.stages import load_stage
from infra.trail_guard import WRITES
from tests.infra.conftest import Rendered, rendered
from tests.support.some import some

APPS = load_stage("prod").apps()
KEYS = "dynamodb:LeadingKeys"


def writers(stack: Rendered) -> list[tuple[str, list[dict[str, Any]]]]:
    """Roles that may write the context's table, with their statements."""
    return some(
        (name, [each for p in policies for each in p["PolicyDocument"]["Statement"]])
        for name, role in stack.of_type("AWS::IAM::Role").items()
        if any(write in json.dumps(policies := role["Properties"]["Policies"]) for write in WRITES)
    )


def denied(statements: list[dict[str, Any]], partition: str) -> set[str]:
    """Actions that are denied on items whose partition key begins like this."""
    return {
        action
        for each in statements
        if each.get("Effect") == "Deny"
        and f"{partition}*"
        in each.get("Condition", {})
        .get("ForAnyValue:StringLike", {})
        .get("dynamodb:LeadingKeys", [])
        for action in each["Action"]
    }


@pytest.mark.parametrize("app", APPS)
def test_nobody_changes_or_deletes_an_entry(app: str) -> None:
    for name, statements in writers(rendered("prod", app)):
        wanted = {"dynamodb:UpdateItem", "dynamodb:DeleteItem"}
        assert denied(statements, "AUDIT#") >= wanted, name


@pytest.mark.parametrize("app", APPS)
def test_the_chain_is_written_by_its_sealer_alone(app: str) -> None:
    roles = dict(writers(rendered("prod", app)))
    sealer = roles.pop("SealAuditRole", [])
    for partition in ("CHAIN#", "SEALED#"):
        assert denied(sealer, partition) == set()
        for name, statements in roles.items():
            assert denied(statements, partition) == set(WRITES), name


def test_entries_are_sealed_together() -> None:
    """One link for what ten seconds bring: a third of all writes were links of a single entry."""
    mapping = rendered("prod", "consults").resources["SealAuditFromStream"]["Properties"]
    assert mapping["MaximumBatchingWindowInSeconds"] == 10
