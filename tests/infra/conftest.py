"""Every stack of the production and local stages, packaged as for a deployment."""

from __future__ import annotations

import json
import os
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
STACKS.append(("prod", "video_blue"))  # not every installation has a cluster of its own
APPS = [(name, app) for name in ("prod", "local") for app in load_stage(name).apps()]


@pytest.fixture(params=["prod", "local"])
def installation(request: pytest.FixtureRequest) -> Installation:
    """Each stage with all its stacks."""
    stacks = tuple(rendered(stage, stack) for stage, stack in STACKS if stage == request.param)
    return Installation(load_stage(request.param), stacks)
