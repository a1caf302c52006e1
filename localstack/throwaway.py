"""A local cloud for one test run: `python -m localstack.throwaway COMMAND …`.

Free ports, a home of its own, no state kept. COMMAND runs with TELESALUD_TEST_ENDPOINT (the
emulator's URL) and the TELESALUD_… variables that make `default_cloud` this one.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.deploy import DeploymentFailed
from infra.tools import CommandFailed
from localstack import processes
from localstack.cloud import Cloud
from localstack.progress import Steps
from localstack.up import bring_up, take_down

RUNNING = "TELESALUD_TEST_CLOUD"
"""Set to 1 in the environment of a command whose `default_cloud` is up."""


def free_ports(count: int) -> list[int]:
    """Loopback ports that nobody listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports


@contextmanager
def throwaway_cloud(progress: Callable[[str], None]) -> Iterator[Cloud]:
    """A cloud with every stack deployed, stopped and forgotten at the end."""
    home = Path(tempfile.mkdtemp(prefix="telesalud-cloud-"))
    emulator_port, gateway_port = free_ports(2)
    cloud = Cloud(home, emulator_port, gateway_port, persist=False, stage="test")
    try:
        bring_up(cloud, progress)
        yield cloud
    finally:
        take_down(cloud, progress)
        shutil.rmtree(home, ignore_errors=True)


def main() -> None:
    command = sys.argv[1:]
    if not command:
        sys.exit(__doc__)
    steps = Steps()
    try:
        with throwaway_cloud(steps) as cloud:
            env = cloud.selected() | {"TELESALUD_TEST_ENDPOINT": cloud.endpoint, RUNNING: "1"}
            done = subprocess.run(command, env=env, check=False)
    except (processes.NotStarted, DeploymentFailed, CommandFailed, LookupError) as error:
        sys.exit(f"no local cloud: {error}")
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
