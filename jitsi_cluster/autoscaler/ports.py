"""What the use cases need from the outside world."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from pydantic import AwareDatetime, Field

from jitsi_cluster.autoscaler.agenda import Agenda, Slot
from jitsi_cluster.autoscaler.drain import Drain
from jitsi_cluster.autoscaler.health import HealthMemory
from jitsi_cluster.autoscaler.model import Frozen, Reading, Stage
from jitsi_cluster.autoscaler.rule import History
from schemas.bridges import VideoStatus


class BridgeUnreachable(Exception):
    """The bridge gave no usable answer; the message names the bridge's address and the cause."""


class HookClosed(Exception):
    """AWS no longer waits for this lifecycle action: it was completed or ran out of time."""


class MemoryConflict(Exception):
    """Somebody else wrote the memory since it was read."""


class Instance(Frozen):
    """One instance of the group. `waiting`: its lifecycle hook holds it (`…:Wait`).

    `registered` and `started` matter while it starts: joined the ECS cluster, bridge task started;
    `exited` while it terminates: the bridge task ended with code 0.
    """

    bridge_id: str
    stage: Stage
    waiting: bool
    launched_at: AwareDatetime
    address: str | None = None
    registered: bool = False
    started: bool = False
    exited: bool = False


class Group(Frozen):
    """The Auto Scaling group as AWS describes it."""

    desired: int = Field(ge=0)
    minimum: int = Field(ge=0)
    instances: tuple[Instance, ...]


class Pending(Frozen):
    """A decision that was remembered and may not be carried out yet. Doing it twice is harmless."""

    minimum: int = Field(ge=0)
    desired: int = Field(ge=0)
    retire: tuple[str, ...] = ()
    replace: tuple[str, ...] = ()


class ScalerMemory(Frozen):
    """What the scaler carries from tick to tick; `version` 0 was never stored."""

    version: int = Field(default=0, ge=0)
    ticked_at: AwareDatetime | None = None
    history: History = History()
    health: HealthMemory = HealthMemory()
    pending: Pending | None = None


class BridgeGroup(Protocol):
    """The group of instances, one bridge each. Every change is absolute or names its instance."""

    def describe(self) -> Group: ...

    def resize(self, *, minimum: int, desired: int) -> None:
        """Set the least and the wanted size."""

    def retire(self, bridge_id: str) -> None:
        """Terminate through the hook and lower the wanted size by one; no-op when terminating."""

    def replace(self, bridge_id: str) -> None:
        """Call it unhealthy, so that the group replaces it; no-op when it is gone."""

    def start_bridge(self, bridge_id: str) -> None:
        """Start the bridge's task on its instance."""

    def admit(self, bridge_id: str) -> None:
        """Complete the launch hook. Raises HookClosed."""

    def heartbeat(self, bridge_id: str) -> None:
        """Give the termination hook its full time again. Raises HookClosed."""

    def complete(self, bridge_id: str) -> None:
        """Complete the termination hook. Raises HookClosed."""


class BridgeControl(Protocol):
    """A bridge's private REST interface. All methods raise BridgeUnreachable."""

    def read(self, address: str) -> Reading: ...

    def enable_drain(self, address: str) -> None: ...

    def shut_down(self, address: str) -> None:
        """Ask for the graceful shutdown."""


class Signalling(Protocol):
    """Prosody and Jicofo of the active shard."""

    def up(self) -> bool: ...


class Memory(Protocol):
    """Durable state. Writes of the scaler's memory are conditional on its version."""

    def scaler(self) -> ScalerMemory: ...

    def save_scaler(self, memory: ScalerMemory) -> ScalerMemory:
        """Store over the version it was read at; returns it with its new one. MemoryConflict."""

    def agenda(self) -> Agenda | None: ...

    def save_agenda(self, agenda: Agenda) -> None: ...

    def drain(self, bridge_id: str) -> Drain | None: ...

    def save_drain(self, drain: Drain) -> None: ...


class StatusBoard(Protocol):
    """Where other code reads the video status."""

    def publish(self, status: VideoStatus) -> None: ...


class Bookings(Protocol):
    """The consults' agenda."""

    def slots(self, since: datetime, until: datetime) -> Iterable[Slot]:
        """Booked slots that start in [since, until). Raises BookingsUnavailable."""


class BookingsUnavailable(Exception):
    """The agenda gave no usable answer."""


class Journal(Protocol):
    """Logs and metrics; ids, counts and outcomes only."""

    def note(self, event: str, **facts: object) -> None: ...

    def measure(self, **values: float) -> None:
        """Record metrics by name."""
