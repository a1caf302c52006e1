"""Which provider new consults get, and what the alarm says."""

import pytest

from jitsi_cluster.autoscaler.health import (
    Cause,
    HealthMemory,
    HealthRule,
    Provider,
    judge,
    to_replace,
)
from jitsi_cluster.autoscaler.model import Bridge, Fleet, Stage
from schemas.bridges import VideoStatus
from tests.bridges.fakes import MINUTE, NOW, OLD, fleet, reading

RULE = HealthRule()
GOOD = HealthMemory(good_ticks=3)
NOBODY = Fleet(desired=0, bridges=(), observed_at=NOW)


@pytest.mark.parametrize(
    ("observed", "up", "floor", "cause", "alarm"),
    [
        (fleet(reading(), reading()), False, 2, Cause.SIGNALLING_DOWN, True),
        (fleet(None, None), True, 2, Cause.NO_BRIDGE, True),
        (fleet(reading(healthy=False), reading(draining=True)), True, 2, Cause.NO_BRIDGE, True),
        (fleet(reading(0.8), reading(0.95)), True, 2, Cause.OVERSTRESSED, True),
        (NOBODY, True, 0, Cause.NOTHING_BOOKED, False),
        (NOBODY, True, 2, Cause.STARTING, False),
        (NOBODY.model_copy(update={"desired": 2}), True, 2, Cause.NO_BRIDGE, True),
    ],
)
def test_new_consults_leave_jitsi_at_the_first_bad_tick(
    observed: Fleet, up: bool, floor: int, cause: Cause, alarm: bool
) -> None:
    memory, verdict = judge(RULE, GOOD, observed, signalling_up=up, floor=floor)
    assert (verdict.provider, verdict.cause, verdict.alarm) == (Provider.DIRECT, cause, alarm)
    assert memory.good_ticks == 0


def test_bridges_that_boot_in_the_morning_raise_no_alarm() -> None:
    booting = Bridge(bridge_id="i-1", stage=Stage.STARTING, launched_at=OLD)
    dawn = Fleet(desired=2, bridges=(booting, booting), observed_at=NOW)
    _, verdict = judge(RULE, GOOD, dawn, signalling_up=True, floor=2)
    assert (verdict.cause, verdict.alarm) == (Cause.STARTING, False)


def test_jitsi_is_used_again_after_three_good_ticks() -> None:
    memory, causes = HealthMemory(), []
    for _ in range(3):
        memory, verdict = judge(
            RULE, memory, fleet(reading(), reading()), signalling_up=True, floor=2
        )
        causes.append(verdict.cause)
    assert causes == [Cause.RECOVERING, Cause.RECOVERING, Cause.OK]


def test_one_bad_bridge_among_good_ones_keeps_jitsi_but_alarms_and_is_replaced_in_time() -> None:
    memory = GOOD
    replaced = []
    for _ in range(5):
        memory, verdict = judge(RULE, memory, fleet(reading(), None), signalling_up=True, floor=2)
        replaced.append(to_replace(RULE, memory))
    assert (verdict.provider, verdict.alarm) == (Provider.JITSI, True)
    assert replaced == [(), (), (), (), ("i-1",)]


def test_a_bridge_that_answers_again_is_not_replaced() -> None:
    memory = GOOD
    for seen in (None, None, None, None, reading(), None):
        memory, _ = judge(RULE, memory, fleet(reading(), seen), signalling_up=True, floor=2)
    assert to_replace(RULE, memory) == ()


def test_a_stale_status_sends_new_consults_to_direct() -> None:
    status = VideoStatus(
        provider="jitsi",
        cause="ok",
        shard="blue",
        domain="blue.video.clinic.example",
        usable_bridges=2,
        observed_at=NOW,
        valid_until=NOW + 5 * MINUTE,
    )
    assert status.provider_at(NOW + 4 * MINUTE) == "jitsi"
    assert status.provider_at(NOW + 5 * MINUTE) == "direct"
    assert VideoStatus.model_validate_json(status.model_dump_json()) == status
