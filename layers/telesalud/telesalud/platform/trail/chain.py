"""Seals audit entries into a hash chain per tenant.

Key shapes, in the table that holds the entries:

- `CHAIN#<tenant>` / `<seq, 12 digits>`: a link, that is the keys and SHA-256 digests of up to 90
  entries, the previous link's hash and its own. `CHAIN#<tenant>` / `HEAD`: the newest link.
- `SEALED#<entry's pk>` / `<entry's sk>`: says that an entry has its link.
- `CHAINS` / `<tenant>`: which tenants have a chain.

A link, its head and its markers are one transaction, so two sealers never fork the chain and an
entry that is delivered twice is sealed once. `telesalud.platform.trail.verifying` verifies a chain;
what the chain alone cannot show, that its end was cut off or that all of it was written anew,
shows against the digests under Object Lock (`telesalud.platform.trail.digests`).
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from telesalud.platform.clock import Clock, to_text
from telesalud.platform.logs import get_logger, where
from telesalud.platform.relay import NewItem, of_kind
from telesalud.platform.store import (
    ABSENT,
    ConditionFailed,
    Item,
    Key,
    Operation,
    Put,
    Store,
    StoreBusy,
    Value,
    at_version,
)

GENESIS = "0" * 64
"""What the first link names as the hash before it."""
REGISTRY = "CHAINS"
_ENTRIES_PER_LINK = 90
"""With link, head and registry this stays under the 100 operations of a transaction."""
_TRIES = 10


class ChainBroken(Exception):
    """The head does not belong to the newest link: somebody changed the chain by hand."""


class Entry(NamedTuple):
    """What a link holds of an audit entry."""

    digest: str
    key: Key

    @classmethod
    def of(cls, item: Item) -> "Entry":
        """The entry that the stored item is, as it is now."""
        return cls(digest_of(item), item.key)

    @classmethod
    def parse(cls, text: str) -> "Entry":
        """The entry that `text` wrote. Raises ValueError."""
        digest, sk, pk = text.split(" ", 2)
        return cls(digest, Key(pk, sk))

    def text(self) -> str:
        """One line: neither a digest nor an entry's id has a space."""
        return f"{self.digest} {self.key.sk} {self.key.pk}"


class Link(NamedTuple):
    """One link of a tenant's chain."""

    tenant: str
    seq: int
    prev: str
    at: str
    entries: tuple[str, ...]

    def hash(self) -> str:
        """SHA-256 in hex over everything the link says."""
        return _sha256([self.tenant, self.seq, self.prev, self.at, list(self.entries)])


def chain_pk(tenant: str) -> str:
    """The partition of a tenant's chain."""
    return f"CHAIN#{tenant}"


def head_key(tenant: str) -> Key:
    """Where the newest link's number and hash are."""
    return Key(chain_pk(tenant), "HEAD")


def link_key(tenant: str, seq: int) -> Key:
    """Where a link is."""
    return Key(chain_pk(tenant), f"{seq:012d}")


def digest_of(item: Item) -> str:
    """SHA-256 in hex over the item's canonical form: key, version, and attributes by name."""
    attributes = {name: _plain(value) for name, value in item.attributes.items()}
    return _sha256([item.key.pk, item.key.sk, item.version, attributes])


def _plain(value: Value) -> object:
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    return list(value) if isinstance(value, tuple) else value


def _sha256(value: object) -> str:
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def seal_batch(new: Iterable[NewItem], store: Store, clock: Clock) -> str | None:
    """Seal a batch's audit entries; the number from which they must come again."""
    waiting: dict[str, list[tuple[str, Item]]] = {}
    for number, item in of_kind(new, "audit"):
        waiting.setdefault(item.text("tenant"), []).append((number, item))
    failed: list[str] = []
    for tenant, pairs in waiting.items():
        try:
            seal(store, clock, tenant, [item for _, item in pairs])
        except Exception as error:  # noqa: BLE001  # one tenant's fault must not stop the others
            get_logger().error(
                "audit entries not sealed",
                tenant=tenant,
                count=len(pairs),
                error=type(error).__name__,
                where=where(error),
            )
            failed.append(pairs[0][0])
    return min(failed, key=int, default=None)


def seal(store: Store, clock: Clock, tenant: str, items: Sequence[Item]) -> None:
    """Seal entries of one tenant that have no link yet; the others are passed over.

    Raises ChainBroken, StoreBusy.
    """
    for start in range(0, len(items), _ENTRIES_PER_LINK):
        _seal_some(store, clock, tenant, items[start : start + _ENTRIES_PER_LINK])


def _seal_some(store: Store, clock: Clock, tenant: str, items: Sequence[Item]) -> None:
    left = {marker_key(item.key): item for item in items}
    for _ in range(_TRIES):
        if not left:
            return
        head = store.get(head_key(tenant))
        link = Link(
            tenant,
            head.number("seq") + 1 if head else 1,
            head.text("hash") if head else GENESIS,
            to_text(clock()),
            tuple(Entry.of(item).text() for item in left.values()),
        )
        try:
            store.transact(_operations(link, head, left))
        except ConditionFailed as failed:
            _refuse_broken(failed, link)
            for failure in failed.failures:
                left.pop(failure.operation.key, None)
        else:
            return
    raise StoreBusy("other sealers kept extending the chain")


def _operations(link: Link, head: Item | None, left: Mapping[Key, Item]) -> list[Operation]:
    body: dict[str, Value] = {"prev": link.prev, "at": link.at, "entries": link.entries}
    when = at_version(head.version) if head else ABSENT
    operations: list[Operation] = [
        Put(link_key(link.tenant, link.seq), body | {"hash": link.hash()}, when=ABSENT),
        Put(head_key(link.tenant), {"seq": link.seq, "hash": link.hash()}, when=when),
        *(Put(marker, {"seq": link.seq}, when=ABSENT) for marker in left),
    ]
    if head is None:
        operations.append(Put(Key(REGISTRY, link.tenant), {}))
    return operations


def _refuse_broken(failed: ConditionFailed, link: Link) -> None:
    """A rival extends the chain and moves its head; a link beyond an unmoved head is a fault."""
    taken = failed.at(link_key(link.tenant, link.seq)) is not None
    moved = failed.at(head_key(link.tenant)) is not None
    if taken and not moved:
        raise ChainBroken(f"link {link.seq} exists beyond the head")


def marker_key(entry: Key) -> Key:
    """Where it is said which link an entry has."""
    return Key(f"SEALED#{entry.pk}", entry.sk)


def link_of(tenant: str, item: Item) -> tuple[Link, str]:
    """The stored link and the hash stored with it. Raises KeyError, TypeError, ValueError."""
    entries = item.attributes["entries"]
    if not isinstance(entries, tuple):
        raise TypeError("entries is not a list")
    link = Link(tenant, int(item.key.sk), item.text("prev"), item.text("at"), entries)
    return link, item.text("hash")
