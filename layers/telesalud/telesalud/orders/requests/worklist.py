"""Work lists: what waits for an orderer, and for the institution.

Each order that waits has one lookup item in its orderer's list and one in the institution's,
written by the transaction that made it wait. The sort key puts the most urgent and oldest first.
Of the patient only the name is in it, under the tenant's key, so that a page costs one unwrap.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime

from schemas.formulary import OrderKind
from schemas.orders import Priority, WorkItem, WorkList, WorkQuery, WorkReason, WorkScope
from telesalud.orders.policy import GRANTS, READ_ORDERS
from telesalud.orders.stored import StoredOrder, WorkItemNames
from telesalud.platform.access import require
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import Delete, Item, Key, Put, every
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

_RANK = {reason: str(place) for place, reason in enumerate(WorkReason)}
_ALL = "ALL"


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order on the work lists."""

    order: StoredOrder
    orderer: str
    reason: WorkReason
    since: datetime

    def keys(self, tenant: str) -> tuple[Key, Key]:
        """Where its lookup items are."""
        sk = f"{_RANK[self.reason]}#{to_text(self.since)}#{self.order.id}"
        return Key(_partition(tenant, self.orderer), sk), Key(_partition(tenant, _ALL), sk)


def move_work(work: Work, before: Waiting | None, after: Waiting | None) -> None:
    """Take an order off the lists, put it on them, or move it."""
    tenant = work.call.caller.tenant
    old = before.keys(tenant) if before else ()
    new = after.keys(tenant) if after else ()
    work.add(*(Delete(key) for key in old if key not in new))
    if after is None:
        return
    order = after.order
    for key in new:
        named = WorkItemNames(patient_name=order.patient_label.name)
        sealed = seal_model(work.services.vault, Scope(tenant), key, named)
        work.add(
            Put(
                key,
                {
                    "order": order.id,
                    "patient": order.patient,
                    "of_kind": order.kind.value,
                    "priority": order.priority.value,
                    "reason": after.reason.value,
                    "since": to_text(after.since),
                    "orderer": after.orderer,
                    ATTRIBUTE: sealed,
                },
            )
        )


def page(services: Services, call: Call, query: WorkQuery) -> WorkList:
    """The caller's work, or the institution's; audited."""
    require(call.caller, READ_ORDERS, GRANTS)
    tenant = call.caller.tenant
    who = call.caller.subject if query.scope is WorkScope.MINE else _ALL
    found = services.store.query(
        _partition(tenant, who), after=from_cursor(query.cursor), limit=query.limit
    )
    work = Work(services, call)
    work.audit("orders.list_work", call.caller.subject, f"worklist/{query.scope.value}")
    work.commit()
    return WorkList(
        items=tuple(_item(services, tenant, item) for item in found.items),
        cursor=to_cursor(found.next_after),
    )


def erase_work(services: Services, tenant: str, orders: Set[str]) -> None:
    """Take these orders off the lists, although they cannot be opened any more; may be repeated."""
    for item in every(services.store, _partition(tenant, _ALL)):
        if item.text("order") in orders:
            mine = Key(_partition(tenant, item.text("orderer")), item.key.sk)
            services.store.transact([Delete(mine), Delete(item.key)])


def _item(services: Services, tenant: str, item: Item) -> WorkItem:
    return WorkItem(
        order=item.text("order"),
        patient=item.text("patient"),
        patient_name=open_model(services.vault, Scope(tenant), item, WorkItemNames).patient_name,
        kind=OrderKind(item.text("of_kind")),
        priority=Priority(item.text("priority")),
        reason=WorkReason(item.text("reason")),
        since=from_text(item.text("since")),
        orderer=item.text("orderer"),
    )


def _partition(tenant: str, who: str) -> str:
    return f"WORK#{tenant}#{who}"
