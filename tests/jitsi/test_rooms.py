"""Who enters a room, who moderates it, and what the control plane hears of it."""

import pytest

from jitsi_cluster.harness.cluster import Cluster
from jitsi_cluster.harness.prosody_server import MUC
from jitsi_cluster.harness.xmpp_client import JoinRefused
from schemas.video import OccupantJoined, OccupantLeft, RoomDestroyed

pytestmark = pytest.mark.anyio


async def test_two_participants_meet_and_every_step_is_reported_in_order(cluster: Cluster) -> None:
    room = cluster.room()
    async with await cluster.focus().start():
        doctor = await cluster.join(room, "doctor-1", moderator=True)
        patient = await cluster.join(room, "patient-1")
        await patient.close()
        await doctor.close()
        events = await cluster.plane.wait_destroyed(room)

    assert [e.type for e in events] == [
        "room_created",
        "occupant_joined",
        "occupant_joined",
        "occupant_left",
        "occupant_left",
        "room_destroyed",
    ]
    assert [e.sequence for e in events] == [1, 2, 3, 4, 5, 6]
    assert len({e.instance for e in events}) == 1
    assert len({e.event_id for e in events}) == 6
    joined = [e.occupant for e in events if isinstance(e, OccupantJoined)]
    assert [(o.participant_id, o.role) for o in joined] == [
        ("doctor-1", "moderator"),
        ("patient-1", "participant"),
    ]
    assert [e.reason for e in events if isinstance(e, RoomDestroyed)] == ["empty"]


async def test_the_token_alone_decides_who_moderates(cluster: Cluster) -> None:
    room = cluster.room()
    async with (
        await cluster.focus().start(),
        cluster.participant() as patient,
        cluster.participant() as doctor,
    ):
        await patient.login(room, cluster.mint(room, "patient-1"))
        await doctor.login(room, cluster.mint(room, "doctor-1", moderator=True))
        assert await patient.call(room) == "participant"
        assert await doctor.call(room) == "moderator"


async def test_a_third_participant_is_turned_away(cluster: Cluster) -> None:
    room = cluster.room(occupants=2)
    async with await cluster.focus().start():
        await cluster.join(room, "doctor-1", moderator=True)
        await cluster.join(room, "patient-1")
        with pytest.raises(JoinRefused, match="service-unavailable"):
            await cluster.join(room, "patient-2")
        assert cluster.control.call("count", room).occupants == 2


async def test_a_reloaded_page_replaces_its_earlier_connection(cluster: Cluster) -> None:
    room = cluster.room(occupants=2)
    async with await cluster.focus().start():
        await cluster.join(room, "doctor-1", moderator=True)
        await cluster.join(room, "patient-1")
        await cluster.join(room, "patient-1")
        answer = cluster.control.call("count", room)
        events = await cluster.plane.wait(room, lambda es: len(es) >= 5)
    assert sorted(p.participant_id for p in answer.participants) == ["doctor-1", "patient-1"]
    left = [e for e in events if isinstance(e, OccupantLeft)]
    assert [(e.occupant.participant_id, e.reason) for e in left[:1]] == [("patient-1", "replaced")]


async def test_jicofos_health_check_passes_and_its_room_is_no_way_in(cluster: Cluster) -> None:
    check = "__jicofo-health-check-42"
    mine = cluster.room()
    async with await cluster.focus().start() as focus, cluster.participant() as person:
        await focus.presence_to(check, "focus")
        await focus.expect(lambda s: s.get("from") == f"{check}@{MUC}/focus" and not s.get("type"))
        await person.login(mine, cluster.mint(mine, moderator=True))
        with pytest.raises(JoinRefused, match="not-allowed"):
            await person.enter(check)
        await focus.leave(check, "focus")
        await cluster.join(mine, "patient-1")
        await cluster.plane.wait(mine, lambda es: len(es) == 2)
    assert cluster.plane.of(check) == []
    assert "Traceback" not in cluster.prosody.log
    assert "attempt to" not in cluster.prosody.log
