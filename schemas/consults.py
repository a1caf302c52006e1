"""Contracts of the `consults` context: teleconsultations from creation to export.

Routes are listed in `docs/teleconsultation.md`; OpenAPI is generated from these models.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from schemas.common import Contract, Id, Language, Line, Moment, PageQuery, Query, Text


class ConsultStatus(StrEnum):
    """States of a teleconsultation."""

    SCHEDULED = "scheduled"
    WAITING = "waiting"
    """The patient announced himself and has not been admitted yet."""
    IN_PROGRESS = "in_progress"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    """The window closed and the patient never announced himself although the practitioner came."""
    EXPIRED = "expired"
    """The window closed without the practitioner having started the consultation."""


ENDED = frozenset(
    {
        ConsultStatus.FINISHED,
        ConsultStatus.CANCELLED,
        ConsultStatus.NO_SHOW,
        ConsultStatus.EXPIRED,
    }
)
"""States without a way out; links and sessions stop working."""


class ParticipantRole(StrEnum):
    """The two sides of a teleconsultation."""

    PATIENT = "patient"
    PRACTITIONER = "practitioner"


class EndCause(StrEnum):
    """What ended a consultation."""

    PRACTITIONER = "practitioner"
    LIMIT = "limit"
    CANCELLED = "cancelled"


class EventType(StrEnum):
    """Events of this context, on the bus and in notifications. `data` is a `ConsultEvent`."""

    CREATED = "consults.consult_created"
    RESCHEDULED = "consults.rescheduled"
    CANCELLED = "consults.cancelled"
    OPENED = "consults.opened"
    """The window opened."""
    PATIENT_WAITING = "consults.patient_waiting"
    PRACTITIONER_JOINED = "consults.practitioner_joined"
    PRACTITIONER_LEFT = "consults.practitioner_left"
    PATIENT_JOINED = "consults.patient_joined"
    PATIENT_LEFT = "consults.patient_left"
    STARTED = "consults.started"
    EXTENDED = "consults.extended"
    LIMIT_WARNED = "consults.limit_warned"
    FINISHED = "consults.finished"
    NO_SHOW = "consults.no_show"
    EXPIRED = "consults.expired"
    NOTES_AMENDED = "consults.notes_amended"
    """Text that was unsaved at the end arrived afterwards: fetch the export again."""
    FILE_UPLOADED = "consults.file_uploaded"
    FILE_READY = "consults.file_ready"
    FILE_REFUSED = "consults.file_refused"
    VIDEO_FALLBACK = "consults.video_fallback"
    """The practitioner moved a running consult from the video cluster to the direct path."""


ExternalId = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,128}$")]
"""An identifier of the calling system: printable ASCII without blanks."""
Participant = Annotated[str, StringConstraints(pattern=r"^(patient|practitioner-[1-5])$")]
"""Who, within one consult: `patient`, or `practitioner-1` and so on in the order of creation."""


class PractitionerRef(Contract):
    """A practitioner who attends."""

    id: ExternalId
    """User id in this tenant where there is one: that user may join without a link."""
    display_name: Line
    external_id: ExternalId | None = None


class PatientRef(Contract):
    """The patient, as the calling system knows him."""

    id: ExternalId
    display_name: Line
    language: Language = "es"


class NewConsult(Contract):
    """Body of `POST /consults`."""

    start: Moment
    """Not so long ago that the window has closed, and at most 350 days ahead."""
    planned_minutes: int = Field(ge=1, le=480)
    grace_minutes: int | None = Field(default=None, ge=0, le=120)
    """Minutes after the planned end before the limit; default by the tenant's settings."""
    practitioners: tuple[PractitionerRef, ...] = Field(min_length=1, max_length=5)
    patient: PatientRef
    external_reference: Line | None = None
    """The caller's own key of this encounter, such as its appointment id; answered unchanged."""
    notification_target: Id | None = None
    """A target registered with `POST /consults/notification-targets`."""
    external_sequence: int | None = Field(default=None, ge=0)
    """The caller's own rising number; a later request with a lower one is refused (409)."""

    @model_validator(mode="after")
    def _distinct(self) -> "NewConsult":
        if len({p.id for p in self.practitioners}) != len(self.practitioners):
            raise ValueError("a practitioner is named twice")
        return self


class Reschedule(Contract):
    """Body of `POST /consults/{id}/reschedule`; what is left out stays as it is."""

    start: Moment
    planned_minutes: int | None = Field(default=None, ge=1, le=480)
    grace_minutes: int | None = Field(default=None, ge=0, le=120)
    external_sequence: int | None = Field(default=None, ge=0)


