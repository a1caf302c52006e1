"""Events: facts in the past tense, written to the outbox in the transaction that made them true.

The table's stream carries outbox items to the `relay` function, which publishes them on the
event bus; queues and their consumers take it from there. Delivery is at least once and unordered,
so consumers go by `id` (seen before?) and by `sequence` (older than what I know?).
"""

import json
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

from telesalud.platform.clock import from_text, to_text
from telesalud.platform.store import ABSENT, Item, Key, Put

M = TypeVar("M", bound=BaseModel)

OUTBOX_KEPT = timedelta(days=30)
"""How long a published event stays in the outbox, for replay."""


class Event(BaseModel):
    """What travels on the bus. `data` holds ids and codes, never clinical content or names.

    Contexts are brought out one after the other: what a later release adds to an event passes
    through an earlier one unread, from the outbox to the bus and to the consumers.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    id: str
    type: str
    """`<context>.<subject>_<past participle>`, such as `appointments.appointment_booked`."""
    version: int = 1
    """Version of the schema of `data` (`schemas/events/<type>.json`)."""
    tenant: str
    subject: str
    """Id of the thing it happened to."""
    sequence: int
    """Rises by at least one with every event of the same subject."""
    at: datetime
    data: dict[str, Any]


def outbox_put(event: Event) -> Put:
    """The operation that places the event in the outbox; belongs in the use case's transaction."""
    return Put(
        Key(f"EVENT#{event.tenant}#{event.subject}", f"{event.sequence:012d}#{event.id}"),
        {"kind": "event", "event": event.model_dump_json(), "at": to_text(event.at)},
        when=ABSENT,
        expires=event.at + OUTBOX_KEPT,
    )


def event_of(item: Item) -> Event:
    """The event that an outbox item holds."""
    return Event.model_validate_json(item.text("event"))


def occurred(item: Item) -> datetime:
    """When the outbox item's event happened."""
    return from_text(item.text("at"))


def data_of(event: Event, model: type[M]) -> M:
    """The event's data as its contract; fields that a later release added are passed over.

    Raises pydantic.ValidationError. It goes through JSON text because contracts are strict about
    Python types.
    """
    return model.model_validate_json(json.dumps(event.data), extra="ignore")
