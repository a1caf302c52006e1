"""Contracts of the `consults` context: consults, their states, policy and events.

What its participants exchange is in `consult_sessions` and `consult_content`, what partners are
told in `consult_notifications`. Routes are listed in `docs/teleconsultation.md`; OpenAPI is
generated from these models.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from schemas.common import Contract, Id, Language, Line, Moment, PageQuery


class ConsultStatus(StrEnum):
    """States of a teleconsultation."""

    SCHEDULED = "scheduled"
    WAITING = "waiting"
    """The patient announced their arrival and has not been admitted yet."""
    IN_PROGRESS = "in_progress"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    """The practitioner came, and the window closed without the patient announcing their arrival."""
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
    CONSENT_RECORDED = "consults.consent_recorded"
    """The patient accepted, refused or withdrew: read `GET /consults/{id}/consents`."""
    SEAT_REVOKED = "consults.seat_revoked"
    """A participant's links and sessions were replaced while the consult was in a video room."""
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
    """The patient, as the calling system knows them."""

    id: ExternalId
    display_name: Line
    language: Language = "es"


class Clinic(Contract):
    """Whom a patient turns to: shown on the pages of a consult."""

    name: Line
    phone: Line | None = None
    country: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    """ISO 3166-1 alpha-2: pages say some things as this country does."""


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
    clinic: Clinic | None = None
    """Where the patient turns to; default by the tenant's settings."""
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
    practitioner_link: str | None = None
    """The first link of `practitioner_links`."""
    practitioner_links: tuple[Link, ...]
    """For a partner, everybody's; for a user, their own. Users who attend need no link."""
    patient_link: str
    version: int


class Reissue(Contract):
    """Body of `POST /consults/{id}/links`: whose links are revoked and issued anew.

    A practitioner's by that practitioner, or by the partner that made the consult.
    """

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


class DeviceCheck(Contract):
    """What the browser found out about itself before joining."""

    camera: bool
    microphone: bool
    speaker: bool
    connection: Literal["good", "poor", "unknown"] = "unknown"


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
    device: DeviceCheck | None = None
    """What the patient's device check found, once they announced their arrival."""
    started_at: Moment | None = None
    ended_at: Moment | None = None
    end_cause: EndCause | None = None
    cancel_reason: str | None = None
    consent: Literal["accepted", "refused", "withdrawn"] | None = None
    """What the patient said last; None while nothing was recorded."""
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
    clinic: Clinic | None = None
    """Shown to patients of consults that name none themselves."""


class ConsultEvent(Contract):
    """`data` of every event of this context and of the notification (`Envelope`) made from it."""

    consult_id: Id
    status: ConsultStatus
    external_reference: str | None = None
    """Only in notifications: on the bus it stays out, since it may name somebody."""
    participant: Participant | None = None
    practitioner_ids: tuple[ExternalId, ...] = ()
    """On the bus, an id that is none of ours is hashed; notifications say it as it was given."""
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


EVENTS: dict[str, type[Contract]] = {event.value: ConsultEvent for event in EventType}
"""Event types of this context and their `data`; all describe the consult after the step."""