class Cancel(Contract):
    """Body of `POST /consults/{id}/cancel`."""

    reason: Line | None = None
    external_sequence: int | None = Field(default=None, ge=0)


class Link(Contract):
    """A participant's personal link; the secret is in the fragment and works once."""

    participant: Participant
    practitioner_id: ExternalId | None = None
    url: str


class Links(Contract):
    """The links that replace all former ones of the same participants. Shown once."""

    id: Id
    patient_link: str | None = None
    practitioner_links: tuple[Link, ...] = ()
    version: int


class CreatedConsult(Contract):
    """Answer of `POST /consults` and of `POST /consults/{id}/reschedule`. Links are shown once."""

    id: Id
    status: ConsultStatus
    start: Moment
    opens_at: Moment
    closes_at: Moment
    practitioner_link: str
    """The first practitioner's link."""
    practitioner_links: tuple[Link, ...]
    patient_link: str
    version: int


class Reissue(Contract):
    """Body of `POST /consults/{id}/links`: whose links are revoked and issued anew."""

    participants: tuple[Participant, ...] = Field(min_length=1, max_length=6)


class Presence(Contract):
    """One participant's presence."""

    participant: Participant
    role: ParticipantRole
    practitioner_id: ExternalId | None = None
    display_name: Line
    present: bool
    present_since: Moment | None = None
    first_joined_at: Moment | None = None


class Consult(Contract):
    """A teleconsultation as staff and partners see it. No clinical content."""

    id: Id
    status: ConsultStatus
    start: Moment
    planned_minutes: int
    grace_minutes: int
    extended_minutes: int
    opens_at: Moment
    closes_at: Moment
    patient: PatientRef
    practitioners: tuple[PractitionerRef, ...]
    participants: tuple[Presence, ...]
    external_reference: str | None = None
    waiting_since: Moment | None = None
    started_at: Moment | None = None
    ended_at: Moment | None = None
    end_cause: EndCause | None = None
    cancel_reason: str | None = None
    version: int


class ConsultPage(Contract):
    """Answer of `GET /consults`."""

    items: tuple[Consult, ...]
    cursor: str | None = None


class ConsultQuery(PageQuery):
    """Query of `GET /consults`: consults that start in [`start_from`, `start_until`)."""

    start_from: Moment
    start_until: Moment
    practitioner: ExternalId | None = None


# --- links and sessions ---------------------------------------------------------------------


class Exchange(Contract):
    """Body of `POST /consults/links/exchange` (public)."""

    secret: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{22,128}$")]
    device: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{22,128}$")]
    """At least 128 random bits that this browser made and keeps: repeating the exchange with the
    same value gives a new session, another value gives 410 `link-used`."""


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
    started_at: Moment | None = None
    extendable_minutes: int
    """How much longer the practitioner may make it."""
    video: Literal["direct", "jitsi"] | None = None
    """Where the video is, once somebody entered; when it changes, enter again."""
    sequence: int
    """The last change; pass it to `GET /consults/{id}/changes?after=`."""


class Session(Contract):
    """A participant's session."""

    token: str
    """Bearer token for this consult only."""
    expires_at: Moment
    """Renew before with `POST /consults/session/renew`."""
    role: ParticipantRole
    participant: Participant
    consult: SessionConsult


class DeviceCheck(Contract):
    """What the browser found out about itself before joining."""

    camera: bool
    microphone: bool
    speaker: bool
    connection: Literal["good", "poor", "unknown"] = "unknown"


class Announce(Contract):
    """Body of `POST /consults/{id}/announce`: the patient is there."""

    device: DeviceCheck | None = None


class Extend(Contract):
    """Body of `POST /consults/{id}/extend`. Repeating it with the same `until` has one effect."""

    until: Moment
    """The new limit, later than the present one."""


class NoteDraft(Contract):
    """Body of `PUT /consults/{id}/notes`: the whole text, on top of the version it was read at."""

    text: Annotated[Text, StringConstraints(max_length=50_000)]
    """At most 200 KB in UTF-8, so that it fits into one stored item (400 KB)."""
    base_version: int = Field(ge=0)
    """0 before the first save. Another present version gives 412 with `current_version`."""


class Note(Contract):
    """The practitioner's note."""

    text: str
    version: int
    saved_at: Moment | None = None
    author: Participant | None = None
    after_end: bool = False
    """Saved after the consultation ended (text that was on its way)."""


class NoteVersion(Contract):
    """One saved version, without its text."""

    version: int
    saved_at: Moment
    author: Participant
    after_end: bool = False


class NoteHistory(Contract):
    """Answer of `GET /consults/{id}/notes/versions`; go on with `after` = the last version."""

    items: tuple[NoteVersion, ...]
    more: bool


