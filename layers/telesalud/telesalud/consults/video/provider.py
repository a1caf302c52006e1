"""The video port: a room for a consult, a way in for each participant, an end.

`direct` is a peer-to-peer room (WebRTC): the two pages signal through the consult's own channel, so
there is nothing to create or to end on a server. Its only server is an optional TURN relay, for
which time-limited credentials are made (draft-uberti-behave-turn-rest-00, as coturn's
`use-auth-secret` checks them).
"""

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from schemas.consult_sessions import ChangeKind, IceServer, VideoRoom
from schemas.consults import EventType, ParticipantRole
from telesalud.consults.access import attend
from telesalud.consults.errors import NotAdmitted
from telesalud.consults.model import Consult, Seat
from telesalud.consults.repository import announce_event, audit, change
from telesalud.consults.video.rooms import add_room
from telesalud.platform.clock import Clock
from telesalud.platform.work import Call, Services, Work, retrying


def seconds_until(moment: datetime, now: datetime) -> int:
    """How long credentials last that end at a moment; never negative."""
    return max(0, int((moment - now).total_seconds()))


class Placement(NamedTuple):
    """Where a consult's video is to be."""

    provider: Literal["direct", "jitsi"]
    shard: str = ""


class VideoProvider(Protocol):
    """Where the two sides see each other."""

    def room_for(self, consult: Consult, seat: Seat) -> VideoRoom:
        """The consult's room with this participant's credentials, valid until the limit at most."""

    def place(self, consult: Consult) -> "Placement | None":
        """Where a consult's video is to be; None when there is nothing to decide."""

    def settle(self, consult: Consult) -> None:
        """No room outlives its consult or its schedule, and the present one has the present limit.

        Repeating is harmless. Raises Unavailable.
        """


class DirectVideo:
    """Peer to peer, with STUN and TURN servers if configured."""

    def __init__(
        self,
        stun_urls: tuple[str, ...],
        turn_urls: tuple[str, ...],
        turn_secret: Callable[[], bytes],
        clock: Clock,
    ) -> None:
        self._stun = stun_urls
        self._turn = turn_urls
        self._secret = turn_secret
        self._clock = clock

    def room_for(self, consult: Consult, seat: Seat) -> VideoRoom:
        servers = [IceServer(urls=self._stun)] if self._stun else []
        if self._turn:
            servers.append(self._relay(consult, seat))
        return VideoRoom(
            provider="direct",
            room=consult.state.room,
            polite=seat.role is ParticipantRole.PATIENT,
            ice_servers=tuple(servers),
            expires_at=consult.state.closes_at,
            expires_in=seconds_until(consult.state.closes_at, self._clock()),
        )

    def place(self, consult: Consult) -> "Placement | None":
        """Nothing else is configured, so there is no choice to remember."""

    def settle(self, consult: Consult) -> None:
        """The pages hang up; relay credentials end with the limit."""

    def _relay(self, consult: Consult, seat: Seat) -> IceServer:
        until = max(consult.state.closes_at, self._clock())
        username = f"{int(until.timestamp())}:{consult.state.room[:12]}-{seat.id}"
        # SHA-1 because that is what TURN servers check; as an HMAC it is still sound (RFC 6194).
        mac = hmac.new(self._secret(), username.encode(), hashlib.sha1).digest()
        return IceServer(
            urls=self._turn, username=username, credential=base64.b64encode(mac).decode()
        )


def enter(services: Services, video: VideoProvider, call: Call, consult_id: str) -> VideoRoom:
    """The way into the video room. Raises NotAdmitted for a patient who is still waiting."""

    def step() -> VideoRoom:
        loaded, seat = attend(services, call, consult_id)
        consult = loaded.consult
        if consult.state.started_at is None and seat.role is ParticipantRole.PATIENT:
            raise NotAdmitted
        work = Work(services, call)
        placement = video.place(consult)
        if placement is not None:
            consult = _placed(work, consult, placement)
        room = video.room_for(consult, seat)
        audit(work, consult, "room_entered", f"seat/{seat.id}")
        work.commit()
        return room

    return retrying(step)


def fall_back(services: Services, video: VideoProvider, call: Call, consult_id: str) -> VideoRoom:
    """The practitioner moves the consult from a room that fails to the direct path, for good.

    The consult goes on; the event makes the room end. Again: the same answer.
    """

    def step() -> VideoRoom:
        loaded, seat = attend(services, call, consult_id, only=ParticipantRole.PRACTITIONER)
        before = loaded.consult
        if before.state.video == "direct":
            return video.room_for(before, seat)
        work = Work(services, call)
        changed = _placed(work, before, Placement("direct"), fell_back=True)
        announce_event(work, changed, EventType.VIDEO_FALLBACK)
        audit(work, changed, "video_fallback")
        work.commit()
        return video.room_for(changed, seat)

    return retrying(step)


def _placed(
    work: Work, before: Consult, placement: Placement, *, fell_back: bool = False
) -> Consult:
    where = {
        "video": placement.provider,
        "shard": placement.shard or before.state.shard,
        "fell_back": fell_back or before.state.fell_back,
    }
    changed = change(work, before, before.state.model_copy(update=where), ChangeKind.STATUS)
    if placement.provider == "jitsi":
        add_room(work, changed)
    return changed
