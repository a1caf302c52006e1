"""Delivering a notification again, whatever became of it."""

from telesalud.platform.clock import to_text
from telesalud.platform.errors import NotFound
from telesalud.platform.events import Event
from telesalud.platform.store import Put, Update, at_version
from telesalud.platform.webhooks import outcomes
from telesalud.platform.webhooks.delivery_records import (
    LOG_KEPT,
    Ref,
    Status,
    delivery_of,
    due_key,
)
from telesalud.platform.work import Call, Services, Work


def replay(services: Services, call: Call, context: str, ref: Ref) -> None:
    """Deliver again, whatever its status; the relay's event brings it to the queue.

    Raises NotFound. The context checks the caller's right first.
    """
    item = services.store.get(ref.key) if ref.tenant == call.caller.tenant else None
    if item is None:
        raise NotFound("there is no such notification, or it was too long ago")
    delivery = delivery_of(item)
    now = services.clock()
    start = to_text(now)
    restart = Update(
        ref.key,
        set={"status": Status.PENDING.value, "attempts": 0, "since": start, "next_at": start},
        remove=["delivered_at"],
        add={"replays": 1},
        when=at_version(item.version),
        expires=now + LOG_KEPT,
    )
    due = due_key(ref, delivery.subject, delivery.sequence)
    work = Work(services, call)
    work.add(restart, Put(due, {}, expires=now + LOG_KEPT))
    work.add(*outcomes.replayed(delivery, now))
    data = {"target": ref.target, "delivery": ref.id}
    work.event(replay_type(context), ref.id, item.version + 1, data)
    work.audit(f"{context}.notification_replayed", delivery.subject, f"notification/{ref.id}")
    work.commit()


def replay_type(context: str) -> str:
    """Type of the event by which a replay reaches the queue."""
    return f"{context}.notification_replayed"


def replayed_ref(event: Event) -> Ref:
    """Which delivery a replay event means. Raises KeyError."""
    return Ref(event.tenant, str(event.data["target"]), str(event.data["delivery"]))
