"""The store port: keyed items, conditional writes, transactions.

An item lives at (`pk`, `sk`), carries a `version` that starts at 1 and rises by one with every
write, and a flat map of attributes. There are no secondary indexes: a repository that needs to
find things another way writes lookup items in the same transaction, which keeps every adapter
(DynamoDB in the cloud, an embedded database on a disconnected site) equally simple.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol, TypeVar

T = TypeVar("T")
Value = str | int | bool | bytes | tuple[str, ...]
Attributes = Mapping[str, Value]

MAX_OPERATIONS = 100
"""DynamoDB's limit of actions in one TransactWriteItems."""
MAX_PAGE = 1000
AT_ONCE = 16
"""Reads of different partitions that one request has under way at a time."""
RESERVED = frozenset({"pk", "sk", "v", "w"})
"""Attribute names that adapters use: the key, the version, and who wrote last."""


class Key(NamedTuple):
    """Where an item lives: partition and sort key."""

    pk: str
    sk: str


@dataclass(frozen=True, slots=True)
class Item:
    """One stored item as it was read."""

    key: Key
    version: int
    attributes: Attributes

    def text(self, name: str) -> str:
        """The attribute as text; KeyError when absent, TypeError when it is something else."""
        value = self.attributes[name]
        if not isinstance(value, str):
            raise TypeError(f"{name} is not text")
        return value

    def number(self, name: str) -> int:
        """The attribute as a whole number; KeyError when absent, TypeError when it is not one."""
        value = self.attributes[name]
        if not isinstance(value, int) or isinstance(value, bool):
            raise TypeError(f"{name} is not a number")
        return value

    def blob(self, name: str) -> bytes:
        """The attribute as bytes; KeyError when absent, TypeError when it is something else."""
        value = self.attributes[name]
        if not isinstance(value, bytes):
            raise TypeError(f"{name} is not bytes")
        return value


@dataclass(frozen=True, slots=True)
class When:
    """What must hold for an operation to take effect; the empty condition always holds."""

    exists: bool | None = None
    version: int | None = None
    equals: Attributes = field(default_factory=dict)
    """Attributes that must be present with exactly these values."""
    below: Mapping[str, str | int] = field(default_factory=dict)
    """Attributes that must be present and strictly less than these values."""
    lacks: tuple[str, ...] = ()
    """Attributes that must be absent; holds when the item itself is."""


ALWAYS = When()
ABSENT = When(exists=False)
PRESENT = When(exists=True)


def at_version(version: int) -> When:
    """Holds while nobody has written since the caller read this version."""
    return When(exists=True, version=version)


@dataclass(frozen=True, slots=True)
class Put:
    """Replace the whole item. Its version becomes `when.version + 1`, or 1 without a version."""

    key: Key
    attributes: Attributes
    when: When = ALWAYS
    expires: datetime | None = None
    """The store may forget the item after this moment (days late, so readers still check)."""


@dataclass(frozen=True, slots=True)
class Update:
    """Change some attributes and leave the rest; creates the item when it does not exist."""

    key: Key
    set: Attributes = field(default_factory=dict)
    remove: Sequence[str] = ()
    add: Mapping[str, int] = field(default_factory=dict)
    """Numbers to add; an absent number counts as zero."""
    when: When = ALWAYS
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove the item; removing what is not there succeeds unless `when` says otherwise."""

    key: Key
    when: When = ALWAYS


@dataclass(frozen=True, slots=True)
class Check:
    """Write nothing, but fail the transaction unless `when` holds."""

    key: Key
    when: When


Operation = Put | Update | Delete | Check


def checked(operations: Sequence[Operation]) -> None:
    """Raise ValueError for a transaction that no adapter could run; adapters call this first."""
    keys = {operation.key for operation in operations}
    if not operations or len(operations) > MAX_OPERATIONS or len(keys) != len(operations):
        raise ValueError(f"a transaction needs 1 to {MAX_OPERATIONS} operations on distinct keys")
    if not all(key.pk and key.sk for key in keys):
        raise ValueError("neither part of a key may be empty")
    for operation in operations:
        if isinstance(operation, Check) and operation.when == ALWAYS:
            raise ValueError("a check needs a condition")
        names = _names(operation)
        if len(names) != len(set(names)) or RESERVED & set(names):
            raise ValueError("an attribute is reserved or changed twice")


def _names(operation: Operation) -> list[str]:
    if isinstance(operation, Put):
        return list(operation.attributes)
    if isinstance(operation, Update):
        return [*operation.set, *operation.remove, *operation.add]
    return []


class Failure(NamedTuple):
    """An operation whose condition did not hold, and the item that was found instead."""

    operation: Operation
    found: Item | None


class ConditionFailed(Exception):
    """At least one condition did not hold, so nothing was written."""

    def __init__(self, failures: Sequence[Failure]) -> None:
        super().__init__(f"{len(failures)} condition(s) did not hold")
        self.failures = tuple(failures)

    def at(self, key: Key) -> Failure | None:
        """The failure of the operation on `key`, if that was one of those that failed."""
        return next((f for f in self.failures if f.operation.key == key), None)


class StoreBusy(Exception):
    """Other transactions kept touching the same items; nothing was written, try again."""


class Page(NamedTuple):
    """One page of a query and where the next begins (`None` at the end)."""

    items: Sequence[Item]
    next_after: str | None


class Store(Protocol):
    """What a repository may ask of storage. Every call is one round trip (paging apart)."""

    def get(self, key: Key) -> Item | None:
        """The item at `key`, strongly consistent, or None."""

    def get_many(self, keys: Sequence[Key]) -> dict[Key, Item]:
        """The items that exist among at most 100 distinct keys, strongly consistent."""

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
        """Items of one partition whose sort key starts with `prefix`, in sort-key order.

        `after` is any sort key (stored or not), exclusive in the direction of travel; `until` is
        inclusive and only allowed in ascending order. At most `limit` (1 to 1000) items come
        back, and `next_after` is set when more may follow.
        """

    def transact(self, operations: Sequence[Operation]) -> None:
        """All or nothing, isolated; at most 100 operations on distinct keys.

        Raises ConditionFailed with every condition that did not hold, StoreBusy when contention
        outlasts the retries, TooLarge for an item over 400 KB, ValueError for a malformed
        transaction.
        """


class SweepableStore(Store, Protocol):
    """A store that maintenance commands can read from end to end; request handlers never do."""

    def sweep(self, prefix: str) -> Iterator[Item]:
        """Every item whose partition key starts with `prefix`, in no order, many round trips."""


def together(reads: Sequence[Callable[[], T]]) -> list[T]:
    """What each read gives, in order; up to AT_ONCE are under way at a time.

    For reads of several partitions: in a row they would take as many round trips.
    """
    if len(reads) < 2:
        return [read() for read in reads]
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  # few operations need it

    with ThreadPoolExecutor(min(AT_ONCE, len(reads))) as pool:
        return list(pool.map(lambda read: read(), reads))


def every(
    store: Store,
    pk: str,
    prefix: str = "",
    *,
    after: str | None = None,
    until: str | None = None,
    newest_first: bool = False,
    page_size: int = 500,
) -> Iterator[Item]:
    """All items of a partition that `Store.query` would find, page after page as they are used."""
    while True:
        page = store.query(
            pk, prefix, after=after, until=until, limit=page_size, newest_first=newest_first
        )
        yield from page.items
        after = page.next_after
        if after is None:
            return
