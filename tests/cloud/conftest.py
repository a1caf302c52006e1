"""The running stacks: those of TELESALUD_TEST_CLOUD=1, else a throwaway cloud per session."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from localstack.cloud import default_cloud
from localstack.throwaway import RUNNING, throwaway_cloud
from tests.cloud.clinic import Clinic, found_clinic
from tests.cloud.stacks import Stacks

HERE = Path(__file__).parent


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


@pytest.fixture(scope="module")
def http_module(stacks: Stacks) -> Iterator[httpx.Client]:
    """The same for a whole module."""
    with httpx.Client(base_url=stacks.origin, timeout=90) as client:
        yield client


@pytest.fixture(scope="module")
def clinic(stacks: Stacks, http_module: httpx.Client) -> Clinic:
    return found_clinic(stacks, http_module)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the running stacks."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.cloud)
