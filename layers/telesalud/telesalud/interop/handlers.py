"""What this context does when it hears of events."""

from collections.abc import Callable, Iterable, Mapping

from telesalud.interop import wiring
from telesalud.interop.triage import alerting, following, telling
from telesalud.platform import standing
from telesalud.platform.consumer import Handler, Received
from telesalud.platform.events import Event
from telesalud.platform.webhooks.deliveries import Deliveries
from telesalud.platform.work import Services


def handlers(services: Callable[[], Services]) -> Mapping[str, Handler]:
    """Event type to handler. All of them may be called again with the same event."""

    def staff(event: Event) -> None:
        standing.follow(services(), event)

    def appointment(event: Event) -> None:
        following.follow_appointment(services(), event)

    def shredded(event: Event) -> None:
        following.erase(services(), event)

    return {
        **dict.fromkeys(standing.HEARD, staff),
        **dict.fromkeys(following.APPOINTMENTS, appointment),
        "patients.record_shredded": shredded,
    }


def alerts(services: Callable[[], Services]) -> Mapping[str, Handler]:
    """What is told until somebody takes a request."""

    def flagged(event: Event) -> None:
        alerting.tell(services(), wiring.mail(), wiring.settings().origin, event)

    return {alerting.FLAGGED: flagged}


def deliver(messages: Iterable[Received]) -> list[Received]:
    """Send what channels are to learn of events; those messages that the queue must keep."""
    from telesalud.interop.triage import channels  # noqa: PLC0415  # likewise
    from telesalud.platform.webhooks.http_sender import HttpSender  # noqa: PLC0415
    from telesalud.platform.webhooks.queue import deliver  # noqa: PLC0415  # only this sends

    own, services = wiring.settings(), wiring.services()
    return deliver(
        messages,
        telling.CONTEXT,
        lambda event: telling.notice_for(services, event),
        Deliveries(
            services,
            lambda tenant, channel: channels.destination(services, tenant, channel),
            HttpSender(allow_private=own.is_local),
            allow_http=own.is_local,
        ),
        wiring.deliveries(),
    )
