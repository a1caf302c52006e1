"""A whole installation in one process: nothing outlives it, and nothing is outside of it.

What follows from a write by itself in the cloud follows here when `run` is called: events reach
their consumers through the same relay and handlers, audit entries are sealed, executions wake up.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from telesalud.platform.clock import Clock, utc_now
from telesalud.platform.errors import Unavailable
from telesalud.platform.held_keys import HeldSigner, HeldWrapper
from telesalud.platform.ids import NewId, new_id
from telesalud.platform.memory.files import MemoryArchive, MemoryBlobs, MemoryObjects
from telesalud.platform.memory.messages import MemoryChannel, MemoryPusher
from telesalud.platform.memory.queues import MemoryBus, MemoryQueue, MemoryWorkflows, Step, Work
from telesalud.platform.memory.store import MemoryStore
from telesalud.platform.ports.keys import JwtAlgorithm
from telesalud.platform.relay import NewItem, relay
from telesalud.platform.scanners import EicarScanner
from telesalud.platform.trail.chain import seal_batch

if TYPE_CHECKING:
    import httpx

Follow = Callable[[Sequence[NewItem]], object]
"""What a table's new items cause beside events and the sealed trail."""


class MovedClock:
    """The machine's clock, moved on by as much as was asked for."""

    def __init__(self) -> None:
        self._by = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self._by

    def advance(self, **by: float) -> None:
        """Move on by `timedelta(**by)`."""
        self._by += timedelta(**by)


class MemoryBackend:
    """A `telesalud.platform.backend.Backend`.

    `environments` holds each context's variables. What has a name is made when it is first asked
    for, and is the same for whoever asks again.
    """

    def __init__(
        self, environments: Mapping[str, Mapping[str, str]], clock: Clock | None = None
    ) -> None:
        self._environments = environments
        self.clock: Clock = clock or MovedClock()
        self.new_id: NewId = new_id
        self.stores: defaultdict[str, MemoryStore] = defaultdict(MemoryStore)
        self.files: defaultdict[str, MemoryBlobs] = defaultdict(lambda: MemoryBlobs(self.clock))
        self.queues: defaultdict[str, MemoryQueue] = defaultdict(lambda: MemoryQueue(self.clock))
        self.mail: defaultdict[str, MemoryChannel] = defaultdict(MemoryChannel)
        self.parameters: dict[str, str] = {}
        self._secrets: dict[str, tuple[str, ...]] = {}
        self._wrappers: defaultdict[str, HeldWrapper] = defaultdict(HeldWrapper)
        self._signers: dict[tuple[str, JwtAlgorithm], HeldSigner] = {}
        self._objects: defaultdict[str, MemoryObjects] = defaultdict(MemoryObjects)
        self._archives: defaultdict[str, MemoryArchive] = defaultdict(MemoryArchive)
        self._buses: defaultdict[str, MemoryBus] = defaultdict(MemoryBus)
        self._workflows: defaultdict[str, MemoryWorkflows] = defaultdict(
            lambda: MemoryWorkflows(self.clock)
        )
        self._pushers: defaultdict[str, MemoryPusher] = defaultdict(MemoryPusher)
        self._streams: dict[str, tuple[str, Follow | None]] = {}
        self._read: defaultdict[str, int] = defaultdict(int)
        self._workers: list[tuple[str, Work]] = []
        self._steps: list[tuple[str, Step]] = []
        self._running = threading.Lock()

    def environment(self, context: str) -> Mapping[str, str]:
        return self._environments[context]

    def store(self, table: str) -> MemoryStore:
        return self.stores[table]

    def key_wrapper(self, key: str) -> HeldWrapper:
        return self._wrappers[key]

    def signer(self, key: str, algorithm: JwtAlgorithm = "ES256") -> HeldSigner:
        if (key, algorithm) not in self._signers:
            self._signers[key, algorithm] = HeldSigner(algorithm)
        return self._signers[key, algorithm]

    def blobs(self, quarantine: str, clean: str, key: str, origin: str) -> MemoryBlobs:  # noqa: ARG002  # one place, no encryption, no URL
        return self.files[clean]

    def scanner(self, quarantine: str) -> EicarScanner:  # noqa: ARG002  # it is given the content
        return EicarScanner()

    def objects(self, bucket: str) -> MemoryObjects:
        return self._objects[bucket]

    def archive(self, bucket: str) -> MemoryArchive:
        return self._archives[bucket]

    def bus(self, name: str) -> MemoryBus:
        return self._buses[name]

    def workflows(self, machine: str) -> MemoryWorkflows:
        return self._workflows[machine]

    def email(self, sender: str) -> MemoryChannel:
        return self.mail[sender]

    def pusher(self, endpoint: str) -> MemoryPusher:
        return self._pushers[endpoint]

    def deliveries(self, queue: str, dead_letters: str) -> MemoryQueue:  # noqa: ARG002  # the queue keeps its own
        return self.queues[queue]

    def secret(self, name: str) -> str:
        return self.secret_versions(name)[0]

    def secret_versions(self, name: str) -> tuple[str, ...]:
        if name not in self._secrets:
            raise Unavailable("a secret cannot be read")
        return self._secrets[name]

    def rotate(self, name: str, text: str) -> None:
        """Give a secret a new text; the one before it stays known."""
        self._secrets[name] = (text, *self._secrets.get(name, ()))[:2]

    def parameter(self, name: str) -> str | None:
        return self.parameters.get(name)

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
        self.bus(bus).subscribe(self.queues[queue], *contexts)

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

    def _follow(self) -> bool:
        followed = False
        for table, (bus, then) in self._streams.items():
            store = self.stores[table]
            new = self._new_items(table, store)
            if relay(new, self.bus(bus)) or seal_batch(new, store, self.clock):
                raise RuntimeError(f"what was written to {table} cannot be followed")
            if then is not None:
                then(new)
            followed = followed or bool(new)
        return followed

    def _new_items(self, table: str, store: MemoryStore) -> list[NewItem]:
        start, changes = self._read[table], store.changes[self._read[table] :]
        self._read[table] += len(changes)
        return [
            NewItem(str(number), change.new)
            for number, change in enumerate(changes, start + 1)
            if change.old is None and change.new is not None and "kind" in change.new.attributes
        ]

    def _work(self) -> bool:
        return any(self.queues[queue].hand_over(work) for queue, work in self._workers)

    def _wake(self) -> bool:
        return any(self.workflows(machine).wake(step) for machine, step in self._steps)
