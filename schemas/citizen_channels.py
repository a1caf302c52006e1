"""Contracts of the channels themselves: which there are, and what they are told."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from schemas.common import Contract, Id, Language, Line, Moment
from schemas.patients import Email
from schemas.triage import Hook, TriageMessage, TriageReceipt, TriageState


def _distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(values)) != len(values):
        raise ValueError("name each address once")
    return values


class CitizenChannelBody(Contract):
    """A program through which citizens ask for care."""

    name: Line
    url: Hook
    """Where changes of state are posted, signed."""
    client: Line | None = None
    """Id of the machine client that sends for it; null when it signs its messages instead."""
    alerts: Annotated[tuple[Email, ...], AfterValidator(_distinct)] = Field(
        default=(), max_length=10
    )
    """Who gets an e-mail, without clinical content, when a request with signs of danger waits."""
    language: Language = "es"
    """Of those e-mails."""


class CitizenChannel(CitizenChannelBody):
    """A registered channel, without its secret."""

    id: Id
    active: bool
    version: int
    created_at: Moment


class CitizenChannelSecret(Contract):
    """Answer to registering a channel. The secret is shown once; both sides sign with it."""

    channel: CitizenChannel
    secret: str
    intake: str
    """Path at which the channel posts messages that it signs."""


class CitizenChannelState(Contract):
    """Whether a channel is heard and told."""

    active: bool


class CitizenChannels(Contract):
    """Every channel of the institution."""

    items: tuple[CitizenChannel, ...]


class CitizenWords(Contract):
    """What to say to the citizen, in their language."""

    language: Language
    text: str


class CitizenAppointment(Contract):
    """The appointment that was made."""

    id: Id
    start: Moment
    minutes: int
    zone: str
    """IANA time zone of the place."""


class CitizenNotice(Contract):
    """Data of the webhook `interop.triage_changed`, in the envelope of every webhook."""

    triage_id: Id
    event_id: str | None
    """The channel's own id of the message that began it."""
    channel_user: str | None
    state: TriageState
    words: CitizenWords
    appointment: CitizenAppointment | None = None


class CitizenWebhook(Contract):
    """The whole body of the webhook `interop.triage_changed`."""

    id: Id
    """The same for each try; a channel that has seen it does nothing more."""
    type: Literal["interop.triage_changed"]
    version: int
    tenant: str
    subject: Id
    """The request."""
    sequence: int
    """Rises with every change of the request; notices of one request come in its order."""
    at: Moment
    data: CitizenNotice


class TriageFact(Contract):
    """Data of `interop.triage_received`, `interop.triage_flagged`, `interop.triage_changed`."""

    triage_id: Id
    channel_id: Id
    state: TriageState
    change: int = 1
    """Number of the change, counted from 1."""


PUBLISHED: dict[str, type[BaseModel]] = {
    "triage_message": TriageMessage,
    "triage_receipt": TriageReceipt,
    "triage_notice": CitizenWebhook,
}
"""What a channel sends, gets, and is told: published in `schemas/channels`."""

EVENTS: dict[str, type[Contract]] = {
    "interop.triage_received": TriageFact,
    "interop.triage_flagged": TriageFact,
    "interop.triage_changed": TriageFact,
}
"""Event types and the models of their `data`."""
