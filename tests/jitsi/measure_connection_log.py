"""From what happens to the connection log: `python -m tests.jitsi.measure_connection_log`.

Measured is the time between `occurred_at` of every join and leave and the moment at which its line
is in the store, written by the consults app itself (storage in memory) behind a socket.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jitsi_cluster.bench.report import print_result, spread
from jitsi_cluster.harness.prosody_server import PORTS
from jitsi_cluster.harness.xmpp_client import Focus, Participant
from telesalud.platform.clock import from_text
from telesalud.platform.store import Operation, Put
from tests.support.memory_store import MemoryStore
from tests.worlds.consults.live import LiveConsults, live_consults

LINES_PER_CONSULT = 4


class WatchedStore(MemoryStore):
    """Notes how late each line of the connection log is written."""

    __slots__ = ("delays",)

    def __init__(self) -> None:
        super().__init__()
        self.delays: dict[str, float] = {}

    def transact(self, operations: Sequence[Operation]) -> None:
        super().transact(operations)
        now = time.time()
        for operation in operations:
            if isinstance(operation, Put) and operation.attributes.get("cause"):
                at = from_text(str(operation.attributes["at"])).timestamp()
                self.delays.setdefault(operation.key.sk, now - at)


async def consult(live: LiveConsults, gate: asyncio.Semaphore) -> None:
    """Both come and go."""
    async with gate:
        stage = await asyncio.to_thread(live.consult)
        people = []
        for seat in ("practitioner-1", "patient"):
            room, token = await asyncio.to_thread(live.token, stage, seat)
            person = Participant(live.prosody.websocket_url)
            await person.login(room, token)
            await person.call(room)
            people.append((room, person))
        for room, person in people:
            await person.leave(room, person.nick)
            await person.close()


async def measure(live: LiveConsults, store: WatchedStore, consults: int) -> dict[str, Any]:
    gate = asyncio.Semaphore(3)
    expected = consults * LINES_PER_CONSULT
    async with await Focus(live.prosody.websocket_url).start():
        await asyncio.gather(*(consult(live, gate) for _ in range(consults)))
        async with asyncio.timeout(120):
            while len(store.delays) < expected:  # noqa: ASYNC110 - another thread writes
                await asyncio.sleep(0.01)
    return {"lines": len(store.delays), "milliseconds": spread(list(store.delays.values()))}


def main() -> None:
    parser = argparse.ArgumentParser(description="Delay of the connection log")
    parser.add_argument("--consults", type=int, default=100)
    consults = parser.parse_args().consults
    store = WatchedStore()
    with (
        tempfile.TemporaryDirectory() as scratch,
        live_consults(Path(scratch), plane_ports=PORTS, prosody_ports=PORTS, store=store) as live,
    ):
        print_result(asyncio.run(measure(live, store, consults)))


if __name__ == "__main__":
    main()
