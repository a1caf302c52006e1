"""From the outbox to the event bus: what follows a table's new items, and the replay.

Nothing is skipped: at the first event that the bus does not take, the table's stream is told to
come back from there, and what follows is published again. Consumers are idempotent.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from telesalud.platform.events import Event, event_of, occurred
from telesalud.platform.logs import get_logger, where
from telesalud.platform.ports.bus import Bus
from telesalud.platform.store import Item, Store, SweepableStore, every


class NewItem(NamedTuple):
    """An item that was inserted, with its number in the table's stream."""

    number: str
    item: Item


def of_kind(new: Iterable[NewItem], kind: str) -> Iterator[NewItem]:
    """Those whose attribute `kind` says so: `event`, `audit`, or one of a context's own."""
    return (each for each in new if each.item.attributes.get("kind") == kind)


def relay(new: Iterable[NewItem], bus: Bus) -> str | None:
    """Publish a batch's outbox items in order; the number from which they must come again."""
    numbers: list[str] = []
    events: list[Event] = []
    unreadable = None
    for number, item in of_kind(new, "event"):
        try:
            events.append(event_of(item))
        except (ValueError, KeyError, TypeError) as error:
            get_logger().error(
                "outbox item unreadable", error=type(error).__name__, where=where(error)
            )
            unreadable = number
            break
        numbers.append(number)
    taken = bus.publish(events) if events else 0
    return numbers[taken] if taken < len(events) else unreadable


def of_subject(store: Store, tenant: str, subject: str) -> Iterator[Event]:
    """The events of one subject that the outbox still holds, in their sequence."""
    return (event_of(item) for item in every(store, f"EVENT#{tenant}#{subject}"))


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
