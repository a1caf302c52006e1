"""Contracts of the video bridges: the status they publish and the agenda load they ask for."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from schemas.common import Contract, Moment, Query

MOST_SLOTS = 5000
"""The scaler keeps an answer in one stored item (400 KB)."""


class VideoStatus(Contract):
    """Where new consults should be held. Published every minute as JSON.

    A reader that finds none, or finds it older than `valid_until`, uses `direct`: silence of the
    control plane is no sign that bridges work. Running consults stay where they are.
    """

    provider: Literal["jitsi", "direct"]
    cause: Literal[
        "ok",
        "recovering",
        "signalling_down",
        "no_bridge",
        "overstressed",
        "nothing_booked",
        "starting",
    ]
    shard: str = Field(min_length=1, max_length=64)
    """The shard that new rooms are created on."""
    domain: str = Field(min_length=1, max_length=253)
    """Host name of that shard's web and XMPP WebSocket."""
    usable_bridges: int = Field(ge=0)
    observed_at: Moment
    valid_until: Moment

    def provider_at(self, now: datetime) -> Literal["jitsi", "direct"]:
        """The provider for a consult that opens at `now`."""
        return self.provider if now < self.valid_until else "direct"


class AgendaSlot(Contract):
    """`booked` teleconsults by the cluster start at `start`, planned for `minutes`."""

    start: Moment
    minutes: int = Field(ge=1, le=1440)
    booked: int = Field(ge=0)


class AgendaQuery(Query):
    """Query of `GET /consults/agenda-load`: consults that start in [`from`, `to`)."""

    since: Moment = Field(alias="from")
    until: Moment = Field(alias="to")


class AgendaLoad(Contract):
    """Answer of `GET {agenda}?from=&to=`: counts only, no ids; slots in any order."""

    slots: tuple[AgendaSlot, ...] = Field(max_length=MOST_SLOTS)
