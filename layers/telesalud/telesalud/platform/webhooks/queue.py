"""What the delivery queue's function does with each message.

The message stays in the queue until its notification is delivered: putting a try off means hiding
the message for that long (SQS ChangeMessageVisibility), so that no crash can lose or double it.
After 24 hours it goes to the DLQ, as does a message that cannot be read. The queue's
maxReceiveCount must be 1000, with retention of 4 days and a visibility timeout of 180 seconds.
"""

import time
from collections.abc import Callable, Iterable

from telesalud.platform.consumer import Received
from telesalud.platform.errors import NotFound
from telesalud.platform.events import Event
from telesalud.platform.logs import get_logger, where
from telesalud.platform.ports.deliveries import DeliveryQueue
from telesalud.platform.webhooks.deliveries import Deliveries
from telesalud.platform.webhooks.delivery_records import Notice, Ref, Status
from telesalud.platform.webhooks.replaying import replay_type, replayed_ref

ALONG_SECONDS = 10.0
"""How long one message goes on with what waited for it, well within the function's timeout."""
LONGEST_SECONDS = 43_200
"""SQS hides a message for at most twelve hours."""


def deliver(
    messages: Iterable[Received],
    context: str,
    notice_for: Callable[[Event], Notice | None],
    deliveries: Deliveries,
    queue: DeliveryQueue,
) -> list[Received]:
    """Handle messages with events: `notice_for` says who is to learn of each, None for nobody.

    Returns those that the queue must keep.
    """
    kept = []
    for message in messages:
        try:
            done = _deliver_one(message, context, notice_for, deliveries, queue)
        except Exception as error:  # noqa: BLE001  # the message comes back, the others go on
            get_logger().error(
                "delivery interrupted",
                message_id=message.id,
                error=type(error).__name__,
                where=where(error),
            )
            done = False
        if not done:
            kept.append(message)
    return kept


def _deliver_one(
    message: Received,
    context: str,
    notice_for: Callable[[Event], Notice | None],
    deliveries: Deliveries,
    queue: DeliveryQueue,
) -> bool:
    """Whether the queue may forget the message."""
    event = message.event
    if event is None:
        queue.bury(message.body)
        return True
    try:
        again = replayed_ref(event) if event.type == replay_type(context) else None
    except (ValueError, KeyError, TypeError) as error:
        get_logger().error("message unreadable", message_id=message.id, error=type(error).__name__)
        queue.bury(message.body)
        return True
    ref = again or _planned(event, notice_for, deliveries)
    if ref is None:
        return True
    try:
        verdict = deliveries.attempt(ref)
    except NotFound:
        get_logger().error("notification unknown", delivery_id=ref.id, target_id=ref.target)
        queue.bury(message.body)
        return True
    if verdict.status is Status.DELIVERED:
        _deliver_waiting(ref, deliveries)
    if verdict.status is Status.FAILED:
        queue.bury(message.body)
    elif verdict.status is Status.PENDING:
        queue.postpone(message.receipt, max(1, min(round(verdict.after), LONGEST_SECONDS)))
        return False
    return True


def _deliver_waiting(ref: Ref, deliveries: Deliveries) -> None:
    """What waited for this delivery goes at once; its own messages then find it done.

    Otherwise each would come back in turn, and a subject's n notifications would cost n² messages.
    """
    until = time.monotonic() + ALONG_SECONDS
    waiting = deliveries.following(ref)
    while waiting is not None and time.monotonic() < until:
        if deliveries.attempt(waiting).status is not Status.DELIVERED:
            return
        waiting = deliveries.following(waiting)


def _planned(
    event: Event, notice_for: Callable[[Event], Notice | None], deliveries: Deliveries
) -> Ref | None:
    notice = notice_for(event)
    return deliveries.plan(notice) if notice is not None else None
