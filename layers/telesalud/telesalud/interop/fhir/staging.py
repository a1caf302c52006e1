"""Transactions that are too large for one of the store's: staged, committed by one item, settled.

    1. rows and postings, which say nothing by themselves
    2. X: pending, with the names of the heads
    3. each head gets the new text beside the old one, under the transaction's name
    4. X: committed. From here on every reader takes the new texts
    5. each head is promoted, with its audit entry; X is forgotten after some days

A crash before 4 leaves nothing that anybody sees; after LEASE whoever needs such a head aborts the
transaction. After 4 whoever needs one promotes it.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Final, TypeVar

from telesalud.interop.fhir.heads import (
    ABORTED,
    COMMITTED,
    PENDING,
    Head,
    attributes,
    head_key,
    txn_key,
    version_key,
)
from telesalud.interop.fhir.services import FhirServices
from telesalud.interop.fhir.writing import Change, Effects, chunks
from telesalud.platform.access import Caller, CallerKind
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.errors import DomainError
from telesalud.platform.store import (
    ABSENT,
    MAX_OPERATIONS,
    ConditionFailed,
    Delete,
    Item,
    Key,
    Operation,
    Put,
    StoreBusy,
    Update,
    Value,
    When,
    at_version,
)
from telesalud.platform.work import Call, Work, retrying

T = TypeVar("T")

LEASE: Final = timedelta(seconds=60)
KEPT: Final = timedelta(days=7)
_FIELDS: Final = ("n", "at", "patient", "deleted", "data")
_TURN: Final = 40
"""Heads in one transaction of the store: each has its audit entry beside it."""


def commit(services: FhirServices, call: Call, changes: Sequence[Change], made: Effects) -> None:
    """Write the changes as one. Raises ConditionFailed when something changed meanwhile."""
    tenant, txn = call.caller.tenant, services.new_id()
    store = services.store
    for some in chunks(made.rows.values()):
        store.transact(some)
    names = tuple(change.after.name for change in changes)
    state: dict[str, Value] = {
        "state": PENDING,
        "at": to_text(services.clock()),
        "names": names,
        "actor": call.caller.subject,
        "actor_kind": call.caller.kind.value,
        "request_id": call.request_id,
    }
    key = txn_key(tenant, txn)
    store.transact([Put(key, state, when=ABSENT, expires=services.clock() + KEPT)])
    try:
        for some in chunks(_staged(services, tenant, txn, changes)):
            store.transact(some)
        _decide(services, call, key, txn, made)
    except (ConditionFailed, StoreBusy, DomainError):
        settle(services, tenant, txn, abort=True)
        raise
    settle(services, tenant, txn)
    for some in chunks(made.stale.values()):
        store.transact(some)


def _staged(
    services: FhirServices, tenant: str, txn: str, changes: Sequence[Change]
) -> list[Operation]:
    found: list[Operation] = []
    for change in changes:
        after, before = change.after, change.before
        key = head_key(tenant, after.type, after.id)
        new: dict[str, Value] = {
            **attributes(services, tenant, after, key, "staged_"),
            "txn": txn,
        }
        if before is None:
            found.append(Put(key, new, when=ABSENT))
            continue
        when = When(exists=True, version=before.item_version, lacks=("txn",))
        found.append(Update(key, set=new, when=when))
        old = version_key(tenant, after.type, after.id, before.version)
        found.append(Put(old, attributes(services, tenant, before, old)))
    return found


def _decide(services: FhirServices, call: Call, key: Key, txn: str, made: Effects) -> None:
    """The moment at which all of it counts, or none of it."""
    work = Work(services, call)
    pending = When(exists=True, equals={"state": PENDING})
    work.add(Update(key, set={"state": COMMITTED}, when=pending))
    work.audit("interop.transaction", txn, f"transaction/{txn}")
    locks = [one for one in made.core.values() if isinstance(one, Update)]
    room = MAX_OPERATIONS - len(work.operations)
    locks.sort(key=lambda one: one.when.exists is None and one.when.version is None)
    for some in chunks(locks[room:]):
        services.store.transact(some)
    work.add(*locks[:room])
    work.commit()


def settle(services: FhirServices, tenant: str, txn: str, *, abort: bool = False) -> None:
    """Finish what a transaction left: promote its heads, or take back what it staged.

    Raises StoreBusy while it may still be under way.
    """
    item = services.store.get(txn_key(tenant, txn))
    if item is None:
        return
    state = item.text("state")
    if state == PENDING:
        if not abort and services.clock() - from_text(item.text("at")) < LEASE:
            raise StoreBusy
        try:
            services.store.transact(
                [Update(item.key, set={"state": ABORTED}, when=at_version(item.version))]
            )
        except ConditionFailed:
            settle(services, tenant, txn)
            return
        state = ABORTED
    names = item.attributes["names"]
    held = list(names) if isinstance(names, tuple) else []
    for start in range(0, len(held), _TURN):
        _finish(services, tenant, txn, held[start : start + _TURN], of=item, state=state)


def _finish(
    services: FhirServices, tenant: str, txn: str, names: Sequence[str], *, of: Item, state: str
) -> None:
    def step() -> None:
        keys = [head_key(tenant, *name.split("/")) for name in names]
        found = services.store.get_many(keys)
        caller = Caller(tenant, of.text("actor"), CallerKind(of.text("actor_kind")))
        work = Work(services, Call(caller, of.text("request_id")))
        for key in keys:
            item = found.get(key)
            if item is not None and item.attributes.get("txn") == txn:
                work.add(_settled(item, state))
                if state == COMMITTED:
                    _audit(work, item)
        if work.operations:
            work.commit()

    retrying(step)


def _settled(item: Item, state: str) -> Operation:
    when = at_version(item.version)
    if state == COMMITTED:
        staged = {
            name: item.attributes[f"staged_{name}"]
            for name in _FIELDS
            if f"staged_{name}" in item.attributes
        }
        return Put(item.key, staged, when=when)
    if "n" not in item.attributes:
        return Delete(item.key, when=when)
    staged_names = [name for name in item.attributes if name.startswith("staged_")]
    return Update(item.key, remove=(*staged_names, "txn"), when=when)


def _audit(work: Work, item: Item) -> None:
    _, _, type_, id_ = item.key.pk.split("#", 3)
    action = "delete" if item.attributes["staged_deleted"] else "write"
    patient = item.text("staged_patient")
    work.audit(f"interop.{action}", patient or id_, f"{type_}/{id_}")


def settling(services: FhirServices, tenant: str, step: Callable[[], T]) -> T:
    """`retrying`, which also finishes transactions that stand in the way."""

    def careful() -> T:
        try:
            return step()
        except ConditionFailed as failed:
            for failure in failed.failures:
                txn = failure.found.attributes.get("txn") if failure.found else None
                if isinstance(txn, str):
                    settle(services, tenant, txn)
            raise

    return retrying(careful)


def free(services: FhirServices, tenant: str, heads: Iterable[Head]) -> None:
    """Raise ConditionFailed after settling when a transaction holds one of these heads."""
    held = {head.txn for head in heads if head.txn}
    for txn in held:
        settle(services, tenant, txn)
    if held:
        raise ConditionFailed([])
