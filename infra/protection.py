"""Protects what a production stack holds, once it was created.

Not in the templates: a creation that fails must be able to delete what it made, or the stack can
neither be updated nor created again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from infra.render import KEPT_IN_PRODUCTION

Clients = Callable[[str], Any]
"""A boto3 client of the stack's region by its service's name."""

POLICY = {
    "Statement": [
        {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
        {
            "Effect": "Deny",
            "Action": ["Update:Replace", "Update:Delete"],
            "Principal": "*",
            "Resource": "*",
            "Condition": {"StringEquals": {"ResourceType": sorted(KEPT_IN_PRODUCTION)}},
        },
    ]
}
"""No update of the stack removes or replaces what holds data."""


def protect(clients: Clients, name: str, *, may_lose: bool = False) -> None:
    """Protect the stack itself, its tables and its balancers from deletion; may be repeated.

    With `may_lose` the stack's policy is opened for the one deployment that asked for it.
    """
    cloudformation = clients("cloudformation")
    cloudformation.update_termination_protection(StackName=name, EnableTerminationProtection=True)
    statements = POLICY["Statement"][:1] if may_lose else POLICY["Statement"]
    policy = json.dumps({"Statement": statements})
    cloudformation.set_stack_policy(StackName=name, StackPolicyBody=policy)
    for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=name):
        for resource in page["StackResourceSummaries"]:
            _protect(clients, resource["ResourceType"], resource.get("PhysicalResourceId", ""))


def _protect(clients: Clients, kind: str, physical: str) -> None:
    if kind == "AWS::DynamoDB::Table":
        dynamodb = clients("dynamodb")
        if not dynamodb.describe_table(TableName=physical)["Table"].get(
            "DeletionProtectionEnabled"
        ):
            dynamodb.update_table(TableName=physical, DeletionProtectionEnabled=True)
    if kind == "AWS::ElasticLoadBalancingV2::LoadBalancer":
        clients("elbv2").modify_load_balancer_attributes(
            LoadBalancerArn=physical,
            Attributes=[{"Key": "deletion_protection.enabled", "Value": "true"}],
        )
