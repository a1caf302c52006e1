"""A shard goes away without cutting a call and without hanging."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from typing import Any

import pytest

from infra.stages import Stage
from operations.commands import CommandError
from operations.video import empty_and_delete, remove_shard


@dataclass
class Account:
    """An account with one shard, whose bridges go one at a time once nothing protects them."""

    active: str = "green"
    bridges: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {"InstanceId": f"i-{n}", "ProtectedFromScaleIn": True} for n in range(3)
        ]
    )
    asked: list[str] = field(default_factory=list)

    def __call__(self, service: str) -> Account:
        return self

    def __getattr__(self, name: str) -> Any:
        def call(**request: Any) -> None:
            self.asked.append(name)

        return call

    def get_parameter(self, **_: Any) -> dict[str, Any]:
        return {"Parameter": {"Value": self.active}}

    def set_instance_protection(self, **request: Any) -> None:
        self.asked.append("set_instance_protection")
        for bridge in self.bridges:
            bridge["ProtectedFromScaleIn"] = False

    def describe_auto_scaling_groups(self, **_: Any) -> dict[str, Any]:
        present = [dict(bridge) for bridge in self.bridges]
        if present and not present[0]["ProtectedFromScaleIn"]:
            self.bridges.pop()
        return {"AutoScalingGroups": [{"Instances": present}]}

    def get_paginator(self, _: str) -> Account:
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        kind = "AWS::ElasticLoadBalancingV2::LoadBalancer"
        one = {"ResourceType": kind, "PhysicalResourceId": "lb"}
        return [{"StackResourceSummaries": [one, {"ResourceType": "AWS::EC2::VPC"}]}]


def test_a_shard_is_emptied_before_its_stack_is_deleted() -> None:
    """Protected machines hold up their group's deletion for ever."""
    account = Account()
    empty_and_delete(account, "prod", "blue", wait=0)
    assert account.bridges == []
    assert account.asked == [
        "put_function_concurrency",  # or the scaler would raise the group again
        "update_auto_scaling_group",
        "set_instance_protection",
        "modify_load_balancer_attributes",
        "update_termination_protection",
        "delete_stack",
    ]


def test_the_active_shard_is_not_removed() -> None:
    account = Account(active="blue")
    with pytest.raises(CommandError, match="active"):
        empty_and_delete(account, "prod", "blue", wait=0)
    assert account.asked == []


def test_a_shard_that_the_stage_still_wants_is_not_removed() -> None:
    stage = Stage("prod", shards=("blue", "green"))
    with pytest.raises(CommandError, match="stage's file"):
        remove_shard(stage, argparse.Namespace(shard="blue"))
