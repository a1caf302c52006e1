"""Contract between the consults context and the video cluster's signalling server (Prosody).

Three signed calls, described for implementers in `jitsi_cluster/contract.md`:

- `POST {consults}/video/rooms/{room}/admission`: `AdmissionRequest` -> `AdmissionAnswer`
- `POST {consults}/video/events`: `LifecycleBatch` -> any 2xx
- `POST {prosody}/telesalud/control`: `RoomControl` -> `RoomControlAnswer`
"""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.common import Contract, Language, Moment

RoomName = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
"""128 random bits in lower-case hexadecimal, unrelated to links and ids."""
OpaqueId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""An identifier that cannot hold a name with blanks or an e-mail address."""
Shard = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""Which signalling server speaks."""

SIGNATURE_HEADER = "X-Telesalud-Signature"
"""`t=<unix seconds>,v1=<hex HMAC-SHA256 over "<t>.<body>">` on all three calls."""


class AdmissionRequest(Contract):
    """Asked before a room comes to exist and whenever somebody asks to enter."""

    request_id: OpaqueId
    room: RoomName
    asked_at: Moment
    shard: Shard


class AdmissionAnswer(Contract):
    """May this room exist now, until when, for how many.

    `ends_at` is the hard end: the room is destroyed at that moment even if the control plane is
    never heard of again. `max_occupants` counts people, not Jitsi's focus. `warn_seconds` before
    the end the room gets a warning in `language`; 0 warns nobody. A refusal carries `reason`
    only; for a room that is running it ends that room.
    """

    room: RoomName
    allow: bool
    ends_at: Moment | None = None
    max_occupants: int | None = Field(default=None, ge=1, le=50)
    warn_seconds: int = Field(default=300, ge=0, le=3600)
    language: Language = "es"
    generations: dict[OpaqueId, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    """Of each participant whose link was replaced, the least generation of tokens that counts."""
    reason: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.allow and (self.ends_at is None or self.max_occupants is None):
            raise ValueError("an admission names its end and its number of occupants")
        if not self.allow and self.reason is None:
            raise ValueError("a refusal names its reason")
        return self


class Occupant(Contract):
    """Somebody in the room. A participant who reconnects keeps `participant_id` only."""

    participant_id: OpaqueId
    role: Literal["moderator", "participant"]
    connection_id: OpaqueId


class _Event(Contract):
    event_id: OpaqueId
    room: RoomName
    instance: OpaqueId
    """One existence of the room; a room that is created again has another."""
    sequence: int = Field(ge=1)
    """1, 2, 3 … within the instance, without gaps."""
    occurred_at: Moment


class RoomCreated(_Event):
    """Always the first of its instance."""

    type: Literal["room_created"]
    ends_at: Moment


class OccupantJoined(_Event):
    type: Literal["occupant_joined"]
    occupant: Occupant


class OccupantLeft(_Event):
    """`server_restart`: the true time lies between the event before and `occurred_at`."""

    type: Literal["occupant_left"]
    occupant: Occupant
    reason: Literal["left", "replaced", "room_ended", "server_restart"]


class RoomDestroyed(_Event):
    """Always the last of its instance."""

    type: Literal["room_destroyed"]
    reason: Literal["empty", "limit", "control", "admission_withdrawn", "server_restart"]


LifecycleEvent = Annotated[
    RoomCreated | OccupantJoined | OccupantLeft | RoomDestroyed, Field(discriminator="type")
]


class LifecycleBatch(Contract):
    """Events of one shard in the order they happened, oldest first.

    Delivered at least once: the receiver keeps the first of each `event_id`.
    """

    shard: Shard
    events: tuple[LifecycleEvent, ...] = Field(min_length=1, max_length=200)


class RoomControl(Contract):
    """What the control plane asks of a room. `ends_at` is absolute, so a repetition is harmless."""

    request_id: OpaqueId
    action: Literal["end", "extend", "count"]
    room: RoomName
    ends_at: Moment | None = None
    generations: dict[OpaqueId, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    """As in the admission; who holds an older token is put out. With `extend`."""

    @model_validator(mode="after")
    def _end_given(self) -> Self:
        if (self.action == "extend") != (self.ends_at is not None):
            raise ValueError("`ends_at` goes with `extend` and only with it")
        return self


class ConnectedOccupant(Occupant):
    joined_at: Moment


class RoomControlAnswer(Contract):
    """The room as it is (`count`, `extend`) or was at its end (`end`).

    Only `room` and `alive` are set when an `end` found nothing; `count` and `extend` then get 404.
    """

    room: RoomName
    alive: bool
    instance: OpaqueId | None = None
    ends_at: Moment | None = None
    occupants: int = 0
    participants: tuple[ConnectedOccupant, ...] = ()
