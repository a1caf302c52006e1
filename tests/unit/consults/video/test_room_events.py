"""Lifecycle events build the connection log however they arrive; a count heals what was lost."""

import json
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.consult_content import ConnectionEntry, Finish
from schemas.video import ConnectedOccupant, LifecycleEvent
from telesalud.consults.content import exporting, finishing
from telesalud.consults.repository import load
from telesalud.consults.scheduling import consults
from telesalud.consults.video import provider, reconciliation, room_events, rooms
from telesalud.platform.errors import Forbidden, Invalid, NotFound, Unavailable
from tests.support.crashes import crash_everywhere
from tests.worlds.consults.stage import ORIGIN, PARTNER, Stage, new_consult, store_of
from tests.worlds.consults.video_stage import (
    SIGNED,
    VideoStage,
    batch_of,
    enter,
    event,
    occupant,
    room_of,
    visit_of,
)
from tests.worlds.world import START, call, partner

CALL = START + timedelta(minutes=26)
EXPECTED = [
    ("practitioner-1", "joined", "room", 1),
    ("patient", "joined", "room", 2),
    ("patient", "left", "room_replaced", 30),
    ("patient", "joined", "room", 30),
    ("patient", "left", "room_ended", 90),
    ("practitioner-1", "left", "room_ended", 90),
]


def in_room() -> VideoStage:
    at = VideoStage()
    enter(at, at.stage.doctor)
    at.cluster.alive[room_of(at)] = None
    return at


def deliver(at: VideoStage, *events: LifecycleEvent) -> None:
    room_events.receive(at.stage.services, at.cluster, batch_of(*events), SIGNED)


def lines(at: VideoStage) -> list[ConnectionEntry]:
    consult = load(at.stage.services, PARTNER.tenant, at.stage.id).consult
    log = exporting.log_of(at.stage.services, consult)
    return [entry for entry in log if entry.cause.startswith("room")]


def told(at: VideoStage) -> list[tuple[str, str, str, int]]:
    """The log's lines about the room, with seconds since the call began."""
    return sorted(
        (e.participant, e.kind, e.cause, round((e.at - CALL).total_seconds())) for e in lines(at)
    )


def present(at: VideoStage) -> list[str]:
    asked = call(PARTNER)
    found = room_events.presence(at.stage.services, asked, at.stage.id)
    return sorted(one.participant for one in found.present)


@st.composite
def deliveries(draw: st.DrawFn) -> list[list[int]]:
    """The eight events of a call in any order, some of them twice, in batches."""
    order = draw(st.permutations(range(8)))
    again = draw(st.lists(st.integers(0, 7), max_size=4))
    flat = [*order, *again]
    cuts = sorted(draw(st.sets(st.integers(1, len(flat) - 1), max_size=4)))
    return [flat[a:b] for a, b in zip([0, *cuts], [*cuts, len(flat)], strict=True)]


@settings(max_examples=30, deadline=None)
@given(deliveries())
def test_the_log_is_the_same_in_whatever_order_and_how_often_events_arrive(
    batches: list[list[int]],
) -> None:
    at = in_room()
    events = visit_of(room_of(at), CALL)
    for batch in batches:
        deliver(at, *(events[i] for i in dict.fromkeys(batch)))
    assert told(at) == sorted(EXPECTED)
    assert present(at) == []


def test_presence_in_the_room_follows_the_events() -> None:
    at = in_room()
    events = visit_of(room_of(at), CALL)
    deliver(at, *events[:3])
    assert present(at) == ["patient", "practitioner-1"]
    deliver(at, *events[3:6])
    assert present(at) == ["practitioner-1"]
    with pytest.raises(Forbidden):
        room_events.presence(at.stage.services, call(partner("consults.write")), at.stage.id)
    stranger = call(partner("consults.read", tenant="other-hospital"))
    with pytest.raises(NotFound):
        room_events.presence(at.stage.services, stranger, at.stage.id)


