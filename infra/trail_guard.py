"""Denies what would change the audit trail to every role that writes its table.

Entries are appended (docs/decisions/0002): nobody changes or deletes one, and the chain that seals
them is the sealer's alone. A role that may write a table could do both; this takes it away again.
"""

from __future__ import annotations

import json
from typing import Any

WRITES = ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem")
ENTRIES = ["AUDIT#*"]
CHAIN = ["CHAIN#*", "CHAINS", "SEALED#*"]
"""Beginnings of the partition keys of links, of the register of chains, and of seals."""
SEALER = "SealAuditRole"


def guard_trail(resources: dict[str, Any]) -> None:
    """Add the denials to a context's roles."""
    for name, resource in resources.items():
        if resource.get("Type") != "AWS::IAM::Role":
            continue
        policies = resource["Properties"].get("Policies", [])
        if any(action in json.dumps(policies) for action in WRITES):
            policies.append(_denials(sealer=name == SEALER))


def _denials(*, sealer: bool) -> dict[str, Any]:
    statements = [_deny("EntriesStayAsTheyAre", ["UpdateItem", "DeleteItem"], ENTRIES)]
    if not sealer:
        writes = ["PutItem", "UpdateItem", "DeleteItem"]
        statements.append(_deny("ChainIsTheSealers", writes, CHAIN))
    return {
        "PolicyName": "trail-is-append-only",
        "PolicyDocument": {"Statement": statements},
    }


def _deny(sid: str, actions: list[str], partitions: list[str]) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Deny",
        "Action": [f"dynamodb:{action}" for action in actions],
        "Resource": "*",
        "Condition": {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": partitions}},
    }
