"""A whole installation in one process that keeps everything in one folder.

What follows from a write by itself in the cloud follows here when `run` is called: events reach
their consumers through the same relay and handlers, audit entries are sealed, executions wake up.
How far each has come is kept as well, so that a process that ends loses nothing of it.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from telesalud.platform.clock import Clock, utc_now
from telesalud.platform.embedded.database import Database
from telesalud.platform.embedded.files import EmbeddedBlobs, tidy
from telesalud.platform.embedded.kept import Kept
from telesalud.platform.embedded.messages import NoChannel, NoPusher
from telesalud.platform.embedded.objects import EmbeddedArchive, EmbeddedObjects
from telesalud.platform.embedded.queues import (
    EmbeddedBus,
    EmbeddedQueue,
    EmbeddedWorkflows,
    Step,
    Work,
)
from telesalud.platform.embedded.store import EmbeddedStore
from telesalud.platform.held_keys import HeldSigner, HeldWrapper
from telesalud.platform.ids import NewId, new_id
from telesalud.platform.ports.keys import JwtAlgorithm
from telesalud.platform.relay import NewItem, relay
from telesalud.platform.trail.chain import seal_batch

if TYPE_CHECKING:
    import httpx

    from telesalud.platform.ports.scanner import Scanner

Follow = Callable[[Sequence[NewItem]], object]
"""What a table's new items cause beside events and the sealed trail."""
DATABASE: Final = "telesalud.db"
_BATCH: Final = 100


class EmbeddedBackend:
    """A `telesalud.platform.backend.Backend` in `folder`, opened with a key of 32 bytes.

    `environments` holds each context's variables. Raises WrongKey.
    """

    def __init__(
        self,
        folder: Path,
        key: bytes,
        environments: Mapping[str, Mapping[str, str]],
        clock: Clock = utc_now,
    ) -> None:
        self._environments = environments
        self.clock: Clock = clock
        self.new_id: NewId = new_id
        self.database = Database(folder / DATABASE, key)
        self.kept = Kept(self.database)
        self.key_wrapper: Callable[[str], HeldWrapper] = cache(self.kept.wrapper)
        self._signer: Callable[[str, JwtAlgorithm], HeldSigner] = cache(self.kept.signer)
        self._bus = EmbeddedBus(self.database, self.clock)
        self._streams: dict[str, tuple[str, Follow | None]] = {}
        self._workers: list[tuple[str, Work]] = []
        self._steps: list[tuple[str, Step]] = []
        self._running = threading.Lock()

    def environment(self, context: str) -> Mapping[str, str]:
        return self._environments[context]

    def store(self, table: str) -> EmbeddedStore:
        return EmbeddedStore(self.database, table)

    def signer(self, key: str, algorithm: JwtAlgorithm = "ES256") -> HeldSigner:
        return self._signer(key, algorithm)

    def blobs(self, quarantine: str, clean: str, key: str, origin: str) -> EmbeddedBlobs:  # noqa: ARG002  # one place, each file has its own key
        secret = self.kept.wrapper_key("links")
        return EmbeddedBlobs(self.database, clean, secret, self.clock, origin)

    def scanner(self, quarantine: str) -> "Scanner":
        raise ValueError(f"no storage here scans {quarantine}: name a clamd")

    def objects(self, bucket: str) -> EmbeddedObjects:
        return EmbeddedObjects(self.database, bucket)

    def archive(self, bucket: str) -> EmbeddedArchive:
        return EmbeddedArchive(self.database, bucket)

    def bus(self, name: str) -> EmbeddedBus:  # noqa: ARG002  # there is one
        return self._bus

    def workflows(self, machine: str) -> EmbeddedWorkflows:
        return EmbeddedWorkflows(self.database, machine, self.clock)

    def email(self, sender: str) -> NoChannel:  # noqa: ARG002  # nobody is reached
        return NoChannel()

    def pusher(self, endpoint: str) -> NoPusher:  # noqa: ARG002  # nothing is open
        return NoPusher()

    def deliveries(self, queue: str, dead_letters: str) -> EmbeddedQueue:  # noqa: ARG002  # the queue keeps its own
        return self.queue(queue)

    def queue(self, name: str) -> EmbeddedQueue:
        """The queue of this name."""
        return EmbeddedQueue(self.database, name, self.clock)

    def secret(self, name: str) -> str:
        return self.kept.secret_versions(name)[0]

    def secret_versions(self, name: str) -> tuple[str, ...]:
        return self.kept.secret_versions(name)

    def parameter(self, name: str) -> str | None:
        return self.kept.parameter(name)

    def http(self) -> "httpx.Client":
        import httpx  # noqa: PLC0415  # only what talks to other contexts pays for it

        return httpx.Client(follow_redirects=False, trust_env=False)

    def passes(self, error: Exception) -> bool:  # noqa: ARG002  # nothing is out of reach
        return False

    def stream(self, table: str, bus: str, then: Follow | None = None) -> None:
        """Have a table's new events published, and `then` follow its new items."""
        self._streams[table] = (bus, then)

    def hear(self, bus: str, queue: str, *contexts: str) -> None:
        """Have the events of these contexts put on the queue."""
        self.bus(bus).subscribe(queue, *contexts)

    def consume(self, queue: str, work: Work) -> None:
        """Have a queue's messages worked on."""
        self._workers.append((queue, work))

    def execute(self, machine: str, step: Step) -> None:
        """Have a machine's executions ask this step what is due."""
        self._steps.append((machine, step))

    def run(self) -> None:
        """Do what follows from all that was written, until nothing is due any more."""
        with self._running:
            while any([self._follow(), self._work(), self._wake()]):
                pass

    def next_due(self) -> datetime | None:
        """When `run` is to be called again although nothing was written; None for never."""
        moments = [self.queue(name).next_due() for name, _ in self._workers]
        moments += [self.workflows(machine).next_due() for machine, _ in self._steps]
        return min((moment for moment in moments if moment is not None), default=None)

    def tidy(self) -> None:
        """Forget what has expired, in items and in files, and contents that nothing knows."""
        now = int(self.clock().timestamp())
        with self.database.writing(from_reserve=True) as connection:
            connection.execute("DELETE FROM item WHERE expires < ?", (now,))
        tidy(self.database, self.clock)

    def close(self) -> None:
        """Let go of the folder."""
        self.database.close()

    def _follow(self) -> bool:
        return any(self._follow_one(table, *how) for table, how in self._streams.items())

    def _follow_one(self, table: str, bus: str, then: Follow | None) -> bool:
        store = self.store(table)
        new, last = self._new_items(table, store)
        if not last:
            return False
        stopped = [relay(new, self.bus(bus)), seal_batch(new, store, self.clock)]
        if then is not None:
            then(new)
        again = [int(number) for number in stopped if number is not None]
        self.kept.advance(table, min(again) - 1 if again else last)
        return not again

    def _new_items(self, table: str, store: EmbeddedStore) -> tuple[list[NewItem], int]:
        """New items of a table that nothing followed yet, and the number of the last one."""
        rows = self.kept.following(table, _BATCH)
        found = store.get_many([key for _, key in rows])
        new = [NewItem(str(seq), found[key]) for seq, key in rows if key in found]
        return new, rows[-1][0] if rows else 0

    def _work(self) -> bool:
        return any(self.queue(queue).hand_over(work) for queue, work in self._workers)

    def _wake(self) -> bool:
        return any(self.workflows(machine).wake(step) for machine, step in self._steps)
