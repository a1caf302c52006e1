"""Queue consumers: events that come at least once and in any order.

A handler makes each event count once by adding `seen` to the transaction of its effect. What a
handler cannot do goes back to the queue, and to its dead letters once the queue gives up.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from telesalud.platform.events import Event
from telesalud.platform.logs import get_logger, where
from telesalud.platform.store import ABSENT, ConditionFailed, Key, Operation, Put, Store

Handler = Callable[[Event], object]

SEEN_KEPT = timedelta(days=60)
"""Longer than the outbox (30 days) and dead letters (14 days) together can bring an event back."""


class Received(NamedTuple):
    """A message that a queue handed over."""

    id: str
    body: str
    event: Event | None
    """None when the body cannot be read, which the queue's adapter has logged."""
    receipt: str = ""
    """By which the queue knows this handing over."""


def consume(messages: Iterable[Received], handlers: Mapping[str, Handler]) -> list[Received]:
    """Handle messages by their event's type; those that must come again.

    A type without a handler is acknowledged: a rule that lets too much through must not fill the
    dead letters. A message that cannot be read fails each time and so ends there, where it is kept.
    """
    return [
        message
        for message in messages
        if message.event is None or not _handled(message.id, message.event, handlers)
    ]


def _handled(message_id: str, event: Event, handlers: Mapping[str, Handler]) -> bool:
    handler = handlers.get(event.type)
    if handler is None:
        get_logger().info("event type not handled here", event_type=event.type, event_id=event.id)
        return True
    try:
        handler(event)
    except Exception as error:  # noqa: BLE001  # one bad message must not stop the others
        get_logger().error(
            "event failed",
            event_type=event.type,
            event_id=event.id,
            tenant=event.tenant,
            message_id=message_id,
            error=type(error).__name__,
            where=where(error),
        )
        return False
    get_logger().info("event handled", event_type=event.type, event_id=event.id)
    return True


def seen(consumer: str, event: Event) -> Put:
    """The marker to put in the same transaction as the event's effect."""
    return Put(
        Key(f"SEEN#{consumer}#{event.tenant}", event.id),
        {"type": event.type},
        when=ABSENT,
        expires=event.at + SEEN_KEPT,
    )


def was_seen(failed: ConditionFailed, consumer: str, event: Event) -> bool:
    """Whether the transaction was refused because this event already had its effect."""
    return failed.at(seen(consumer, event).key) is not None


def apply_once(store: Store, consumer: str, event: Event, operations: Sequence[Operation]) -> bool:
    """Write the event's effect unless it has been written; False when it had been.

    Raises ConditionFailed when another condition of the operations does not hold.
    """
    try:
        store.transact([*operations, seen(consumer, event)])
    except ConditionFailed as failed:
        if was_seen(failed, consumer, event):
            return False
        raise
    return True
