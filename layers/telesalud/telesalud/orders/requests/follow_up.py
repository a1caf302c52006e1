"""The loop of an order: what is due when, and what its state means for the work lists."""

from datetime import datetime, timedelta

from schemas.alarms import AlarmKind
from schemas.orders import EntryKind, Order, OrderFact, OrderStatus, Priority, WorkReason
from telesalud.orders import current_state, due, repository
from telesalud.orders.alarms import raising as alarms
from telesalud.orders.alarms.repository import Ringing
from telesalud.orders.due import Due
from telesalud.orders.requests.open_orders import move_open
from telesalud.orders.requests.worklist import Waiting, move_work
from telesalud.orders.statuses import PENDING
from telesalud.orders.stored import StoredEntry, StoredOrder
from telesalud.platform.work import Work

ANSWER_WITHIN = {Priority.STAT: 2, Priority.URGENT: 24, Priority.ROUTINE: 24 * 7}
"""Hours; an order may say otherwise."""
_ALIVE = PENDING | {OrderStatus.REVIEWED}
SIGN_OFF_WITHIN = timedelta(hours=72)
SIGN_OFF_CRITICAL_WITHIN = timedelta(hours=1)


def critical_unseen(order: StoredOrder) -> bool:
    """Whether the latest result is critical and its orderer has not signed that they saw it."""
    latest = order.result
    if latest is None or not latest.critical:
        return False
    return all(signed.result != latest.number for signed in order.sign_offs)


def deadline(order: StoredOrder) -> datetime | None:
    """When what comes next is late; None when nothing is awaited."""
    if order.status is OrderStatus.ACTIVE:
        return order.due_at
    if order.status is OrderStatus.RESULTED and order.resulted_at is not None:
        critical = order.result is not None and order.result.critical
        return order.resulted_at + (SIGN_OFF_CRITICAL_WITHIN if critical else SIGN_OFF_WITHIN)
    return None


def waiting(order: StoredOrder) -> Waiting | None:
    """What the order waits for on the work lists, if anything. A pure function of the order, so
    that the entry to remove is always known from the order as it was."""
    if order.status not in PENDING or order.orderer is None:
        return None
    reason, since = _reason(order)
    return Waiting(order, order.orderer, reason, since) if reason and since else None


def _reason(order: StoredOrder) -> tuple[WorkReason | None, datetime | None]:
    if order.result is not None and critical_unseen(order):
        return WorkReason.CRITICAL, order.result.entered_at
    if order.status is OrderStatus.RESULTED:
        late = WorkReason.UNSIGNED_LATE if order.overdue else WorkReason.UNSIGNED
        return late, order.resulted_at
    return (WorkReason.UNANSWERED, order.due_at) if order.overdue else (None, None)


def keep(
    work: Work, before: StoredOrder | None, after: StoredOrder, action: str, *verbs: str
) -> Order:
    """Write an order, its line of the list, whether it is pending, and its place on work lists.

    `verbs` are announced as `orders.<verb>` in this order. Returns the order with its new version.
    """
    entry = StoredEntry(
        kind=EntryKind.ORDER,
        id=after.id,
        status=after.status.value,
        title="; ".join(test.display for test in after.tests)[:200],
        at=after.created_at,
        encounter=after.encounter,
    )
    version = before.version if before else 0
    repository.keep(work, entry, after.patient, after, version)
    pending = after.status in PENDING
    if pending or (before is not None and before.status in PENDING):
        now = entry if pending else None
        repository.keep_now(work, after.patient, current_state.ORDER, after.id, now)
    move_work(work, waiting(before) if before else None, waiting(after))
    move_open(work, before, after)
    tenant = work.call.caller.tenant
    work.add(*due.moved(_due(tenant, before) if before else None, _due(tenant, after)))
    alarms.move(work, _rings(before) if before else None, _rings(after))
    for place, verb in enumerate(verbs):
        # Two facts of one step still follow one another.
        work.event(f"orders.{verb}", after.id, 2 * version + 2 + place, _fact(after))
    work.audit(f"orders.{action}", after.patient, f"order/{after.id}")
    return after.view(version + 1)


def _due(tenant: str, order: StoredOrder) -> Due | None:
    """What the order's workflow does next. A pure function of the order, as `waiting`."""
    moment = deadline(order)
    if moment is None or order.overdue:
        return None
    return Due(due.DEADLINE, tenant, order.id, order.schedule, moment)


def _rings(order: StoredOrder) -> Ringing | None:
    """The alarm of an order as it is, if any: a critical result that its orderer has not seen."""
    result = order.result
    if result is None or not critical_unseen(order) or order.status not in _ALIVE:
        return None
    return Ringing(
        kind=AlarmKind.CRITICAL_RESULT,
        subject=order.id,
        number=result.number,
        patient=order.patient,
        patient_name=order.patient_label.name,
        responsible=order.orderer or "",
        raised_at=result.entered_at,
    )


def _fact(order: StoredOrder) -> dict[str, object]:
    fact = OrderFact(
        order_id=order.id,
        patient_id=order.patient,
        kind=order.kind,
        status=order.status,
        orderer=order.orderer,
        schedule=order.schedule,
        result=order.result.number if order.result else None,
    )
    return fact.model_dump(mode="json")
