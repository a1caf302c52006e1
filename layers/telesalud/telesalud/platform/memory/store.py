"""A store in memory, fully isolated, that remembers every write in order as a change stream."""

import threading
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from telesalud.platform.deciding import decide
from telesalud.platform.store import (
    MAX_OPERATIONS,
    MAX_PAGE,
    Check,
    Item,
    Key,
    Operation,
    Page,
    checked,
)


@dataclass(frozen=True, slots=True)
class Change:
    """One write, as a table's stream would carry it."""

    key: Key
    old: Item | None
    new: Item | None


@dataclass(slots=True)
class MemoryStore:
    """A `telesalud.platform.store.SweepableStore`."""

    changes: list[Change] = field(default_factory=list)
    _items: dict[str, dict[str, Item]] = field(default_factory=dict)
    _order: dict[str, list[str]] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def get(self, key: Key) -> Item | None:
        with self._lock:
            return self._at(key)

    def get_many(self, keys: Sequence[Key]) -> dict[Key, Item]:
        if len(keys) > MAX_OPERATIONS:
            raise ValueError(f"at most {MAX_OPERATIONS} keys at once")
        with self._lock:
            found = {key: self._at(key) for key in keys}
            return {key: item for key, item in found.items() if item is not None}

    def query(
        self,
        pk: str,
        prefix: str = "",
        *,
        after: str | None = None,
        until: str | None = None,
        limit: int = 100,
        newest_first: bool = False,
    ) -> Page:
        if not 1 <= limit <= MAX_PAGE:
            raise ValueError(f"limit must be 1 to {MAX_PAGE}")
        if until is not None and newest_first:
            raise ValueError("until needs ascending order")
        with self._lock:
            names = self._order.get(pk, [])
            low = bisect_left(names, prefix)
            high = bisect_right(names, until) if until is not None else len(names)
            if after is not None and newest_first:
                high = min(high, bisect_left(names, after))
            elif after is not None:
                low = max(low, bisect_right(names, after))
            chosen = [n for n in names[low:high] if n.startswith(prefix)]
            if newest_first:
                chosen.reverse()
            items = [self._items[pk][n] for n in chosen[:limit]]
        more = len(chosen) > limit
        return Page(items, items[-1].key.sk if more else None)

    def sweep(self, prefix: str) -> Iterator[Item]:
        with self._lock:
            found = [
                i
                for pk, part in self._items.items()
                for i in part.values()
                if pk.startswith(prefix)
            ]
        return iter(found)

    def transact(self, operations: Sequence[Operation]) -> None:
        checked(operations)
        with self._lock:
            found = {o.key: self._at(o.key) for o in operations}
            results = decide(operations, found)
            for operation in operations:
                if not isinstance(operation, Check):
                    self._place(operation.key, found[operation.key], results[operation.key])

    def _at(self, key: Key) -> Item | None:
        return self._items.get(key.pk, {}).get(key.sk)

    def _place(self, key: Key, old: Item | None, new: Item | None) -> None:
        partition = self._items.setdefault(key.pk, {})
        names = self._order.setdefault(key.pk, [])
        if new is not None:
            partition[key.sk] = new
            if old is None:
                insort(names, key.sk)
        elif old is not None:
            del partition[key.sk]
            names.remove(key.sk)
        if old is not None or new is not None:
            self.changes.append(Change(key, old, new))
