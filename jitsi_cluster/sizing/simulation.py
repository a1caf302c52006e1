"""Discrete-event simulation of one day: calls arrive, bridges start and drain, a policy ticks.

Bridges take 4-5 minutes from decision to ready (openfun's measurement), a running call never
moves, Jicofo's `SingleBridge` selection takes the least stressed usable bridge, and a draining
bridge lives until it is empty plus jitsi-videobridge's one-minute `shutting-down-delay`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import simpy

from jitsi_cluster.autoscaler.agenda import Agenda, AgendaPlan, floor_at
from jitsi_cluster.autoscaler.model import Bridge, Fleet, Reading, Stage
from jitsi_cluster.autoscaler.rule import History, ScalingRule, decide
from jitsi_cluster.sizing.traces import DAY_SECONDS, MIDNIGHT, Call

TICK_SECONDS = 60.0
START_SECONDS = (240.0, 300.0)
EXIT_SECONDS = 60.0
OVERSTRESSED = 0.8
FULL = 1.0

Process = Generator[simpy.Event, None, None]
Floor = Callable[[datetime], int]


@dataclass(frozen=True)
class Policy:
    """A name, the rule, and the scheduled minimum as a function of time."""

    name: str
    rule: ScalingRule
    floor: Floor


def static(count: int) -> Policy:
    """`count` bridges all day."""
    rule = ScalingRule(up_at=1e9, down_below=0, maximum=count)
    return Policy("static peak", rule, lambda _now: count)


def official(rule: ScalingRule, minimum: int) -> Policy:
    """The official autoscaler's rule over a fixed minimum."""
    return Policy("official rule", rule, lambda _now: minimum)


def agenda_aware(rule: ScalingRule, plan: AgendaPlan, agenda: Agenda) -> Policy:
    """The scheduled minimum from the bookings, and the rule above it."""
    return Policy("agenda-aware", rule, lambda now: floor_at(plan, agenda, now))


@dataclass(frozen=True, slots=True)
class Sample:
    """One tick: bridges that cost money, bridges in service, calls on bridges, highest stress."""

    seconds: float
    billed: int
    serving: int
    calls: int
    worst_stress: float


