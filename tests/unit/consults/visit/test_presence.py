"""Who is there, and the way from the waiting room into the consultation."""

from datetime import timedelta

import pytest

from schemas.consult_sessions import Announce
from schemas.consults import ConsultStatus, DeviceCheck
from telesalud.consults.scheduling import consults
from telesalud.consults.visit import presence
from telesalud.platform.errors import Forbidden
from tests.worlds.consults.stage import PARTNER, opened
from tests.worlds.world import call


def test_the_waiting_room_leads_to_the_consultation() -> None:
    stage = opened()
    check = DeviceCheck(camera=True, microphone=True, speaker=False)
    waiting = presence.announce(stage.services, stage.patient, stage.id, Announce(device=check))
    assert waiting.status is ConsultStatus.WAITING
    assert waiting.device == check
    assert consults.get(stage.services, call(PARTNER), stage.id).device == check
    presence.announce(stage.services, stage.patient, stage.id, Announce(device=check))
    with pytest.raises(Forbidden):
        presence.admit(stage.services, stage.patient, stage.id)
    started = presence.admit(stage.services, stage.doctor, stage.id)
    assert started.status is ConsultStatus.IN_PROGRESS
    presence.admit(stage.services, stage.doctor, stage.id)
    assert stage.event_types().count("patient_waiting") == 1
    assert stage.event_types().count("started") == 1


@pytest.mark.parametrize("first", ["patient", "practitioner-1"])
def test_presence_of_both_is_recorded_in_any_order_of_arrival(first: str) -> None:
    stage = opened()
    second = {"patient": "practitioner-1", "practitioner-1": "patient"}[first]
    presence.beat(stage.services, stage.calls[first], stage.id, "channel")
    arrived = stage.world.clock.advance(seconds=20)
    presence.beat(stage.services, stage.calls[second], stage.id, "poll")
    seen = {
        p.participant: p for p in consults.get(stage.services, call(PARTNER), stage.id).participants
    }
    assert seen[first].present
    assert seen[first].present_since == arrived - timedelta(seconds=20)
    assert seen[second].present_since == arrived
    assert sorted(stage.event_types()[1:]) == ["patient_joined", "practitioner_joined"]


def test_a_side_that_stops_beating_left_at_its_last_beat() -> None:
    stage = opened()
    presence.beat(stage.services, stage.patient, stage.id, "poll")
    last = stage.world.clock.advance(seconds=20)
    presence.beat(stage.services, stage.patient, stage.id, "poll")
    for _ in range(4):
        stage.world.clock.advance(seconds=10)
        presence.beat(stage.services, stage.doctor, stage.id, "poll")
    view = consults.get(stage.services, call(PARTNER), stage.id)
    assert [p.present for p in view.participants] == [False, True]
    left = [
        change.new
        for change in stage.world.store.changes
        if change.new and change.new.attributes.get("what") == "left"
    ]
    assert [(item.text("cause"), item.text("at")[:19]) for item in left] == [
        ("lease_expired", last.isoformat()[:19])
    ]


def test_beats_close_together_cost_no_write() -> None:
    stage = opened()
    presence.beat(stage.services, stage.patient, stage.id, "poll")
    before = stage.world.store.trips.writes
    stage.world.clock.advance(seconds=2)
    presence.beat(stage.services, stage.patient, stage.id, "poll")
    assert stage.world.store.trips.writes == before


def test_a_disconnect_that_is_told_late_counts_from_the_last_beat() -> None:
    stage = opened()
    presence.beat(stage.services, stage.patient, stage.id, "channel")
    last = stage.world.clock.now
    stage.world.clock.advance(minutes=3)
    presence.disconnected(stage.services, stage.patient, stage.id)
    written = [c.new for c in stage.world.store.changes if c.new]
    [left] = [item for item in written if item.attributes.get("what") == "left"]
    assert left.text("at")[:19] == last.isoformat()[:19]


def test_a_hidden_page_whose_channel_is_open_stays_there() -> None:
    stage = opened()
    presence.beat(stage.services, stage.patient, stage.id, "channel")
    for _ in range(5):  # a browser lets the timers of a hidden page run once a minute
        for _ in range(6):
            stage.world.clock.advance(seconds=9)
            presence.beat(stage.services, stage.doctor, stage.id, "poll")
        stage.world.clock.advance(seconds=6)
        presence.beat(stage.services, stage.patient, stage.id, "channel")
    assert stage.event_types().count("patient_joined") == 1
    assert "patient_left" not in stage.event_types()


def test_a_hidden_page_that_polls_between_its_pings_stays_there() -> None:
    stage = opened()
    presence.beat(stage.services, stage.patient, stage.id, "channel")
    stage.world.clock.advance(seconds=10)
    presence.beat(stage.services, stage.patient, stage.id, "poll")
    stage.world.clock.advance(seconds=55)
    presence.beat(stage.services, stage.doctor, stage.id, "poll")
    assert "patient_left" not in stage.event_types()


def test_a_closed_channel_holds_nobody() -> None:
    stage = opened()
    presence.beat(stage.services, stage.patient, stage.id, "channel")
    presence.disconnected(stage.services, stage.patient, stage.id)
    assert stage.event_types()[-1] == "patient_left"
    presence.beat(stage.services, stage.patient, stage.id, "poll")
    stage.world.clock.advance(seconds=31)
    presence.beat(stage.services, stage.doctor, stage.id, "poll")
    assert stage.event_types().count("patient_left") == 2


def test_a_computer_without_power_is_gone_after_a_minute_and_a_half() -> None:
    stage = opened()
    presence.beat(stage.services, stage.patient, stage.id, "channel")
    stage.world.clock.advance(seconds=90)
    presence.beat(stage.services, stage.doctor, stage.id, "poll")
    assert "patient_left" in stage.event_types()
