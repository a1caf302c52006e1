"""A day of consults: its definition, the bookings known before and the calls that happen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from importlib import resources
from pathlib import Path

import numpy as np
from pydantic import Field

from jitsi_cluster.autoscaler.agenda import Slot
from jitsi_cluster.autoscaler.model import Frozen
from jitsi_cluster.sizing.model import CallProfile

MIDNIGHT = datetime(2026, 1, 5, tzinfo=UTC)
DAY_SECONDS = 24 * 3600

# Minutes around the booked start, and the share of the planned time a consult really takes (least,
# most likely, most). Assumptions of ours, wide on purpose: late starts and overruns overlap.
START_OFFSET_MINUTES = (-3.0, 1.0, 12.0)
DURATION_SHARE = (0.3, 0.9, 1.6)


class Block(Frozen):
    """`booked` consults start every `every_minutes` of [since, until), each of `minutes`."""

    since: time
    until: time
    every_minutes: int = Field(default=15, gt=0)
    minutes: int = Field(default=15, gt=0)
    booked: int = Field(ge=0)


class Trace(Frozen):
    """A synthetic day. `unbooked_per_hour` has 24 rates; `idle_minimum` is the on-call cover."""

    name: str
    description: str
    blocks: tuple[Block, ...] = ()
    unbooked_per_hour: tuple[float, ...] = Field(default=(0.0,) * 24, min_length=24, max_length=24)
    unbooked_minutes: int = Field(default=12, gt=0)
    no_show: float = Field(default=0.1, ge=0, lt=1)
    p2p_share: float = Field(default=0.0, ge=0, le=1)
    profile: CallProfile = CallProfile()
    idle_minimum: int = Field(default=0, ge=0)

    def slots(self) -> tuple[Slot, ...]:
        """What the agenda knows the evening before."""
        found: list[Slot] = []
        for block in self.blocks:
            at = _on_day(block.since)
            until = _on_day(block.until)
            while at < until:
                found.append(Slot(start=at, minutes=block.minutes, booked=block.booked))
                at += timedelta(minutes=block.every_minutes)
        return tuple(sorted(found, key=lambda slot: slot.start))


@dataclass(frozen=True, slots=True)
class Call:
    """A consult as it happened: seconds after midnight; `p2p` calls load no bridge."""

    start: float
    seconds: float
    p2p: bool


def shipped() -> dict[str, Trace]:
    """The traces that come with the package, by name."""
    folder = resources.files(__package__) / "traces"
    texts = (f.read_text("utf-8") for f in folder.iterdir() if f.name.endswith(".json"))
    traces = sorted((Trace.model_validate_json(text) for text in texts), key=lambda t: t.name)
    return {trace.name: trace for trace in traces}


def from_agenda(path: Path) -> Trace:
    """A trace from a file of bookings: a JSON list of {"start": "08:00", "minutes", "booked"}.

    Raises ValueError naming the file when it is not such a list.
    """
    try:
        rows = json.loads(path.read_text("utf-8"))
        blocks = tuple(
            Block(
                since=time.fromisoformat(row["start"]),
                until=(_on_day(time.fromisoformat(row["start"])) + timedelta(seconds=1)).time(),
                minutes=row["minutes"],
                booked=row["booked"],
            )
            for row in rows
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: not an agenda of start, minutes and booked: {error}") from error
    return Trace(name=path.stem, description=f"Agenda of {path.name}", blocks=blocks)


def from_volume(gbit: float, since: time, until: time, profile: CallProfile) -> Trace:
    """A trace of `gbit` sent by the bridges in one day, as 15-minute consults evenly booked."""
    seconds = (_on_day(until) - _on_day(since)).total_seconds()
    if seconds <= 0 or gbit <= 0:
        raise ValueError("volume must be positive and its hours in order")
    # Attended time, not booked time, carries the bits.
    attended = 0.9 * sum(DURATION_SHARE) / 3
    calls_per_slot = gbit * 1000 / (profile.out_mbps * 900 * attended) / (seconds / 900)
    every = max(15, round(15 / calls_per_slot)) if calls_per_slot < 1 else 15
    booked = max(1, round(calls_per_slot * every / 15))
    block = Block(since=since, until=until, every_minutes=every, booked=booked)
    return Trace(
        name=f"{gbit:g}-gbit-a-day",
        description=f"{gbit:g} Gbit a day sent by bridges between {since:%H:%M} and {until:%H:%M}",
        blocks=(block,),
        profile=profile,
    )


def calls(trace: Trace, rng: np.random.Generator) -> list[Call]:
    """Draw the day's calls: attended bookings with their delays, and unbooked consults."""
    found: list[Call] = []
    for slot in trace.slots():
        booked_at = (slot.start - MIDNIGHT).total_seconds()
        attended = int(rng.binomial(slot.booked, 1 - trace.no_show))
        for _ in range(attended):
            start = booked_at + 60 * rng.triangular(*START_OFFSET_MINUTES)
            found.append(_call(rng, trace, max(start, 0.0), slot.minutes))
    for hour, rate in enumerate(trace.unbooked_per_hour):
        found.extend(
            _call(rng, trace, hour * 3600 + float(offset), trace.unbooked_minutes)
            for offset in rng.uniform(0, 3600, int(rng.poisson(rate)))
        )
    return sorted(found, key=lambda call: call.start)


def _call(rng: np.random.Generator, trace: Trace, start: float, minutes: int) -> Call:
    seconds = 60 * minutes * rng.triangular(*DURATION_SHARE)
    return Call(start=start, seconds=float(seconds), p2p=bool(rng.random() < trace.p2p_share))


def _on_day(at: time) -> datetime:
    return datetime.combine(MIDNIGHT.date(), at, tzinfo=UTC)