@dataclass
class Outcome:
    """A day under a policy. Rejected: no bridge could take it. Degraded: its bridge passed 0.8."""

    policy: str
    calls: int = 0
    p2p: int = 0
    rejected: int = 0
    degraded: int = 0
    bridge_hours: float = 0.0
    call_hours: float = 0.0
    samples: list[Sample] = field(default_factory=list)

    def bridges_by_hour(self) -> list[int]:
        """Most bridges billed at once in each hour of the day."""
        hours = [0] * 24
        for sample in self.samples:
            hour = int(sample.seconds // 3600)
            hours[hour] = max(hours[hour], sample.billed)
        return hours


@dataclass(eq=False)
class _Bridge:
    name: str
    launched: float
    stage: Stage
    stress: float = 0.0
    degraded: set[int] = field(default_factory=set)
    running: set[int] = field(default_factory=set)


class _Day:
    def __init__(self, policy: Policy, call_stress: float, rng: np.random.Generator) -> None:
        self.env = simpy.Environment()
        self.policy = policy
        self.call_stress = call_stress
        self.rng = rng
        self.bridges: dict[str, _Bridge] = {}
        self.desired = self.launched = 0
        self.history = History()
        self.outcome = Outcome(policy.name)
        self.degraded: set[int] = set()

    def run(self, calls: list[Call]) -> Outcome:
        # The day begins in the state that the policy would have left the evening before.
        self.desired = self.policy.floor(MIDNIGHT)
        for _ in range(self.desired):
            self._launch(ready_after=0.0)
        self.env.process(self._ticks())
        self.env.process(self._arrivals(calls))
        self.env.run(until=DAY_SECONDS)
        for bridge in self.bridges.values():
            self._bill(bridge)
        self.outcome.degraded = len(self.degraded)
        return self.outcome

    def _now(self) -> datetime:
        return MIDNIGHT + timedelta(seconds=self.env.now)

    # --- bridges

    def _launch(self, ready_after: float) -> None:
        self.launched += 1
        name = f"b{self.launched:05d}"
        bridge = _Bridge(name, self.env.now, Stage.STARTING)
        self.bridges[name] = bridge
        self.env.process(self._start(bridge, ready_after))

    def _start(self, bridge: _Bridge, ready_after: float) -> Process:
        yield self.env.timeout(ready_after)
        bridge.stage = Stage.IN_SERVICE

    def _drain(self, bridge: _Bridge) -> Process:
        bridge.stage = Stage.TERMINATING
        while bridge.running:
            yield self.env.timeout(TICK_SECONDS)
        yield self.env.timeout(EXIT_SECONDS)
        self._bill(bridge)
        del self.bridges[bridge.name]

    def _bill(self, bridge: _Bridge) -> None:
        self.outcome.bridge_hours += (self.env.now - bridge.launched) / 3600

    # --- calls

    def _arrivals(self, calls: list[Call]) -> Process:
        for number, call in enumerate(calls):
            if call.start >= DAY_SECONDS:
                return
            yield self.env.timeout(call.start - self.env.now)
            self.outcome.calls += 1
            if call.p2p:
                self.outcome.p2p += 1
                continue
            self.env.process(self._call(number, call))

    def _call(self, number: int, call: Call) -> Process:
        usable = [b for b in self.bridges.values() if b.stage is Stage.IN_SERVICE]
        chosen = min(usable, key=lambda b: (b.stress, b.name), default=None)
        if chosen is None or chosen.stress + self.call_stress > FULL:
            self.outcome.rejected += 1
            return
        chosen.running.add(number)
        chosen.stress = len(chosen.running) * self.call_stress
        if chosen.stress > OVERSTRESSED:
            self.degraded |= chosen.running
        yield self.env.timeout(call.seconds)
        chosen.running.discard(number)
        chosen.stress = len(chosen.running) * self.call_stress
        self.outcome.call_hours += call.seconds / 3600

    # --- the policy

    def _ticks(self) -> Process:
        # Readings are taken after the events of the same second.
        yield self.env.timeout(1.0)
        while True:
            self._tick()
            yield self.env.timeout(TICK_SECONDS)

    def _tick(self) -> None:
        now = self._now()
        fleet = self._observe(now)
        rule = self.policy.rule
        self.history = self.history.with_mean(fleet.mean_stress(), rule)
        decision = decide(rule, self.history, fleet, self.policy.floor(now), now)
        if decision.desired != self.desired:
            self.history = self.history.model_copy(update={"changed_at": now})
        for _ in range(decision.desired - self.desired):
            self._launch(ready_after=float(self.rng.uniform(*START_SECONDS)))
        for name in decision.retire:
            self.env.process(self._drain(self.bridges[name]))
        self.desired = decision.desired
        self._sample()

    def _observe(self, now: datetime) -> Fleet:
        return Fleet(
            desired=self.desired,
            observed_at=now,
            bridges=tuple(
                Bridge(
                    bridge_id=b.name,
                    stage=b.stage,
                    launched_at=MIDNIGHT + timedelta(seconds=b.launched),
                    reading=Reading(
                        stress=b.stress,
                        conferences=len(b.running),
                        participants=2 * len(b.running),
                        draining=b.stage is Stage.TERMINATING,
                        shutting_down=b.stage is Stage.TERMINATING,
                        healthy=b.stage is not Stage.STARTING,
                    ),
                )
                for b in self.bridges.values()
            ),
        )

    def _sample(self) -> None:
        serving = [b for b in self.bridges.values() if b.stage is Stage.IN_SERVICE]
        self.outcome.samples.append(
            Sample(
                seconds=self.env.now,
                billed=len(self.bridges),
                serving=len(serving),
                calls=sum(len(b.running) for b in self.bridges.values()),
                worst_stress=max((b.stress for b in self.bridges.values()), default=0.0),
            )
        )


def simulate(policy: Policy, calls: list[Call], call_stress: float, seed: int) -> Outcome:
    """Run one day; `call_stress` is what a call adds to a bridge, over 0 and at most 1."""
    if not 0 < call_stress <= FULL:
        raise ValueError(f"a call adds {call_stress} stress: this bridge cannot carry one call")
    return _Day(policy, call_stress, np.random.default_rng(seed)).run(calls)
