"""Contracts of the store of HL7 v2 messages: what came, what became of it."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from schemas.common import Contract, Id, Moment, PageQuery


class MessageState(StrEnum):
    """What became of a message (the seven of message stores that hospitals know)."""

    RECEIVED = "received"
    FILTERED = "filtered"
    """The channel leaves messages of this type alone, and says so to the sender."""
    TRANSFORMED = "transformed"
    SENT = "sent"
    """It has had its effect."""
    QUEUED = "queued"
    """It waits for its turn."""
    ERROR = "error"
    """It can never have its effect as it is."""
    PENDING = "pending"
    """It failed for the moment; the sender sends it again."""


class MessageLine(Contract):
    """A message without its content."""

    id: Id
    state: MessageState
    channel: str
    client: str
    received_at: Moment
    type: str
    """Such as `ORU^R01`; empty when it cannot be read."""
    control_id: str
    attempts: int
    code: str | None = None
    """HL7 table 0357, of the last refusal."""
    location: str | None = None
    """Path of what was refused, such as `OBR-2`."""
    reason: str | None = None


class MessageDetail(MessageLine):
    """A message at every stage."""

    raw: str
    """As it was received, its segments a line each."""
    acknowledgement: str | None = None


class MessageList(Contract):
    """Messages, latest first."""

    items: tuple[MessageLine, ...]
    cursor: str | None = None


class MessageQuery(PageQuery):
    """Which messages."""

    state: MessageState | None = None


class DryRun(Contract):
    """A message to try on a channel; nothing is kept and nothing follows."""

    text: str = Field(min_length=1, max_length=200_000)


class DryRunStep(Contract):
    """One order that a message has a result for, as it would be entered."""

    order: str
    result: dict[str, object]


class DryRunOutcome(Contract):
    """What a channel makes of a message."""

    code: Literal["AA", "AE", "AR"]
    location: str | None = None
    reason: str | None = None
    steps: tuple[DryRunStep, ...] = ()


class MessageFact(Contract):
    """Data of `interop.message_refused`."""

    message_id: Id
    channel: str
    code: str


EVENTS: dict[str, type[Contract]] = {"interop.message_refused": MessageFact}
"""Event types and the models of their `data`."""