def test_a_batch_counts_once_wherever_the_process_dies() -> None:
    def act(at: VideoStage) -> None:
        events = visit_of(room_of(at), CALL)
        deliver(at, *events[:4])
        deliver(at, *events[4:])

    crashes = crash_everywhere(
        in_room, lambda at: store_of(at.stage), act, lambda at: _same(told(at), EXPECTED)
    )
    assert crashes == 4


def _same(
    found: list[tuple[str, str, str, int]], expected: list[tuple[str, str, str, int]]
) -> None:
    assert found == sorted(expected)


def test_more_events_than_a_transaction_holds_are_stored_in_several() -> None:
    at = in_room()
    room = room_of(at)
    many = [
        event(
            room,
            "occupant_joined" if n % 2 else "occupant_left",
            n,
            CALL + timedelta(seconds=n),
            occupant=occupant("patient", f"c-{(n + 1) // 2}"),
            **({} if n % 2 else {"reason": "left"}),
        )
        for n in range(1, 151)
    ]
    deliver(at, *many)
    deliver(at, *many)
    assert len(lines(at)) == 150
    assert present(at) == []


def test_events_of_no_known_room_shard_or_participant_are_refused_and_the_others_kept() -> None:
    at = in_room()
    room = room_of(at)
    good = visit_of(room, CALL)[1]
    stranger = event(room, "occupant_joined", 20, CALL, occupant=occupant("somebody", "c-x"))
    elsewhere = event("f" * 32, "occupant_joined", 21, CALL, occupant=occupant("patient", "c-y"))
    with pytest.raises(Invalid):
        deliver(at, stranger, elsewhere, good)
    assert told(at) == [("practitioner-1", "joined", "room", 1)]
    green = batch_of(visit_of(room, CALL)[2], shard="green")
    with pytest.raises(Invalid):
        room_events.receive(at.stage.services, at.cluster, green, SIGNED)
    assert len(lines(at)) == 1


def test_the_export_of_an_ended_consult_has_everybody_leave_before_the_events_say_so() -> None:
    at = in_room()
    events = visit_of(room_of(at), CALL)
    deliver(at, *events[:5])
    at.stage.world.clock.now = ended = CALL + timedelta(seconds=89)
    finishing.finish(at.stage.services, at.stage.doctor, at.stage.id, Finish())
    left = [e for e in lines(at) if e.kind == "left" and e.cause == "room_ended"]
    assert {(e.participant, e.at) for e in left} == {
        ("patient", ended),
        ("practitioner-1", ended),
    }
    deliver(at, *events[5:])
    assert told(at) == sorted(EXPECTED)


@pytest.fixture
def joined() -> VideoStage:
    """Both are in the room, two minutes ago."""
    at = in_room()
    deliver(at, *visit_of(room_of(at), CALL)[:3])
    at.stage.world.clock.now = CALL + timedelta(minutes=2)
    return at


def running_in(at: VideoStage) -> Stage:
    """Another consult in progress in the same world."""
    other = Stage(world=at.stage.world)
    new = new_consult(start=START + timedelta(minutes=30))
    other.created = consults.schedule(other.services, call(PARTNER), ORIGIN, new)
    for seat in ("patient", "practitioner-1"):
        other.enter(seat)
    return other


def sweep(at: VideoStage) -> int:
    return reconciliation.sweep(at.stage.services, at.cluster)


def connected(who: str, connection: str, at: datetime) -> ConnectedOccupant:
    fields = {**occupant(who, connection), "joined_at": at.isoformat()}
    return ConnectedOccupant.model_validate_json(json.dumps(fields))


def test_a_lost_leave_is_healed_by_the_count_and_makes_way_for_the_event(
    joined: VideoStage,
) -> None:
    room = room_of(joined)
    joined.cluster.present[room] = (
        connected("practitioner-1", "c-doctor", CALL + timedelta(seconds=1)),
    )
    assert sweep(joined) == 1
    assert present(joined) == ["practitioner-1"]
    assert ("patient", "left", "room_lost", 120) in told(joined)
    deliver(joined, visit_of(room, CALL)[3])
    assert ("patient", "left", "room_lost", 120) not in told(joined)
    assert ("patient", "left", "room_replaced", 30) in told(joined)


