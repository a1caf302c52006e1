"""The consults app as a real Prosody's control plane: tokens, rooms, limits, connection log."""

import asyncio
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jitsi_cluster.harness.xmpp_client import Focus, JoinRefused, LoginRefused, Participant
from schemas.consult_content import ConnectionEntry, Finish
from schemas.consult_sessions import Extend
from schemas.consults import Reissue
from schemas.video import SIGNATURE_HEADER
from telesalud.consults.content import exporting, finishing
from telesalud.consults.model import Seat
from telesalud.consults.repository import load
from telesalud.consults.scheduling import links
from telesalud.consults.video import room_events, rooms
from telesalud.consults.visit import limit
from telesalud.platform.errors import Unavailable
from telesalud.platform.webhooks.signature import sign
from tests.jitsi.conftest import require
from tests.worlds.consults.live import SHARD, LiveConsults, live_consults
from tests.worlds.consults.stage import ORIGIN, PARTNER, Stage
from tests.worlds.consults.video_stage import RsaSigner
from tests.worlds.world import call

pytestmark = pytest.mark.anyio

THIRD = Seat(id="practitioner-2", practitioner_id="user-2")
PLANE = range(4840, 4850)
PROSODY = range(5500, 5550)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveConsults]:
    require("prosody")
    data: Path = tmp_path_factory.mktemp("provider")
    with live_consults(data, plane_ports=PLANE, prosody_ports=PROSODY) as running:
        yield running


async def joined(live: LiveConsults, room: str, token: str) -> tuple[Participant, str]:
    person = Participant(live.prosody.websocket_url)
    await person.login(room, token)
    return person, await person.call(room)


def log(live: LiveConsults, stage: Stage) -> list[ConnectionEntry]:
    consult = load(live.services, PARTNER.tenant, stage.id).consult
    entries = exporting.log_of(live.services, consult)
    return [entry for entry in entries if entry.cause.startswith("room")]


async def logged(live: LiveConsults, stage: Stage, count: int) -> list[ConnectionEntry]:
    for _ in range(200):
        if len(found := log(live, stage)) >= count:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"{log(live, stage)}\n{live.prosody.log}")


async def told_that_all_left(live: LiveConsults, stage: Stage, room: str) -> None:
    key = rooms.room_key(PARTNER.tenant, stage.id, room)
    for _ in range(200):
        item = live.services.store.get(key)
        assert item is not None
        if not room_events.log_of_room(item).here:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(live.prosody.log)


async def test_a_call_from_the_first_token_to_the_connection_log(live: LiveConsults) -> None:
    stage = live.consult()
    room, doctor_token = live.token(stage, "practitioner-1")
    _, patient_token = live.token(stage, "patient")
    async with await Focus(live.prosody.websocket_url).start():
        doctor, doctor_role = await joined(live, room, doctor_token)
        patient, patient_role = await joined(live, room, patient_token)
        assert (doctor_role, patient_role) == ("moderator", "participant")

        claims = live.video._claims(load(live.services, PARTNER.tenant, stage.id).consult, THIRD)
        with pytest.raises(JoinRefused):
            await joined(live, room, live.keys.sign(claims))

        assert stage.created is not None
        until = stage.created.closes_at + timedelta(minutes=5)
        limit.extend(live.services, stage.doctor, stage.id, Extend(until=until))
        live.work_off()
        there = live.cluster.count(SHARD, room)
        assert there is not None
        assert there.ends_at is not None
        assert abs(there.ends_at - until) < timedelta(milliseconds=10)
        assert {one.participant_id for one in there.participants} == {"patient", "practitioner-1"}

        assert [e.kind for e in await logged(live, stage, 2)] == ["joined", "joined"]
        finishing.finish(live.services, stage.doctor, stage.id, Finish())
        live.work_off()
        assert await patient.destroyed() == await doctor.destroyed()
        assert live.cluster.count(SHARD, room) is None
        with pytest.raises(JoinRefused):
            await joined(live, room, patient_token)
    await told_that_all_left(live, stage, room)
    entries = log(live, stage)
    assert sorted((e.participant, e.kind, e.cause) for e in entries) == [
        ("patient", "joined", "room"),
        ("patient", "left", "room_ended"),
        ("practitioner-1", "joined", "room"),
        ("practitioner-1", "left", "room_ended"),
    ]


async def test_a_replaced_link_ends_the_call_that_came_by_it_at_once(live: LiveConsults) -> None:
    stage = live.consult()
    room, doctor_token = live.token(stage, "practitioner-1")
    _, old = live.token(stage, "patient")
    async with await Focus(live.prosody.websocket_url).start():
        await joined(live, room, doctor_token)
        patient, _ = await joined(live, room, old)
        await logged(live, stage, 2)
        anew = links.reissue(
            live.services, call(PARTNER), ORIGIN, stage.id, Reissue(participants=("patient",))
        )
        live.work_off()
        await patient.put_out()
        with pytest.raises(JoinRefused):
            await joined(live, room, old)
        there = live.cluster.count(SHARD, room)
        assert there is not None
        assert [one.participant_id for one in there.participants] == ["practitioner-1"]

        assert stage.created is not None
        stage.created = stage.created.model_copy(update={"patient_link": anew.patient_link})
        stage.enter("patient")
        _, fresh = live.token(stage, "patient")
        _, role = await joined(live, room, fresh)
        assert role == "participant"


