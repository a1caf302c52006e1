"""What this context seals into items (docs/decisions/0006), apart from FHIR, which is kept as text.

These value objects of the contracts are stored as they are and follow the same rules:
`TriageMessage` and what it consists of, `TriageFault`, `TriageChange`.
"""

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel, ConfigDict

from schemas.common import Moment
from schemas.messages import MessageState
from schemas.triage import TriageChange, TriageFault, TriageMessage, TriageState, Urgency


class _Stored(BaseModel):
    # Built at first use: a cold function opens few of these.
    model_config = ConfigDict(frozen=True, defer_build=True)


class StoredTriage(_Stored):
    """A request for care, without its transcript."""

    id: str
    channel: str
    received_at: Moment
    state: TriageState
    flagged: bool
    message: TriageMessage | None = None
    raw: str | None = None
    faults: tuple[TriageFault, ...] = ()
    event_id: str | None = None
    channel_user: str | None = None
    language: str = "es"
    has_transcript: bool = False
    assigned_to: str | None = None
    patient: str | None = None
    appointment: str | None = None
    appointment_sequence: int = 0
    """Of the last event of the appointment that changed something here."""
    changes: tuple[TriageChange, ...] = ()

    @property
    def urgency(self) -> Urgency:
        """What the model suggested; unknown when it could not be read."""
        return self.message.urgency if self.message else Urgency.UNKNOWN


class StoredTranscript(_Stored):
    """What was said to the channel."""

    text: str


class StoredChannel(_Stored):
    """A channel; its secret is with its webhook target."""

    id: str
    name: str
    url: str
    created_at: Moment
    client: str | None = None
    alerts: tuple[str, ...] = ()
    language: str = "es"
    active: bool = True


class StoredMessage(_Stored):
    """An HL7 v2 message at every stage."""

    id: str
    client: str
    state: MessageState
    received_at: Moment
    raw: str
    charset: str
    patient: str | None = None
    """Whose record has its effect, and whose key seals it."""
    channel: str = ""
    type: str = ""
    control_id: str = ""
    attempts: int = 0
    code: str | None = None
    location: str | None = None
    reason: str | None = None
    acknowledgement: str | None = None


STORED: Final[Mapping[str, type[BaseModel]]] = {
    "channel": StoredChannel,
    "message": StoredMessage,
    "transcript": StoredTranscript,
    "triage": StoredTriage,
}
"""Kinds by the names of their golden files."""
