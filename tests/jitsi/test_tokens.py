"""Which tokens open the door: at login, at the focus and at the room."""

import time
from pathlib import Path
from typing import Any

import jwt
import pytest

from jitsi_cluster.harness.cluster import KID, Cluster, TokenMint, new_key
from jitsi_cluster.harness.cluster import cluster as start_cluster
from jitsi_cluster.harness.control_plane import new_room
from jitsi_cluster.harness.prosody_server import free_ports
from jitsi_cluster.harness.xmpp_client import JoinRefused, LoginRefused
from schemas.video import AdmissionAnswer
from tests.jitsi.conftest import require

pytestmark = pytest.mark.anyio


async def test_no_token_is_no_login(cluster: Cluster) -> None:
    async with cluster.participant() as person:
        with pytest.raises(LoginRefused, match="malformed"):
            await person.login(cluster.room(), None)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": -1}, "expired"),
        ({"nbf": 120}, "early"),
        ({"nbf": None}, "no-window"),
        ({"exp": None}, "no-window"),
        ({"iss": "somebody-else"}, "wrong-issuer"),
        ({"aud": "another-service"}, "wrong-audience"),
        ({"aud": "*"}, "wrong-audience"),
        ({"aud": None}, "wrong-audience"),
        ({"room": "*"}, "inexact-room"),
        ({"room": "CAFE" * 8}, "inexact-room"),
        ({"room": None}, "inexact-room"),
        ({"context": {"user": {"id": "a.person@example.org"}}}, "no-participant"),
        ({"context": {}}, "no-participant"),
    ],
)
async def test_a_token_with_a_wrong_claim_is_no_login(
    cluster: Cluster, changes: dict[str, Any], reason: str
) -> None:
    room = cluster.room()
    # Seconds from now, which is long after the tests were collected.
    times = {k: time.time() + v for k, v in changes.items() if k in ("exp", "nbf") and v}
    claims = {"room": room, **changes, **times}
    async with cluster.participant() as person:
        with pytest.raises(LoginRefused, match=reason):
            await person.login(changes.get("room") or room, cluster.mint(**claims))


async def test_a_token_signed_by_another_key_is_no_login(cluster: Cluster) -> None:
    room = cluster.room()
    forger = TokenMint(new_key(), KID)
    async with cluster.participant() as person:
        with pytest.raises(LoginRefused, match="bad-signature"):
            await person.login(room, forger(room))


async def test_a_token_of_an_unpublished_key_is_no_login(cluster: Cluster) -> None:
    room = cluster.room()
    stranger = TokenMint(cluster.mint.key, "../../etc/passwd")
    async with cluster.participant() as person:
        with pytest.raises(LoginRefused, match="unknown-key"):
            await person.login(room, stranger(room))


@pytest.mark.parametrize("algorithm", ["HS256", "none"])
async def test_a_token_of_another_algorithm_is_no_login(cluster: Cluster, algorithm: str) -> None:
    room = cluster.room()
    claims = jwt.decode(cluster.mint(room), options={"verify_signature": False})
    secret = "a-secret-of-thirty-two-characters" if algorithm == "HS256" else ""
    token = jwt.encode(claims, secret, algorithm=algorithm, headers={"kid": KID})
    async with cluster.participant() as person:
        with pytest.raises(LoginRefused, match=r"malformed|wrong-algorithm"):
            await person.login(room, token)


async def test_the_address_may_not_name_another_room_than_the_token(cluster: Cluster) -> None:
    async with cluster.participant() as person:
        with pytest.raises(LoginRefused, match="other-room"):
            await person.login(cluster.room(), cluster.mint(cluster.room()))


async def test_a_token_opens_no_other_room_that_is_running(cluster: Cluster) -> None:
    mine, other = cluster.room(), cluster.room()
    async with await cluster.focus().start(), cluster.participant() as intruder:
        await cluster.join(other, "doctor-1", moderator=True)
        await intruder.login(mine, cluster.mint(mine, "patient-9"))
        with pytest.raises(JoinRefused, match="not-allowed"):
            await intruder.call(other)
        with pytest.raises(JoinRefused, match="not-allowed"):
            await intruder.enter(other)
        assert cluster.control.call("count", other).occupants == 1


async def test_a_participant_cannot_create_a_room_even_when_it_is_admitted(
    cluster: Cluster,
) -> None:
    room = cluster.room()
    async with cluster.participant() as person:
        await person.login(room, cluster.mint(room, moderator=True))
        await person.ask(room)  # admitted, but no focus is there to create the room
        assert cluster.plane.admissions[-1].room == room
        with pytest.raises(JoinRefused, match="not-allowed"):
            await person.enter(room)


async def test_a_token_that_expires_after_login_opens_nothing(cluster: Cluster) -> None:
    room = cluster.room()
    async with await cluster.focus().start(), cluster.participant() as person:
        await person.login(room, cluster.mint(room, exp=time.time() + 1))
        await person.ask(room)
        time.sleep(1.1)  # noqa: ASYNC251 - the server's clock has to pass the moment
        with pytest.raises(JoinRefused, match="not-allowed"):
            await person.enter(room)


async def test_a_token_replayed_after_the_consult_finished_opens_nothing(cluster: Cluster) -> None:
    room = cluster.room()
    token = cluster.mint(room, "patient-1")
    async with await cluster.focus().start():
        async with cluster.participant() as patient:
            await patient.login(room, token)
            await patient.call(room)
            cluster.plane.answers[room] = AdmissionAnswer(room=room, allow=False, reason="over")
            cluster.control.call("end", room)
            assert await patient.destroyed() == "The meeting has been terminated"
        async with cluster.participant() as again:
            await again.login(room, token)
            with pytest.raises(JoinRefused, match="not-allowed"):
                await again.call(room)
    assert not cluster.control.call("end", room).alive


async def test_keys_come_from_the_published_path_and_outlive_an_outage_of_it(
    tmp_path: Path, mint: TokenMint
) -> None:
    empty = tmp_path / "no-keys"
    empty.mkdir()
    (port,) = free_ports(1)
    extra = f'asap_key_server = "http://127.0.0.1:{port}/keys"\ntelesalud_jwt_key_ttl = 1'
    require("prosody")
    with start_cluster(tmp_path, empty, mint, extra=extra, plane_port=port) as cluster:
        name, pem = mint.published()
        cluster.plane.keys[f"/keys/{name}"] = pem
        room = cluster.room()
        for _ in range(2):
            async with cluster.participant() as person:
                await person.login(room, mint(room))
        assert cluster.plane.key_requests == [f"/keys/{name}"]
        cluster.plane.keys.clear()
        time.sleep(1.1)  # noqa: ASYNC251 - the server's clock has to pass the key's age
        async with cluster.participant() as person:
            await person.login(room, mint(room))
        async with cluster.participant() as person:
            with pytest.raises(LoginRefused, match="unknown-key"):
                await person.login(room, TokenMint(mint.key, "key-2")(room))


async def test_tokens_never_reach_the_log(cluster: Cluster) -> None:
    room = new_room()
    token = cluster.mint(room)
    async with cluster.participant() as person:
        await person.login(room, token)
    assert token.split(".")[2] not in cluster.prosody.log
