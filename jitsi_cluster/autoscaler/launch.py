"""Admitting a new bridge: the instance waits in the launch hook until it can take a call."""

from __future__ import annotations

from enum import StrEnum

from jitsi_cluster.autoscaler.model import Reading


class LaunchAct(StrEnum):
    """What to do for an instance in `Pending:Wait`; the hook times out by itself otherwise."""

    WAIT = "wait"
    START_BRIDGE = "start_bridge"
    ADMIT = "admit"


def launch_step(*, registered: bool, started: bool, reading: Reading | None) -> LaunchAct:
    """Next act for a starting instance.

    registered: the instance has joined the ECS cluster. started: its bridge task was started.
    """
    if not registered:
        return LaunchAct.WAIT
    if not started:
        return LaunchAct.START_BRIDGE
    return LaunchAct.ADMIT if reading is not None and reading.healthy else LaunchAct.WAIT
