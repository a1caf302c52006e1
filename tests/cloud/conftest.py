"""The running stacks: those of TELESALUD_TEST_CLOUD=1, else a throwaway cloud per session."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.deploy import Deployment
from localstack.cloud import Cloud, default_cloud, stage_of
from localstack.throwaway import RUNNING, throwaway_cloud

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Stacks:
    """What a test may use of the running stacks."""

    cloud: Cloud

    @property
    def origin(self) -> str:
        """The gateway's URL, without a trailing slash."""
        return self.cloud.origin

    @cached_property
    def deployment(self) -> Deployment:
        deployment = Deployment(stage_of(self.cloud), self.cloud.environ(), lambda _: None)
        deployment.describe()
        return deployment

    @property
    def outputs(self) -> dict[str, str]:
        """Outputs of all stacks, such as `IdentityTableName`."""
        return self.deployment.outputs

    def client(self, service: str) -> Any:
        """A boto3 client of the emulator."""
        return self.deployment.client(service)


@pytest.fixture(scope="session")
def stacks() -> Iterator[Stacks]:
    if os.environ.get(RUNNING) == "1":
        yield Stacks(default_cloud())
        return
    with throwaway_cloud(print) as cloud:
        yield Stacks(cloud)


@pytest.fixture
def http(stacks: Stacks) -> Iterator[httpx.Client]:
    """A client of the gateway; a cold function may take seconds."""
    with httpx.Client(base_url=stacks.origin, timeout=90) as client:
        yield client


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the running stacks."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.cloud)
