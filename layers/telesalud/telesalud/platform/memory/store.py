"""A store in memory, fully isolated, that remembers every write in order as a change stream."""

import threading
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from telesalud.platform.errors import TooLarge
from telesalud.platform.store import (
    MAX_OPERATIONS,
    MAX_PAGE,
    Attributes,
    Check,
    ConditionFailed,
    Delete,
    Failure,
    Item,
    Key,
    Operation,
    Page,
    Put,
    Value,
    When,
    checked,
)

_MAX_ITEM = 400 * 1024


@dataclass(frozen=True, slots=True)
class Change:
    """One write, as a table's stream would carry it."""

    key: Key
    old: Item | None
    new: Item | None


def _order(value: Value) -> tuple[int, str | int]:
    """DynamoDB compares numbers with numbers and text with text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return 0, value
    if isinstance(value, str):
        return 1, value
    raise TypeError("only text and whole numbers have an order")


def _same(left: Value | None, right: Value) -> bool:
    """Equality without Python's True == 1."""
    return type(left) is type(right) and left == right


def _below(value: Value | None, limit: str | int) -> bool:
    if value is None:
        return False
    found, bound = _order(value), _order(limit)
    return found[0] == bound[0] and found < bound


def _holds(when: When, item: Item | None) -> bool:
    attributes: Attributes = item.attributes if item else {}
    return (
        when.exists in (None, item is not None)
        and (when.version is None or (item is not None and item.version == when.version))
        and all(_same(attributes.get(n), v) for n, v in when.equals.items())
        and all(name not in attributes for name in when.lacks)
        and all(_below(attributes.get(n), v) for n, v in when.below.items())
    )


def _size(item: Item) -> int:
    total = len(item.key.pk.encode()) + len(item.key.sk.encode())
    for name, value in item.attributes.items():
        total += len(name.encode())
        if isinstance(value, bytes):
            total += len(value)
        elif isinstance(value, str):
            total += len(value.encode())
        elif isinstance(value, tuple):
            total += sum(len(text.encode()) + 1 for text in value)
        else:
            total += 8
    return total


def _after(operation: Operation, found: Item | None) -> Item | None:
    if isinstance(operation, Delete):
        return None
    if isinstance(operation, Check):
        return found
    expires = {"expires_at": int(operation.expires.timestamp())} if operation.expires else {}
    attributes: dict[str, Value]
    if isinstance(operation, Put):
        attributes = {**operation.attributes, **expires}
        return Item(operation.key, (operation.when.version or 0) + 1, attributes)
    attributes = {**(found.attributes if found else {}), **operation.set, **expires}
    for name, amount in operation.add.items():
        present = attributes.get(name, 0)
        if not isinstance(present, int):
            raise TypeError(f"{name} is not a number")
        attributes[name] = present + amount
    for name in operation.remove:
        attributes.pop(name, None)
    return Item(operation.key, (found.version if found else 0) + 1, attributes)


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
            failures = [
                Failure(o, found[o.key]) for o in operations if not _holds(o.when, found[o.key])
            ]
            if failures:
                raise ConditionFailed(failures)
            results = {o.key: _after(o, found[o.key]) for o in operations}
            if any(item is not None and _size(item) > _MAX_ITEM for item in results.values()):
                raise TooLarge("a stored item may have at most 400 KB")
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
