"""The record of each delivery: what is sent to whom, what became of it, and what is still due.

Key shapes, in the context's table:

- `DELIVERY#<tenant>#<target>` / `<event id>`: status, attempts, times, and the body, sealed.
- `DUE#<tenant>#<target>#<subject>` / `<sequence, 12 digits>#<event id>`: exists while pending.
- `OUTCOMES#<tenant>#<target>` / `<day>#<shard>`: how many there were, see `outcomes`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from schemas.webhooks import Envelope
from telesalud.platform.clock import from_text
from telesalud.platform.events import Event
from telesalud.platform.store import Item, Key

LOG_KEPT = timedelta(days=30)
"""How long a notification can be looked up and replayed."""


class Status(StrEnum):
    """State of a delivery."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    """Tried for 24 hours in vain, or the target was stopped; it can be replayed."""


class Ref(NamedTuple):
    """Which delivery."""

    tenant: str
    target: str
    id: str

    @property
    def key(self) -> Key:
        """Where its record is."""
        return Key(log_pk(self.tenant, self.target), self.id)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a context wants a target to learn."""

    id: str
    tenant: str
    target: str
    type: str
    subject: str
    sequence: int
    at: datetime
    body: bytes

    @property
    def ref(self) -> Ref:
        """Which delivery it becomes."""
        return Ref(self.tenant, self.target, self.id)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One line of the delivery log."""

    ref: Ref
    type: str
    subject: str
    sequence: int
    status: Status
    attempts: int
    last_status: int
    """HTTP status of the last attempt; 0 when there was no answer."""
    last_error: str
    """Code of the last failure without an answer."""
    at: datetime
    """When it happened."""
    since: datetime
    """When trying began, first or by replay."""
    next_at: datetime
    delivered_at: datetime | None
    replays: int
    version: int


def notice_of(event: Event, target: str, data: Mapping[str, Any] | None = None) -> Notice:
    """The notification of an event, with its own data or with what the context says instead."""
    envelope = Envelope(
        id=event.id,
        type=event.type,
        version=event.version,
        tenant=event.tenant,
        subject=event.subject,
        sequence=event.sequence,
        at=event.at,
        data=dict(event.data if data is None else data),
    )
    return Notice(
        id=event.id,
        tenant=event.tenant,
        target=target,
        type=event.type,
        subject=event.subject,
        sequence=event.sequence,
        at=event.at,
        body=envelope.model_dump_json().encode(),
    )


def log_pk(tenant: str, target: str) -> str:
    """The partition of a target's deliveries."""
    return f"DELIVERY#{tenant}#{target}"


def delivery_of(item: Item) -> Delivery:
    """The stored delivery."""
    _, tenant, target = item.key.pk.split("#", 2)
    delivered = item.attributes.get("delivered_at")
    return Delivery(
        ref=Ref(tenant, target, item.key.sk),
        type=item.text("type"),
        subject=item.text("subject"),
        sequence=item.number("sequence"),
        status=Status(item.text("status")),
        attempts=item.number("attempts"),
        last_status=item.number("last_status"),
        last_error=item.text("last_error"),
        at=from_text(item.text("at")),
        since=from_text(item.text("since")),
        next_at=from_text(item.text("next_at")),
        delivered_at=from_text(delivered) if isinstance(delivered, str) else None,
        replays=item.number("replays"),
        version=item.version,
    )


def due_key(ref: Ref, subject: str, sequence: int) -> Key:
    """What exists while the delivery is pending; the first of a subject is sent first."""
    return Key(f"DUE#{ref.tenant}#{ref.target}#{subject}", f"{sequence:012d}#{ref.id}")


def body_place(key: Key) -> str:
    """What the sealed body is bound to."""
    return f"{key.pk}\x00{key.sk}\x00body"
