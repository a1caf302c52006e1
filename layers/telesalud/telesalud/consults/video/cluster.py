"""The video cluster as consults sees it: is it well, what does it share with us, what is it told.

Signatures and messages are those of `jitsi_cluster/contract.md`; the models are `schemas.video`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pydantic import ValidationError

from schemas.bridges import VideoStatus
from schemas.video import SIGNATURE_HEADER, RoomControl, RoomControlAnswer
from telesalud.platform.clock import Clock
from telesalud.platform.errors import Unauthenticated, Unavailable
from telesalud.platform.ids import NewId
from telesalud.platform.logs import get_logger
from telesalud.platform.webhooks import signature

if TYPE_CHECKING:
    import httpx

WINDOW = timedelta(seconds=60)
"""How far a signature's time may be from ours; within it a replay repeats nothing but a question
that changes nothing, or events that are known by their id."""
_SECRETS_FRESH = timedelta(minutes=5)
_SECRETS_AGAIN = timedelta(seconds=10)
_STATUS_FRESH = timedelta(seconds=10)
_SHARD = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Signed(NamedTuple):
    """A request of the video server as it arrived: its headers and the body that it signed."""

    headers: Mapping[str, str]
    body: bytes


class Cluster(Protocol):
    """What the use cases need of it."""

    def shard_for_new(self) -> str | None:
        """The shard on which a new room may be opened now; None when none is well."""

    def domain(self, shard: str) -> str:
        """Host name of the shard's web app. Raises Unavailable for an unknown shard."""

    def authenticate(self, shard: str, sent: Signed) -> None:
        """Raise Unauthenticated unless the shard signed this body within the window."""

    def end(self, shard: str, room: str) -> RoomControlAnswer:
        """The room is destroyed, or was not there (`instance` is None). Raises Unavailable."""

    def extend(
        self, shard: str, room: str, ends_at: datetime, generations: Mapping[str, int]
    ) -> RoomControlAnswer | None:
        """The room ends then, and tokens older than these generations count no more.

        None when there is no such room. Raises Unavailable.
        """

    def count(self, shard: str, room: str) -> RoomControlAnswer | None:
        """Who is there; None when there is no such room. Raises Unavailable."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where things of a shard are; `{shard}` in each stands for the shard's name."""

    shards: tuple[str, ...]
    """Known shards; without an `active` pointer new rooms go to the first."""
    domain: str
    control_url: str
    outbound_secret: str
    """Name or ARN of the secret with which Prosody signs."""
    control_secret: str
    """Name or ARN of the secret with which we sign."""
    status: str = ""
    """Parameter with the shard's `VideoStatus`; empty for a cluster without a scaler."""
    active: str = ""
    """Parameter with the name of the shard for new rooms."""

    def of(self, template: str, shard: str) -> str:
        """A template filled in. Raises Unavailable for an unknown shard."""
        if shard not in self.shards:
            raise Unavailable("this video shard is not known here")
        return template.replace("{domain}", self.domain).replace("{shard}", shard)


@dataclass(slots=True)
class HttpCluster:
    """A `Cluster` over HTTP, with its secrets and its status kept elsewhere."""

    places: Places
    secrets: Callable[[str], tuple[str, ...]]
    """A secret's current value and the one before, newest first."""
    parameter: Callable[[str], str | None]
    """A published parameter, None when there is none. Raises Unavailable."""
    http: "Callable[[], httpx.Client]"
    clock: Clock
    new_id: NewId
    _kept: dict[str, tuple[datetime, tuple[str, ...]]] = field(default_factory=dict)
    _shard: tuple[datetime, str | None] | None = None

    def shard_for_new(self) -> str | None:
        now = self.clock()
        if self._shard is None or now - self._shard[0] >= _STATUS_FRESH:
            self._shard = (now, self._well(now))
        return self._shard[1]

    def _well(self, now: datetime) -> str | None:
        try:
            active = self.parameter(self.places.active) if self.places.active else None
            shard = active or self.places.shards[0]
            if not self.places.status:
                return shard
            text = self.parameter(self.places.of(self.places.status, shard))
            status = VideoStatus.model_validate_json(text) if text else None
        except (Unavailable, ValidationError) as error:
            get_logger().warning("video status unreadable", error=type(error).__name__)
            return None
        return shard if status and status.provider_at(now) == "jitsi" else None

    def domain(self, shard: str) -> str:
        return self.places.of(self.places.domain, shard)

    def authenticate(self, shard: str, sent: Signed) -> None:
        if not _SHARD.fullmatch(shard) or shard not in self.places.shards:
            raise Unauthenticated("the signature is not valid")
        name = self.places.of(self.places.outbound_secret, shard)
        given = {k.lower(): v for k, v in sent.headers.items()}.get(SIGNATURE_HEADER.lower(), "")
        # A secret may have been rotated since ours was read.
        for age in (_SECRETS_FRESH, _SECRETS_AGAIN):
            try:
                signature.verify(
                    self._secrets(name, age),
                    {signature.SIGNATURE_HEADER: given},
                    sent.body,
                    self.clock(),
                    WINDOW,
                )
            except signature.SignatureRefused as refused:
                reason = refused.reason
                if reason == "mismatch":
                    continue
            else:
                return
            break
        get_logger().warning("video request refused", reason=reason)
        raise Unauthenticated("the signature is not valid")

    def _secrets(self, name: str, age: timedelta) -> tuple[str, ...]:
        now = self.clock()
        kept = self._kept.get(name)
        if kept is None or now - kept[0] >= age:
            kept = self._kept[name] = (now, self.secrets(name))
        return kept[1]

    def end(self, shard: str, room: str) -> RoomControlAnswer:
        answer = self._control(
            shard, RoomControl(request_id=self.new_id(), action="end", room=room)
        )
        return answer or RoomControlAnswer(room=room, alive=False)

    def extend(
        self, shard: str, room: str, ends_at: datetime, generations: Mapping[str, int]
    ) -> RoomControlAnswer | None:
        request = RoomControl(
            request_id=self.new_id(),
            action="extend",
            room=room,
            ends_at=ends_at,
            generations=dict(generations),
        )
        return self._control(shard, request)

    def count(self, shard: str, room: str) -> RoomControlAnswer | None:
        return self._control(
            shard, RoomControl(request_id=self.new_id(), action="count", room=room)
        )

    def _control(self, shard: str, request: RoomControl) -> RoomControlAnswer | None:
        import httpx  # noqa: PLC0415  # only few of the functions control rooms

        url = self.places.of(self.places.control_url, shard)
        name = self.places.of(self.places.control_secret, shard)
        body = request.model_dump_json(exclude_none=True).encode()
        status = 0
        for secret in self._secrets(name, _SECRETS_FRESH):
            headers = {
                "Content-Type": "application/json",
                SIGNATURE_HEADER: signature.sign([secret], body, self.clock()),
            }
            try:
                answer = self.http().post(url, content=body, headers=headers)
                status = answer.status_code
                if status == httpx.codes.OK:
                    return RoomControlAnswer.model_validate_json(answer.content)
            except (httpx.HTTPError, ValidationError) as error:
                raise Unavailable("the video server gave no usable answer") from error
            if status != httpx.codes.UNAUTHORIZED:
                break  # the server may not know a new secret yet; nothing else is worth another
        if status == httpx.codes.NOT_FOUND:
            return None
        self._kept.pop(name, None)
        raise Unavailable(f"the video server answered {status}")
