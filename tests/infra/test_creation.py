"""Stacks are created the first time, or leave nothing behind that has to be removed by hand."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from infra.stages import load_stage
from tests.infra.conftest import STACKS, Rendered, rendered
from tests.support.some import some

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
QUOTA = 1000
"""Concurrent executions of an account, unless it asked for more."""
UNRESERVED = 100
"""What Lambda refuses to reserve."""


def production() -> list[Rendered]:
    """Every stack of production, with both shards of the cluster as during an update."""
    return [rendered(*each) for each in STACKS if each[0] == "prod"] + [
        rendered("prod", "video_green")
    ]


def test_reservations_fit_the_quota_and_leave_most_of_it_to_whoever_waits() -> None:
    reserved = 0
    for stack in production():
        for function in stack.of_type("AWS::Serverless::Function").values():
            cap = function["Properties"].get("ReservedConcurrentExecutions")
            reserved += cap["Fn::If"][1] if cap else 0
    assert reserved <= (QUOTA - UNRESERVED) / 2


def test_a_parameter_means_the_same_in_every_stack() -> None:
    """A stage gives each name one value: two certificates under one name fit no stage."""
    meanings: dict[str, set[str]] = defaultdict(set)
    for stack in production():
        for name, declared in stack.template.get("Parameters", {}).items():
            if "Description" in declared:
                meanings[name].add(declared["Description"])
    assert {name: each for name, each in meanings.items() if len(each) > 1} == {}


def test_nothing_is_protected_from_the_rollback_of_its_own_creation() -> None:
    """What cannot be deleted leaves a stack that can neither be updated nor created again."""
    for stack in production():
        for name, resource in stack.resources.items():
            properties = resource.get("Properties", {})
            assert not properties.get("DeletionProtectionEnabled"), name
            attributes = {
                a["Key"]: a["Value"] for a in properties.get("LoadBalancerAttributes", [])
            }
            assert attributes.get("deletion_protection.enabled", "false") == "false", name
            assert resource.get("DeletionPolicy") != "Retain", name


def needs(resource: dict[str, Any]) -> set[str]:
    named = resource.get("DependsOn", [])
    return {named} if isinstance(named, str) else set(named)


def forwarders(stack: Rendered, group: str) -> set[str]:
    """Listeners and rules that send to a target group."""
    return {
        name
        for name, each in stack.of_type(
            "AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::ListenerRule"
        ).items()
        for action in each["Properties"].get("DefaultActions", each["Properties"].get("Actions"))
        if action.get("TargetGroupArn") == {"Ref": group}
    }


def test_services_wait_for_the_listener_that_gives_their_targets_a_balancer() -> None:
    """ECS refuses a service whose target group no balancer uses yet."""
    shard = rendered("prod", "video_blue")
    balanced = some(
        (name, service, target["TargetGroupArn"]["Ref"])
        for name, service in shard.of_type("AWS::ECS::Service").items()
        for target in service["Properties"].get("LoadBalancers", [])
    )
    for name, service, group in balanced:
        assert needs(service) & forwarders(shard, group), (name, group)


def test_public_balancers_wait_for_the_way_to_the_internet() -> None:
    shard = rendered("prod", "video_blue")
    for name, balancer in some(shard.of_type(BALANCER).items()):
        assert "PublicDefaultRoute" in needs(balancer), name


def test_services_say_how_to_tell_that_they_hang() -> None:
    """ECS does not read an image's own health check."""
    shard = rendered("prod", "video_blue")
    services = shard.of_type("AWS::ECS::Service")
    assert len(services) == 4
    for name, service in services.items():
        task = shard.resources[service["Properties"]["TaskDefinition"]["Ref"]]["Properties"]
        for container in task["ContainerDefinitions"]:
            assert container["HealthCheck"]["Command"][0] == "CMD", name


def test_signalling_answers_the_health_checks_of_its_own_network() -> None:
    shard = rendered("prod", "video_blue")
    [container] = shard.resources["ProsodyTask"]["Properties"]["ContainerDefinitions"]
    assert {"Name": "TELESALUD_HEALTH_CIDR", "Value": {"Ref": "VpcCidr"}} in container[
        "Environment"
    ]


def test_an_update_of_the_bridges_group_keeps_the_sizes_that_the_scaler_chose() -> None:
    group = rendered("prod", "video_blue").resources["Bridges"]
    scheduled = group["UpdatePolicy"]["AutoScalingScheduledAction"]
    assert scheduled["IgnoreUnmodifiedGroupSizeProperties"] is True


def test_production_is_one_stage_that_packages_every_stack() -> None:
    assert {stack.stack for stack in production()} >= set(load_stage("prod").stacks())
