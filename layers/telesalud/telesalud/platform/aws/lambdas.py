"""The functions that every context has behind its requests, as Lambda calls them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from telesalud.platform.aws.streams import BatchAnswer, answer, inserted
from telesalud.platform.backend import backend
from telesalud.platform.consumer import Handler, Received
from telesalud.platform.relay import NewItem
from telesalud.platform.relay import relay as relay_new
from telesalud.platform.settings import Settings
from telesalud.platform.work import Services


def relay(
    event: Mapping[str, Any],
    own: Settings,
    then: Callable[[Iterable[NewItem]], object] | None = None,
) -> BatchAnswer:
    """A table's stream: new outbox items go to the event bus, and all new ones to `then`."""
    new = list(inserted(event["Records"]))
    again_from = relay_new(new, backend().bus(own.bus))
    if then is not None:
        then(new)
    return answer(again_from)


def seal_audit(event: Mapping[str, Any], own: Settings, services: Services) -> BatchAnswer:
    """A table's stream: audit entries go into their tenants' hash chains.

    A daily schedule has the chains' heads archived, and an event on the bus a chain checked.
    """
    if "Records" in event:
        from telesalud.platform.trail.chain import seal_batch  # noqa: PLC0415  # of these three ways

        return answer(seal_batch(inserted(event["Records"]), services.store, services.clock))
    from telesalud.platform.events import Event  # noqa: PLC0415  # likewise
    from telesalud.platform.trail import keeping  # noqa: PLC0415  # likewise

    trail = keeping.TrailSettings.load(backend().environment(own.context))
    if event.get("detail-type") == keeping.check_type(own.context):
        keeping.check(trail, services, Event.model_validate(event["detail"]))
    else:
        keeping.archive_heads(trail, services)
    return answer(None)


def deliver(
    event: Mapping[str, Any], work: Callable[[Iterable[Received]], Iterable[Received]]
) -> BatchAnswer:
    """A queue of notifications, whose worker says itself when a message comes again."""
    from telesalud.platform.aws import sqs  # noqa: PLC0415  # queues' functions only

    return sqs.answer(work(sqs.received(event)))


def consume(
    event: Mapping[str, Any], handlers: Mapping[str, Handler], *, hastened: bool = True
) -> BatchAnswer:
    """A queue of events. A `hastened` one's first tries follow each other within a minute."""
    from telesalud.platform.aws import clients, sqs  # noqa: PLC0415  # queues' functions only

    return sqs.consume(event, handlers, clients.sqs if hastened else None)
