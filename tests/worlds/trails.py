"""Audit trails for tests: written, sealed, archived in memory, and tampered with."""

from collections.abc import Callable
from dataclasses import replace

from schemas.trail_checks import TrailFaultKind as FaultKind
from telesalud.platform import audit
from telesalud.platform.aws.streams import inserted
from telesalud.platform.memory.files import MemoryArchive
from telesalud.platform.relay import NewItem
from telesalud.platform.store import Item, Key
from telesalud.platform.trail.chain import Entry, head_key, link_key, link_of, seal
from telesalud.platform.trail.digests import Digest, read_digests, write_digests
from telesalud.platform.trail.verifying import Report, verify
from tests.support.memory_store import MemoryStore
from tests.worlds.world import TENANT, World, stream_record, user


class Trail(World):
    """A world whose audit entries come with their stream records."""

    def write(self, count: int, tenant: str = TENANT) -> list[Item]:
        """Append entries, about three patients in turn."""
        items = []
        for number in range(count):
            entry = audit.entry_of(
                user(tenant=tenant),
                entry_id=self.new_id(),
                at=self.clock.advance(seconds=1),
                request_id="r-1",
                action="patients.read",
                subject=f"patient-{number % 3}",
                resource="patient/1",
            )
            put = audit.put_of(entry)
            self.store.transact([put])
            item = self.store.get(put.key)
            assert item is not None
            items.append(item)
        return items

    def new_items(self) -> list[NewItem]:
        """All that the stream has brought."""
        return list(inserted(self.records()))

    def records(self) -> list[dict[str, object]]:
        """All that the stream has carried."""
        return [stream_record(c, n) for n, c in enumerate(self.store.changes, start=1)]

    def sealed(self, count: int = 7, links: int = 3) -> "Trail":
        """The trail after `links` links of `count` entries each."""
        for _ in range(links):
            seal(self.store, self.clock, TENANT, self.write(count))
        return self

    def check(self, digests: list[Digest] | None = None) -> Report:
        return verify(self.store, TENANT, self.clock.now, digests)


def digests_of(trail: Trail) -> list[Digest]:
    archive = MemoryArchive()
    write_digests(trail.store, archive, trail.clock, "consults")
    return read_digests(archive, "consults", TENANT)


def at(store: MemoryStore, key: Key) -> Item:
    item = store.get(key)
    assert item is not None
    return item


def entry_of_link(store: MemoryStore, seq: int, index: int) -> Entry:
    link, _ = link_of(TENANT, at(store, link_key(TENANT, seq)))
    return Entry.parse(link.entries[index])


def relink(store: MemoryStore, seq: int, entries: tuple[str, ...]) -> None:
    """Forge a link: other entries, with a hash that fits them."""
    item = at(store, link_key(TENANT, seq))
    link, _ = link_of(TENANT, item)
    forged = link._replace(entries=entries)
    attributes = {**item.attributes, "entries": entries, "hash": forged.hash()}
    store.put_behind_back(Item(item.key, item.version, attributes))


def drop_entry(store: MemoryStore) -> None:
    store.remove_behind_back(entry_of_link(store, 2, 3).key)


def alter_entry(store: MemoryStore) -> None:
    item = at(store, entry_of_link(store, 2, 3).key)
    store.put_behind_back(replace(item, attributes={**item.attributes, "actor": "somebody-else"}))


def rewrite_entry(store: MemoryStore) -> None:
    item = at(store, entry_of_link(store, 2, 3).key)
    store.put_behind_back(replace(item, version=2))


def alter_link(store: MemoryStore) -> None:
    item = at(store, link_key(TENANT, 2))
    entries = link_of(TENANT, item)[0].entries[1:]
    store.put_behind_back(replace(item, attributes={**item.attributes, "entries": entries}))


def forge_link(store: MemoryStore) -> None:
    relink(store, 2, link_of(TENANT, at(store, link_key(TENANT, 2)))[0].entries[1:])


def repeat_entry(store: MemoryStore) -> None:
    last = link_of(TENANT, at(store, link_key(TENANT, 3)))[0].entries
    relink(store, 3, (*last, entry_of_link(store, 1, 0).text()))


def drop_link(store: MemoryStore) -> None:
    store.remove_behind_back(link_key(TENANT, 2))


def drop_last_link(store: MemoryStore) -> None:
    store.remove_behind_back(link_key(TENANT, 3))


def drop_head(store: MemoryStore) -> None:
    store.remove_behind_back(head_key(TENANT))


def garble_link(store: MemoryStore) -> None:
    store.put_behind_back(Item(link_key(TENANT, 2), 1, {"entries": "x"}))


def cut_back(store: MemoryStore) -> None:
    """Remove the last of three links with its entries, and set the head back consistently."""
    gone, _ = link_of(TENANT, at(store, link_key(TENANT, 3)))
    for text in gone.entries:
        store.remove_behind_back(Entry.parse(text).key)
    store.remove_behind_back(link_key(TENANT, 3))
    second, _ = link_of(TENANT, at(store, link_key(TENANT, 2)))
    head = at(store, head_key(TENANT))
    store.put_behind_back(replace(head, attributes={"seq": 2, "hash": second.hash()}))


TAMPERINGS: list[tuple[Callable[[MemoryStore], None], FaultKind]] = [
    (drop_entry, FaultKind.MISSING),
    (alter_entry, FaultKind.ALTERED),
    (rewrite_entry, FaultKind.ALTERED),
    (alter_link, FaultKind.ALTERED),
    (forge_link, FaultKind.FORKED),
    (repeat_entry, FaultKind.REPEATED),
    (drop_link, FaultKind.TRUNCATED),
    (drop_last_link, FaultKind.TRUNCATED),
    (drop_head, FaultKind.FORKED),
    (garble_link, FaultKind.ALTERED),
]
"""Ways to tamper with a trail of three links of seven, and what each must show as."""