async def test_a_replaced_link_stays_out_of_a_room_that_is_made_anew(live: LiveConsults) -> None:
    stage = live.consult()
    room, _ = live.token(stage, "practitioner-1")
    _, old = live.token(stage, "patient")
    links.reissue(
        live.services, call(PARTNER), ORIGIN, stage.id, Reissue(participants=("patient",))
    )
    async with await Focus(live.prosody.websocket_url).start():
        with pytest.raises(JoinRefused):
            await joined(live, room, old)


async def test_a_key_that_consults_does_not_publish_opens_nothing(live: LiveConsults) -> None:
    stage = live.consult()
    room, _ = live.token(stage, "practitioner-1")
    consult = load(live.services, PARTNER.tenant, stage.id).consult
    claims = live.video._claims(consult, consult.state.seat("practitioner-1"))
    forged = RsaSigner(kid="forged").sign(claims)
    with pytest.raises(LoginRefused):
        await joined(live, room, forged)


async def test_a_room_of_a_lost_ending_is_ended_by_the_next_visit(live: LiveConsults) -> None:
    stage = live.consult()
    room, token = live.token(stage, "practitioner-1")
    async with await Focus(live.prosody.websocket_url).start():
        doctor, _ = await joined(live, room, token)
        await logged(live, stage, 1)
        finishing.finish(live.services, stage.doctor, stage.id, Finish())  # its event is lost
        live.handled = len(live.world.events())
        live.module.reconcile_rooms({}, None)
        await doctor.destroyed()
    await told_that_all_left(live, stage, room)
    live.module.reconcile_rooms({}, None)
    assert live.services.store.get(rooms.open_key(room)) is None


async def test_prosody_away_is_waited_for_and_a_dead_room_is_corrected(live: LiveConsults) -> None:
    stage = live.consult()
    room, token = live.token(stage, "practitioner-1")
    async with await Focus(live.prosody.websocket_url).start():
        await joined(live, room, token)
        await logged(live, stage, 1)
        live.prosody.kill()
    finishing.finish(live.services, stage.doctor, stage.id, Finish())
    with pytest.raises(Unavailable):
        live.work_off()
    live.prosody.start()
    live.work_off()
    await told_that_all_left(live, stage, room)
    assert [e.cause for e in log(live, stage) if e.kind == "left"] == ["room_lost"]


async def test_the_practitioner_leaves_a_failed_cluster_over_http(live: LiveConsults) -> None:
    stage = live.consult()
    room, token = live.token(stage, "practitioner-1")
    path = f"/consults/{stage.id}/video"
    async with await Focus(live.prosody.websocket_url).start():
        doctor, _ = await joined(live, room, token)
        await logged(live, stage, 1)
        seen = live.request("GET", f"{path}/presence", caller=PARTNER).json
        assert seen["provider"] == "jitsi"
        assert [one["participant"] for one in seen["present"]] == ["practitioner-1"]
        refused = live.request("POST", f"{path}/fallback", caller=stage.patient.caller)
        assert refused.status == 403
        moved = live.request("POST", f"{path}/fallback", caller=stage.doctor.caller)
        assert (moved.status, moved.json["provider"]) == (200, "direct")
        live.work_off()
        await doctor.destroyed()
        with pytest.raises(JoinRefused):
            await joined(live, room, token)
    patient = live.request("GET", path, caller=stage.patient.caller)
    assert patient.json["provider"] == "direct"


async def test_only_the_signature_opens_the_control_plane(live: LiveConsults) -> None:
    room = "0" * 32
    at = live.world.clock().isoformat()
    asked = {"request_id": "r-1", "room": room, "asked_at": at, "shard": SHARD}
    path = f"/consults/video/rooms/{room}/admission"
    assert live.request("POST", path, json=asked).status == 401
    body = json.dumps(asked)
    signed = {
        SIGNATURE_HEADER: sign([live.prosody.outbound_secret], body.encode(), datetime.now(UTC))
    }
    headers = {"content-type": "application/json", **signed}
    assert live.request("POST", path, body=body, headers=headers).status == 404
    elsewhere = f"/consults/video/rooms/{'1' * 32}/admission"
    assert live.request("POST", elsewhere, body=body, headers=headers).status == 422
    assert live.request("POST", path, body=body + " ", headers=headers).status == 401


async def test_keys_are_cacheable_and_unknown_ones_absent(live: LiveConsults) -> None:
    file = f"{hashlib.sha256(live.signer.kid.encode()).hexdigest()}.pem"
    found = live.request("GET", f"/consults/video/keys/{file}")
    assert found.headers["cache-control"] == "public, max-age=3600"
    assert found.body.startswith("-----BEGIN PUBLIC KEY-----")
    assert live.request("GET", f"/consults/video/keys/{'0' * 64}.pem").status == 404
