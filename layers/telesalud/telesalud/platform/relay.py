"""From the outbox to the event bus: what the table's stream function does, and its replay.

Nothing is skipped: at the first event that the bus does not take, the stream is told to come back
from there (partial batch response), and what follows is published again. Consumers are idempotent.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from telesalud.platform.aws.dynamodb import item_of
from telesalud.platform.events import Event, event_of, occurred
from telesalud.platform.logs import get_logger, where
from telesalud.platform.store import Item, Store, SweepableStore

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

BatchAnswer = dict[str, list[dict[str, str]]]
"""What Lambda reads with ReportBatchItemFailures; an empty list is a batch that went well."""

_ENTRIES = 10
"""EventBridge's limit of entries in one PutEvents."""


class Bus(Protocol):
    """Where events are published."""

    def publish(self, events: Sequence[Event]) -> int:
        """How many events, counted from the first, were surely taken; all of them if all was well.

        More may have been taken than is told. Raises nothing for a bus that is down: it took none.
        """


class EventBridgeBus:
    """The EventBridge bus `name`; a rule's pattern sees the event's type as `detail-type`."""

    def __init__(self, name: str, client: "Callable[[], EventBridgeClient]") -> None:
        self._name = name
        self._client = client

    def publish(self, events: Sequence[Event]) -> int:
        taken = 0
        for start in range(0, len(events), _ENTRIES):
            part = events[start : start + _ENTRIES]
            well = self._publish_some(part)
            taken += well
            if well < len(part):
                break
        return taken

    def _publish_some(self, events: Sequence[Event]) -> int:
        from botocore.exceptions import (  # noqa: PLC0415  # botocore comes with the client
            BotoCoreError,
            ClientError,
        )

        entries: Any = [
            {
                "Source": "telesalud." + event.type.partition(".")[0],
                "DetailType": event.type,
                "Detail": event.model_dump_json(),
                "Time": event.at,
                "EventBusName": self._name,
            }
            for event in events
        ]
        try:
            answer = self._client().put_events(Entries=entries)
        except (BotoCoreError, ClientError) as error:
            get_logger().error("bus unreachable", error=type(error).__name__, count=len(events))
            return 0
        for index, entry in enumerate(answer["Entries"]):
            if "ErrorCode" in entry:
                get_logger().error(
                    "event not taken", event_id=events[index].id, code=entry["ErrorCode"]
                )
                return index
        return len(events)


def inserted(records: Iterable[Mapping[str, Any]], kind: str) -> Iterator[tuple[str, Item]]:
    """(sequence number, item) of each new item of `kind` among a stream event's records.

    Expiries, deletions and changes are passed over: outbox and audit items are only ever inserted.
    """
    for record in records:
        image = record["dynamodb"].get("NewImage", {})
        if record["eventName"] == "INSERT" and image.get("kind", {}).get("S") == kind:
            yield str(record["dynamodb"]["SequenceNumber"]), item_of(image)


def relay(records: Iterable[Mapping[str, Any]], bus: Bus) -> BatchAnswer:
    """Publish the outbox items of one stream batch, in order."""
    numbers: list[str] = []
    events: list[Event] = []
    unreadable = ""
    for number, item in inserted(records, "event"):
        try:
            events.append(event_of(item))
        except (ValueError, KeyError, TypeError) as error:
            get_logger().error("outbox item unreadable", error=type(error).__name__,
                               where=where(error))  # fmt: skip
            unreadable = number
            break
        numbers.append(number)
    taken = bus.publish(events) if events else 0
    if taken < len(events):
        return {"batchItemFailures": [{"itemIdentifier": numbers[taken]}]}
    if unreadable:
        return {"batchItemFailures": [{"itemIdentifier": unreadable}]}
    return {"batchItemFailures": []}


def of_subject(store: Store, tenant: str, subject: str) -> Iterator[Event]:
    """The events of one subject that the outbox still holds, in their sequence."""
    after: str | None = None
    while True:
        page = store.query(f"EVENT#{tenant}#{subject}", after=after, limit=500)
        yield from (event_of(item) for item in page.items)
        if page.next_after is None:
            return
        after = page.next_after


def of_period(
    store: SweepableStore, since: datetime, until: datetime, tenant: str = ""
) -> list[Event]:
    """The events from `since` until before `until`, oldest first; reads the whole table.

    To replay them, hand them to `Bus.publish`: they keep their ids, so nothing happens twice.
    """
    items = (
        item
        for item in store.sweep(f"EVENT#{tenant}#" if tenant else "EVENT#")
        if since <= occurred(item) < until
    )
    return sorted((event_of(item) for item in items), key=lambda e: (e.at, e.subject, e.sequence))
