"""New code meets a tenth of the requests first, and goes back by itself when alarms ring.

Read from what SAM makes of the templates, which is what CloudFormation gets.
"""

from __future__ import annotations

import json
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from infra.gradual import name_release
from infra.stages import load_stage
from infra.tools import environment
from tests.infra.conftest import rendered
from tests.support.some import some

STAGE = load_stage("prod")
PEOPLE_WAIT_FOR = re.compile("^(APIHandler|Authorizer|Ws[A-Z][a-z]+)$")
FUNCTION = "AWS::Serverless::Function"


@cache
def transformed(app: str, digest: str = "d" * 64, *, at_once: bool = False) -> dict[str, Any]:
    """The stack's resources after the SAM transform."""
    template = rendered("prod", app).template
    name_release(template, digest, at_once=at_once)
    done = subprocess.run(
        [environment("emulator") / "python", Path(__file__).parent / "sam_transform.py"],
        input=json.dumps(template),
        capture_output=True,
        text=True,
        check=True,
    )
    made: dict[str, Any] = json.loads(done.stdout)
    resources: dict[str, Any] = made["Resources"]
    return resources


def of(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: each for name, each in resources.items() if each["Type"] == kind}


@pytest.mark.parametrize("app", STAGE.apps())
def test_whatever_people_wait_for_shifts_gradually_and_goes_back_on_its_alarms(app: str) -> None:
    resources = transformed(app)
    functions = some(
        name for name in rendered("prod", app).of_type(FUNCTION) if PEOPLE_WAIT_FOR.match(name)
    )
    for name in functions:
        alias = resources[f"{name}Aliaslive"]
        assert "CodeDeployLambdaAliasUpdate" in alias["UpdatePolicy"], name
        group = resources[f"{name}DeploymentGroup"]["Properties"]
        assert group["AutoRollbackConfiguration"]["Enabled"], name
        assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
        alarms = [each["Name"]["Ref"] for each in group["AlarmConfiguration"]["Alarms"]]
        assert alarms == [f"{name}Errors", "RestAPIServerErrors"], name
        assert set(alarms) <= set(resources)
        assert "Canary10Percent5Minutes" in json.dumps(group["DeploymentConfigName"]), name


@pytest.mark.parametrize("app", STAGE.apps())
def test_no_request_passes_by_the_alias(app: str) -> None:
    """A caller of the function itself gets new code at once, and none of the shift protects it."""
    resources = transformed(app)
    shifted = {name for name in resources if f"{name}Aliaslive" in resources}
    for name, api in some(
        [(name, each) for name, each in resources.items() if "ApiGateway" in each["Type"]]
    ):
        text = json.dumps(api)
        assert not re.search(rf"\${{({'|'.join(shifted)})(\.Arn)?}}/invocations", text), name
    permissions = some(of(resources, "AWS::Lambda::Permission").items())
    for name, permission in permissions:
        target = permission["Properties"]["FunctionName"]
        if permission["Properties"]["Principal"] == "apigateway.amazonaws.com":
            assert target["Ref"].removesuffix("Aliaslive") in shifted, name


def test_every_release_is_a_version_of_its_own_and_the_same_one_is_none() -> None:
    """A new layer or parameter changes nothing in the template: the release's digest does.

    And Lambda publishes nothing for a function that stayed: the digest is in its variables too.
    """
    first, again, second = (transformed("identity", each * 64) for each in "aab")
    versions = [set(of(each, "AWS::Lambda::Version")) for each in (first, again, second)]
    assert versions[0] == versions[1]
    assert not versions[0] & versions[2]
    for resources, digest in ((first, "a"), (second, "b")):
        for name in ("APIHandler", "Authorizer"):
            variables = resources[name]["Properties"]["Environment"]["Variables"]
            assert variables["TELESALUD_RELEASE"] == digest * 16


def test_a_repair_can_take_all_requests_at_once() -> None:
    groups = of(transformed("identity", at_once=True), "AWS::CodeDeploy::DeploymentGroup")
    for group in some(groups.values()):
        assert "AllAtOnce" in json.dumps(group["Properties"]["DeploymentConfigName"])


def test_the_emulator_has_no_aliases() -> None:
    for app in load_stage("local").apps():
        for name, function in some(rendered("local", app).of_type(FUNCTION).items()):
            assert "AutoPublishAlias" not in function["Properties"], name
