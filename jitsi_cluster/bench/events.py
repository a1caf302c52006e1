"""From what happens to the receiver: `python -m jitsi_cluster.bench.events [--consults 200]`.

Measured is the time between `occurred_at` of every lifecycle event and its arrival at the control
plane's stand-in, first with the receiver up, then the time to drain what an outage left on disk.
"""

import argparse
import asyncio
import time
from typing import Any

from jitsi_cluster.bench.report import print_result, spread, temporary_cluster
from jitsi_cluster.harness.cluster import Cluster

EVENTS_PER_CONSULT = 6


async def consult(cluster: Cluster, gate: asyncio.Semaphore) -> None:
    async with gate:
        room = cluster.room()
        doctor = await cluster.join(room, "doctor-1", moderator=True)
        patient = await cluster.join(room, "patient-1")
        await patient.close()
        await doctor.close()


async def run(cluster: Cluster, consults: int) -> None:
    gate = asyncio.Semaphore(5)
    await asyncio.gather(*(consult(cluster, gate) for _ in range(consults)))


async def until(cluster: Cluster, count: int) -> None:
    async with asyncio.timeout(120):
        while len(cluster.plane.received) < count:  # noqa: ASYNC110 - another thread receives
            await asyncio.sleep(0.01)


async def measure(cluster: Cluster, consults: int) -> dict[str, Any]:
    plane = cluster.plane
    expected = consults * EVENTS_PER_CONSULT
    async with await cluster.focus().start():
        await run(cluster, consults)
        await until(cluster, expected)
        delays = [at - event.occurred_at.timestamp() for at, event in plane.received]
        plane.event_status = 503
        await run(cluster, consults)
        await asyncio.sleep(1)
        plane.event_status = None
        back = time.monotonic()
        await until(cluster, 2 * expected)
    unique = {event.event_id for _, event in plane.received}
    return {
        "events": len(delays),
        "milliseconds": spread(delays),
        "outage_events": expected,
        "seconds_to_drain_including_backoff": round(time.monotonic() - back, 2),
        "lost": 2 * expected - len(unique),
        "doubled": len(plane.received) - len(unique),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Delay of lifecycle events")
    parser.add_argument("--consults", type=int, default=200)
    consults = parser.parse_args().consults
    with temporary_cluster() as cluster:
        print_result(asyncio.run(measure(cluster, consults)))


if __name__ == "__main__":
    main()
