"""The store in memory with faults between any two steps, counted round trips and tampering."""

from bisect import insort
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from telesalud.platform.memory import store as memory
from telesalud.platform.store import Item, Key, Operation, Page, checked


class Crash(BaseException):
    """The process dies here: like SIGKILL, no `except Exception` of the code under test sees it."""


@dataclass(slots=True)
class Faults:
    """When the process dies: counts down with every transaction that is asked for."""

    before: int = 0
    """Crash instead of the n-th transaction from now; 0 never."""
    after: int = 0
    """Crash once the n-th transaction from now has been written; 0 never."""
    struck: bool = False

    def _strike(self, left: int) -> int:
        if left == 1:
            self.struck = True
            raise Crash
        return max(0, left - 1)

    def strike_before(self) -> None:
        self.before, left = 0, self.before
        self.before = self._strike(left)

    def strike_after(self) -> None:
        self.after, left = 0, self.after
        self.after = self._strike(left)


@dataclass(slots=True)
class Trips:
    """Round trips, as `tests/load` and the budgets of use cases count them."""

    reads: int = 0
    writes: int = 0

    @property
    def total(self) -> int:
        return self.reads + self.writes


@dataclass
class MemoryStore(memory.MemoryStore):
    """Crashes the caller before or after any chosen transaction, and counts round trips."""

    faults: Faults = field(default_factory=Faults)
    before_transact: Callable[[Sequence[Operation]], object] | None = None
    """Called outside the lock before each transaction: a barrier, or a rival's write."""
    trips: Trips = field(default_factory=Trips)

    def get(self, key: Key) -> Item | None:
        self.trips.reads += 1
        return super().get(key)

    def get_many(self, keys: Sequence[Key]) -> dict[Key, Item]:
        self.trips.reads += bool(keys)
        return super().get_many(keys)

    def query(self, pk: str, prefix: str = "", **options: Any) -> Page:
        self.trips.reads += 1
        return super().query(pk, prefix, **options)

    def sweep(self, prefix: str) -> Iterator[Item]:
        self.trips.reads += 1
        return super().sweep(prefix)

    def transact(self, operations: Sequence[Operation]) -> None:
        checked(operations)
        self.faults.strike_before()
        if self.before_transact is not None:
            self.before_transact(operations)
        self.trips.writes += 1
        super().transact(operations)
        self.faults.strike_after()

    def put_behind_back(self, item: Item) -> None:
        """Overwrite an item without any condition or trace: somebody with table access tampers."""
        with self._lock:
            partition = self._items.setdefault(item.key.pk, {})
            if item.key.sk not in partition:
                insort(self._order.setdefault(item.key.pk, []), item.key.sk)
            partition[item.key.sk] = item

    def remove_behind_back(self, key: Key) -> None:
        """Remove an item without a trace: somebody with table access tampers."""
        with self._lock:
            del self._items[key.pk][key.sk]
            self._order[key.pk].remove(key.sk)
