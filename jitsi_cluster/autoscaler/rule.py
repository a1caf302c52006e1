"""When to scale: the rule of Jitsi's own autoscaler, which has no AWS back end, over a given floor.

Source: jitsi-autoscaler and the values 8x8 ships with it. One mean of `stress_level` per 60 s
period; up when every one of the last U periods is at or over the threshold, down when every one of
the last D is under it; nothing while the group converges on its wanted size, nor in the grace
period after a change; a new bridge is not retired.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime, Field, model_validator

from jitsi_cluster.autoscaler.model import Bridge, Fleet, Frozen, age_seconds


class ScalingRule(Frozen):
    """Thresholds are mean stress; periods are ticks of 60 s; grace and protection are seconds."""

    up_at: float = Field(default=0.3, gt=0)
    up_periods: int = Field(default=2, ge=1)
    up_step: int = Field(default=1, ge=1)
    down_below: float = Field(default=0.1, ge=0)
    down_periods: int = Field(default=10, ge=1)
    down_step: int = Field(default=1, ge=1)
    grace_seconds: float = Field(default=600, ge=0)
    protect_new_seconds: float = Field(default=900, ge=0)
    maximum: int = Field(default=8, ge=1)

    @model_validator(mode="after")
    def _thresholds_leave_a_gap(self) -> Self:
        if self.down_below >= self.up_at:
            raise ValueError(f"down_below {self.down_below} must be under up_at {self.up_at}")
        return self


OFFICIAL_MINIMUM = 2

# With the agenda as floor only unbooked load arrives by surprise, so the reactive half may wait for
# a higher stress and give surplus back sooner. docs/jitsi_sizing.md compares both.
AGENDA_AWARE_RULE = ScalingRule(up_at=0.6, down_below=0.45, down_step=8, grace_seconds=300)


class Why(StrEnum):
    """The reason of a decision, as it is logged."""

    BELOW_FLOOR = "below_floor"
    CONVERGING = "converging"
    GRACE = "grace"
    STRESSED = "stressed"
    IDLE = "idle"
    STEADY = "steady"
    AT_MAXIMUM = "at_maximum"
    NO_CANDIDATE = "no_candidate"


class Decision(Frozen):
    """Wanted size after this tick and the bridges to retire for it (empty unless scaling down)."""

    desired: int = Field(ge=0)
    retire: tuple[str, ...] = ()
    why: Why


class History(Frozen):
    """What the rule remembers: mean stress of recent periods, newest last, and the last change."""

    means: tuple[float | None, ...] = ()
    changed_at: AwareDatetime | None = None

    def with_mean(self, mean: float | None, rule: ScalingRule) -> History:
        """Append one period and forget what no window needs."""
        keep = max(rule.up_periods, rule.down_periods)
        return self.model_copy(update={"means": (*self.means, mean)[-keep:]})


def decide(
    rule: ScalingRule, history: History, fleet: Fleet, floor: int, now: datetime
) -> Decision:
    """Decide one tick. `history` already holds this period; `floor` is the scheduled minimum.

    The floor is a promise to booked patients, so it is raised at once, even in grace or while the
    group converges; it never exceeds `rule.maximum`.
    """
    floor = min(floor, rule.maximum)
    hold = fleet.desired
    if hold < floor:
        return Decision(desired=floor, why=Why.BELOW_FLOOR)
    if hold != len(fleet.in_service):
        return Decision(desired=hold, why=Why.CONVERGING)
    if history.changed_at and age_seconds(history.changed_at, now) < rule.grace_seconds:
        return Decision(desired=hold, why=Why.GRACE)
    return _react(rule, history, fleet, floor, now)


def _react(
    rule: ScalingRule, history: History, fleet: Fleet, floor: int, now: datetime
) -> Decision:
    hold = fleet.desired
    if _every(history.means, rule.up_periods, lambda mean: mean >= rule.up_at):
        if hold >= rule.maximum:
            return Decision(desired=hold, why=Why.AT_MAXIMUM)
        return Decision(desired=min(hold + rule.up_step, rule.maximum), why=Why.STRESSED)
    if hold > floor and _every(
        history.means, rule.down_periods, lambda mean: mean < rule.down_below
    ):
        return _shrink(rule, fleet, floor, now)
    return Decision(desired=hold, why=Why.STEADY)


def _every(means: tuple[float | None, ...], periods: int, test: Callable[[float], bool]) -> bool:
    window = means[-periods:]
    return len(window) == periods and all(mean is not None and test(mean) for mean in window)


def _shrink(rule: ScalingRule, fleet: Fleet, floor: int, now: datetime) -> Decision:
    """Retire the emptiest bridges that are old enough, never so many that the rest is stressed."""
    size = len(fleet.in_service)
    candidates = sorted(
        (
            b
            for b in fleet.in_service
            if age_seconds(b.launched_at, now) >= rule.protect_new_seconds
        ),
        key=_emptiest_then_oldest,
    )
    load = sum(b.reading.stress for b in fleet.usable if b.reading is not None)
    # Jicofo spreads the same load over fewer bridges: the mean must stay under the up threshold.
    keep = max(floor, math.floor(load / rule.up_at) + 1 if load > 0 else 0)
    retire = tuple(b.bridge_id for b in candidates[: min(rule.down_step, max(size - keep, 0))])
    if not retire:
        return Decision(desired=size, why=Why.NO_CANDIDATE)
    return Decision(desired=size - len(retire), retire=retire, why=Why.IDLE)


def _emptiest_then_oldest(bridge: Bridge) -> tuple[int, datetime, str]:
    participants = bridge.reading.participants if bridge.reading is not None else 0
    return participants, bridge.launched_at, bridge.bridge_id
