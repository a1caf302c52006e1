"""How exactly rooms end: `python -m jitsi_cluster.bench.limits [--rooms 200]`.

Every room holds two people over WebSocket and an end of its own; measured is the time between the
end that the control plane named and the moment a participant is told that the room is destroyed.
"""

import argparse
import asyncio
import random
import time
from typing import Any

from jitsi_cluster.bench.report import print_result, spread, temporary_cluster
from jitsi_cluster.harness.cluster import Cluster


async def one_room(cluster: Cluster, earliest: float, gate: asyncio.Semaphore) -> float:
    """Seconds from the named end to its news; negative would be early."""
    room = cluster.room(seconds=earliest + random.uniform(0, 10), warn=3)  # noqa: S311 - a load
    ends_at = cluster.plane.answers[room].ends_at
    assert ends_at is not None
    async with gate:
        people = [
            await cluster.join(room, "doctor-1", moderator=True),
            await cluster.join(room, "patient-1"),
        ]
    told = []
    for person in people:
        await person.destroyed(patience=earliest + 30)
        told.append(time.time())
    for person in people:
        await person.close()
    return told[0] - ends_at.timestamp()


async def measure(cluster: Cluster, rooms: int) -> list[float]:
    earliest = 10 + rooms / 4  # time to let everybody in first, on a busy machine too
    gate = asyncio.Semaphore(10)
    async with await cluster.focus().start():
        return await asyncio.gather(*(one_room(cluster, earliest, gate) for _ in range(rooms)))


def main() -> None:
    parser = argparse.ArgumentParser(description="How exactly rooms end")
    parser.add_argument("--rooms", type=int, default=200)
    rooms = parser.parse_args().rooms
    with temporary_cluster() as cluster:
        late = asyncio.run(measure(cluster, rooms))
    result: dict[str, Any] = {
        "rooms": rooms,
        "milliseconds_late": spread(late),
        "earliest": round(min(late) * 1000, 2),
        "beyond_a_second": sum(abs(value) > 1 for value in late),
    }
    print_result(result)


if __name__ == "__main__":
    main()
