"""What runs behind the requests: the table's stream and the queue of our own events."""

import time
from collections.abc import Callable, Iterable, Mapping

from schemas.consults import ConsultEvent, EventType
from telesalud.consults import wiring
from telesalud.consults.activity import counting
from telesalud.consults.content import inspection
from telesalud.consults.notifications import notices
from telesalud.consults.repository import load
from telesalud.consults.visit import channel
from telesalud.platform import standing
from telesalud.platform.consumer import Received
from telesalud.platform.errors import Unavailable
from telesalud.platform.events import Event, data_of
from telesalud.platform.logs import get_logger
from telesalud.platform.relay import NewItem, of_kind
from telesalud.platform.webhooks.deliveries import Deliveries

_OF_ROOMS = (EventType.EXTENDED, EventType.SEAT_REVOKED, EventType.VIDEO_FALLBACK)
PUSH_SECONDS = 5.0
"""How long one batch may spend on pushes; the function must end well within its timeout."""


def push(new: Iterable[NewItem]) -> None:
    """Tell open channels of a batch's changes, once its events are published.

    A channel that does not answer costs events no time, and a push that fails is not repeated: the
    next pong or poll tells the same.
    """
    until = time.monotonic() + PUSH_SECONDS
    for _, change in of_kind(new, "change"):
        if time.monotonic() > until:
            break
        try:
            channel.push_changes(wiring.services(), wiring.pusher(), change)
        except Unavailable:
            get_logger().warning("push failed", consult=change.text("consult"))


def deliver(messages: Iterable[Received]) -> list[Received]:
    """Send what targets are to learn of events; those messages that the queue must keep."""
    from telesalud.platform.webhooks.http_sender import HttpSender  # noqa: PLC0415
    from telesalud.platform.webhooks.queue import deliver  # noqa: PLC0415  # only this sends

    own, services = wiring.settings(), wiring.services()
    return deliver(
        messages,
        notices.CONTEXT,
        lambda event: notices.notice_for(services, event),
        Deliveries(
            services,
            lambda tenant, target: notices.destination(services, tenant, target),
            HttpSender(allow_private=own.is_local),
            allow_http=own.is_local,
        ),
        wiring.deliveries(),
    )


def handlers() -> Mapping[str, Callable[[Event], object]]:
    """What follows from which event."""
    ended = (EventType.FINISHED, EventType.CANCELLED, EventType.NO_SHOW, EventType.EXPIRED)
    return {
        **dict.fromkeys(standing.HEARD, follow_staff),
        EventType.CREATED: start_limit,
        EventType.RESCHEDULED: moved,
        EventType.FILE_UPLOADED: inspect_file,
        **dict.fromkeys(_OF_ROOMS, settle_rooms),
        **dict.fromkeys(ended, follow_end),
    }


def follow_staff(event: Event) -> None:
    """Whoever was dismissed acts here no more, either."""
    standing.follow(wiring.services(), event)


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


def follow_end(event: Event) -> None:
    """The rooms of a consult that has ended end, and then it counts."""
    settle_rooms(event)
    counting.count(wiring.services().store, event.tenant, event.subject)


def settle_rooms(event: Event) -> None:
    """The consult's video rooms follow what became of it; the queue repeats it until they do."""
    consult = load(wiring.services(), event.tenant, event.subject).consult
    wiring.video_provider().settle(consult)