class Finish(Contract):
    """Body of `POST /consults/{id}/finish`; `note` carries what is unsaved."""

    note: NoteDraft | None = None


class Finished(Contract):
    """Answer of `POST /consults/{id}/finish`; the same for whoever finished second."""

    id: Id
    status: ConsultStatus
    ended_at: Moment
    end_cause: EndCause
    note_version: int
    note_conflict: bool = False
    """The carried note was written on an older version: it was kept as a version of its own and the
    newer text stays current; show both to the practitioner."""


class NewMessage(Contract):
    """Body of `POST /consults/{id}/chat`."""

    client_id: Id
    """Made by the client; sending the same again gives the first message back."""
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class Message(Contract):
    """One chat message."""

    sequence: int
    client_id: Id
    participant: Participant
    at: Moment
    text: str


class Messages(Contract):
    """A page of the chat, oldest first; go on with `after` = the last `sequence`."""

    items: tuple[Message, ...]
    more: bool


class AfterQuery(Query):
    """Go on after this sequence."""

    after: int = Field(default=0, ge=0, le=10**11)
    limit: int = Field(default=100, ge=1, le=200)


# --- files ---------------------------------------------------------------------------------


MAX_FILE = 32 * 1024 * 1024
"""Bytes of one file."""


class FileStatus(StrEnum):
    """Where a file is on its way to the other side."""

    PENDING = "pending"
    """Waiting for the upload; forgotten when it is not completed in time."""
    SCANNING = "scanning"
    READY = "ready"
    REFUSED = "refused"


class NewFile(Contract):
    """Body of `POST /consults/{id}/files`: what the client is about to upload."""

    name: Line
    description: Line | None = None
    size: int = Field(ge=1, le=MAX_FILE)
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Upload(Contract):
    """A presigned POST (S3): send `fields` and then `file` as multipart form data to `url`."""

    file_id: Id
    url: str
    fields: dict[str, str]
    expires_at: Moment


class File(Contract):
    """A file of the consult. `media_type` is detected from the content, never claimed."""

    id: Id
    status: FileStatus
    refusal: str | None = None
    """Code: `type-not-allowed`, `type-mismatch`, `hash-mismatch`, `infected`, `missing`."""
    name: str
    description: str | None = None
    participant: Participant
    at: Moment
    size: int
    sha256: str
    media_type: str | None = None


class Files(Contract):
    """Answer of `GET /consults/{id}/files`."""

    items: tuple[File, ...]


class Download(Contract):
    """A short-lived presigned GET that answers as an attachment."""

    url: str
    expires_at: Moment


# --- live channel ---------------------------------------------------------------------------


class ChangeKind(StrEnum):
    """What a change concerns: fetch it again."""

    STATUS = "status"
    PRESENCE = "presence"
    LIMIT = "limit"
    CHAT = "chat"
    NOTE = "note"
    FILE = "file"


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


class RoomPresence(Contract):
    """One connection in the video room, as its server reported it."""

    participant: Participant
    since: Moment


class VideoPresence(Contract):
    """Answer of `GET /consults/{id}/video/presence`."""

    provider: Literal["direct", "jitsi"] | None
    present: tuple[RoomPresence, ...]
    """Empty for `direct`, which has no server that could tell."""


# --- export --------------------------------------------------------------------------------


class ConnectionEntry(Contract):
    """A join or a leave."""

    participant: Participant
    kind: Literal["joined", "left"]
    at: Moment
    cause: Literal[
        "channel", "poll", "disconnected", "lease_expired", "ended",
        "room", "room_left", "room_replaced", "room_ended", "room_lost",
    ]  # fmt: skip
    """`room…`: in the video room, as its server saw it; the others: on the page."""


class ExportedNote(Contract):
    """A version of the note with its text."""

    version: int
    saved_at: Moment
    author: Participant
    after_end: bool
    text: str


class ExportedFile(Contract):
    """A file that passed the checks."""

    id: Id
    name: str
    description: str | None
    participant: Participant
    at: Moment
    media_type: str
    size: int
    sha256: str
    url: str
    """Presigned GET, valid until `url_expires_at`."""
    url_expires_at: Moment


class Export(Contract):
    """Answer of `GET /consults/{id}/export` (right `consults.export`), once it has ended."""

    consult: Consult
    note: Note
    """The current text."""
    note_versions: tuple[ExportedNote, ...]
    chat: tuple[Message, ...]
    connections: tuple[ConnectionEntry, ...]
    files: tuple[ExportedFile, ...]


# --- tenant settings and notifications -------------------------------------------------------


