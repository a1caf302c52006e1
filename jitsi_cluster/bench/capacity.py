"""What one Prosody holds: `python -m jitsi_cluster.bench.capacity [--rooms 300] [--rounds 3]`.

In one run, alternating so that the machine's mood hits both alike: Prosody with our modules and a
plain one (anonymous login, no checks, no events), each with the same two-person consults. Measured
on Prosody's process: CPU seconds per consult (both enter, both leave), resident memory per room
while all rooms are open, and how long entering takes.
"""

import argparse
import asyncio
import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jitsi_cluster.bench.report import print_result, spread, temporary_cluster
from jitsi_cluster.harness.cluster import Cluster
from jitsi_cluster.harness.xmpp_client import Participant


@dataclass
class Sample:
    cpu_per_consult: float
    memory_per_room: float
    entering: list[float]


def cpu_seconds(pid: int) -> float:
    """User and system time of the process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def enter(cluster: Cluster, room: str, who: str, entering: list[float]) -> Participant:
    started = time.monotonic()
    person = await cluster.join(room, who, moderator=who == "doctor-1")
    entering.append(time.monotonic() - started)
    return person


async def load(cluster: Cluster, rooms: int) -> Sample:
    process = cluster.prosody.process
    assert process is not None
    gate, entering = asyncio.Semaphore(8), list[float]()

    async def fill(room: str) -> list[Participant]:
        async with gate:
            return [await enter(cluster, room, who, entering) for who in ("doctor-1", "patient-1")]

    async def leave(people: list[Participant]) -> None:
        async with gate:
            for person in people:
                await person.close()

    async with await cluster.focus().start() as focus:
        cpu, memory = cpu_seconds(process.pid), resident_bytes(process.pid)
        pairs = await asyncio.gather(*(fill(cluster.room()) for _ in range(rooms)))
        grown = resident_bytes(process.pid) - memory
        await asyncio.gather(*(leave(people) for people in pairs))
        async with asyncio.timeout(60):
            while focus.rooms:  # noqa: ASYNC110 - rooms disappear one by one
                await asyncio.sleep(0.05)
        await asyncio.sleep(1)  # the last events
        used = cpu_seconds(process.pid) - cpu
    return Sample(used / rooms, grown / rooms, entering)


def summary(samples: list[Sample]) -> dict[str, Any]:
    return {
        "cpu_milliseconds_per_consult": round(
            1000 * statistics.median(s.cpu_per_consult for s in samples), 2
        ),
        "kilobytes_per_room": round(statistics.median(s.memory_per_room for s in samples) / 1024),
        "entering_milliseconds": spread([t for s in samples for t in s.entering]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Load that one Prosody holds")
    parser.add_argument("--rooms", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    samples: dict[bool, list[Sample]] = {True: [], False: []}
    for _ in range(arguments.rounds):
        for telesalud in (False, True):
            with temporary_cluster(telesalud=telesalud) as cluster:
                samples[telesalud].append(asyncio.run(load(cluster, arguments.rooms)))
    ours, plain = (sum(s.cpu_per_consult for s in samples[kind]) for kind in (True, False))
    print_result(
        {
            "rooms_at_once": arguments.rooms,
            "occupants_at_once": 2 * arguments.rooms,
            "with_our_modules": summary(samples[True]),
            "plain": summary(samples[False]),
            "cpu_ratio": round(ours / plain, 2),
        }
    )


if __name__ == "__main__":
    main()
