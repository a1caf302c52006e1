"""Writing versions: what one change puts down, and how much of it fits into one transaction.

Rows and postings only say where to look. So they may go before their head where there are many,
and stale ones may go after it: a crash between leaves a row too many and nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from telesalud.interop.fhir import postings
from telesalud.interop.fhir.exact import Object, utf8, write
from telesalud.interop.fhir.heads import Head, attributes, head_key, version_key
from telesalud.interop.fhir.refusals import Issue, Refused, unprocessable
from telesalud.interop.fhir.services import FhirServices
from telesalud.platform.clock import to_text
from telesalud.platform.errors import TooLarge
from telesalud.platform.store import (
    ABSENT,
    ALWAYS,
    MAX_OPERATIONS,
    Delete,
    Key,
    Operation,
    Put,
    Update,
    When,
    at_version,
)
from telesalud.platform.work import Work

LOCK: Final = "LOCK"
MAX_TEXT: Final = 2_000_000
"""Bytes of one resource before it is compressed."""
MAX_ITEM: Final = 350_000
"""Bytes of one sealed text: DynamoDB's items have at most 400 KB."""
MAX_IDENTIFIERS: Final = 40


@dataclass(frozen=True, slots=True)
class Change:
    """One resource, and what it was before."""

    after: Head
    before: Head | None = None

    @property
    def key(self) -> Key:
        """The head's key, without its tenant."""
        return Key(self.after.type, self.after.id)


@dataclass(slots=True)
class Effects:
    """The operations of changes. `core` decides; the others may come before and after it."""

    rows: dict[Key, Operation] = field(default_factory=dict)
    core: dict[Key, Operation] = field(default_factory=dict)
    stale: dict[Key, Operation] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows) + len(self.core) + len(self.stale)


def next_version(
    services: FhirServices,
    before: Head | None,
    type_: str,
    id_: str,
    resource: Object,
    *,
    owner: str,
    by: str,
) -> Head:
    """The version that a resource becomes. Raises TooLarge, Malformed."""
    version = before.version + 1 if before else 1
    at = to_text(services.clock())
    told = {"versionId": str(version), "lastUpdated": at}
    meta = {**{k: v for k, v in resource.get("meta", {}).items() if k not in told}, **told}
    rest = {k: v for k, v in resource.items() if k not in ("resourceType", "id", "meta")}
    text = write({"resourceType": type_, "id": id_, "meta": meta, **rest})
    if len(utf8(text)) > MAX_TEXT:
        raise TooLarge(f"one resource may have at most {MAX_TEXT} bytes", limit=MAX_TEXT)
    return Head(type_, id_, version, at, owner, deleted=False, text=text, by=by)


def deletion(services: FhirServices, before: Head) -> Head:
    """The version that says that a resource is no more."""
    at = to_text(services.clock())
    return replace(before, version=before.version + 1, at=at, deleted=True, text="", txn="")


def effects(
    services: FhirServices,
    tenant: str,
    changes: Sequence[Change],
    guards: Mapping[Key, When],
) -> Effects:
    """What changes put down. `guards` say of locks what must hold."""
    made = Effects()
    for change in changes:
        _add_head(services, tenant, change, made)
        _add_rows(services, tenant, change, made)
    for key, when in guards.items():
        made.core[key] = Update(key, add={"changes": 1}, when=when)
    return made


def _add_head(services: FhirServices, tenant: str, change: Change, made: Effects) -> None:
    after, before = change.after, change.before
    key = head_key(tenant, after.type, after.id)
    written = attributes(services, tenant, after, key)
    data = written.get("data", b"")
    if isinstance(data, bytes) and len(data) > MAX_ITEM:
        raise TooLarge("the resource is too large to be kept", limit=MAX_ITEM)
    when = at_version(before.item_version) if before else ABSENT
    made.core[key] = Put(key, written, when=when)
    if before:
        old = version_key(tenant, after.type, after.id, before.version)
        made.core[old] = Put(old, attributes(services, tenant, before, old))


def _add_rows(services: FhirServices, tenant: str, change: Change, made: Effects) -> None:
    after, before = change.after, change.before
    new, old = _places(services, tenant, after), _places(services, tenant, before)
    for key in new - old:
        made.rows[key] = Put(key, {"patient": after.patient})
        made.stale.pop(key, None)
    for key in old - new:
        if key not in made.rows:
            made.stale[key] = Delete(key)
    locks = _locks(services, tenant, after) ^ _locks(services, tenant, before)
    for key in locks:
        made.core[key] = Update(key, add={"changes": 1}, when=ALWAYS)


def _places(services: FhirServices, tenant: str, head: Head | None) -> set[Key]:
    if head is None or head.deleted:
        return set()
    found = {Key(f"T#{tenant}#{head.type}", head.id)}
    if head.patient:
        found.add(Key(f"C#{tenant}#{head.patient}", head.name))
    partitions = postings.partitions(services, tenant, head.resource)
    return found | {Key(pk, head.name) for pk in partitions}


def _locks(services: FhirServices, tenant: str, head: Head | None) -> set[Key]:
    if head is None or head.deleted:
        return set()
    values = postings.identifiers(head.resource)
    if len(values) > MAX_IDENTIFIERS:
        raise unprocessable(f"at most {MAX_IDENTIFIERS} identifiers", head.type)
    return {lock_key(services, tenant, head.type, value) for value in values}


def lock_key(services: FhirServices, tenant: str, type_: str, value: str) -> Key:
    """What counts changes of who has an identifier."""
    return Key(postings.identifier_partition(services, tenant, type_, value), LOCK)


def commit(work: Work, made: Effects) -> None:
    """Write effects with the rest of `work`: at once where they fit, else rows first."""
    store = work.services.store
    if len(made) + len(work.operations) <= MAX_OPERATIONS:
        work.add(*made.rows.values(), *made.core.values(), *made.stale.values())
        work.commit()
        return
    if len(made.core) + len(work.operations) > MAX_OPERATIONS:
        raise Refused(422, [Issue("too-costly", "this changes too much at once")])
    for some in chunks(made.rows.values()):
        store.transact(some)
    work.add(*made.core.values())
    work.commit()
    for some in chunks(made.stale.values()):
        store.transact(some)


def chunks(operations: Iterable[Operation]) -> list[list[Operation]]:
    """As many transactions as operations need."""
    every = list(operations)
    return [every[at : at + MAX_OPERATIONS] for at in range(0, len(every), MAX_OPERATIONS)]
