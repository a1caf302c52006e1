"""Counts what a DynamoDB client does: round trips, and the capacity that DynamoDB would bill.

Emulators report no true capacity, so units are computed from the documented rules: a strongly
consistent read costs 1 unit for each 4 KB, a write 1 unit for each KB, a transactional write twice
that; a BatchGetItem rounds each item up, a Query rounds the sum of its items. An Update is billed
by the item's size, which the request does not tell: it counts as one KB, which holds for the
items that this project updates in place.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

READ_UNIT = 4096
WRITE_UNIT = 1024


@dataclass
class Usage:
    """What was used."""

    reads: int = 0
    """Round trips that read."""
    writes: int = 0
    """Round trips that wrote, refused ones included."""
    read_units: float = 0
    write_units: float = 0

    def __sub__(self, other: "Usage") -> "Usage":
        return Usage(
            self.reads - other.reads,
            self.writes - other.writes,
            self.read_units - other.read_units,
            self.write_units - other.write_units,
        )

    def __str__(self) -> str:
        return (
            f"{self.reads} read(s), {self.writes} write(s), "
            f"{self.read_units:g} RCU, {self.write_units:g} WCU"
        )


def size_of(value: Any) -> int:
    """Bytes of an item or attribute in DynamoDB's JSON, by DynamoDB's own accounting."""
    total = 0
    for name, typed in value.items():
        [(kind, raw)] = typed.items()
        total += len(name.encode())
        if kind == "L":
            total += 3 + sum(1 + len(element["S"].encode()) for element in raw)
        elif kind in ("S", "N"):
            total += len(raw.encode())
        else:
            total += len(raw) if kind == "B" else 1
    return total


class Meter:
    """Attached to a client, adds up its usage; safe for threads."""

    def __init__(self, client: Any) -> None:
        self.usage = Usage()
        self._lock = Lock()
        events = client.meta.events
        events.register("provide-client-params.dynamodb.*", self._asked)
        events.register("after-call.dynamodb.*", self._answered)

    @contextmanager
    def measuring(self) -> Iterator[Usage]:
        """The usage of a block, filled in at its end."""
        before = Usage(**vars(self.usage))
        spent = Usage()
        yield spent
        vars(spent).update(vars(self.usage - before))

    def _asked(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        units = 0.0
        if model.name == "PutItem":
            units = _kilobytes(params["Item"])
        elif model.name == "TransactWriteItems":
            units = 2 * sum(_action(action) for action in params["TransactItems"])
        elif model.name not in ("UpdateItem", "DeleteItem"):
            return
        with self._lock:
            self.usage.writes += 1
            self.usage.write_units += units or 1

    def _answered(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        if model.name == "GetItem":
            items = [parsed.get("Item", {})]
            units = float(sum(_pages(size_of(item)) for item in items))
        elif model.name == "BatchGetItem":
            found = parsed.get("Responses", {})
            units = float(sum(_pages(size_of(i)) for items in found.values() for i in items))
        elif model.name == "Query":
            units = float(_pages(sum(size_of(item) for item in parsed.get("Items", ()))))
        else:
            return
        with self._lock:
            self.usage.reads += 1
            self.usage.read_units += units


def _action(action: dict[str, Any]) -> int:
    put = action.get("Put")
    return _kilobytes(put["Item"]) if put else 1


def _kilobytes(item: dict[str, Any]) -> int:
    return max(1, math.ceil(size_of(item) / WRITE_UNIT))


def _pages(size: int) -> int:
    return max(1, math.ceil(size / READ_UNIT))
