"""The sizing model and simulation: rules, determinism, and the claim of the documentation."""

from __future__ import annotations

import json
from datetime import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jitsi_cluster.autoscaler.rule import ScalingRule
from jitsi_cluster.sizing.__main__ import main
from jitsi_cluster.sizing.compare import Options, cheapest_static, compare
from jitsi_cluster.sizing.model import BRIDGE_SIZES, CallProfile, Measure
from jitsi_cluster.sizing.simulation import Outcome, official, simulate, static
from jitsi_cluster.sizing.traces import (
    Block,
    Call,
    Trace,
    calls,
    from_agenda,
    from_volume,
    shipped,
)

XLARGE = BRIDGE_SIZES["c7g.xlarge"]
DAY = Trace(
    name="small",
    description="a morning",
    blocks=(Block(since=time(9), until=time(11), booked=60),),
)


def day_of(trace: Trace, seed: int = 1) -> list[Call]:
    return calls(trace, np.random.default_rng(seed))


def test_a_two_party_720p_call_is_about_five_megabits_out() -> None:
    assert CallProfile().out_mbps == pytest.approx(5.08)


def test_the_model_gives_back_the_published_test_it_rests_on() -> None:
    # openfun: 180 participants took 2.14 of 4 CPUs.
    calls_of_two = 90
    stress = calls_of_two * CallProfile(resolutions={"180p": 1.0}).stress(XLARGE)
    assert stress * 0.9 * 4 == pytest.approx(2.14, rel=0.01)


def test_packet_rate_is_the_stricter_measure() -> None:
    call = CallProfile()
    assert call.stress(XLARGE, Measure.PACKETS) > 3 * call.stress(XLARGE, Measure.CPU)


def test_a_small_network_limits_before_the_cpu_does() -> None:
    thin = XLARGE.model_copy(update={"network_mbps": 100.0})
    assert CallProfile().stress(thin) == pytest.approx(5.08 / 80)


@pytest.mark.parametrize("shares", [{"1080p": 1.0}, {"720p": 0.5}, {"720p": 1.5, "360p": -0.5}])
def test_resolutions_that_make_no_sense_are_refused(shares: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="resolution"):
        CallProfile(resolutions=shares)


def test_the_same_seed_gives_the_same_day_and_another_seed_another() -> None:
    once, again, other = (simulate_small(seed) for seed in (7, 7, 8))
    assert once == again
    assert once != other


def simulate_small(seed: int) -> Outcome:
    return simulate(official(ScalingRule(), 2), day_of(DAY, seed), 0.05, seed)


def test_calls_are_rejected_only_when_every_bridge_is_full_and_all_are_accounted_for() -> None:
    crowd = [Call(start=600.0 + n, seconds=3600, p2p=False) for n in range(30)]
    outcome = simulate(static(2), crowd, 0.1, 1)
    assert (outcome.calls, outcome.rejected) == (30, 10)
    assert outcome.degraded == 20  # both bridges passed 0.8 while all twenty were on them
    assert outcome.call_hours == pytest.approx(20.0)


def test_peer_to_peer_calls_load_no_bridge() -> None:
    crowd = [Call(start=600.0, seconds=60, p2p=True) for _ in range(500)]
    outcome = simulate(static(1), crowd, 0.5, 1)
    assert (outcome.rejected, outcome.p2p, outcome.call_hours) == (0, 500, 0)


def test_a_static_day_costs_its_bridges_for_24_hours() -> None:
    assert simulate(static(3), [], 0.1, 1).bridge_hours == pytest.approx(72.0)


def test_the_official_rule_needs_minutes_to_react_and_never_moves_a_call() -> None:
    # A full bridge's worth of calls at once, on two bridges that stand at nothing.
    crowd = [Call(start=36_000.0 + n, seconds=1800, p2p=False) for n in range(20)]
    outcome = simulate(official(ScalingRule(), 2), crowd, 0.1, 1)
    first_new = next(s.seconds for s in outcome.samples if s.serving > 2)
    assert 36_000 + 60 + 240 <= first_new <= 36_000 + 180 + 300 + 60
    assert outcome.degraded == 20