class ConsultSettings(Contract):
    """A tenant's policy. `PUT /consults/settings` (right `consults.admin`)."""

    default_grace_minutes: int = Field(default=10, ge=0, le=120)
    max_extension_minutes: int = Field(default=30, ge=0, le=240)
    notification_hosts: tuple[
        Annotated[str, StringConstraints(pattern=r"^(\*\.)?[a-z0-9.-]{1,253}(:[0-9]{1,5})?$")], ...
    ] = Field(default=(), max_length=50)
    """Hosts (with `:port` unless it is the scheme's own) to which notifications may go.

    `*.example.org` allows any name below.
    """


Bearer = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._~+/=|-]{16,512}$")]


class NewTarget(Contract):
    """Body of `POST /consults/notification-targets`."""

    url: Annotated[str, StringConstraints(pattern=r"^https?://[\x21-\x7e]{1,500}$")]
    """Https, to a host of the tenant's `notification_hosts`."""
    description: Line | None = None
    bearer: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._~+/=|-]{16,512}$")] | None = (
        None
    )
    """Sent as `Authorization: Bearer` besides the signature, to receivers that know only that."""


class Target(Contract):
    """A registered target, without its secret."""

    id: Id
    url: str
    description: str | None = None
    active: bool
    created_at: Moment
    secret_rotated_at: Moment
    version: int


class TargetSecret(Contract):
    """Answer to registering a target or rotating its secret. The secret is shown once."""

    target: Target
    secret: str
    """The signing key, as `telesalud.platform.webhooks` verifies it."""


class Targets(Contract):
    """Answer of `GET /consults/notification-targets`."""

    items: tuple[Target, ...]


class NotificationStatus(StrEnum):
    """State of one notification's delivery."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    """Retried for 24 hours in vain; it can be replayed."""


class Notification(Contract):
    """One line of the delivery log."""

    id: Id
    target_id: Id
    consult_id: Id
    type: str
    sequence: int
    status: NotificationStatus
    attempts: int
    last_status: int | None = None
    """HTTP status of the last attempt, when there was an answer."""
    last_error: str | None = None
    created_at: Moment
    next_attempt_at: Moment | None = None
    delivered_at: Moment | None = None


class Notifications(Contract):
    """Answer of `GET /consults/notifications`."""

    items: tuple[Notification, ...]
    cursor: str | None = None


class NotificationQuery(PageQuery):
    """Query of `GET /consults/notifications`."""

    target: Id
    consult: Id | None = None
    status: NotificationStatus | None = None


class Replay(Contract):
    """Body of `POST /consults/notifications/replay`: by ids, or all of a target in a time range."""

    target: Id
    ids: tuple[Id, ...] = Field(default=(), max_length=100)
    created_from: Moment | None = None
    created_until: Moment | None = None
    status: NotificationStatus | None = None

    @model_validator(mode="after")
    def _something_chosen(self) -> "Replay":
        if bool(self.ids) == (self.created_from is not None):
            raise ValueError("give either ids or created_from (with created_until)")
        if (self.created_from is None) != (self.created_until is None):
            raise ValueError("created_from and created_until belong together")
        return self


class Replayed(Contract):
    """How many notifications will be delivered again."""

    count: int
    resume_from: Moment | None = None
    """There are more in the range: repeat with this as `created_from`."""


class TargetState(Contract):
    """Body of `PUT /consults/notification-targets/{id}`."""

    active: bool
    """A stopped target's notifications fail at once; they can be replayed."""


class ConsultEvent(Contract):
    """`data` of every event of this context and of the notification (`Envelope`) made from it."""

    consult_id: Id
    status: ConsultStatus
    external_reference: str | None = None
    """Only in notifications: on the bus it stays out, since it may name somebody."""
    participant: Participant | None = None
    practitioner_ids: tuple[ExternalId, ...] = ()
    start: Moment
    opens_at: Moment
    closes_at: Moment
    schedule: int
    """Rises with every reschedule."""
    waiting_since: Moment | None = None
    started_at: Moment | None = None
    ended_at: Moment | None = None
    end_cause: EndCause | None = None
    file_id: Id | None = None


class ConsultNotification(Contract):
    """Body of a notification (webhook), as `schemas.webhooks.Envelope` describes it.

    Handle it once per `id`; ignore a lower `sequence` of the same subject.
    """

    id: Id
    type: EventType
    version: Literal[1] = 1
    """Version of the schema of `data`."""
    tenant: str
    subject: Id
    """The consult's id."""
    sequence: int
    at: Moment
    data: ConsultEvent


EVENTS: dict[str, type[Contract]] = {event.value: ConsultEvent for event in EventType}
"""Event types of this context and their `data`; all describe the consult after the step."""
