"""The institution's open orders by the time of their signature, for reports.

    OPEN#<t> / <signed>#<order>    one item an order whose loop is not closed, written and removed
                                   by the transaction that changes the order

Of the patient and the orderer only the names are in it, under the tenant's key, so that a page
costs one unwrap; what was ordered is not.
"""

from collections.abc import Set

from telesalud.orders.statuses import PENDING
from telesalud.orders.stored import OpenOrderNames, StoredOrder
from telesalud.platform.clock import to_text
from telesalud.platform.sealed import ATTRIBUTE, seal_model
from telesalud.platform.store import Delete, Key, Put, Value, every
from telesalud.platform.vault import Scope
from telesalud.platform.work import Services, Work


def open_partition(tenant: str) -> str:
    """Where the open orders are."""
    return f"OPEN#{tenant}"


def move_open(work: Work, before: StoredOrder | None, after: StoredOrder) -> None:
    """Put an order among the open ones, keep it there up to date, or take it away."""
    tenant = work.call.caller.tenant
    old = _key(tenant, before) if before else None
    new = _key(tenant, after)
    if old is not None and old != new:
        work.add(Delete(old))
    if new is not None:
        work.add(_put(work, tenant, new, after))


def erase_open(services: Services, tenant: str, orders: Set[str]) -> None:
    """Take these orders away, although they cannot be opened any more; may be repeated."""
    for item in every(services.store, open_partition(tenant)):
        if item.text("order") in orders:
            services.store.transact([Delete(item.key)])


def _key(tenant: str, order: StoredOrder) -> Key | None:
    if order.status not in PENDING or order.signed_at is None:
        return None
    return Key(open_partition(tenant), f"{to_text(order.signed_at)}#{order.id}")


def _put(work: Work, tenant: str, key: Key, order: StoredOrder) -> Put:
    label = order.patient_label
    named = OpenOrderNames(
        patient_name=label.name,
        record_number=label.record_number,
        orderer_name=order.prescriber.name if order.prescriber else "",
    )
    attributes: dict[str, Value] = {
        "order": order.id,
        "of_kind": order.kind.value,
        "status": order.status.value,
        "priority": order.priority.value,
        "orderer": order.orderer or "",
        "overdue": order.overdue,
        ATTRIBUTE: seal_model(work.services.vault, Scope(tenant), key, named),
    }
    if order.due_at is not None:
        attributes["due"] = to_text(order.due_at)
    return Put(key, attributes)
