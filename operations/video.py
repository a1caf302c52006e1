"""Removing a shard of the video cluster, which CloudFormation alone cannot empty."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import boto3

from infra.stages import Stage
from operations.commands import Arguments, CommandError, Commands

PATIENCE = 8 * 3600
"""Seconds: a bridge drains for at most six hours unless the stack says otherwise."""
Clients = Callable[[str], Any]


def remove_shard(stage: Stage, arguments: Arguments) -> None:
    """Empty a shard's group and delete its stack; run again, it goes on where it was."""
    if arguments.shard in stage.shards:
        raise CommandError(f"take {arguments.shard} out of `shards` in the stage's file first")
    factory: Any = boto3.client
    empty_and_delete(factory, stage.name, arguments.shard)


def empty_and_delete(clients: Clients, stage: str, shard: str, wait: float = 30) -> None:
    """The steps, in the order in which none undoes another. Raises CommandError.

    The scaler sets the group's size every minute, so it is stopped first; machines are protected
    from scaling in, so the group would wait for them for ever; and the hook that drains them needs
    its function, which the stack would delete beside the group.
    """
    ssm = clients("ssm")
    active = ssm.get_parameter(Name=f"/telesalud/{stage}/video/active")["Parameter"]["Value"]
    if active == shard:
        raise CommandError(f"{shard} is the active shard: make the other one active first")
    clients("lambda").put_function_concurrency(
        FunctionName=f"telesalud-{stage}-video-{shard}-scale", ReservedConcurrentExecutions=0
    )
    _empty(clients("autoscaling"), f"telesalud-{stage}-{shard}-bridges", wait)
    name = f"telesalud-{stage}-video-{shard}"
    cloudformation = clients("cloudformation")
    for each in _balancers(cloudformation, name):
        clients("elbv2").modify_load_balancer_attributes(
            LoadBalancerArn=each,
            Attributes=[{"Key": "deletion_protection.enabled", "Value": "false"}],
        )
    cloudformation.update_termination_protection(StackName=name, EnableTerminationProtection=False)
    cloudformation.delete_stack(StackName=name)
    print(f"{name} is being deleted; its table and secrets stay, and a new shard takes them up")


def _empty(autoscaling: Any, group: str, wait: float) -> None:
    autoscaling.update_auto_scaling_group(AutoScalingGroupName=group, MinSize=0, DesiredCapacity=0)
    until = time.monotonic() + PATIENCE
    while instances := _instances(autoscaling, group):
        if held := [i["InstanceId"] for i in instances if i["ProtectedFromScaleIn"]]:
            autoscaling.set_instance_protection(
                AutoScalingGroupName=group, InstanceIds=held, ProtectedFromScaleIn=False
            )
        if time.monotonic() > until:
            raise CommandError(f"{len(instances)} bridges still have calls; run this again later")
        print(f"{len(instances)} bridges are draining")
        time.sleep(wait)


def _instances(autoscaling: Any, group: str) -> list[dict[str, Any]]:
    found = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[group])
    return [each for one in found["AutoScalingGroups"] for each in one["Instances"]]


def _balancers(cloudformation: Any, name: str) -> list[str]:
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
    return [
        each["PhysicalResourceId"]
        for page in pages
        for each in page["StackResourceSummaries"]
        if each["ResourceType"] == "AWS::ElasticLoadBalancingV2::LoadBalancer"
    ]


def add(commands: Commands) -> None:
    """`telesalud video`: remove-shard."""
    video = commands.group("video", "shards of the video cluster")
    command = video.add("remove-shard", remove_shard, "drain its bridges and delete its stack")
    command.add_argument("shard", choices=("blue", "green"))
