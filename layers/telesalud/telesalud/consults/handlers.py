"""What runs behind the requests: the table's stream and the queue of our own events."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from schemas.consults import ConsultEvent, EventType
from telesalud.consults import wiring
from telesalud.consults.content import inspection
from telesalud.consults.notifications import notices
from telesalud.consults.repository import load
from telesalud.consults.visit import channel
from telesalud.platform import consumer
from telesalud.platform.aws import clients
from telesalud.platform.errors import Unavailable
from telesalud.platform.events import Event, data_of
from telesalud.platform.logs import get_logger
from telesalud.platform.relay import BatchAnswer, EventBridgeBus, inserted
from telesalud.platform.relay import relay as relay_events
from telesalud.platform.trail.keeping import keep_trail
from telesalud.platform.webhooks.deliveries import Deliveries

Records = Iterable[Mapping[str, Any]]

PUSH_SECONDS = 5.0
"""How long one batch may spend on pushes; the function must end well within its timeout."""


def relay(records: Records) -> BatchAnswer:
    """Publish the batch's events, then tell open channels of its changes.

    Events come first, and a channel that does not answer costs them no time. A push that fails is
    not repeated: the next pong or poll tells the same.
    """
    batch = list(records)
    answer = relay_events(batch, EventBridgeBus(wiring.settings().bus, clients.events))
    until = time.monotonic() + PUSH_SECONDS
    for _, change in inserted(batch, "change"):
        if time.monotonic() > until:
            break
        try:
            channel.push_changes(wiring.services(), wiring.pusher(), change)
        except Unavailable:
            get_logger().warning("push failed", consult=change.text("consult"))
    return answer


def seal_audit(event: Mapping[str, Any]) -> BatchAnswer:
    """Seal a stream batch's audit entries into their tenants' chains; archive the heads daily."""
    return keep_trail(event, wiring.services())


def on_events(batch: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
    """Handle a batch of our own events from the queue; each handler may run again."""
    return consumer.consume(batch, handlers(), clients.sqs)


def deliver(batch: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
    """Send what targets are to learn of a batch of events."""
    from telesalud.platform.webhooks.http_sender import HttpSender  # noqa: PLC0415
    from telesalud.platform.webhooks.queue import (  # noqa: PLC0415  # only this function sends
        SqsDeliveryQueue,
        deliver,
    )

    own, services = wiring.settings(), wiring.services()
    return deliver(
        batch,
        notices.CONTEXT,
        lambda event: notices.notice_for(services, event),
        Deliveries(
            services,
            lambda tenant, target: notices.destination(services, tenant, target),
            HttpSender(allow_private=own.is_local),
            allow_http=own.is_local,
        ),
        SqsDeliveryQueue(own.deliveries, own.deliveries_dead_letters, clients.sqs),
    )


def handlers() -> Mapping[str, Callable[[Event], object]]:
    """What follows from which event."""
    ended = (EventType.FINISHED, EventType.CANCELLED, EventType.NO_SHOW, EventType.EXPIRED)
    return {
        EventType.CREATED: start_limit,
        EventType.RESCHEDULED: moved,
        EventType.FILE_UPLOADED: inspect_file,
        **dict.fromkeys((*ended, EventType.EXTENDED, EventType.VIDEO_FALLBACK), settle_rooms),
    }


def start_limit(event: Event) -> None:
    """Start the workflow of a schedule; its name makes a repetition harmless."""
    schedule = data_of(event, ConsultEvent).schedule
    data: dict[str, str | int] = {
        "tenant": event.tenant,
        "consult_id": event.subject,
        "schedule": schedule,
    }
    wiring.limit_workflow().start(f"{event.subject}-{schedule}", data)


def inspect_file(event: Event) -> None:
    """Examine an uploaded file."""
    file_id = data_of(event, ConsultEvent).file_id
    if file_id is None:
        raise ValueError("an upload's event names its file")
    inspection.inspect(
        wiring.services(),
        wiring.blobs(),
        wiring.scanner(),
        tenant=event.tenant,
        consult_id=event.subject,
        file_id=file_id,
    )


def moved(event: Event) -> None:
    """A new schedule has a limit and a room of its own; the old room ends."""
    start_limit(event)
    settle_rooms(event)


def settle_rooms(event: Event) -> None:
    """The consult's video rooms follow what became of it; the queue repeats it until they do."""
    consult = load(wiring.services(), event.tenant, event.subject).consult
    wiring.video_provider().settle(consult)
