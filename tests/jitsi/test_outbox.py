"""No event is lost or doubled, whatever happens to the control plane or to Prosody."""

import asyncio
import time
from collections import Counter
from pathlib import Path

import pytest

from jitsi_cluster.harness.cluster import Cluster, TokenMint
from jitsi_cluster.harness.cluster import cluster as start_cluster
from jitsi_cluster.harness.prosody_server import MUC
from jitsi_cluster.harness.xmpp_client import JoinRefused
from schemas.video import LifecycleEvent, OccupantLeft, RoomDestroyed
from tests.jitsi.conftest import require

pytestmark = pytest.mark.anyio


def assert_complete(events: list[LifecycleEvent]) -> None:
    """One instance, numbered without gap or repetition, in order, from creation to destruction."""
    assert [e.sequence for e in events] == list(range(1, len(events) + 1))
    assert len({e.event_id for e in events}) == len(events)
    assert events[0].type == "room_created"
    assert events[-1].type == "room_destroyed"
    assert sorted(events, key=lambda e: e.occurred_at) == events


def wait_for_lines(path: Path, count: int) -> None:
    deadline = time.monotonic() + 5
    while not path.exists() or path.read_text().count("\n") < count:
        assert time.monotonic() < deadline, f"{path.name} has not {count} lines"
        time.sleep(0.05)


async def consult(cluster: Cluster, room: str) -> None:
    doctor = await cluster.join(room, "doctor-1", moderator=True)
    patient = await cluster.join(room, "patient-1")
    await patient.close()
    await doctor.close()


async def test_events_of_an_outage_arrive_once_and_in_order_afterwards(
    own_cluster: Cluster,
) -> None:
    plane = own_cluster.plane
    rooms = [own_cluster.room() for _ in range(5)]
    async with await own_cluster.focus().start():
        people = [await own_cluster.join(room, "patient-1") for room in rooms]
        plane.down()
        for person in people:
            await person.close()
        await asyncio.sleep(4)
        before = len(plane.received)
        plane.up()
        for room in rooms:
            assert_complete(await plane.wait_destroyed(room))
    assert before <= 10
    assert Counter(e.type for _, e in plane.received)["room_destroyed"] == 5


async def test_an_answer_that_is_lost_repeats_the_event_under_the_same_id(
    own_cluster: Cluster,
) -> None:
    plane = own_cluster.plane
    room = own_cluster.room()
    async with await own_cluster.focus().start():
        person = await own_cluster.join(room, "patient-1")
        await plane.wait(room, lambda es: len(es) == 2)
        plane.delay = 3.5  # longer than the module waits: it cannot know that the event was taken
        await person.close()
        await plane.wait_destroyed(room, 20)
        plane.delay = 0
        await asyncio.sleep(6)
    unique = list({e.event_id: e for e in plane.of(room)}.values())
    assert len(unique) < len(plane.of(room))
    assert_complete(unique)


async def test_a_killed_prosody_closes_its_rooms_after_the_restart(own_cluster: Cluster) -> None:
    plane, prosody = own_cluster.plane, own_cluster.prosody
    room, silent = own_cluster.room(), own_cluster.room()
    async with await own_cluster.focus().start():
        await own_cluster.join(room, "doctor-1", moderator=True)
        await own_cluster.join(room, "patient-1")
        await plane.wait(room, lambda es: len(es) == 3)
        person = await own_cluster.join(silent, "patient-2")
        plane.status = 503
        await person.close()  # leaves and destroys the room while nobody takes the events
        await asyncio.sleep(0.5)
        prosody.kill()
    plane.status = None
    prosody.start()
    for each in (room, silent):
        assert_complete(await plane.wait_destroyed(each))
    left = [e for e in plane.of(room) if isinstance(e, OccupantLeft)]
    assert {(e.occupant.participant_id, e.reason) for e in left} == {
        ("doctor-1", "server_restart"),
        ("patient-1", "server_restart"),
    }
    reasons = [
        e.reason for r in (room, silent) for e in plane.of(r) if isinstance(e, RoomDestroyed)
    ]
    assert reasons == ["server_restart", "empty"]


