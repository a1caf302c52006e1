"""Events, queues and executions in memory, driven by a clock that can be moved."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from telesalud.platform.clock import Clock
from telesalud.platform.consumer import Received
from telesalud.platform.events import Event

Work = Callable[[Sequence[Received]], Sequence[Received]]
"""Handles messages; returns those that must come again."""
Data = Mapping[str, str | int]
Step = Callable[[Data], datetime | None]
"""Does what is due for an execution; when to ask again, or None when it is over."""

HIDDEN = timedelta(seconds=5)
"""How long a message that failed stays away."""
MOST_TRIES = 20


@dataclass(slots=True)
class _Waiting:
    event: Event
    due: datetime
    tries: int = 0


class MemoryQueue:
    """A queue whose messages come until they are done; a `DeliveryQueue` as well."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: dict[str, _Waiting] = {}
        self._count = 0
        self.dead: list[str] = []
        """Bodies that were given up."""

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, event: Event) -> None:
        """Add a message with the event, due at once."""
        self._count += 1
        self._waiting[f"message-{self._count}"] = _Waiting(event, self._clock())

    def postpone(self, receipt: str, seconds: int) -> None:
        self._waiting[receipt].due = self._clock() + timedelta(seconds=seconds)
        self._waiting[receipt].tries = 0

    def bury(self, body: str) -> None:
        self.dead.append(body)

    def hand_over(self, work: Work) -> bool:
        """Have the messages that are due worked on; whether there were any."""
        now = self._clock()
        due = {name: one for name, one in self._waiting.items() if one.due <= now}
        for one in due.values():
            one.due, one.tries = now + HIDDEN, one.tries + 1
        if not due:
            return False
        kept = {message.id for message in work([_received(n, one) for n, one in due.items()])}
        for name, one in due.items():
            if name not in kept:
                del self._waiting[name]
            elif one.tries >= MOST_TRIES:
                self.bury(self._waiting.pop(name).event.model_dump_json())
        return True


def _received(name: str, waiting: _Waiting) -> Received:
    return Received(name, waiting.event.model_dump_json(), waiting.event, name)


class MemoryBus:
    """A `Bus` that puts each event on the queues that subscribed to its source."""

    def __init__(self) -> None:
        self._subscribed: list[tuple[frozenset[str], MemoryQueue]] = []

    def subscribe(self, queue: MemoryQueue, *contexts: str) -> None:
        """Have the events of these contexts put on the queue."""
        self._subscribed.append((frozenset(contexts), queue))

    def publish(self, events: Sequence[Event]) -> int:
        for event in events:
            for contexts, queue in self._subscribed:
                if event.type.partition(".")[0] in contexts:
                    queue.put(event)
        return len(events)


@dataclass(slots=True)
class _Execution:
    data: Data
    due: datetime | None


@dataclass(slots=True)
class MemoryWorkflows:
    """`Workflows` whose executions ask a step, at once and whenever it said."""

    clock: Clock
    executions: dict[str, _Execution] = field(default_factory=dict)

    def start(self, name: str, data: Data) -> None:
        self.executions.setdefault(name, _Execution(dict(data), self.clock()))

    def wake(self, step: Step) -> bool:
        """Have the executions that are due ask; whether there were any."""
        now = self.clock()
        due = [each for each in self.executions.values() if each.due and each.due <= now]
        for execution in due:
            execution.due = step(execution.data)
        return bool(due)
