"""Bring changed code to the running stacks without a full deployment: `python -m localstack.push`.

Domain and schemas travel as a new version of the telesalud layer, apps as new code of their
functions. A stack whose template changed (new routes, functions, permissions) is deployed.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy import Deployment, DeploymentFailed
from infra.package import package, target_of, telesalud_layer
from infra.render import functions
from infra.tools import CommandFailed
from localstack.cloud import default_cloud, stage_of
from localstack.progress import Steps


def push(deployment: Deployment, progress: Callable[[str], None]) -> None:
    """Update what differs from the running functions."""
    stage = deployment.stage
    outputs = deployment.describe()
    client = deployment.client("lambda")
    layer = _push_layer(client, telesalud_layer(target_of(stage)), outputs["TelesaludLayerArn"])
    for app in stage.apps():
        packaged = package(stage, app)
        template = json.loads(packaged.template.read_text())
        if _without_code(_deployed_template(deployment, app)) != _without_code(template):
            deployment.deploy([app])
        for name in _function_names(template, stage.name, app):
            _push_function(client, name, packaged.template.parent / "app.zip", layer, progress)


def _push_layer(client: Any, zip_path: Path, deployed: str) -> str:
    """ARN of the layer version with this content, published unless it is the newest."""
    name = deployed.split(":")[6]
    newest = client.list_layer_versions(LayerName=name)["LayerVersions"][0]["LayerVersionArn"]
    content = client.get_layer_version_by_arn(Arn=newest)["Content"]
    if content["CodeSha256"] == _sha256(zip_path):
        return str(newest)
    answer = client.publish_layer_version(
        LayerName=name,
        Content={"ZipFile": zip_path.read_bytes()},
        CompatibleRuntimes=["python3.13"],
    )
    return str(answer["LayerVersionArn"])


def _push_function(
    client: Any, name: str, code: Path, layer: str, progress: Callable[[str], None]
) -> None:
    running = client.get_function_configuration(FunctionName=name)
    layers = [each["Arn"] for each in running.get("Layers", [])]
    wanted = [layer if arn.rsplit(":", 1)[0] == layer.rsplit(":", 1)[0] else arn for arn in layers]
    if wanted != layers:
        client.update_function_configuration(FunctionName=name, Layers=wanted)
        progress(f"{name} has the new layer")
    if running["CodeSha256"] != _sha256(code):
        client.update_function_code(FunctionName=name, ZipFile=code.read_bytes())
        progress(f"{name} has new code")


def _deployed_template(deployment: Deployment, app: str) -> dict[str, Any]:
    client = deployment.client("cloudformation")
    try:
        name = deployment.stage.stack_name(app)
        body = client.get_template(StackName=name, TemplateStage="Original")["TemplateBody"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return {"Resources": {}}  # not deployed yet
        raise
    parsed: dict[str, Any] = json.loads(body) if isinstance(body, str) else dict(body)
    return parsed


def _without_code(template: dict[str, Any]) -> dict[str, Any]:
    """The template's resources without the places that code is uploaded to."""
    resources: dict[str, Any] = json.loads(json.dumps(template["Resources"]))
    for resource in resources.values():
        for name in ("CodeUri", "DefinitionUri"):
            resource.get("Properties", {}).pop(name, None)
    return resources


def _function_names(template: dict[str, Any], stage: str, app: str) -> Iterator[str]:
    for _, function in functions(template):
        yield f"telesalud-{stage}-{app}-{function}"


def _sha256(path: Path) -> str:
    return base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()


def main() -> None:
    cloud, steps = default_cloud(), Steps()
    try:
        push(Deployment(stage_of(cloud), cloud.environ(), steps), steps)
    except (DeploymentFailed, CommandFailed, LookupError) as error:
        sys.exit(f"not pushed: {error}")
    steps("the running functions have the present code")


if __name__ == "__main__":
    main()
