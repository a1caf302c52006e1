"""The scheduled minimum: how many bridges the booked teleconsults need, before they start."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Self

from pydantic import AwareDatetime, Field, model_validator

from jitsi_cluster.autoscaler.model import Frozen


class Slot(Frozen):
    """`booked` teleconsults start at `start` and are planned to last `minutes`."""

    start: AwareDatetime
    minutes: int = Field(gt=0, le=24 * 60)
    booked: int = Field(ge=0)

    @property
    def end(self) -> datetime:
        """Planned end."""
        return self.start + timedelta(minutes=self.minutes)


class AgendaPlan(Frozen):
    """How bookings become bridges.

    calls_per_bridge: two-party calls one bridge carries at the target stress (see sizing).
    minimum: bridges while anything is booked: two, so that one may fail.
    idle_minimum: bridges while nothing is booked; 0 leaves unbooked consults to `direct`.
    lead_seconds: how early capacity is asked for: start of a bridge (4-5 min) plus early arrivals.
    tail_seconds: how long it stays after the planned end, for consults that run over.
    attendance: share of bookings expected to happen; above 1 adds room for unbooked ones.
    """

    calls_per_bridge: int = Field(gt=0)
    minimum: int = Field(default=2, ge=1)
    idle_minimum: int = Field(default=0, ge=0)
    maximum: int = Field(default=8, ge=1)
    lead_seconds: float = Field(default=900, ge=0)
    tail_seconds: float = Field(default=900, ge=0)
    attendance: float = Field(default=1.0, gt=0)

    @model_validator(mode="after")
    def _bounds_are_ordered(self) -> Self:
        if not self.idle_minimum <= self.minimum <= self.maximum:
            raise ValueError("idle_minimum <= minimum <= maximum must hold")
        return self


class Agenda(Frozen):
    """Bookings known for [`fetched_at`, `valid_until`)."""

    slots: tuple[Slot, ...]
    fetched_at: AwareDatetime
    valid_until: AwareDatetime


def peak_booked(slots: Iterable[Slot], since: datetime, until: datetime) -> int:
    """Most teleconsults planned to run at one moment of [since, until]."""
    changes: list[tuple[datetime, int]] = []
    for slot in slots:
        if slot.booked and slot.start <= until and slot.end > since:
            changes.append((max(slot.start, since), slot.booked))
            changes.append((slot.end, -slot.booked))
    running = peak = 0
    # An end sorts before a start of the same moment: back-to-back slots do not overlap.
    for _, change in sorted(changes):
        running += change
        peak = max(peak, running)
    return peak


def floor_at(plan: AgendaPlan, agenda: Agenda | None, now: datetime) -> int:
    """Scheduled minimum of bridges at `now`.

    An agenda that is missing or whose validity ended proves nothing, so the floor is then the
    ordinary minimum and never the idle one: a broken feed must not switch the cluster off.
    """
    lead = now + timedelta(seconds=plan.lead_seconds)
    if agenda is None or lead > agenda.valid_until:
        return plan.minimum
    peak = peak_booked(agenda.slots, now - timedelta(seconds=plan.tail_seconds), lead)
    if peak == 0:
        return plan.idle_minimum
    wanted = math.ceil(peak * plan.attendance / plan.calls_per_bridge)
    return min(max(wanted, plan.minimum), plan.maximum)
