"""The drain state machine, as a rule without any network."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jitsi_cluster.autoscaler.drain import Act, Drain, DrainLimits, Outcome, Phase, Step, step
from jitsi_cluster.autoscaler.model import Reading
from tests.bridges.fakes import MINUTE, NOW, reading

LIMITS = DrainLimits()


def run(drain: Drain, *seen: Reading | None, start: datetime = NOW) -> list[Step]:
    """Feed one observation a minute."""
    steps: list[Step] = []
    for minute, observation in enumerate(seen):
        steps.append(step(drain, observation, start + minute * MINUTE, LIMITS))
        drain = steps[-1].drain
    return steps


def fresh() -> Drain:
    return Drain(bridge_id="i-1", started_at=NOW)


def test_first_drain_then_shutdown_then_wait_until_empty_then_complete() -> None:
    steps = run(
        fresh(),
        reading(participants=2),
        reading(participants=2, draining=True),
        reading(participants=2, draining=True, shutting_down=True),
        reading(participants=0, draining=True, shutting_down=True),
        reading(participants=0, draining=True, shutting_down=True),
    )
    assert [s.acts for s in steps] == [
        (Act.ENABLE_DRAIN, Act.HEARTBEAT),
        (Act.SHUT_DOWN,),
        (),
        (),
        (Act.COMPLETE,),
    ]
    assert steps[-1].drain.outcome is Outcome.EMPTIED


def test_an_order_that_got_lost_is_given_again() -> None:
    steps = run(fresh(), *[reading(participants=2)] * 3, *[reading(2, draining=True)] * 2)
    assert [s.acts[:1] for s in steps] == [
        (Act.ENABLE_DRAIN,),
        (Act.ENABLE_DRAIN,),
        (Act.ENABLE_DRAIN,),
        (Act.SHUT_DOWN,),
        (Act.SHUT_DOWN,),
    ]


def test_a_bridge_that_restarted_while_draining_is_drained_again() -> None:
    steps = run(fresh(), reading(), reading(draining=True), None, reading(draining=False))
    assert steps[-1].acts[0] is Act.ENABLE_DRAIN
    assert steps[-1].drain.phase is Phase.DRAINING


def test_heartbeats_go_out_every_ten_minutes_while_calls_run() -> None:
    busy = reading(participants=2, draining=True, shutting_down=True)
    steps = run(fresh(), *[busy] * 61)
    beats = [minute for minute, s in enumerate(steps) if Act.HEARTBEAT in s.acts]
    assert beats == [0, 10, 20, 30, 40, 50, 60]


def test_the_hard_limit_ends_it_with_people_on_it() -> None:
    busy = reading(participants=2, draining=True, shutting_down=True)
    steps = run(fresh(), *[busy] * 361)
    assert [s.acts for s in steps if Act.COMPLETE in s.acts] == [(Act.COMPLETE,)]
    assert steps[360].drain.outcome is Outcome.HARD_LIMIT
    assert steps[360].drain.participants == 2


def test_a_bridge_that_dies_with_calls_is_given_five_minutes_before_it_is_called_dead() -> None:
    busy = reading(participants=6, draining=True, shutting_down=True)
    steps = run(fresh(), busy, None, None, None, None, None, None)
    assert [Act.COMPLETE in s.acts for s in steps] == [False] * 6 + [True]
    assert (steps[-1].drain.outcome, steps[-1].drain.participants) == (Outcome.DIED, 6)


def test_silence_after_an_empty_reading_is_the_exit_that_was_asked_for() -> None:
    steps = run(fresh(), reading(draining=True), reading(participants=0, draining=True), None)
    assert steps[-1].drain.outcome is Outcome.EMPTIED


def test_one_lost_reading_changes_nothing() -> None:
    busy = reading(participants=2, draining=True, shutting_down=True)
    steps = run(fresh(), busy, None, busy, None, busy)
    assert all(Act.COMPLETE not in s.acts for s in steps)
    assert steps[-1].drain.unreachable_since is None


def test_somebody_who_joins_in_the_last_second_keeps_the_bridge() -> None:
    empty = reading(participants=0, draining=True, shutting_down=True)
    busy = reading(participants=1, draining=True, shutting_down=True)
    steps = run(fresh(), empty, busy, empty)
    assert all(Act.COMPLETE not in s.acts for s in steps)


def test_a_completion_that_never_arrived_is_repeated() -> None:
    done = fresh().model_copy(update={"phase": Phase.DONE, "outcome": Outcome.EMPTIED})
    assert step(done, reading(), NOW + 9 * MINUTE, LIMITS).acts == (Act.COMPLETE,)


observations = st.lists(
    st.one_of(
        st.none(),
        st.builds(
            reading,
            participants=st.integers(0, 3),
            draining=st.booleans(),
            shutting_down=st.booleans(),
            healthy=st.booleans(),
        ),
    ),
    max_size=80,
)


@given(observations)
def test_no_sequence_ends_a_bridge_that_still_answers_with_people_before_the_limit(
    seen: list[Reading | None],
) -> None:
    drain = fresh()
    for minute, observation in enumerate(seen):
        now = NOW + minute * MINUTE
        before, taken = drain, step(drain, observation, now, LIMITS)
        drain = taken.drain
        if before.phase is Phase.DONE:
            break
        if Act.COMPLETE in taken.acts and observation is not None:
            assert observation.participants == 0
            assert observation.draining


@given(observations)
def test_every_drain_ends_by_its_hard_limit_and_is_heartbeaten_until_then(
    seen: list[Reading | None],
) -> None:
    drain, last_beat = fresh(), NOW
    feed = [*seen, *[reading(participants=1, draining=True)] * 400]
    for minute, observation in enumerate(feed):
        now = NOW + minute * MINUTE
        taken = step(drain, observation, now, LIMITS)
        drain = taken.drain
        if Act.HEARTBEAT in taken.acts:
            last_beat = now
        # The hook gives 1800 s: no gap may come near it.
        assert now - last_beat <= timedelta(seconds=900)
        if Act.COMPLETE in taken.acts:
            assert minute <= 360
            return
    pytest.fail("the drain never ended")
