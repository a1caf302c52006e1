"""How teleconsultations went, and what goes on now: exact through retries and crashes."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.activity import ActivityQuery, LiveConsults, WeekOfConsults
from schemas.consult_content import Finish
from schemas.consult_sessions import Announce
from schemas.consults import DeviceCheck
from telesalud.consults.activity import counting, reading
from telesalud.consults.content import finishing
from telesalud.consults.visit import presence
from telesalud.platform.access import Role
from telesalud.platform.errors import Forbidden
from tests.support.crashes import crash_everywhere
from tests.worlds.consults.stage import Stage, opened, running, store_of
from tests.worlds.world import START, TENANT, call, user

DIRECTOR = call(user(Role.ADMINISTRATOR))


def told(stage: Stage) -> list[WeekOfConsults]:
    query = ActivityQuery(first=START.date(), weeks=2)
    return list(reading.activity(stage.services, DIRECTOR, query).weeks)


def now(stage: Stage) -> LiveConsults:
    return reading.now(stage.services, DIRECTOR)


def beat(stage: Stage, *who: str, seconds: int = 10) -> None:
    for each in who:
        presence.beat(stage.services, stage.calls[each], stage.id, "poll")
    stage.world.clock.advance(seconds=seconds)


def finished(**changes: Any) -> Stage:
    """A consult that lasted twelve minutes after three of waiting, in which a side got lost."""
    stage = opened(**changes)
    check = DeviceCheck(camera=False, microphone=True, speaker=True)
    presence.announce(stage.services, stage.patient, stage.id, Announce(device=check))
    stage.world.clock.advance(minutes=3)
    presence.admit(stage.services, stage.doctor, stage.id)
    beat(stage, "patient", "practitioner-1")
    for _ in range(5):
        beat(stage, "practitioner-1")
    beat(stage, "patient", "practitioner-1")
    stage.world.clock.advance(minutes=11)
    finishing.finish(stage.services, stage.doctor, stage.id, Finish())
    return stage


def test_a_consult_counts_once_it_has_ended_with_how_well_it_went() -> None:
    stage = finished()
    counting.count(stage.world.store, TENANT, stage.id)
    counting.count(stage.world.store, TENANT, stage.id)
    [week] = told(stage)
    assert week.model_dump(exclude={"week"}) == {
        "finished": 1,
        "no_shows": 0,
        "expired": 0,
        "cancelled": 0,
        "minutes": 12,
        "waited": 1,
        "waited_minutes": 3,
        "interrupted": 1,
        "losses": 1,
        "fell_back": 0,
        "no_devices": 1,
    }


def test_one_that_goes_on_does_not_count_yet() -> None:
    stage = running()
    counting.count(stage.world.store, TENANT, stage.id)
    assert told(stage) == []


def test_whoever_left_just_before_the_end_lost_nothing() -> None:
    stage = running()
    beat(stage, "patient", "practitioner-1", seconds=120)
    finishing.finish(stage.services, stage.doctor, stage.id, Finish())
    counting.count(stage.world.store, TENANT, stage.id)
    assert [week.losses for week in told(stage)] == [0]


def test_a_crash_while_counting_counts_once() -> None:
    def check(stage: Stage) -> None:
        assert [week.finished for week in told(stage)] == [1]

    def act(stage: Stage) -> None:
        counting.count(stage.world.store, TENANT, stage.id)

    assert crash_everywhere(finished, store_of, act, check) == 2


def test_a_rebuild_counts_what_ended_before_there_were_sums() -> None:
    stage = finished()
    assert counting.rebuild(stage.world.store, TENANT) == 1
    assert [week.finished for week in told(stage)] == [1]


def test_the_list_of_what_goes_on_follows_every_step() -> None:
    stage = opened()
    assert now(stage).items == ()
    presence.announce(stage.services, stage.patient, stage.id, Announce())
    [waiting] = now(stage).items
    assert (waiting.id, waiting.status, waiting.present) == (stage.id, "waiting", 0)
    presence.admit(stage.services, stage.doctor, stage.id)
    beat(stage, "patient", "practitioner-1", seconds=20)
    beat(stage, "practitioner-1", seconds=20)
    beat(stage, "practitioner-1")
    [going] = now(stage).items
    assert (going.status, going.present, going.losses) == ("in_progress", 1, 1)
    assert going.closes_at == START + timedelta(minutes=60)
    finishing.finish(stage.services, stage.doctor, stage.id, Finish())
    assert now(stage).items == ()


def test_only_administrators_look() -> None:
    stage = running()
    query = ActivityQuery(first=START.date())
    for role in (Role.PHYSICIAN, Role.FRONT_DESK, Role.AUDITOR):
        with pytest.raises(Forbidden):
            reading.now(stage.services, call(user(role)))
        with pytest.raises(Forbidden):
            reading.activity(stage.services, call(user(role)), query)
