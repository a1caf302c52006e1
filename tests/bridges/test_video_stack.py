"""The rendered stack of a video shard: what is open, who may do what, what outlives an update."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functions.bridges.app import Settings
from infra import render
from infra.stages import load_stage
from infra.tools import ROOT
from jitsi_cluster.autoscaler.rule import AGENDA_AWARE_RULE
from jitsi_cluster.sizing.compare import Options, plan_for
from jitsi_cluster.sizing.model import BRIDGE_SIZES
from jitsi_cluster.sizing.traces import shipped
from telesalud.consults.settings import ConsultsSettings
from tests.support.some import some

Resource = dict[str, Any]

# Statements that may name no resource, and why.
EXPLAINED_WILDCARDS = {
    "RegistryLoginTakesNoResource": "ecr:GetAuthorizationToken is not tied to a repository",
    "DiscoveryTakesNoResource": "ecs:DiscoverPollEndpoint takes none",
    "AgentOfOwnCluster": "limited by the condition ecs:cluster",
    "TasksOnMachinesOfOwnCluster": "limited by the condition ecs:cluster",
    "DescribingTakesNoResource": "describe calls of EC2 and Auto Scaling take none",
    "VpcInterfacesTakeNoResource": "Lambda's own network interfaces; denied to the code",
    "InterfacesNotFromCode": "a denial",
}


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    loaded = render.load(ROOT / "infra" / "stacks" / "video.yaml")
    for logical_id, _ in render.functions(loaded):
        loaded["Resources"][logical_id]["Properties"]["CodeUri"] = "s3://artifacts/bridges.zip"
    return render.complete(loaded, "video-blue", load_stage("prod"))


def of_type(template: dict[str, Any], kind: str) -> dict[str, Resource]:
    return dict(
        some(
            (name, resource)
            for name, resource in template["Resources"].items()
            if resource["Type"] == kind
        )
    )


def test_the_stack_passes_cfn_lint(template: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "video.json"
    path.write_text(json.dumps(template))
    linter = Path(sys.executable).parent / "cfn-lint"
    done = subprocess.run([linter, path], capture_output=True, text=True, check=False)
    assert done.stdout == ""
    assert done.returncode == 0


def test_from_outside_only_443_tcp_and_10000_udp_are_open(template: dict[str, Any]) -> None:
    opened = {
        (name, rule["IpProtocol"], rule["FromPort"], rule["ToPort"])
        for name, group in of_type(template, "AWS::EC2::SecurityGroup").items()
        for rule in group["Properties"].get("SecurityGroupIngress", [])
        if rule.get("CidrIp") == "0.0.0.0/0" or "CidrIpv6" in rule
    }
    assert opened == {
        ("WebBalancerGroup", "tcp", 443, 443),
        ("TurnBalancerGroup", "tcp", 443, 443),
        ("BridgeGroup", "udp", 10000, 10000),
    }


def test_no_group_lets_everything_out(template: dict[str, Any]) -> None:
    for name, group in of_type(template, "AWS::EC2::SecurityGroup").items():
        rules = group["Properties"]["SecurityGroupEgress"]
        assert rules, name
        assert all(rule["IpProtocol"] in ("tcp", "udp") for rule in rules), name


def test_colibri_answers_the_functions_only(template: dict[str, Any]) -> None:
    rules = template["Resources"]["BridgeGroup"]["Properties"]["SecurityGroupIngress"]
    (colibri,) = [rule for rule in rules if rule["FromPort"] == 8080]
    assert colibri["SourceSecurityGroupId"] == {"Fn::GetAtt": ["FunctionsGroup", "GroupId"]}


def test_only_bridges_have_public_addresses(template: dict[str, Any]) -> None:
    for service in of_type(template, "AWS::ECS::Service").values():
        network = service["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]
        assert network["AssignPublicIp"] == "DISABLED"
    for subnet in of_type(template, "AWS::EC2::Subnet").values():
        assert not subnet["Properties"].get("MapPublicIpOnLaunch")
    data = template["Resources"]["BridgeTemplate"]["Properties"]["LaunchTemplateData"]
    assert data["NetworkInterfaces"][0]["AssociatePublicIpAddress"] is True
    assert data["MetadataOptions"] == {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}


def test_listeners_speak_modern_tls_on_443_only(template: dict[str, Any]) -> None:
    listeners = of_type(template, "AWS::ElasticLoadBalancingV2::Listener")
    assert {(r["Properties"]["Protocol"], r["Properties"]["Port"]) for r in listeners.values()} == {
        ("HTTPS", 443),
        ("TLS", 443),
    }
    assert all("TLS13" in r["Properties"]["SslPolicy"] for r in listeners.values())
    (rule,) = of_type(template, "AWS::ElasticLoadBalancingV2::ListenerRule").values()
    paths = [c["PathPatternConfig"]["Values"] for c in rule["Properties"]["Conditions"][:1]]
    assert paths == [["/telesalud/control"]]


def statements(template: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, role in of_type(template, "AWS::IAM::Role").items():
        for policy in role["Properties"].get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement


def test_no_policy_has_a_wildcard_without_a_reason(template: dict[str, Any]) -> None:
    used = set()
    for role, statement in statements(template):
        actions = statement["Action"]
        assert all("*" not in a for a in (actions if isinstance(actions, list) else [actions]))
        if statement["Resource"] == "*":
            assert statement["Sid"] in EXPLAINED_WILDCARDS, (role, statement["Sid"])
            used.add(statement["Sid"])
    assert used == set(EXPLAINED_WILDCARDS)


def test_wildcards_that_a_condition_limits_have_that_condition(template: dict[str, Any]) -> None:
    own = {"ArnEquals": {"ecs:cluster": {"Fn::GetAtt": ["Cluster", "Arn"]}}}
    limited = [s for _, s in statements(template) if s["Sid"].endswith("OwnCluster")]
    assert [s["Condition"] for s in limited if s["Resource"] == "*"] == [own] * 3


def test_only_the_lifecycle_function_completes_hooks_and_only_scale_retires(
    template: dict[str, Any],
) -> None:
    holders: dict[str, set[str]] = {}
    for role, statement in statements(template):
        for action in statement["Action"]:
            holders.setdefault(action, set()).add(role)
    assert holders["autoscaling:CompleteLifecycleAction"] == {"LifecycleRole"}
    assert holders["ecs:StartTask"] == {"LifecycleRole"}
    assert holders["autoscaling:TerminateInstanceInAutoScalingGroup"] == {"ScaleRole"}
    assert holders["ssm:PutParameter"] == {"ScaleRole"}


def test_secrets_are_generated_and_never_in_an_environment(template: dict[str, Any]) -> None:
    secrets = of_type(template, "AWS::SecretsManager::Secret")
    assert all("SecretString" not in s["Properties"] for s in secrets.values())
    for task in of_type(template, "AWS::ECS::TaskDefinition").values():
        for container in some(task["Properties"]["ContainerDefinitions"]):
            plain = {entry["Name"] for entry in container.get("Environment", [])}
            assert not {name for name in plain if re.search("PASSWORD|SECRET|CREDENTIAL", name)}


def test_every_container_logs_to_a_group_with_retention_and_encryption(
    template: dict[str, Any],
) -> None:
    for task in of_type(template, "AWS::ECS::TaskDefinition").values():
        for container in some(task["Properties"]["ContainerDefinitions"]):
            group = container["LogConfiguration"]["Options"]["awslogs-group"]["Ref"]
            properties = template["Resources"][group]["Properties"]
            assert properties["RetentionInDays"] == {"Ref": "LogRetentionDays"}
            assert properties["KmsKeyId"] == {"Ref": "StorageKeyArn"}


def test_hooks_hold_new_and_leaving_bridges_and_nobody_else_chooses_who_goes(
    template: dict[str, Any],
) -> None:
    group = template["Resources"]["Bridges"]["Properties"]
    hooks = {h["LifecycleHookName"]: h for h in group["LifecycleHookSpecificationList"]}
    assert hooks["ready"]["LifecycleTransition"] == "autoscaling:EC2_INSTANCE_LAUNCHING"
    assert hooks["ready"]["DefaultResult"] == "ABANDON"
    assert hooks["drain"]["LifecycleTransition"] == "autoscaling:EC2_INSTANCE_TERMINATING"
    assert hooks["drain"]["HeartbeatTimeout"] == 1800
    assert group["NewInstancesProtectedFromScaleIn"] is True
    assert "DesiredCapacity" not in group  # an update of the stack must not undo the scaler


def test_bridges_belong_to_no_ecs_service_whose_deployment_would_cut_calls(
    template: dict[str, Any],
) -> None:
    tasks = {
        s["Properties"]["TaskDefinition"]["Ref"]
        for s in of_type(template, "AWS::ECS::Service").values()
    }
    assert "BridgeTask" not in tasks
    assert template["Resources"]["BridgeTask"]["Properties"]["NetworkMode"] == "host"
    (container,) = template["Resources"]["BridgeTask"]["Properties"]["ContainerDefinitions"]
    assert container["RestartPolicy"] == {"Enabled": True, "IgnoredExitCodes": [0]}


def test_one_prosody_at_a_time_and_web_rolls_without_a_gap(template: dict[str, Any]) -> None:
    prosody = template["Resources"]["Prosody"]["Properties"]
    assert prosody["DesiredCount"] == 1
    assert prosody["DeploymentConfiguration"]["MaximumPercent"] == 100
    web = template["Resources"]["Web"]["Properties"]["DeploymentConfiguration"]
    assert web["MinimumHealthyPercent"] == 100


def test_silence_of_the_scaler_is_an_alarm(template: dict[str, Any]) -> None:
    alarm = template["Resources"]["NewConsultsGoDirect"]["Properties"]
    assert alarm["TreatMissingData"] == "breaching"
    assert alarm["MetricName"] == "FallbackToDirect"
    assert {d["Name"] for d in alarm["Dimensions"]} == {"service", "shard"}


def test_the_functions_settings_parse_with_the_stacks_defaults(template: dict[str, Any]) -> None:
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    text, given = variables["TELESALUD_BRIDGES"]["Fn::Sub"]
    defaults = {
        name: str(p["Default"]) for name, p in template["Parameters"].items() if "Default" in p
    }
    values = {"Origin": "https://clinic.example", "VideoDomain": "video.clinic.example"}
    for name in {*re.findall(r"\$\{(\w+)\}", text)}:
        value = values.get(name) or defaults.get(name) or f"a-{name.lower()}"
        text = text.replace("${" + name + "}", value)
    settings = Settings.model_validate_json(text)
    assert set(given) == {"Namespace", "AgendaUrl"}
    assert settings.policy.plan.calls_per_bridge == 98
    assert settings.policy.rule.up_at == 0.6
    assert settings.policy.domain == "blue.video.clinic.example"


def test_calls_per_bridge_is_what_the_sizing_model_says(template: dict[str, Any]) -> None:
    size = BRIDGE_SIZES[template["Parameters"]["BridgeInstanceType"]["Default"]]
    plan = plan_for(shipped()["clinic-680-gbit"], Options(size=size))
    assert template["Parameters"]["CallsPerBridge"]["Default"] == plan.calls_per_bridge


def test_the_stack_scales_by_the_rule_that_the_simulation_measured(
    template: dict[str, Any],
) -> None:
    parameters = template["Parameters"]
    assert {
        "up_at": parameters["ScaleUpAt"]["Default"],
        "down_below": parameters["ScaleDownBelow"]["Default"],
        "down_step": parameters["ScaleDownStep"]["Default"],
        "grace_seconds": parameters["GraceSeconds"]["Default"],
    } == AGENDA_AWARE_RULE.model_dump(include={"up_at", "down_below", "down_step", "grace_seconds"})


def test_the_shards_defaults_are_what_consults_and_identity_offer(
    template: dict[str, Any],
) -> None:
    consults = render.load(ROOT / "infra" / "stacks" / "consults.yaml")["Parameters"]
    for name in ("JwtIssuer", "JwtAudience"):
        assert template["Parameters"][name]["Default"] == consults[name]["Default"]
    fields = ConsultsSettings.model_fields
    assert fields["jitsi_issuer"].default == consults["JwtIssuer"]["Default"]
    assert fields["jitsi_audience"].default == consults["JwtAudience"]["Default"]
    offered = {
        f"/api{path}"
        for app in ("consults", "identity")
        for path in json.loads((ROOT / "schemas" / "openapi" / f"{app}.json").read_text())["paths"]
    }
    parameters = template["Parameters"]
    assert parameters["JwtKeyPath"]["Default"] + "/{file}" in offered
    assert {parameters["AgendaPath"]["Default"], parameters["TokenPath"]["Default"]} <= offered
