"""Resources as they are stored: a head with the present version, and those before it.

    R#<t>#<type>#<id>   / H               the present version; version, time, patient in clear
    R#<t>#<type>#<id>   / V#<number>      a version that was replaced; never changed
    T#<t>#<type>        / <id>            it is there, or was
    C#<t>#<patient>     / <type>#<id>     it belongs to this patient
    P#<t>#<hash>        / <type>#<id>     it has this identifier, names this other resource, or has
                                          a name that begins so
    P#<t>#<hash>        / LOCK            counts changes of who has this identifier
    X#<t>#<transaction> / X               a large transaction: pending, committed or aborted

The text is compressed and sealed with the key of the patient to whom it belongs, or the tenant's.
Rows and postings say where to look, never what is true: search reads heads. So a large write may
put them down before its head, and a crash between leaves nothing but a row too many.

A head that a large transaction stages carries both texts, and `txn`: it counts as changed from the
moment at which the transaction's one item says committed.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from telesalud.interop.fhir.exact import Object, read
from telesalud.interop.fhir.services import FhirServices
from telesalud.platform.store import MAX_OPERATIONS, Item, Key, Value, every
from telesalud.platform.vault import Scope

HEAD: Final = "H"
PENDING, COMMITTED, ABORTED = "pending", "committed", "aborted"


@dataclass(frozen=True, slots=True)
class Head:
    """A version of a resource."""

    type: str
    id: str
    version: int
    at: str
    """When it was written, as `meta.lastUpdated` says it."""
    patient: str
    """To whom it belongs; empty when to nobody."""
    deleted: bool
    text: str
    """The resource's JSON; empty when it is deleted."""
    item_version: int = 0
    txn: str = ""
    """The transaction that holds the head, when it is not finished."""
    by: str = ""
    """The client that wrote it; empty in those from before it was noted."""
    of_record: bool = False
    """The record's own: told over FHIR, kept by another context."""

    @property
    def name(self) -> str:
        """As references name it."""
        return f"{self.type}/{self.id}"

    @property
    def resource(self) -> Object:
        """The resource, read."""
        parsed: Object = read(self.text)
        return parsed


def head_key(tenant: str, type_: str, id_: str) -> Key:
    """Where a resource is."""
    return Key(f"R#{tenant}#{type_}#{id_}", HEAD)


def version_key(tenant: str, type_: str, id_: str, version: int) -> Key:
    """Where a version that was replaced is."""
    return Key(f"R#{tenant}#{type_}#{id_}", f"V#{version:08d}")


def txn_key(tenant: str, txn: str) -> Key:
    """Where the state of a large transaction is."""
    return Key(f"X#{tenant}#{txn}", "X")


def sealed(services: FhirServices, tenant: str, patient: str, key: Key, text: str) -> bytes:
    """A text, compressed and sealed for its place."""
    place = f"{key.pk}\x00{key.sk}"
    packed = zlib.compress(text.encode(), 6)
    return services.vault.seal(Scope(tenant, patient), place, packed)


def opened(services: FhirServices, tenant: str, patient: str, key: Key, value: bytes) -> str:
    """The text that `sealed` put there."""
    place = f"{key.pk}\x00{key.sk}"
    return zlib.decompress(services.vault.open(Scope(tenant, patient), place, value)).decode()


def attributes(
    services: FhirServices, tenant: str, head: Head, key: Key, prefix: str = ""
) -> dict[str, Value]:
    """What is stored of a version at a key."""
    found: dict[str, Value] = {
        f"{prefix}n": head.version,
        f"{prefix}at": head.at,
        f"{prefix}patient": head.patient,
        f"{prefix}deleted": head.deleted,
        f"{prefix}by": head.by,
    }
    if not head.deleted:
        found[f"{prefix}data"] = sealed(services, tenant, head.patient, key, head.text)
    return found


def load(services: FhirServices, tenant: str, type_: str, id_: str) -> Head | None:
    """The present version of a resource, deleted or not; None when it never was."""
    return load_many(services, tenant, [(type_, id_)]).get((type_, id_))


def load_many(
    services: FhirServices, tenant: str, names: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Head]:
    """The present versions of those that exist: one round trip for a hundred."""
    wanted = list(dict.fromkeys(head_key(tenant, *name) for name in names))
    items = _fetch(services, wanted)
    held = {str(item.attributes["txn"]) for item in items.values() if "txn" in item.attributes}
    states = _fetch(services, [txn_key(tenant, txn) for txn in held]) if held else {}
    heads = (_head(services, tenant, item, states) for item in items.values())
    return {(head.type, head.id): head for head in heads if head is not None}


def _fetch(services: FhirServices, keys: Sequence[Key]) -> dict[Key, Item]:
    found: dict[Key, Item] = {}
    for start in range(0, len(keys), MAX_OPERATIONS):
        found |= services.store.get_many(keys[start : start + MAX_OPERATIONS])
    return found


def _head(
    services: FhirServices, tenant: str, item: Item, states: Mapping[Key, Item]
) -> Head | None:
    """What counts of a head's item now: None while all there is waits for its transaction."""
    txn = str(item.attributes.get("txn", ""))
    state = states.get(txn_key(tenant, txn)) if txn else None
    is_new = bool(txn and state and state.text("state") == COMMITTED)
    prefix = "staged_" if is_new else ""
    if f"{prefix}n" not in item.attributes:
        return None
    return _version(services, tenant, item, prefix)


def _version(services: FhirServices, tenant: str, item: Item, prefix: str = "") -> Head:
    _, _, type_, id_ = item.key.pk.split("#", 3)
    patient = item.text(f"{prefix}patient")
    data = item.attributes.get(f"{prefix}data")
    return Head(
        type=type_,
        id=id_,
        version=item.number(f"{prefix}n"),
        at=item.text(f"{prefix}at"),
        patient=patient,
        deleted=bool(item.attributes[f"{prefix}deleted"]),
        by=str(item.attributes.get(f"{prefix}by", "")),
        text=opened(services, tenant, patient, item.key, data) if isinstance(data, bytes) else "",
        item_version=item.version,
        txn=str(item.attributes.get("txn", "")),
    )


def load_version(
    services: FhirServices, tenant: str, type_: str, id_: str, version: int
) -> Head | None:
    """One version of a resource."""
    present = load(services, tenant, type_, id_)
    if present is None or version >= present.version:
        return present if present and version == present.version else None
    item = services.store.get(version_key(tenant, type_, id_, version))
    return _version(services, tenant, item) if item else None


def history(services: FhirServices, tenant: str, type_: str, id_: str) -> Iterator[Head]:
    """Every version, the newest first."""
    present = load(services, tenant, type_, id_)
    if present is None:
        return
    yield present
    pk = head_key(tenant, type_, id_).pk
    for item in every(services.store, pk, "V#", newest_first=True):
        if int(item.key.sk[2:]) < present.version:
            yield _version(services, tenant, item)
