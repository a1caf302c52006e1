"""Which provider new consults should use, and whether somebody must be woken."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from jitsi_cluster.autoscaler.model import Fleet, Frozen, Stage


class Provider(StrEnum):
    """The two providers behind the consults' video port."""

    JITSI = "jitsi"
    DIRECT = "direct"


class Cause(StrEnum):
    """Why new consults go where they go."""

    OK = "ok"
    RECOVERING = "recovering"
    SIGNALLING_DOWN = "signalling_down"
    NO_BRIDGE = "no_bridge"
    OVERSTRESSED = "overstressed"
    NOTHING_BOOKED = "nothing_booked"
    STARTING = "starting"


PLANNED = frozenset({Cause.NOTHING_BOOKED, Cause.STARTING, Cause.RECOVERING})


class HealthRule(Frozen):
    """`overstressed_at` is Jicofo's BRIDGE_STRESS_THRESHOLD; ticks are of 60 s."""

    overstressed_at: float = Field(default=0.8, gt=0)
    good_ticks_to_return: int = Field(default=3, ge=1)
    bad_ticks_to_replace: int = Field(default=5, ge=1)


class Verdict(Frozen):
    """`alarm` is false for a planned absence of bridges."""

    provider: Provider
    cause: Cause
    alarm: bool


class HealthMemory(Frozen):
    """Good ticks since the last bad one, and bad ticks in a row per bridge in service."""

    good_ticks: int = Field(default=0, ge=0)
    bad_ticks: dict[str, int] = Field(default_factory=dict)


def judge(
    rule: HealthRule, memory: HealthMemory, fleet: Fleet, *, signalling_up: bool, floor: int
) -> tuple[HealthMemory, Verdict]:
    """Judge one tick.

    Leaves jitsi at the first bad tick, because a patient who cannot connect has no second chance,
    and returns after several good ones, so that a flapping cluster is not handed consults.
    """
    bad = {
        b.bridge_id: memory.bad_ticks.get(b.bridge_id, 0) + 1
        for b in fleet.in_service
        if b.reading is None or not b.reading.healthy
    }
    cause = _cause(rule, fleet, signalling_up=signalling_up, floor=floor)
    if cause is not Cause.OK:
        verdict = Verdict(provider=Provider.DIRECT, cause=cause, alarm=cause not in PLANNED)
        return HealthMemory(bad_ticks=bad), verdict
    good = min(memory.good_ticks + 1, rule.good_ticks_to_return)
    kept = HealthMemory(good_ticks=good, bad_ticks=bad)
    if good < rule.good_ticks_to_return:
        return kept, Verdict(provider=Provider.DIRECT, cause=Cause.RECOVERING, alarm=False)
    return kept, Verdict(provider=Provider.JITSI, cause=Cause.OK, alarm=bool(bad))


def _cause(rule: HealthRule, fleet: Fleet, *, signalling_up: bool, floor: int) -> Cause:
    if not signalling_up:
        return Cause.SIGNALLING_DOWN
    if not fleet.usable:
        return _absence(fleet, floor)
    stresses = [b.reading.stress for b in fleet.usable if b.reading is not None]
    return Cause.OVERSTRESSED if min(stresses) >= rule.overstressed_at else Cause.OK


def _absence(fleet: Fleet, floor: int) -> Cause:
    if fleet.in_service:
        return Cause.NO_BRIDGE
    if floor == 0 and fleet.desired == 0:
        return Cause.NOTHING_BOOKED
    # A start that never ends shows as missing bridges, which has an alarm of its own.
    coming = fleet.desired < floor or any(b.stage is Stage.STARTING for b in fleet.bridges)
    return Cause.STARTING if coming else Cause.NO_BRIDGE


def to_replace(rule: HealthRule, memory: HealthMemory) -> tuple[str, ...]:
    """Bridges that stayed bad too long and are to be replaced by the group."""
    return tuple(
        sorted(b for b, ticks in memory.bad_ticks.items() if ticks >= rule.bad_ticks_to_replace)
    )