def test_a_bridge_is_paid_for_until_its_last_call_has_left() -> None:
    rule = ScalingRule(down_periods=1, protect_new_seconds=0, grace_seconds=0, up_at=0.9)
    calls_ = [Call(start=0.0, seconds=7200, p2p=False) for _ in range(2)]
    outcome = simulate(official(rule, 2), calls_, 0.05, 1)
    assert outcome.rejected == 0
    assert outcome.bridge_hours == pytest.approx(48.0)


def test_the_cheapest_static_peak_is_one_bridge_from_losing_calls() -> None:
    busy = DAY.model_copy(update={"blocks": (Block(since=time(9), until=time(11), booked=400),)})
    day = day_of(busy)
    best = cheapest_static(day, 0.01, 1)
    count = round(best.bridge_hours / 24)
    fewer = simulate(static(count - 1), day, 0.01, 1)
    assert (best.rejected, best.degraded) == (0, 0)
    assert fewer.rejected + fewer.degraded > 0


@given(
    st.integers(0, 120),
    st.integers(10, 40),
    st.floats(0, 0.5),
    st.floats(0, 1),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=10, deadline=None)
def test_no_day_loses_count_of_a_call_or_pays_for_less_than_it_ran(
    booked: int, minutes: int, no_show: float, p2p: float, seed: int
) -> None:
    block = Block(since=time(9), until=time(10), minutes=minutes, booked=booked)
    trace = DAY.model_copy(update={"blocks": (block,), "no_show": no_show, "p2p_share": p2p})
    day = day_of(trace, seed)
    outcome = simulate(official(ScalingRule(), 2), day, 0.02, seed)
    assert outcome.calls == len(day)
    assert outcome.p2p + outcome.rejected <= outcome.calls
    assert outcome.bridge_hours >= 48 - 1e-6
    carried = [c for c in day if not c.p2p]
    if not outcome.rejected:
        assert outcome.call_hours == pytest.approx(sum(c.seconds for c in carried) / 3600)


def test_680_gbit_a_day_is_what_the_generated_trace_carries() -> None:
    trace = from_volume(680, time(8), time(20), CallProfile())
    bits = [
        sum(c.seconds for c in day_of(trace, seed)) * trace.profile.out_mbps / 1000
        for seed in range(20)
    ]
    assert np.mean(bits) == pytest.approx(680, rel=0.1)


@pytest.mark.parametrize("name", sorted(shipped()))
def test_agenda_aware_pays_at_most_60_percent_of_static_peak_and_rejects_nobody(name: str) -> None:
    static_row, _, aware = compare(shipped()[name], Options(size=XLARGE)).rows
    assert static_row.outcome.rejected == static_row.outcome.degraded == 0
    assert (aware.outcome.rejected, aware.outcome.degraded) == (0, 0)
    assert aware.share_of_static <= 0.60


def test_the_command_prints_tables_and_draws(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    agenda = tmp_path / "agenda.json"
    agenda.write_text(json.dumps([{"start": "08:00", "minutes": 20, "booked": 3}]))
    assert main(["--agenda", str(agenda), "--plots", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "bridges by hour" in printed
    assert "agenda-aware" in printed
    assert (tmp_path / "agenda.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--trace", "clinic-680-gbit", "--p2p-share", "3"], "less than or equal to 1"),
        (["--agenda", "no-such-file.json"], "no-such-file.json"),
        (["--gbit-per-day", "-1"], "volume must be positive"),
        (["--trace", "clinic-680-gbit", "--resolutions", "8k=1"], "unknown resolution"),
    ],
)
def test_bad_input_gets_a_message_and_exit_code_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert message in capsys.readouterr().err


def test_an_agenda_file_that_is_no_agenda_names_the_file(tmp_path: Path) -> None:
    bad = tmp_path / "x.json"
    bad.write_text('[{"start": "25:00", "minutes": 1, "booked": 1}]')
    with pytest.raises(ValueError, match=r"x\.json"):
        from_agenda(bad)
