"""The session limit: on the second, announced, movable, and never forgotten."""

import asyncio
import time
import uuid
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from jitsi_cluster.harness.cluster import Cluster
from jitsi_cluster.harness.control_plane import admit, sign
from jitsi_cluster.harness.prosody_server import MUC
from jitsi_cluster.harness.xmpp_client import LIMIT, JoinRefused
from schemas.video import AdmissionAnswer, OccupantLeft, RoomDestroyed

pytestmark = pytest.mark.anyio

END_REASON = "The meeting has been terminated"


async def test_the_room_ends_within_a_second_of_its_limit_after_a_warning(
    cluster: Cluster,
) -> None:
    room = cluster.room(seconds=3, warn=2)
    ends_at = cluster.plane.answers[room].ends_at
    assert ends_at is not None
    async with await cluster.focus().start():
        doctor = await cluster.join(room, "doctor-1", moderator=True)
        patient = await cluster.join(room, "patient-1")
        warning = (await patient.expect(lambda s: s.find(LIMIT) is not None)).find(LIMIT)
        assert warning is not None
        assert abs(ends_at.timestamp() - 2 - time.time()) < 0.5
        assert warning.get("remaining") == "2"
        reasons = await asyncio.gather(doctor.destroyed(), patient.destroyed())
        assert abs(time.time() - ends_at.timestamp()) < 1
        assert set(reasons) == {END_REASON}
        events = await cluster.plane.wait_destroyed(room)
    assert [e.reason for e in events if isinstance(e, RoomDestroyed)] == ["limit"]
    assert {e.reason for e in events if isinstance(e, OccupantLeft)} == {"room_ended"}


async def test_the_warning_speaks_the_language_of_the_consult(cluster: Cluster) -> None:
    room = cluster.room(seconds=60, warn=59, language="pt")
    async with await cluster.focus().start():
        patient = await cluster.join(room)
        message = await patient.expect(lambda s: s.find(LIMIT) is not None)
    text = message.findtext("{http://jitsi.org/jitmeet}json-message") or ""
    assert "A consulta termina em 1 minuto" in text


async def test_an_extension_moves_the_end_and_warns_again(cluster: Cluster) -> None:
    room = cluster.room(seconds=2, warn=1)
    async with await cluster.focus().start():
        patient = await cluster.join(room)
        await patient.expect(lambda s: s.find(LIMIT) is not None)
        later = datetime.now(UTC) + timedelta(seconds=3)
        answer = cluster.control.call("extend", room, ends_at=later.isoformat())
        assert answer.ends_at is not None
        assert abs((answer.ends_at - later).total_seconds()) < 0.01
        await patient.expect(lambda s: s.find(LIMIT) is not None)
        await patient.destroyed()
        assert abs(time.time() - later.timestamp()) < 1


async def test_no_extension_keeps_a_room_beyond_the_ceiling(cluster: Cluster) -> None:
    room = cluster.room()
    async with await cluster.focus().start():
        await cluster.join(room)
        far = datetime.now(UTC) + timedelta(days=2)
        answer = cluster.control.call("extend", room, ends_at=far.isoformat())
        assert answer.ends_at is not None
        assert answer.ends_at < datetime.now(UTC) + timedelta(hours=4, seconds=5)


async def test_ending_a_room_twice_has_one_effect(cluster: Cluster) -> None:
    room = cluster.room()
    async with await cluster.focus().start():
        patient = await cluster.join(room, "patient-1")
        assert cluster.control.call("end", room).occupants == 1
        assert await patient.destroyed() == END_REASON
        assert not cluster.control.call("end", room).alive
        events = await cluster.plane.wait_destroyed(room)
    assert [e.reason for e in events if isinstance(e, RoomDestroyed)] == ["control"]


async def test_counting_and_extending_need_a_room(cluster: Cluster) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        cluster.control.call("count", cluster.room())


async def test_room_control_refuses_what_is_not_signed_now_and_by_us(cluster: Cluster) -> None:
    room = cluster.room()
    control = cluster.control
    body = control.body("end", room)
    wrong = {
        "unsigned": None,
        "other secret": sign("another-secret", body),
        "stale": sign(control.secret, body, time.time() - 120),
        "future": sign(control.secret, body, time.time() + 120),
        "other body": sign(control.secret, control.body("count", room)),
        "garbage": "t=now,v1=zz",
    }
    async with await cluster.focus().start():
        await cluster.join(room)
        for name, signature in wrong.items():
            assert control.send(body, signature).status_code == 401, name
        assert control.call("count", room).occupants == 1


async def test_room_control_accepts_the_earlier_secret_during_rotation(cluster: Cluster) -> None:
    body = cluster.control.body("end", cluster.room())
    earlier = f"earlier-{cluster.control.secret}"
    assert cluster.control.send(body, sign(earlier, body)).status_code == 200


