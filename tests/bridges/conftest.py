"""Fake bridges and the use cases' outside, with the real colibri adapter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import pytest

from jitsi_cluster.autoscaler.adapters.http import ColibriControl
from jitsi_cluster.autoscaler.usecases import Outside
from tests.bridges.fake_bridge import FakeBridge
from tests.bridges.fakes import Board, MemoryGroup, MemoryTable, Notes, Pages
from tests.bridges.shard import deployed, shard

__all__ = ["deployed", "shard"]  # fixtures


@dataclass
class World:
    """Everything outside, in parts that a test can look at."""

    group: MemoryGroup
    table: MemoryTable
    board: Board
    pages: Pages
    notes: Notes
    outside: Outside


@pytest.fixture
def world() -> World:
    group, table, board, pages, notes = MemoryGroup(), MemoryTable(), Board(), Pages(), Notes()
    control = ColibriControl(httpx.Client(timeout=2))
    outside = Outside(group, control, pages, table, board, notes)
    return World(group, table, board, pages, notes, outside)


@pytest.fixture
def bridge(world: World) -> Iterator[Callable[..., FakeBridge]]:
    started: list[FakeBridge] = []

    def start(**settings: object) -> FakeBridge:
        started.append(FakeBridge(**settings))  # type: ignore[arg-type]  # fields of the dataclass
        return started[-1]

    # What ECS knows about the task of the bridge at that address.
    world.group.exited = lambda address: any(b.exited for b in started if b.address == address)
    yield start
    for each in started:
        each.die()
