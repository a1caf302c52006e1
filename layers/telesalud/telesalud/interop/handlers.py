"""What this context does when it hears of events."""

from collections.abc import Callable, Mapping

from schemas.custody import RecordShredded
from telesalud.interop.erasing import erase
from telesalud.platform.consumer import Handler
from telesalud.platform.events import Event, data_of
from telesalud.platform.work import Services


def handlers(services: Callable[[], Services]) -> Mapping[str, Handler]:
    """Event type to handler. All of them may be called again with the same event."""

    def shredded(event: Event) -> None:
        erase(services(), event, data_of(event, RecordShredded).member_ids)

    return {"patients.record_shredded": shredded}
