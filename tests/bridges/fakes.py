"""The Auto Scaling group and the table in memory, and builders for the domain's values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from jitsi_cluster.autoscaler.agenda import Agenda, AgendaPlan
from jitsi_cluster.autoscaler.drain import Drain
from jitsi_cluster.autoscaler.model import Bridge, Fleet, Reading, Stage
from jitsi_cluster.autoscaler.ports import (
    Group,
    HookClosed,
    Instance,
    MemoryConflict,
    ScalerMemory,
)
from jitsi_cluster.autoscaler.rule import ScalingRule
from jitsi_cluster.autoscaler.usecases import Policy
from schemas.bridges import VideoStatus

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OLD = NOW - timedelta(hours=5)
MINUTE = timedelta(minutes=1)


def reading(
    stress: float = 0.2,
    participants: int = 4,
    *,
    draining: bool = False,
    shutting_down: bool = False,
    healthy: bool = True,
) -> Reading:
    return Reading(
        stress=stress,
        conferences=(participants + 1) // 2,
        participants=participants,
        draining=draining,
        shutting_down=shutting_down,
        healthy=healthy,
    )


def fleet(*readings: Reading | None, desired: int | None = None, born: datetime = OLD) -> Fleet:
    bridges = tuple(
        Bridge(bridge_id=f"i-{n}", stage=Stage.IN_SERVICE, launched_at=born, reading=r)
        for n, r in enumerate(readings)
    )
    return Fleet(
        desired=len(bridges) if desired is None else desired, bridges=bridges, observed_at=NOW
    )


def policy(**changes: object) -> Policy:
    given = {
        "shard": "blue",
        "domain": "blue.video.clinic.example",
        "rule": ScalingRule(),
        "plan": AgendaPlan(calls_per_bridge=90),
        **changes,
    }
    return Policy.model_validate(given)


class MemoryGroup:
    """Hooks as AWS has them: an instance waits until its action is completed."""

    def __init__(self, desired: int = 0, minimum: int = 0) -> None:
        self.desired = desired
        self.minimum = minimum
        self.instances: dict[str, Instance] = {}
        self.done: list[tuple[str, str]] = []
        self.fail_on: set[str] = set()
        self.exited: Callable[[str], bool] = lambda _address: False

    def add(self, bridge_id: str, address: str | None, stage: Stage = Stage.IN_SERVICE) -> None:
        self.instances[bridge_id] = Instance(
            bridge_id=bridge_id,
            stage=stage,
            waiting=stage is not Stage.IN_SERVICE,
            launched_at=OLD,
            address=address,
        )

    def _did(self, what: str, bridge_id: str) -> None:
        if what in self.fail_on:
            raise ConnectionError(f"{what} failed")
        self.done.append((what, bridge_id))

    def _change(self, bridge_id: str, **changes: object) -> None:
        self.instances[bridge_id] = self.instances[bridge_id].model_copy(update=changes)

    def describe(self) -> Group:
        instances = tuple(
            i.model_copy(update={"exited": self.exited(i.address or "")})
            for i in self.instances.values()
        )
        return Group(desired=self.desired, minimum=self.minimum, instances=instances)

    def resize(self, *, minimum: int, desired: int) -> None:
        self._did("resize", f"{minimum}/{desired}")
        self.minimum, self.desired = minimum, max(minimum, desired)

    def retire(self, bridge_id: str) -> None:
        self._did("retire", bridge_id)
        self.desired -= 1
        self._change(bridge_id, stage=Stage.TERMINATING, waiting=True)

    def replace(self, bridge_id: str) -> None:
        self._did("replace", bridge_id)
        self._change(bridge_id, stage=Stage.TERMINATING, waiting=True)

    def start_bridge(self, bridge_id: str) -> None:
        self._did("start", bridge_id)
        self._change(bridge_id, started=True)

    def admit(self, bridge_id: str) -> None:
        self._did("admit", bridge_id)
        self._change(bridge_id, stage=Stage.IN_SERVICE, waiting=False)

    def heartbeat(self, bridge_id: str) -> None:
        self._did("heartbeat", bridge_id)

    def complete(self, bridge_id: str) -> None:
        if bridge_id not in self.instances:
            raise HookClosed(bridge_id)
        self._did("complete", bridge_id)
        del self.instances[bridge_id]


class MemoryTable:
    """The scaler's table. Keeps JSON, so that what is read went through serialisation."""

    def __init__(self) -> None:
        self.items: dict[str, str] = {}

    def scaler(self) -> ScalerMemory:
        body = self.items.get("SCALER")
        return ScalerMemory.model_validate_json(body) if body else ScalerMemory()

    def save_scaler(self, memory: ScalerMemory) -> ScalerMemory:
        if MemoryTable.scaler(self).version != memory.version:
            raise MemoryConflict("another tick wrote first")
        after = memory.model_copy(update={"version": memory.version + 1})
        self.items["SCALER"] = after.model_dump_json()
        return after

    def agenda(self) -> Agenda | None:
        body = self.items.get("AGENDA")
        return Agenda.model_validate_json(body) if body else None

    def save_agenda(self, agenda: Agenda) -> None:
        self.items["AGENDA"] = agenda.model_dump_json()

    def drain(self, bridge_id: str) -> Drain | None:
        body = self.items.get(f"DRAIN#{bridge_id}")
        return Drain.model_validate_json(body) if body else None

    def save_drain(self, drain: Drain) -> None:
        self.items[f"DRAIN#{drain.bridge_id}"] = drain.model_dump_json()


class Board:
    def __init__(self) -> None:
        self.published: list[VideoStatus] = []

    def publish(self, status: VideoStatus) -> None:
        self.published.append(status)


class Pages:
    def __init__(self, up: bool = True) -> None:
        self.is_up = up

    def up(self) -> bool:
        return self.is_up


class Notes:
    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, object]]] = []
        self.metrics: dict[str, list[float]] = {}

    def note(self, event: str, **facts: object) -> None:
        self.events.append((event, facts))

    def measure(self, **values: float) -> None:
        for name, value in values.items():
            self.metrics.setdefault(name, []).append(value)

    def named(self, event: str) -> list[dict[str, object]]:
        return [facts for name, facts in self.events if name == event]
