"""A teleconsultation's state and its rules: pure functions from a state and a moment to the next.

scheduled -> waiting -> in_progress -> finished
scheduled | waiting -> cancelled | no_show | expired
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

from schemas.consults import (
    ENDED,
    Clinic,
    ConsultStatus,
    DeviceCheck,
    EndCause,
    EventType,
    ParticipantRole,
    PatientRef,
    PractitionerRef,
)
from telesalud.consults.errors import ConsultEnded, NotOpenYet, SessionRevoked
from telesalud.consults.policy import OPENS_BEFORE, WARN_BEFORE
from telesalud.platform.errors import InvalidTransition, NotFound

PATIENT = "patient"


class Stored(BaseModel):
    """Base of what is stored as JSON; unknown fields are kept (`telesalud.platform.sealed`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Seat(Stored):
    """One participant's place."""

    id: str
    practitioner_id: str | None = None
    """User id, or the keyed hash of a partner's own id (`repository.practitioner_key`)."""
    generation: int = 1
    """Rises when this participant's links are revoked; sessions carry it."""
    joined_at: datetime | None = None
    """Present since; None while absent."""
    first_joined_at: datetime | None = None

    @property
    def role(self) -> ParticipantRole:
        """Which side it is."""
        return ParticipantRole.PATIENT if self.id == PATIENT else ParticipantRole.PRACTITIONER


class State(Stored):
    """What is stored in clear: times, ids and codes, nothing that names or describes a person."""

    status: ConsultStatus
    start: datetime
    planned_minutes: int
    grace_minutes: int
    extended_minutes: int = 0
    max_extension_minutes: int = 0
    """The tenant's policy when it was created."""
    schedule: int = 1
    seats: tuple[Seat, ...]
    patient_key: str
    """Keyed hash of the patient's external id: names the patient's data key."""
    language: str
    room: str
    """128 random bits in hex: the video room's name, drawn anew with every schedule."""
    video: Literal["", "direct", "jitsi"] = ""
    """Where the video is: decided when the first participant enters, if there is a choice."""
    shard: str = ""
    """The video server that holds the room."""
    created_by: str
    notification_target: str = ""
    external_sequence: int = -1
    legacy_days: int = 0
    """Days until it closes, when it came through the compatible interface; 0 otherwise."""
    opened: bool = False
    warned: bool = False
    waiting_since: datetime | None = None
    device: DeviceCheck | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    end_cause: EndCause | None = None
    losses: int = 0
    """How often a side lost its connection while the consult went on."""
    fell_back: bool = False
    """Whether its video had to leave a room that failed."""
    note_version: int = 0
    """The last version written."""
    note_current: int = 0
    """The version that counts: the last one, unless that one was kept beside it."""
    files: int = 0
    consent: Literal["", "accepted", "refused", "withdrawn"] = ""
    """What the patient, or who decides for them, said last."""
    consents: int = 0
    """How many decisions were recorded."""

    @property
    def opens_at(self) -> datetime:
        """When participants may come in."""
        return self.start - OPENS_BEFORE

    @property
    def closes_at(self) -> datetime:
        """The limit."""
        minutes = 0 if self.legacy_days else self.planned_minutes + self.grace_minutes
        return self.start + timedelta(
            days=self.legacy_days, minutes=minutes + self.extended_minutes
        )

    @property
    def due_at(self) -> datetime | None:
        """When the clock next has something to do: open, warn or end; None once it has ended."""
        if self.ended:
            return None
        if not self.opened:
            return self.opens_at
        if self.started_at is not None and not self.warned:
            return self.closes_at - WARN_BEFORE
        return self.closes_at

    @property
    def ended(self) -> bool:
        """Whether the state has no way out."""
        return self.status in ENDED

    def seat(self, participant: str) -> Seat:
        """The participant's place. Raises NotFound."""
        for seat in self.seats:
            if seat.id == participant:
                return seat
        raise NotFound("there is no such participant")

    def with_seat(self, changed: Seat) -> "State":
        """This state with one place replaced."""
        seats = tuple(changed if seat.id == changed.id else seat for seat in self.seats)
        return self.model_copy(update={"seats": seats})


class LegacyFields(Stored):
    """What a consultation of the compatible interface has besides."""

    id: str
    """The interface's id, which is also the patient's link secret."""
    medic_secret: str
    """Lets the partner fetch the export, together with its token; opens no page."""
    patient_id: str | None = None
    patient_number: str | None = None
    time_zone: str
    extra: str = "{}"
    """The caller's own object, as JSON text."""


class Private(Stored):
    """What is sealed with the tenant's key: names, external ids, free text."""

    patient: PatientRef
    practitioners: tuple[PractitionerRef, ...]
    external_reference: str | None = None
    cancel_reason: str | None = None
    legacy: LegacyFields | None = None
    clinic: Clinic | None = None


@dataclass(frozen=True, slots=True)
class Consult:
    """A teleconsultation as it was read."""

    tenant: str
    id: str
    version: int
    state: State
    private: Private

    def practitioner_of(self, seat: Seat) -> PractitionerRef | None:
        """Who sits there; None for the patient's seat."""
        if seat.role is ParticipantRole.PATIENT:
            return None
        return self.private.practitioners[int(seat.id.rpartition("-")[2]) - 1]

    def id_of(self, seat: Seat) -> str | None:
        """The practitioner's id as it was given; None for the patient's seat."""
        practitioner = self.practitioner_of(seat)
        return practitioner.id if practitioner else None

    def name_of(self, seat: Seat) -> str:
        """The participant's display name."""
        return (self.practitioner_of(seat) or self.private.patient).display_name


def check_window(state: State, now: datetime) -> None:
    """Raise NotOpenYet or ConsultEnded unless participants may be in at `now`."""
    if state.ended:
        raise ConsultEnded(state.status, state.ended_at or state.closes_at)
    if now < state.opens_at:
        raise NotOpenYet(state.opens_at)
    if now >= state.closes_at:
        raise ConsultEnded(state.status, state.closes_at)


def check_session(state: State, seat: Seat, generation: int, now: datetime) -> None:
    """Raise unless a session of this generation may act at `now`."""
    if seat.generation != generation:
        raise SessionRevoked
    check_window(state, now)


def announced(state: State, device: DeviceCheck | None, now: datetime) -> State:
    """The state once the patient is there; said again, only the device check changes."""
    if state.ended:
        raise InvalidTransition(state.status, ConsultStatus.WAITING)
    update: dict[str, object] = {} if device is None else {"device": device}
    if state.status is ConsultStatus.SCHEDULED:
        update |= {"status": ConsultStatus.WAITING, "waiting_since": now}
    return state.model_copy(update=update)


def admitted(state: State, now: datetime) -> State:
    """The state once the patient was let in; again while in progress nothing changes."""
    if state.status is ConsultStatus.IN_PROGRESS:
        return state
    if state.status is not ConsultStatus.WAITING:
        raise InvalidTransition(state.status, ConsultStatus.IN_PROGRESS)
    warned = now >= state.closes_at - WARN_BEFORE
    return state.model_copy(
        update={"status": ConsultStatus.IN_PROGRESS, "started_at": now, "warned": warned}
    )


def ended_as(state: State, status: ConsultStatus, cause: EndCause, at: datetime) -> State:
    """The ended state, in which sessions and links do not work. Raises InvalidTransition."""
    allowed = {
        ConsultStatus.FINISHED: {ConsultStatus.IN_PROGRESS},
        ConsultStatus.CANCELLED: {ConsultStatus.SCHEDULED, ConsultStatus.WAITING},
        ConsultStatus.NO_SHOW: {ConsultStatus.SCHEDULED},
        ConsultStatus.EXPIRED: {ConsultStatus.SCHEDULED, ConsultStatus.WAITING},
    }
    if state.status not in allowed[status]:
        raise InvalidTransition(state.status, status)
    return state.model_copy(update={"status": status, "end_cause": cause, "ended_at": at})


def closing(state: State) -> ConsultStatus:
    """The status in which the limit ends it."""
    if state.status is ConsultStatus.IN_PROGRESS:
        return ConsultStatus.FINISHED
    came = any(s.first_joined_at for s in state.seats if s.role is ParticipantRole.PRACTITIONER)
    if state.status is ConsultStatus.SCHEDULED and came:
        return ConsultStatus.NO_SHOW
    return ConsultStatus.EXPIRED


ENDINGS = {
    ConsultStatus.FINISHED: EventType.FINISHED,
    ConsultStatus.CANCELLED: EventType.CANCELLED,
    ConsultStatus.NO_SHOW: EventType.NO_SHOW,
    ConsultStatus.EXPIRED: EventType.EXPIRED,
}


def next_deadline(state: State, now: datetime) -> datetime | None:
    """When the limit's workflow must ask again; None once it has ended."""
    if state.ended:
        return None
    if not state.opened:
        return state.opens_at
    warn_at = state.closes_at - WARN_BEFORE
    return warn_at if now < warn_at else state.closes_at
