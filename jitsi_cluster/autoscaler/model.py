"""What the rules know about a bridge. Times are timezone-aware UTC, stress is Jitsi's own ratio."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    """An immutable value that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Stage(StrEnum):
    """Where the instance is in the Auto Scaling group's lifecycle."""

    STARTING = "starting"
    IN_SERVICE = "in_service"
    TERMINATING = "terminating"


class Reading(Frozen):
    """What one bridge said at `/colibri/stats` and `/about/health`.

    `stress` is load over threshold: 0 idle, 1 at the configured limit, above 1 possible.
    """

    stress: float = Field(ge=0)
    conferences: int = Field(ge=0)
    participants: int = Field(ge=0)
    draining: bool
    shutting_down: bool
    healthy: bool


class Bridge(Frozen):
    """One instance of the bridge group; `reading` is None when it did not answer."""

    bridge_id: str
    stage: Stage
    launched_at: AwareDatetime
    reading: Reading | None = None

    @property
    def usable(self) -> bool:
        """Whether Jicofo may put a new conference here."""
        return (
            self.stage is Stage.IN_SERVICE
            and self.reading is not None
            and self.reading.healthy
            and not self.reading.draining
            and not self.reading.shutting_down
        )


class Fleet(Frozen):
    """The group as one observation: wanted size and every instance that still exists."""

    desired: int = Field(ge=0)
    bridges: tuple[Bridge, ...]
    observed_at: AwareDatetime

    @property
    def in_service(self) -> tuple[Bridge, ...]:
        """Bridges that count towards the wanted size."""
        return tuple(b for b in self.bridges if b.stage is Stage.IN_SERVICE)

    @property
    def usable(self) -> tuple[Bridge, ...]:
        """Bridges that can take a new conference now."""
        return tuple(b for b in self.bridges if b.usable)

    def mean_stress(self) -> float | None:
        """Mean stress of the usable bridges, None when there is none: no data is not a low load."""
        values = [b.reading.stress for b in self.usable if b.reading is not None]
        return sum(values) / len(values) if values else None


def age_seconds(since: datetime, now: datetime) -> float:
    """Seconds from `since` to `now`."""
    return (now - since).total_seconds()
