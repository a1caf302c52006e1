"""Every stack of the production and local stages, packaged as for a deployment."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from infra.package import package, target_of
from infra.stages import Stage, load_stage
from tests.support.some import some


@dataclass(frozen=True)
class Rendered:
    """One packaged stack."""

    stage: Stage
    stack: str
    path: Path

    @property
    def template(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.path.read_text())
        return parsed

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        resources: dict[str, dict[str, Any]] = self.template["Resources"]
        return resources

    def of_type(self, *types: str) -> dict[str, dict[str, Any]]:
        """Logical id to resource, of the given types."""
        return {name: each for name, each in self.resources.items() if each["Type"] in types}


@dataclass(frozen=True)
class Installation:
    """Every packaged stack of one stage."""

    stage: Stage
    stacks: tuple[Rendered, ...]

    def each(self, *types: str) -> list[tuple[Rendered, str, dict[str, Any]]]:
        """Stack, logical id and properties of every resource of the types; fails without any."""
        return some(
            (stack, name, resource.get("Properties", {}))
            for stack in self.stacks
            for name, resource in stack.of_type(*types).items()
        )


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(installation: Installation) -> list[tuple[str, dict[str, Any]]]:
    """Every policy statement with the stack and the resource that carry it."""
    return some(
        (f"{stack.stack} {name}", branch)
        for stack in installation.stacks
        for name, resource in stack.resources.items()
        for document in documents(resource.get("Properties", {}))
        for statement in listed(document["Statement"])
        for branch in branches(statement)
    )


def documents(properties: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The policy documents of one resource."""
    yield from (policy["PolicyDocument"] for policy in properties.get("Policies", []))
    yield from (properties[key] for key in ("PolicyDocument", "KeyPolicy") if key in properties)


def branches(statement: dict[str, Any]) -> list[dict[str, Any]]:
    """Every statement that an Fn::If may choose; AWS::NoValue is none."""
    chosen = statement.get("Fn::If", [None, statement])[1:]
    return [each for each in chosen if "Ref" not in each]


@cache
def bytecode_possible(stage: str) -> bool:
    """Whether this machine has the Python that the stage's code runs on."""
    try:
        target_of(load_stage(stage)).interpreter()
    except LookupError:
        return False
    return True


@cache
def rendered(stage_name: str, stack: str) -> Rendered:
    """Package one stack; without the target's Python the zips hold sources only."""
    stage = load_stage(stage_name)
    if not bytecode_possible(stage_name):
        os.environ["BYTECODE"] = "0"
    try:
        return Rendered(stage, stack, package(stage, stack).template)
    finally:
        os.environ.pop("BYTECODE", None)


def zip_names(path: Path) -> set[str]:
    with ZipFile(path) as archive:
        return set(archive.namelist())


STACKS = [(name, stack) for name in ("prod", "local") for stack in load_stage(name).stacks()]
STACKS += [("prod", "video_blue"), ("prod", "canary")]  # not every installation has these
APPS = [(name, app) for name in ("prod", "local") for app in load_stage(name).apps()]


@pytest.fixture(params=["prod", "local"])
def installation(request: pytest.FixtureRequest) -> Installation:
    """Each stage with all its stacks."""
    stacks = tuple(rendered(stage, stack) for stage, stack in STACKS if stage == request.param)
    return Installation(load_stage(request.param), stacks)
