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
from infra.tools import apps


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
APPS_THAT_EXIST = apps()


@pytest.fixture(params=STACKS, ids="-".join)
def stack(request: pytest.FixtureRequest) -> Rendered:
    """Each stack of each stage."""
    return rendered(*request.param)


@pytest.fixture(params=[each for each in STACKS if each[0] == "prod"], ids="-".join)
def production_stack(request: pytest.FixtureRequest) -> Rendered:
    """Each stack of production."""
    return rendered(*request.param)
