"""Retiring a bridge without cutting a call.

Order (jitsi-videobridge REST, and the pattern 8x8 runs on AWS): `drain/enable` keeps new
conferences away; graceful `shutdown` makes the process exit once empty; the Auto Scaling hook is
kept alive by heartbeats until then; a hard limit ends it in any case. Every step may be repeated.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime, Field

from jitsi_cluster.autoscaler.model import Frozen, Reading, age_seconds


class DrainLimits(Frozen):
    """Seconds. The hard limit of six hours is 8x8's; AWS allows a hook at most 48 hours."""

    hard_limit: float = Field(default=6 * 3600, gt=0)
    heartbeat_every: float = Field(default=600, gt=0)
    dead_after: float = Field(default=300, gt=0)
    empty_for: float = Field(default=60, ge=0)


class Phase(StrEnum):
    """How far the retirement got."""

    DRAINING = "draining"
    SHUTTING_DOWN = "shutting_down"
    DONE = "done"


class Outcome(StrEnum):
    """How it ended. Only `emptied` cut nobody off for sure."""

    EMPTIED = "emptied"
    DIED = "died"
    HARD_LIMIT = "hard_limit"


class Act(StrEnum):
    """What the caller must do now, in this order; each may safely be done twice."""

    ENABLE_DRAIN = "enable_drain"
    SHUT_DOWN = "shut_down"
    HEARTBEAT = "heartbeat"
    COMPLETE = "complete"


class Drain(Frozen):
    """The retirement of one bridge; the two `_since` are of the current unbroken run."""

    bridge_id: str
    started_at: AwareDatetime
    phase: Phase = Phase.DRAINING
    outcome: Outcome | None = None
    heartbeat_at: AwareDatetime | None = None
    participants: int = Field(default=0, ge=0)
    unreachable_since: AwareDatetime | None = None
    empty_since: AwareDatetime | None = None


class Step(Frozen):
    """Store the state, then perform the acts: one that gets lost is asked for by a later step."""

    drain: Drain
    acts: tuple[Act, ...]


def step(
    drain: Drain,
    reading: Reading | None,
    now: datetime,
    limits: DrainLimits,
    *,
    exited: bool = False,
) -> Step:
    """Advance by one observation; `reading` is None when the bridge did not answer.

    exited: its task ended by itself with code 0, which is how a graceful shutdown ends.
    """
    if drain.phase is Phase.DONE:
        # The instance still waits, so the completion never reached AWS: say it again.
        return Step(drain=drain, acts=(Act.COMPLETE,))
    if age_seconds(drain.started_at, now) >= limits.hard_limit:
        return _finish(drain, Outcome.HARD_LIMIT)
    if reading is None:
        return _finish(drain, Outcome.EMPTIED) if exited else _silent(drain, now, limits)
    return _answering(drain, reading, now, limits)


def _answering(drain: Drain, reading: Reading, now: datetime, limits: DrainLimits) -> Step:
    seen = drain.model_copy(
        update={"participants": reading.participants, "unreachable_since": None}
    )
    # Asked for until the bridge confirms it: a restarted bridge forgets that it drains.
    if not reading.draining:
        return _keep_alive(
            seen.model_copy(update={"phase": Phase.DRAINING, "empty_since": None}),
            now,
            limits,
            Act.ENABLE_DRAIN,
        )
    seen = seen.model_copy(update={"phase": Phase.SHUTTING_DOWN})
    if reading.conferences or reading.participants:
        busy = seen.model_copy(update={"empty_since": None})
        return _keep_alive(busy, now, limits, *_shut_down(reading))
    empty_since = seen.empty_since or now
    if age_seconds(empty_since, now) >= limits.empty_for:
        return _finish(seen, Outcome.EMPTIED)
    empty = seen.model_copy(update={"empty_since": empty_since})
    return _keep_alive(empty, now, limits, *_shut_down(reading))


def _shut_down(reading: Reading) -> tuple[Act, ...]:
    return () if reading.shutting_down else (Act.SHUT_DOWN,)


def _silent(drain: Drain, now: datetime, limits: DrainLimits) -> Step:
    """Silence after an empty reading is the exit we asked for; otherwise it may be the network."""
    if drain.phase is Phase.SHUTTING_DOWN and drain.empty_since is not None:
        return _finish(drain, Outcome.EMPTIED)
    since = drain.unreachable_since or now
    if age_seconds(since, now) >= limits.dead_after:
        return _finish(drain, Outcome.DIED)
    return _keep_alive(drain.model_copy(update={"unreachable_since": since}), now, limits)


def _keep_alive(drain: Drain, now: datetime, limits: DrainLimits, *acts: Act) -> Step:
    last = drain.heartbeat_at
    if last is None or age_seconds(last, now) >= limits.heartbeat_every:
        return Step(
            drain=drain.model_copy(update={"heartbeat_at": now}), acts=(*acts, Act.HEARTBEAT)
        )
    return Step(drain=drain, acts=acts)


def _finish(drain: Drain, outcome: Outcome) -> Step:
    done = drain.model_copy(update={"phase": Phase.DONE, "outcome": outcome})
    return Step(drain=done, acts=(Act.COMPLETE,))
