"""The scaling rule: Jitsi's autoscaler over a floor."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jitsi_cluster.autoscaler.model import Bridge, Fleet, Stage
from jitsi_cluster.autoscaler.rule import History, ScalingRule, Why, decide
from tests.bridges.fakes import NOW, OLD, fleet, reading

RULE = ScalingRule()


def history(*means: float | None, changed: float | None = None) -> History:
    at = None if changed is None else NOW - timedelta(seconds=changed)
    return History(means=means, changed_at=at)


def test_defaults_are_the_values_8x8_ships() -> None:
    assert RULE.model_dump() == {
        "up_at": 0.3,
        "up_periods": 2,
        "up_step": 1,
        "down_below": 0.1,
        "down_periods": 10,
        "down_step": 1,
        "grace_seconds": 600,
        "protect_new_seconds": 900,
        "maximum": 8,
    }


def test_scales_up_when_every_one_of_two_periods_reaches_the_threshold() -> None:
    busy = fleet(reading(0.3), reading(0.3))
    decision = decide(RULE, history(0.3, 0.3), busy, 2, NOW)
    assert (decision.desired, decision.why) == (3, Why.STRESSED)


@pytest.mark.parametrize("means", [(0.3,), (0.29, 0.5), (0.5, 0.29), (None, 0.5), (0.5, None)])
def test_one_low_missing_or_unknown_period_prevents_scaling_up(means: tuple[float | None]) -> None:
    busy = fleet(reading(0.5), reading(0.5))
    assert decide(RULE, history(*means), busy, 2, NOW).desired == 2


def test_scales_down_by_one_after_ten_idle_periods_and_not_after_nine() -> None:
    idle = fleet(reading(0.02), reading(0.01, participants=0), reading(0.02))
    assert decide(RULE, history(*[0.05] * 9), idle, 2, NOW).desired == 3
    decision = decide(RULE, history(*[0.05] * 10), idle, 2, NOW)
    assert (decision.desired, decision.retire, decision.why) == (2, ("i-1",), Why.IDLE)


def test_a_period_without_data_is_not_an_idle_one() -> None:
    idle = fleet(reading(0.01), reading(0.01), reading(0.01))
    means = [0.01] * 5 + [None] + [0.01] * 4
    assert decide(RULE, history(*means), idle, 2, NOW).desired == 3


def test_nothing_happens_while_the_group_converges() -> None:
    converging = fleet(reading(0.9), reading(0.9), desired=3)
    decision = decide(RULE, history(0.9, 0.9), converging, 2, NOW)
    assert (decision.desired, decision.why) == (3, Why.CONVERGING)


@pytest.mark.parametrize(("seconds", "desired"), [(599, 2), (600, 3)])
def test_nothing_happens_in_the_grace_period(seconds: float, desired: int) -> None:
    busy = fleet(reading(0.9), reading(0.9))
    assert decide(RULE, history(0.9, 0.9, changed=seconds), busy, 2, NOW).desired == desired


def test_a_raised_floor_is_met_at_once_even_in_grace_and_while_converging() -> None:
    converging = fleet(reading(0.0), desired=2)
    decision = decide(RULE, history(changed=1), converging, 5, NOW)
    assert (decision.desired, decision.why) == (5, Why.BELOW_FLOOR)


def test_new_bridges_are_protected_from_retirement() -> None:
    young = NOW - timedelta(seconds=899)
    idle = fleet(reading(0.0), reading(0.0), reading(0.0), born=young)
    decision = decide(RULE, history(*[0.0] * 10), idle, 2, NOW)
    assert (decision.desired, decision.why) == (3, Why.NO_CANDIDATE)


def test_the_maximum_holds() -> None:
    busy = fleet(*[reading(0.9)] * 8)
    decision = decide(RULE, history(0.9, 0.9), busy, 2, NOW)
    assert (decision.desired, decision.why) == (8, Why.AT_MAXIMUM)
    assert decide(RULE, history(), busy, 50, NOW).desired == 8


def test_several_idle_bridges_go_together_but_the_rest_stays_under_the_up_threshold() -> None:
    rule = ScalingRule(up_at=0.6, down_below=0.45, down_step=8)
    loads = fleet(*[reading(0.3, participants=n) for n in range(5)])
    decision = decide(rule, history(*[0.3] * 10), loads, 1, NOW)
    # 1.5 of load on three bridges is a mean of 0.5; on two it would be 0.75.
    assert (decision.desired, decision.retire) == (3, ("i-0", "i-1"))


def test_thresholds_without_a_gap_are_refused() -> None:
    with pytest.raises(ValueError, match="must be under"):
        ScalingRule(up_at=0.3, down_below=0.3)


bridges = st.builds(
    lambda n, stress, age, people, ok: Bridge(
        bridge_id=f"i-{n}",
        stage=Stage.IN_SERVICE,
        launched_at=NOW - timedelta(seconds=age),
        reading=reading(stress, people, healthy=ok),
    ),
    st.integers(0, 10**6),
    st.floats(0, 1.5),
    st.integers(0, 4000),
    st.integers(0, 400),
    st.booleans(),
)
fleets = st.builds(
    lambda found, off: Fleet(
        desired=max(len(found) + off, 0), bridges=tuple(found), observed_at=NOW
    ),
    st.lists(bridges, max_size=12, unique_by=lambda b: b.bridge_id),
    st.sampled_from([0, 0, 0, -1, 1]),
)
rules = st.builds(
    ScalingRule,
    up_at=st.floats(0.3, 1.0),
    down_below=st.floats(0.0, 0.29),
    down_step=st.integers(1, 8),
    up_step=st.integers(1, 4),
    maximum=st.integers(1, 12),
)
means = st.lists(st.one_of(st.none(), st.floats(0, 1.5)), max_size=10).map(tuple)


@given(rules, means, fleets, st.integers(0, 12), st.one_of(st.none(), st.floats(0, 2000)))
def test_no_decision_breaks_a_bound(
    rule: ScalingRule,
    found: tuple[float | None, ...],
    observed: Fleet,
    floor: int,
    changed: float | None,
) -> None:
    decision = decide(rule, history(*found, changed=changed), observed, floor, NOW)
    retired = [b for b in observed.bridges if b.bridge_id in decision.retire]
    floor = min(floor, rule.maximum)
    assert decision.desired >= floor
    assert decision.desired <= max(rule.maximum, observed.desired)
    if retired:
        assert decision.desired == observed.desired - len(retired)
        assert len(retired) <= rule.down_step
        assert all((NOW - b.launched_at).total_seconds() >= 900 for b in retired)
        stay = [b for b in observed.in_service if b not in retired]
        load = sum(b.reading.stress for b in observed.usable if b.reading)
        assert load == 0 or load / len(stay) < rule.up_at
    else:
        assert decision.desired >= observed.desired


@given(st.floats(0.3, 2), st.integers(2, 7))
def test_sustained_stress_always_adds_a_bridge_in_the_end(stress: float, size: int) -> None:
    busy = fleet(*[reading(stress)] * size, born=OLD)
    known = History()
    for _ in range(2):
        known = known.with_mean(busy.mean_stress(), RULE)
    assert decide(RULE, known, busy, 2, NOW).desired == size + 1