def test_a_lost_join_is_healed_by_the_count_and_counted_once(joined: VideoStage) -> None:
    room = room_of(joined)
    came = CALL + timedelta(seconds=30)
    joined.cluster.present[room] = (
        connected("practitioner-1", "c-doctor", CALL + timedelta(seconds=1)),
        connected("patient", "c-patient-2", came),
    )
    deliver(joined, visit_of(room, CALL)[3])
    sweep(joined)
    sweep(joined)
    assert present(joined) == ["patient", "practitioner-1"]
    deliver(joined, visit_of(room, CALL)[4])
    assert told(joined).count(("patient", "joined", "room", 30)) == 1


def test_events_on_their_way_are_waited_for(joined: VideoStage) -> None:
    joined.stage.world.clock.now = CALL + timedelta(seconds=30)
    sweep(joined)
    assert present(joined) == ["patient", "practitioner-1"]


def test_a_room_of_an_ended_consult_is_ended_healed_and_then_left_alone(
    joined: VideoStage,
) -> None:
    room = room_of(joined)
    finishing.finish(joined.stage.services, joined.stage.doctor, joined.stage.id, Finish())
    assert sweep(joined) == 1  # nobody told the server: the visit does
    assert joined.cluster.alive == {}
    assert sweep(joined) == 1  # its events never came
    assert {e.cause for e in lines(joined) if e.kind == "left"} == {"room_lost"}
    assert sweep(joined) == 0
    reconciliation.settle(joined.stage.services, joined.cluster, PARTNER.tenant, joined.stage.id)
    assert joined.cluster.ended == [room, room]


def test_a_silent_server_keeps_the_room_on_the_list_and_the_sweep_complains(
    joined: VideoStage,
) -> None:
    finishing.finish(joined.stage.services, joined.stage.doctor, joined.stage.id, Finish())
    joined.cluster.down = True
    with pytest.raises(Unavailable):
        sweep(joined)
    joined.cluster.down = False
    assert sweep(joined) == 1
    assert joined.cluster.alive == {}


def test_a_silent_server_is_asked_once_for_all_its_rooms() -> None:
    at = in_room()
    second = VideoStage(running_in(at), at.cluster)
    enter(second, second.stage.doctor)
    at.cluster.down = True
    with pytest.raises(Unavailable, match="2 of 2"):
        sweep(at)
    assert at.cluster.asked == 1


def test_a_shard_that_was_taken_down_is_given_up_a_day_after_the_limit(
    joined: VideoStage,
) -> None:
    finishing.finish(joined.stage.services, joined.stage.doctor, joined.stage.id, Finish())
    joined.cluster.down = True
    joined.stage.world.clock.advance(hours=23)
    with pytest.raises(Unavailable):
        sweep(joined)
    joined.stage.world.clock.advance(hours=2)
    assert sweep(joined) == 1
    assert sweep(joined) == 0
    assert present(joined) == []


def test_reconciling_counts_once_wherever_the_process_dies() -> None:
    def ended() -> VideoStage:
        at = in_room()
        deliver(at, *visit_of(room_of(at), CALL)[:3])
        at.stage.world.clock.now = CALL + timedelta(minutes=2)
        finishing.finish(at.stage.services, at.stage.doctor, at.stage.id, Finish())
        at.cluster.alive.clear()
        return at

    def check(at: VideoStage) -> None:
        assert [c for _, kind, c, _ in told(at) if kind == "left"] == ["room_lost"] * 2
        assert at.stage.services.store.get(rooms.open_key(room_of(at))) is None

    assert crash_everywhere(ended, lambda at: store_of(at.stage), sweep, check) == 2


def test_falling_back_keeps_the_log_of_the_room(joined: VideoStage) -> None:
    provider.fall_back(joined.stage.services, joined.video, joined.stage.doctor, joined.stage.id)
    deliver(joined, *visit_of(room_of(joined), CALL)[3:])
    assert told(joined) == sorted(EXPECTED)
