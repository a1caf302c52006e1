"""Contracts of the citizen channel: what a channel sends of a citizen's triage, and what staff do.

A channel is a program outside (a chat, a telephone line, a kiosk) in which a model structures what
a citizen says. Its urgency is a suggestion to a person, never a diagnosis.
"""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.agendas import MAX_PRACTITIONERS, Code, Minutes, Start
from schemas.common import Contract, Day, Id, Language, Line, Moment, PageQuery, Text

SCHEMA_VERSION = "1"
EventKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{8,128}$")]
"""The channel's own name for a message: the same message always carries the same."""
ShortText = Annotated[Text, StringConstraints(max_length=4000)]
CitizenText = Annotated[Text, StringConstraints(min_length=1, max_length=2000)]
Hook = Annotated[str, StringConstraints(pattern=r"^https?://[\x21-\x7e]{1,500}$")]


class Urgency(StrEnum):
    """How soon somebody should look, as a model suggests it."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    SOON = "soon"
    ROUTINE = "routine"
    UNKNOWN = "unknown"


class Confirmer(StrEnum):
    """Who confirmed something that the model had structured."""

    CITIZEN = "citizen"
    STAFF = "staff"


class ConfirmedPart(StrEnum):
    """What they confirmed."""

    COMPLAINT = "complaint"
    ANSWERS = "answers"
    RED_FLAGS = "red_flags"
    URGENCY = "urgency"
    PERSON = "person"


class TriageConsent(Contract):
    """That the citizen agreed to what they said being passed on, and to which words."""

    reference: Line
    """By which the channel can show it."""
    given_at: Moment
    text_version: Line


class TriageAnswer(Contract):
    """An answer to a structured question."""

    code: Line
    """The channel's code of the question; the same question has the same."""
    question: ShortText
    value: ShortText
    unit: Line | None = None


class RedFlag(Contract):
    """A sign of danger that was said or found."""

    code: Line
    text: ShortText


class TriageModel(Contract):
    """What structured the citizen's words."""

    name: Line
    version: Line
    confidence: float | None = Field(default=None, ge=0, le=1)
    """In its urgency; null when it does not say."""


class TriageConfirmation(Contract):
    """A part that a human confirmed before it was sent."""

    part: ConfirmedPart
    by: Confirmer
    at: Moment


class CitizenDocument(Contract):
    """An identity document, as the citizen gave it."""

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    type: Line
    number: Line


class Citizen(Contract):
    """Who the citizen says that they are. Nothing of it is proven."""

    name: Line | None = None
    document: CitizenDocument | None = None
    birth_date: Day | None = None
    phone: Line | None = None
    place: Line | None = None


class TriageMessage(Contract):
    """What a channel sends: one citizen's triage."""

    schema_version: Literal["1"]
    event_id: EventKey
    channel_user: Line
    """By which the channel knows the citizen; it comes back with every change."""
    reported_at: Moment
    language: Language = "es"
    consent: TriageConsent
    complaint: Annotated[ShortText, StringConstraints(min_length=1)]
    """In the citizen's own words, or as near to them as the channel has."""
    answers: tuple[TriageAnswer, ...] = Field(default=(), max_length=100)
    red_flags: tuple[RedFlag, ...] = Field(default=(), max_length=30)
    urgency: Urgency
    model: TriageModel
    confirmed: tuple[TriageConfirmation, ...] = Field(default=(), max_length=10)
    person: Citizen | None = None
    transcript: Text | None = None
    """Kept sealed, for 90 days."""


class TriageState(StrEnum):
    """Where a request for care stands."""

    RECEIVED = "received"
    ASSIGNED = "assigned"
    """Somebody looks into it."""
    BOOKED = "booked"
    MISSED = "missed"
    """The citizen did not come; somebody decides what follows."""
    ATTENDED = "attended"
    REFERRED = "referred"
    ANSWERED = "answered"
    CLOSED = "closed"


class TriageFault(Contract):
    """A part of a message that could not be read."""

    pointer: str
    """JSON Pointer (RFC 6901)."""
    code: str
    detail: str


class TriageReceipt(Contract):
    """That a message was taken, under which id, and what of it could not be read."""

    id: Id
    state: TriageState
    repeated: bool
    """The same message was here before; nothing changed."""
    mapped: bool
    """Whether all of it could be read. If not, people see what came, and the corrected message may
    be sent under the same `event_id`."""
    faults: tuple[TriageFault, ...] = ()


class CloseReason(StrEnum):
    """Why nothing more follows."""

    RESOLVED = "resolved"
    UNREACHABLE = "unreachable"
    DUPLICATE = "duplicate"
    NOT_A_REQUEST = "not_a_request"
    EMERGENCY_SERVICES = "emergency_services"


class TriageChange(Contract):
    """One change of state."""

    number: int
    state: TriageState
    at: Moment
    by: str
    """A user's id, or the name of a worker of ours."""
    text: str | None = None
    """What was written to the citizen."""
    to: str | None = None
    """Where they were referred to."""
    start: Moment | None = None
    minutes: int | None = None
    zone: str | None = None
    reason: CloseReason | None = None


class TriageSummary(Contract):
    """A line of the inbox."""

    id: Id
    version: int
    state: TriageState
    channel: Id
    received_at: Moment
    flagged: bool
    """Signs of danger, or too little could be read to rule them out."""
    mapped: bool
    urgency: Urgency
    complaint: str
    """Its first characters."""
    name: str | None = None
    assigned_to: str | None = None
    patient: Id | None = None


class Triage(TriageSummary):
    """A request for care."""

    message: TriageMessage | None
    """What was sent, without its transcript; null when it could not be read."""
    raw: str | None = None
    """What came, when it could not be read."""
    faults: tuple[TriageFault, ...] = ()
    has_transcript: bool = False
    appointment: Id | None = None
    changes: tuple[TriageChange, ...] = ()


class TriageList(Contract):
    """The inbox: the most pressing first, then the oldest; or what is done, latest first."""

    items: tuple[TriageSummary, ...]
    cursor: str | None = None


class TriageQuery(PageQuery):
    """Which requests."""

    show: Literal["open", "done"] = "open"


class TriageTranscript(Contract):
    """What was said, while it is kept."""

    text: str | None


class CandidatePatient(Contract):
    """Somebody of the record who may be the citizen."""

    id: Id
    display_name: str
    record_number: str
    birth_date: Day
    agrees: tuple[Literal["document", "birth_date", "name"], ...]
    """What of them is as the citizen said."""


class Candidates(Contract):
    """Who the citizen may be. A person decides; nothing is assumed."""

    items: tuple[CandidatePatient, ...]


class MatchPatient(Contract):
    """Who the citizen is, as a person has established."""

    patient: Id


class BookTriage(Contract):
    """An appointment for the matched patient."""

    practitioners: tuple[Id, ...] = Field(min_length=1, max_length=MAX_PRACTITIONERS)
    site: Id
    category: Code
    start: Start
    minutes: Minutes
    text: CitizenText | None = None
    """A word to the citizen besides the appointment."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if len(set(self.practitioners)) != len(self.practitioners):
            raise ValueError("name each practitioner once")
        return self


class ReferTriage(Contract):
    """Where the citizen is to go, and what to tell them."""

    to: Line
    text: CitizenText | None = None


class AnswerTriage(Contract):
    """What a person answers the citizen."""

    text: CitizenText


class CloseTriage(Contract):
    """Why nothing more follows."""

    reason: CloseReason
    text: CitizenText | None = None
    """A word to the citizen."""
