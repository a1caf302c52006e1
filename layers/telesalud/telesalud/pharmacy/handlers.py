"""What this context does when it hears of events."""

from collections.abc import Callable, Mapping

from telesalud.platform import standing
from telesalud.platform.consumer import Handler
from telesalud.platform.events import Event
from telesalud.platform.work import Services


def handlers(services: Callable[[], Services]) -> Mapping[str, Handler]:
    """Event type to handler. All of them may be called again with the same event."""

    def staff(event: Event) -> None:
        standing.follow(services(), event)

    return dict.fromkeys(standing.HEARD, staff)
