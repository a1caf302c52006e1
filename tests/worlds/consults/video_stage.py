"""A video cluster in memory, and consults that use it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt import encode
from jwt.algorithms import RSAAlgorithm

from schemas.video import ConnectedOccupant, LifecycleBatch, LifecycleEvent, RoomControlAnswer
from telesalud.consults.repository import state_of
from telesalud.consults.video import provider
from telesalud.consults.video.cluster import HttpCluster, Places, Signed
from telesalud.consults.video.jitsi import JitsiVideo, VideoKeys
from telesalud.consults.video.provider import DirectVideo
from telesalud.platform.errors import Unauthenticated, Unavailable
from telesalud.platform.work import Call
from tests.worlds.consults.stage import PARTNER, Stage, running

SHARD = "blue"
SIGNED = Signed({"X-Telesalud-Signature": "t=1,v1=good"}, b"")
OUTBOUND = ("outbound-new", "outbound-old")
PLACES = Places(
    shards=("blue", "green"),
    domain="{shard}.video.example",
    control_url="https://{domain}/telesalud/control",
    outbound_secret="video-{shard}-outbound",  # the secret's name
    control_secret="video-{shard}-control",
    status="/video/{shard}/status",
    active="/video/active",
)


@dataclass
class RsaSigner:
    """A JwtSigner with RS256 whose key lives in this process."""

    kid: str = "video-1"
    key: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )

    @property
    def public_jwk(self) -> dict[str, str]:
        numbers = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"kid": self.kid, "alg": "RS256", **{n: str(numbers[n]) for n in ("kty", "e", "n")}}

    def sign(self, claims: Any, type_: str = "JWT") -> str:
        return encode(dict(claims), self.key, "RS256", headers={"kid": self.kid, "typ": type_})


@dataclass
class MemoryCluster:
    """A `Cluster` that keeps rooms in memory; `down` makes it silent."""

    alive: dict[str, datetime | None] = field(default_factory=dict)
    present: dict[str, tuple[ConnectedOccupant, ...]] = field(default_factory=dict)
    well: bool = True
    down: bool = False
    ended: list[str] = field(default_factory=list)
    asked: int = 0
    generations: dict[str, dict[str, int]] = field(default_factory=dict)

    def shard_for_new(self) -> str | None:
        return SHARD if self.well else None

    def domain(self, shard: str) -> str:
        return f"{shard}.video.example"

    def authenticate(self, shard: str, sent: Signed) -> None:
        """Every signature but a missing one is good; `HttpCluster` has tests of its own."""
        if not sent.headers:
            raise Unauthenticated

    def _answer(self) -> None:
        self.asked += 1
        if self.down:
            raise Unavailable("down")

    def end(self, shard: str, room: str) -> RoomControlAnswer:
        self._answer()
        self.ended.append(room)
        was = self.alive.pop(room, False) is not False
        return RoomControlAnswer(room=room, alive=False, instance="i-1" if was else None)

    def extend(
        self, shard: str, room: str, ends_at: datetime, generations: Mapping[str, int]
    ) -> RoomControlAnswer | None:
        self._answer()
        if room not in self.alive:
            return None
        self.alive[room] = ends_at
        self.generations[room] = dict(generations)
        return RoomControlAnswer(room=room, alive=True, ends_at=ends_at)

    def count(self, shard: str, room: str) -> RoomControlAnswer | None:
        self._answer()
        if room not in self.alive:
            return None
        return RoomControlAnswer(room=room, alive=True, participants=self.present.get(room, ()))


@dataclass
class VideoStage:
    """A consult in progress with a video cluster."""

    stage: Stage = field(default_factory=running)
    cluster: MemoryCluster = field(default_factory=MemoryCluster)
    signer: RsaSigner = field(default_factory=RsaSigner)

    @property
    def video(self) -> JitsiVideo:
        clock = self.stage.world.clock
        return JitsiVideo(
            self.stage.services,
            self.cluster,
            VideoKeys([self.signer]),
            DirectVideo((), (), lambda: b"", clock),
            issuer="telesalud",
            audience="telesalud-video",
            subject="meet.jitsi",
            clock=clock,
        )


def http_cluster(stage: Stage, **changes: Any) -> HttpCluster:
    """A real one; secrets and parameters come from dictionaries."""
    fields: dict[str, Any] = {
        "places": PLACES,
        "secrets": lambda _name: OUTBOUND,
        "parameter": lambda _name: None,
        "http": lambda: None,
        "clock": stage.world.clock,
        "new_id": stage.world.new_id,
    }
    return HttpCluster(**{**fields, **changes})


def event(room: str, kind: str, number: int, at: datetime, **more: Any) -> LifecycleEvent:
    """A lifecycle event as Prosody sends it; its id follows from its number."""
    raw = {
        "event_id": f"{room[:6]}-{number}",
        "room": room,
        "instance": "i-1",
        "sequence": number,
        "type": kind,
        "occurred_at": at.isoformat(),
        **more,
    }
    return batch_of(raw).events[0]


def batch_of(*raw: Any, shard: str = SHARD) -> LifecycleBatch:
    """A batch of events given as JSON objects or models."""
    events = [e if isinstance(e, dict) else e.model_dump(mode="json") for e in raw]
    return LifecycleBatch.model_validate_json(json.dumps({"shard": shard, "events": events}))


def occupant(who: str, connection: str) -> dict[str, str]:
    """An occupant of the wire."""
    role = "participant" if who == "patient" else "moderator"
    return {"participant_id": who, "role": role, "connection_id": connection}


def visit_of(room: str, start: datetime) -> list[LifecycleEvent]:
    """A whole call: both come, the patient's page reloads, both leave."""

    def at(seconds: int) -> datetime:
        return start + timedelta(seconds=seconds)

    doctor, first, again = (
        occupant("practitioner-1", "c-doctor"),
        occupant("patient", "c-patient-1"),
        occupant("patient", "c-patient-2"),
    )
    return [
        event(room, "room_created", 1, at(0), ends_at=at(3600).isoformat()),
        event(room, "occupant_joined", 2, at(1), occupant=doctor),
        event(room, "occupant_joined", 3, at(2), occupant=first),
        event(room, "occupant_left", 4, at(30), occupant=first, reason="replaced"),
        event(room, "occupant_joined", 5, at(30), occupant=again),
        event(room, "occupant_left", 6, at(90), occupant=again, reason="room_ended"),
        event(room, "occupant_left", 7, at(90), occupant=doctor, reason="room_ended"),
        event(room, "room_destroyed", 8, at(90), reason="control"),
    ]


def enter(at: VideoStage, who: Call) -> dict[str, object]:
    """The claims of the token that the participant gets."""
    room = provider.enter(at.stage.services, at.video, who, at.stage.id)
    assert room.provider == "jitsi"
    assert room.token
    claims: dict[str, object] = jwt.decode(room.token, options={"verify_signature": False})
    return claims


def room_of(at: VideoStage) -> str:
    return state_of(at.stage.services, PARTNER.tenant, at.stage.id).room
