"""Contracts of a teleconsultation's participants: sessions, the live channel, the video room."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas.common import Contract, Id, Language, Moment, Query
from schemas.consents import ConsentText
from schemas.consults import (
    Clinic,
    ConsultStatus,
    DeviceCheck,
    Participant,
    ParticipantRole,
    Presence,
)


class Exchange(Contract):
    """Body of `POST /consults/links/exchange` (public)."""

    secret: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{22,128}$")]
    device: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{22,128}$")]
    """At least 128 random bits that this browser made and keeps: repeating the exchange with the
    same value gives a new session, another value gives 410 `link-used`."""


class Look(Exchange):
    """Body of `POST /consults/links/look` (public)."""

    language: Language | None = None
    """Of the text of the consent; by default the consult's."""


class SessionConsult(Contract):
    """A teleconsultation as its participants see it."""

    id: Id
    status: ConsultStatus
    start: Moment
    planned_minutes: int
    opens_at: Moment
    closes_at: Moment
    """The session limit as it stands."""
    warned: bool
    """Whether the warning before the limit was given."""
    language: Language
    participants: tuple[Presence, ...]
    waiting_since: Moment | None = None
    device: DeviceCheck | None = None
    """What the patient's device check found, once they announced their arrival."""
    started_at: Moment | None = None
    extendable_minutes: int
    """How much longer the practitioner may make it."""
    consent: Literal["accepted", "refused", "withdrawn"] | None = None
    """What the patient said last; None while nothing was recorded."""
    video: Literal["direct", "jitsi"] | None = None
    """Where the video is, once somebody entered; when it changes, enter again."""
    sequence: int
    """The last change; pass it to `GET /consults/{id}/changes?after=`."""


class Invitation(Contract):
    """Answer of `POST /consults/links/look`: what a link leads to; it is bound to nobody."""

    role: ParticipantRole
    participant: Participant
    window: Literal["early", "open", "over"]
    """Whether the link may be exchanged now."""
    opens_in: int
    """Seconds until it may be; 0 once it may."""
    consult: SessionConsult
    clinic: Clinic | None = None
    consent: ConsentText | None = None
    """What the patient is asked, in the language that was asked for; None for a practitioner."""


class Session(Contract):
    """A participant's session."""

    token: str
    """Bearer token for this consult only."""
    expires_at: Moment
    """Renew before with `POST /consults/session/renew`."""
    expires_in: int
    """Seconds until then: for pages, whose device's clock may be wrong by hours."""
    role: ParticipantRole
    participant: Participant
    consult: SessionConsult
    clinic: Clinic | None = None


class Announce(Contract):
    """Body of `POST /consults/{id}/announce`: the patient is there."""

    device: DeviceCheck | None = None


class Extend(Contract):
    """Body of `POST /consults/{id}/extend`. Repeating it with the same `until` has one effect."""

    until: Moment
    """The new limit, later than the present one."""


class AfterQuery(Query):
    """Go on after this sequence."""

    after: int = Field(default=0, ge=0, le=10**11)
    limit: int = Field(default=100, ge=1, le=200)


class LanguageQuery(Query):
    """In which language; by default the consult's."""

    language: Language | None = None


class ChangeKind(StrEnum):
    """What a change concerns: fetch it again."""

    STATUS = "status"
    PRESENCE = "presence"
    LIMIT = "limit"
    CHAT = "chat"
    NOTE = "note"
    FILE = "file"
    CONSENT = "consent"


class Change(Contract):
    """One entry of the change feed: that something changed; the record says what.

    Entries of one step share their sequence.
    """

    sequence: int
    kind: ChangeKind
    at: Moment


class Signal(Contract):
    """A signalling message from the other side, opaque to the server. Deduplicate by `id`."""

    id: Id
    sender: Participant
    at: Moment
    payload: str


class Changes(Contract):
    """Answer of `GET /consults/{id}/changes?after=`; calling it is also a heartbeat."""

    consult: SessionConsult
    items: tuple[Change, ...]
    more: bool
    signals: tuple[Signal, ...] = ()
    """Those of the last minute for this participant."""


class NewSignal(Contract):
    """Body of `POST /consults/{id}/signals` (WebRTC offer, answer, ICE candidates)."""

    to: Participant
    payload: Annotated[str, StringConstraints(min_length=1, max_length=16_384)]


class SignalSent(Contract):
    """Answer of `POST /consults/{id}/signals`."""

    id: Id


class Ticket(Contract):
    """Answer of `POST /consults/{id}/channel`: connect once, within 30 seconds."""

    url: str
    """WebSocket URL with the ticket; the ticket is used up by connecting."""
    expires_at: Moment


class IceServer(Contract):
    """As `RTCIceServer`."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = None


class VideoRoom(Contract):
    """How this participant enters the video room."""

    provider: Literal["direct", "jitsi"]
    room: str
    polite: bool
    """Role in perfect negotiation (W3C WebRTC 1.0 §10.7); only for `direct`."""
    ice_servers: tuple[IceServer, ...] = ()
    domain: str | None = None
    token: str | None = None
    expires_at: Moment
    """End of these credentials; enter again for others, such as after an extension."""
    expires_in: int
    """Seconds until then."""


class RoomPresence(Contract):
    """One connection in the video room, as its server reported it."""

    participant: Participant
    since: Moment


class VideoPresence(Contract):
    """Answer of `GET /consults/{id}/video/presence`."""

    provider: Literal["direct", "jitsi"] | None
    present: tuple[RoomPresence, ...]
    """Empty for `direct`, which has no server that could tell."""