async def test_a_prosody_killed_again_and_again_loses_nothing(own_cluster: Cluster) -> None:
    plane, prosody = own_cluster.plane, own_cluster.prosody
    plane.status = 503
    rooms: list[str] = []
    for _ in range(3):
        rooms.append(own_cluster.room())
        plane.status = None
        async with await own_cluster.focus().start():
            await own_cluster.join(rooms[-1], "patient-1")
            plane.status = 503
            prosody.kill()
        prosody.start()
    plane.status = None
    for room in rooms:
        events = await plane.wait_destroyed(room)
        assert_complete(list({e.event_id: e for e in events}.values()))


async def test_the_same_room_created_again_is_another_instance(own_cluster: Cluster) -> None:
    room = own_cluster.room()
    async with await own_cluster.focus().start():
        await consult(own_cluster, room)
        await own_cluster.plane.wait_destroyed(room)
        await consult(own_cluster, room)
        events = await own_cluster.plane.wait(
            room, lambda es: sum(e.type == "room_destroyed" for e in es) == 2
        )
    first, second = list(dict.fromkeys(e.instance for e in events))
    assert_complete([e for e in events if e.instance == first])
    assert_complete([e for e in events if e.instance == second])


async def test_an_event_that_is_refused_for_good_is_filed_and_holds_up_nobody(
    own_cluster: Cluster,
) -> None:
    plane, prosody = own_cluster.plane, own_cluster.prosody
    bad, good = own_cluster.room(), own_cluster.room()
    async with await own_cluster.focus().start():
        person = own_cluster.participant()
        await person.login(bad, own_cluster.mint(bad))
        await person.ask(bad)  # the admission is answered; only events are refused from here on
        plane.event_status = 422
        await person.enter(bad)
        await person.close()
        refused = prosody.journal.with_name(prosody.journal.name + ".refused")
        await asyncio.to_thread(wait_for_lines, refused, 4)
        plane.event_status = None
        await consult(own_cluster, good)
        assert_complete(await plane.wait_destroyed(good))
    assert [e.type for e in plane.of(bad)] == []
    assert refused.read_text().count(bad) == 4


async def test_the_journal_shrinks_once_its_events_are_delivered(own_cluster: Cluster) -> None:
    journal = own_cluster.prosody.journal
    rooms = [own_cluster.room() for _ in range(8)]
    async with await own_cluster.focus().start():
        for room in rooms:
            await consult(own_cluster, room)
            await own_cluster.plane.wait_destroyed(room)
        await asyncio.sleep(0.5)
    assert len(journal.read_text().splitlines()) <= 24


async def test_a_reloaded_events_module_closes_no_room_that_is_running(
    own_cluster: Cluster,
) -> None:
    room = own_cluster.room()
    async with await own_cluster.focus().start():
        patient = await own_cluster.join(room, "patient-1")
        await own_cluster.plane.wait(room, lambda es: len(es) == 2)
        await asyncio.to_thread(own_cluster.prosody.reload, "telesalud_events", MUC)
        assert own_cluster.control.call("count", room).occupants == 1
        await asyncio.sleep(0.5)
        assert [e.type for e in own_cluster.plane.of(room)] == ["room_created", "occupant_joined"]
        await patient.close()
        assert_complete(await own_cluster.plane.wait_destroyed(room))


async def test_no_conference_starts_when_its_events_could_not_be_kept(
    tmp_path: Path, key_dir: Path, mint: TokenMint
) -> None:
    require("prosody")
    nowhere = 'telesalud_journal = "/nonexistent/journal"'
    with start_cluster(tmp_path, key_dir, mint, extra=nowhere) as cluster:
        room = cluster.room()
        async with await cluster.focus().start():
            with pytest.raises(JoinRefused, match="internal-server-error"):
                await cluster.join(room)
        assert "No conference can start" in cluster.prosody.log


@pytest.mark.long
async def test_a_minute_without_the_control_plane_loses_nothing(own_cluster: Cluster) -> None:
    plane = own_cluster.plane
    rooms = [own_cluster.room() for _ in range(20)]
    async with await own_cluster.focus().start():
        people = [await own_cluster.join(room, f"patient-{i}") for i, room in enumerate(rooms)]
        plane.down()
        for person in people:
            await asyncio.sleep(3)
            await person.close()
        plane.up()
        for room in rooms:
            assert_complete(await plane.wait_destroyed(room))
    assert len(plane.received) == 80