async def test_a_replayed_control_request_gets_the_first_answer_and_does_nothing(
    cluster: Cluster,
) -> None:
    room = cluster.room()
    control = cluster.control
    async with await cluster.focus().start():
        await cluster.join(room, "patient-1")
        soon = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
        body = control.body("extend", room, ends_at=soon)
        signature = sign(control.secret, body)
        first = control.send(body, signature)
        late = datetime.now(UTC) + timedelta(minutes=30)
        control.call("extend", room, ends_at=late.isoformat())
        assert control.send(body, signature).content == first.content
        ends_at = control.call("count", room).ends_at
    assert ends_at is not None
    assert abs((ends_at - late).total_seconds()) < 1


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"[]",
        b'{"request_id":"a b","action":"end","room":"' + b"a" * 32 + b'"}',
        b'{"request_id":"r1","action":"end","room":"../etc"}',
        b'{"request_id":"r1","action":"explode","room":"' + b"a" * 32 + b'"}',
        b'{"request_id":"r1","action":"extend","room":"' + b"a" * 32 + b'"}',
        b'{"request_id":"r1","action":"extend","room":"'
        + b"a" * 32
        + b'","ends_at":"2001-01-01T00:00:00Z"}',
    ],
)
async def test_a_malformed_control_request_gets_a_problem_and_changes_nothing(
    cluster: Cluster, body: bytes
) -> None:
    answer = cluster.control.send(body, sign(cluster.control.secret, body))
    assert answer.status_code == 400
    assert answer.json()["type"].startswith("urn:telesalud:video:")


async def test_a_room_is_not_created_while_the_control_plane_is_silent(cluster: Cluster) -> None:
    room = cluster.room()
    cluster.plane.status = 503
    try:
        async with await cluster.focus().start():
            with pytest.raises(JoinRefused, match="resource-constraint"):
                await cluster.join(room)
    finally:
        cluster.plane.status = None


async def test_a_control_plane_that_hangs_counts_as_silent(cluster: Cluster) -> None:
    room = cluster.room()
    cluster.plane.delay = 3
    try:
        async with await cluster.focus().start():
            started = time.monotonic()
            with pytest.raises(JoinRefused, match="resource-constraint"):
                await cluster.join(room)
            assert time.monotonic() - started < 2.9
    finally:
        cluster.plane.delay = 0


async def test_an_unknown_room_and_a_refused_one_are_not_created(cluster: Cluster) -> None:
    refused = cluster.room()
    cluster.plane.answers[refused] = AdmissionAnswer(room=refused, allow=False, reason="too_early")
    unknown = uuid.uuid4().hex
    async with await cluster.focus().start():
        for room in (refused, unknown):
            with pytest.raises(JoinRefused, match="not-allowed"):
                await cluster.join(room)


async def test_who_was_cut_off_may_return_while_the_control_plane_is_silent(
    cluster: Cluster,
) -> None:
    room = cluster.room()
    async with await cluster.focus().start():
        await cluster.join(room, "doctor-1", moderator=True)
        patient = await cluster.join(room, "patient-1")
        await patient.close()
        cluster.plane.status = 503
        try:
            await asyncio.sleep(1.2)  # the cached admission of the test server lasts a second
            await cluster.join(room, "patient-1")
            assert cluster.control.call("count", room).occupants == 2
        finally:
            cluster.plane.status = None


async def test_a_withdrawn_admission_ends_the_running_room(cluster: Cluster) -> None:
    room = cluster.room()
    async with await cluster.focus().start():
        doctor = await cluster.join(room, "doctor-1", moderator=True)
        cluster.plane.answers[room] = AdmissionAnswer(room=room, allow=False, reason="over")
        await asyncio.sleep(1.2)
        with pytest.raises(JoinRefused):
            await cluster.join(room, "patient-1")
        assert await doctor.destroyed() == END_REASON


async def test_an_admission_given_before_the_end_does_not_reopen_the_room(
    cluster: Cluster,
) -> None:
    room = cluster.room()
    plane = cluster.plane
    # The consult finishes after the control plane answered and before the answer arrives.
    plane.on_admission = lambda asked: cluster.control.call("end", asked) if asked == room else None
    try:
        async with await cluster.focus().start():
            with pytest.raises(JoinRefused, match="resource-constraint"):
                await cluster.join(room)
    finally:
        plane.on_admission = None


async def test_a_later_admission_moves_the_end_of_a_running_room(cluster: Cluster) -> None:
    room = cluster.room(seconds=120)
    async with await cluster.focus().start():
        await cluster.join(room, "doctor-1", moderator=True)
        cluster.plane.answers[room] = admit(room, seconds=900)
        await asyncio.sleep(1.2)
        await cluster.join(room, "patient-1")
        moved, wanted = cluster.control.call("count", room), cluster.plane.answers[room]
    assert moved.ends_at is not None
    assert wanted.ends_at is not None
    assert abs((moved.ends_at - wanted.ends_at).total_seconds()) < 0.01


async def test_a_reloaded_room_module_still_ends_its_rooms(cluster: Cluster) -> None:
    room = cluster.room(seconds=4, warn=0)
    async with await cluster.focus().start():
        patient = await cluster.join(room)
        await asyncio.to_thread(cluster.prosody.reload, "telesalud_room", MUC)
        assert await patient.destroyed() == END_REASON
        ends_at = cluster.plane.answers[room].ends_at
    assert ends_at is not None
    assert abs(time.time() - ends_at.timestamp()) < 1
