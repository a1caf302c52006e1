"""Three policies on one trace: bridges by hour, bridge-hours, cost, rejected, degraded calls."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from pydantic import Field

from jitsi_cluster.autoscaler.agenda import Agenda, AgendaPlan
from jitsi_cluster.autoscaler.model import Frozen
from jitsi_cluster.autoscaler.rule import AGENDA_AWARE_RULE, OFFICIAL_MINIMUM, ScalingRule
from jitsi_cluster.sizing.model import USD_PER_GB_OUT, BridgeSize, Measure
from jitsi_cluster.sizing.simulation import (
    OVERSTRESSED,
    Outcome,
    Policy,
    agenda_aware,
    official,
    simulate,
    static,
)
from jitsi_cluster.sizing.traces import MIDNIGHT, Call, Trace, calls

MOST_BRIDGES = 200


class Options(Frozen):
    """What a comparison assumes besides the trace."""

    size: BridgeSize
    measure: Measure = Measure.CPU
    target_stress: float = Field(default=0.65, gt=0, le=1)
    official_rule: ScalingRule = ScalingRule(maximum=MOST_BRIDGES)
    agenda_rule: ScalingRule = AGENDA_AWARE_RULE.model_copy(update={"maximum": MOST_BRIDGES})
    lead_seconds: float = 900
    tail_seconds: float = 900
    usd_per_gb_out: float = Field(default=USD_PER_GB_OUT, ge=0)
    seed: int = 20260105


@dataclass(frozen=True)
class Row:
    """A policy's day with its cost in USD: instances, and bytes sent to the internet."""

    outcome: Outcome
    instance_usd: float
    traffic_usd: float
    share_of_static: float


@dataclass(frozen=True)
class Comparison:
    """Rows in the order static peak, official rule, agenda-aware."""

    trace: Trace
    options: Options
    calls_per_bridge: int
    rows: tuple[Row, Row, Row]


def plan_for(trace: Trace, options: Options) -> AgendaPlan:
    """The scheduled minimum's parameters for this trace and bridge size."""
    per_bridge = math.floor(
        options.target_stress / trace.profile.stress(options.size, options.measure)
    )
    if per_bridge < 1:
        raise ValueError(
            f"{options.size.name} cannot carry one call at {options.target_stress} stress"
        )
    return AgendaPlan(
        calls_per_bridge=per_bridge,
        minimum=max(OFFICIAL_MINIMUM, trace.idle_minimum),
        idle_minimum=trace.idle_minimum,
        maximum=MOST_BRIDGES,
        lead_seconds=options.lead_seconds,
        tail_seconds=options.tail_seconds,
        attendance=1 - trace.p2p_share,
    )


def compare(trace: Trace, options: Options) -> Comparison:
    """Simulate the same calls under each policy; ValueError when the bridge is too small."""
    day = calls(trace, np.random.default_rng(options.seed))
    stress = trace.profile.stress(options.size, options.measure)
    plan = plan_for(trace, options)
    agenda = Agenda(
        slots=trace.slots(), fetched_at=MIDNIGHT, valid_until=MIDNIGHT + timedelta(days=2)
    )
    peak = cheapest_static(day, stress, options.seed)
    others: tuple[Policy, Policy] = (
        official(options.official_rule, OFFICIAL_MINIMUM),
        agenda_aware(options.agenda_rule, plan, agenda),
    )
    outcomes = (peak, *(simulate(policy, day, stress, options.seed) for policy in others))
    first, second, third = (
        _row(o, peak.bridge_hours, trace.profile.out_mbps, options) for o in outcomes
    )
    return Comparison(trace, options, plan.calls_per_bridge, (first, second, third))


def cheapest_static(day: list[Call], stress: float, seed: int) -> Outcome:
    """The least constant number of bridges with no rejected and no degraded call, at least two.

    It knows the day in advance, so it is the hardest static policy to beat.
    """
    # However well calls are spread, fewer would pass the mark at the busiest moment.
    least = math.ceil(peak_calls(day) * stress / OVERSTRESSED - 1e-9)
    for count in range(max(OFFICIAL_MINIMUM, least), MOST_BRIDGES + 1):
        outcome = simulate(static(count), day, stress, seed)
        if not outcome.rejected and not outcome.degraded:
            return outcome
    raise ValueError(f"more than {MOST_BRIDGES} bridges needed: choose a larger bridge")


def peak_calls(day: list[Call]) -> int:
    """Most calls at once that need a bridge."""
    carried = [call for call in day if not call.p2p]
    changes = sorted([(c.start, 1) for c in carried] + [(c.start + c.seconds, -1) for c in carried])
    running = peak = 0
    for _, change in changes:
        running += change
        peak = max(peak, running)
    return peak


def _row(outcome: Outcome, static_hours: float, out_mbps: float, options: Options) -> Row:
    gigabytes = outcome.call_hours * 3600 * out_mbps / 8 / 1000
    return Row(
        outcome=outcome,
        instance_usd=outcome.bridge_hours * options.size.usd_per_hour,
        traffic_usd=gigabytes * options.usd_per_gb_out,
        share_of_static=outcome.bridge_hours / static_hours,
    )
