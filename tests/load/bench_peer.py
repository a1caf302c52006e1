"""CPU of a request beside a running FastAPI peer's, in alternated rounds of one run.

    python -m tests.load.bench_peer http://127.0.0.1:58001 PID TOKEN [--rounds 6] [--calls 60]

The peer is a clinic's starter with the routes `/api/patients`, `/api/doctors` and
`/api/appointments` (200 doctors open all week, 10,000 patients), one worker with the process id
PID, and TOKEN one of its access tokens. Its CPU is what the kernel counted for that process; ours
is this process's: the Lambda handlers of the patients and appointments apps, from the event's JSON
to the answer's, with the check of the front door and the log line of each request, over the lean
transport and over boto3 in turn. Storage and keys are an emulator in a process of its own, as the
peer's database is. Not in ours: API Gateway's HTTP and the cached authorizer. Not in the peer's:
TLS. The patients service's answer about who is booked is given.

Goals, ours over the peer's: read and book at most 0.4, create and search 0.5, day 0.75.
"""

import argparse
import json
import os
import statistics
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from localstack.cloud import Cloud
from localstack.emulator import start, stop
from localstack.throwaway import free_ports
from tests.load.peer_apps import Apps

GOALS = {"read": 0.4, "create": 0.5, "book": 0.4, "day": 0.75, "search": 0.5}
TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Peer:
    """The other side, over its HTTP."""

    address: str
    pid: int
    token: str
    made: int = 0
    day: int = int(time.time()) % 10_000
    """Another run books other days."""

    def cpu(self) -> float:
        """Milliseconds of user and system time so far."""
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / TICK

    def ask(self, path: str, body: dict[str, Any] | None = None) -> None:
        """One request that must succeed."""
        request = urllib.request.Request(  # the address of the command line
            self.address + path,
            data=json.dumps(body).encode() if body else None,
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:  # as above
            answer.read()

    def read(self) -> None:
        self.made += 1
        self.ask(f"/api/patients/{1 + self.made * 37 % 10_000}")

    def create(self) -> None:
        self.made += 1
        number = f"{time.time_ns()}.{self.made}"
        self.ask(
            "/api/patients/",
            {
                "first_name": "Ada",
                "last_name": f"L{self.made}",
                "date_of_birth": "1980-02-03",
                "email": f"p{number}@example.com",
                "phone": "5550100",
                "address": "1 Main St",
                "insurance_provider": "Acme",
                "insurance_id": f"A{number}",
            },
        )

    def book(self) -> None:
        self.made += 1
        doctor, at = 1 + self.made % 200, self.made // 200
        start = 1798761600 + (self.day + at // 46) * 86400 + at % 46 * 1800
        self.ask(
            "/api/appointments/",
            {
                "patient_id": 1,
                "doctor_id": doctor,
                "start_time": _moment(start),
                "end_time": _moment(start + 1200),
                "notes": "checkup",
            },
        )

    def day_(self) -> None:
        self.ask("/api/appointments/?limit=100")

    def search(self) -> None:
        self.made += 1
        self.ask(f"/api/patients/search/?query=F{10 + self.made % 80}&limit=20")


def _moment(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


@contextmanager
def emulator() -> Iterator[Cloud]:
    """The emulator of a local cloud without any stack."""
    with TemporaryDirectory(prefix="telesalud-bench-") as home:
        port, unused = free_ports(2)
        cloud = Cloud(Path(home), port, unused, persist=False, stage="test")
        cloud.make_home()
        start(cloud)
        try:
            yield cloud
        finally:
            stop(cloud)


@contextmanager
def quiet() -> Iterator[None]:
    """Log lines are written, but not shown: loggers keep the stream that they began with."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def ours(apps: Apps, work: Callable[[], None], calls: int) -> float:
    """Milliseconds of our handlers for one call."""
    with quiet():
        before = apps.spent
        for _ in range(calls):
            work()
        return (apps.spent - before) / calls


def theirs(peer: Peer, work: Callable[[], None], calls: int) -> float:
    """Milliseconds of the peer for one call."""
    before = peer.cpu()
    for _ in range(calls):
        work()
    return (peer.cpu() - before) / calls


def measured(peer: Peer, sides: dict[str, Apps], rounds: int, calls: int) -> None:
    """Alternate and print least, median and most of each pair's ratio."""
    print(f"load {os.getloadavg()[0]:.1f}, {rounds} rounds of {calls} calls")
    print(f"{'':8}{'peer ms':>8}" + "".join(f"{name + ' ms':>10}{'÷ peer':>22}" for name in sides))
    for name, goal in GOALS.items():
        peers: list[float] = []
        found: dict[str, list[float]] = {side: [] for side in sides}
        for _ in range(rounds):
            peers.append(theirs(peer, getattr(peer, "day_" if name == "day" else name), calls))
            for side, apps in sides.items():
                apps.enter()
                found[side].append(ours(apps, getattr(apps, name), calls))
        line = f"{name:8}{statistics.median(peers):8.2f}"
        for side in sides:
            ratios = sorted(a / b for a, b in zip(found[side], peers, strict=True))
            middle = statistics.median(ratios)
            spread = f"{ratios[0]:.2f} / {middle:.2f} / {ratios[-1]:.2f}"
            line += f"{statistics.median(found[side]):10.2f}{spread:>22}"
        print(f"{line}   goal {goal}", flush=True)


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("pid", type=int)
    parser.add_argument("token")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--calls", type=int, default=60)
    given = parser.parse_args()
    peer = Peer(given.address.rstrip("/"), given.pid, given.token)
    with emulator() as cloud, patch.dict(os.environ), direct():
        sides = {name: Apps(cloud, name) for name in ("lean", "boto3")}
        with quiet():
            for apps in sides.values():
                apps.prepare()
        measured(peer, sides, given.rounds, given.calls)
    return 0


@contextmanager
def direct() -> Iterator[None]:
    """Nothing of the environment sends requests elsewhere."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        os.environ.pop(name, None)
    yield


if __name__ == "__main__":
    sys.exit(main())
