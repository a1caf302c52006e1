"""What consults believes of the video cluster, and what it says to it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from schemas.video import SIGNATURE_HEADER
from telesalud.consults.settings import ConsultsSettings
from telesalud.consults.video.cluster import HttpCluster, Places, Signed
from telesalud.platform.errors import Unauthenticated, Unavailable
from telesalud.platform.settings import SettingsError
from telesalud.platform.webhooks.signature import sign
from tests.worlds.consults.stage import Stage
from tests.worlds.consults.video_stage import OUTBOUND, http_cluster
from tests.worlds.world import START

BODY = b'{"room":"x"}'
ROOM = "0123456789abcdef0123456789abcdef"


def signed(secret: str, seconds: float = 0, body: bytes = BODY) -> dict[str, str]:
    return {SIGNATURE_HEADER: sign([secret], body, START + timedelta(seconds=seconds))}


def test_the_signature_is_the_contracts_test_vector() -> None:
    at = datetime.fromtimestamp(1764000000, UTC)
    expected = "t=1764000000,v1=f68d950a49fa162d19266953e268a9661d90546a4402ed099e4c63084020c77b"
    assert sign(["secret"], BODY, at) == expected


@pytest.mark.parametrize("seconds", [-60, 0, 60])
@pytest.mark.parametrize("secret", OUTBOUND)
def test_both_secrets_hold_during_a_rotation_and_within_the_window(
    secret: str, seconds: int
) -> None:
    http_cluster(Stage()).authenticate("blue", Signed(signed(secret, seconds), BODY))


@pytest.mark.parametrize(
    ("shard", "headers", "body"),
    [
        ("blue", {}, BODY),
        ("blue", {SIGNATURE_HEADER: "t=1,v1=x"}, BODY),
        ("blue", signed("forged"), BODY),
        ("blue", signed(OUTBOUND[0], -61), BODY),
        ("blue", signed(OUTBOUND[0], 61), BODY),
        ("blue", signed(OUTBOUND[0]), b'{"room":"y"}'),
        ("red", signed(OUTBOUND[0]), BODY),
    ],
)
def test_forged_altered_replayed_and_foreign_requests_are_refused(
    shard: str, headers: dict[str, str], body: bytes
) -> None:
    with pytest.raises(Unauthenticated):
        http_cluster(Stage()).authenticate(shard, Signed(headers, body))


def test_a_rotated_secret_is_read_again_but_forgeries_do_not_flood_the_secrets() -> None:
    stage, read = Stage(), list[str]()
    now = ["first"]

    def secrets(name: str) -> tuple[str, ...]:
        read.append(name)
        return tuple(now)

    cluster = http_cluster(stage, secrets=secrets)
    cluster.authenticate("blue", Signed(signed("first"), BODY))
    now[:] = ["second", "first"]
    stage.world.clock.advance(seconds=11)
    cluster.authenticate("blue", Signed(signed("second"), BODY))
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            cluster.authenticate("blue", Signed(signed("forged"), BODY))
    assert read == ["video-blue-outbound"] * 2


def status(**changes: Any) -> str:
    fields = {
        "provider": "jitsi",
        "cause": "ok",
        "shard": "green",
        "domain": "green.video.example",
        "usable_bridges": 2,
        "observed_at": START.isoformat(),
        "valid_until": (START + timedelta(minutes=3)).isoformat(),
    }
    return json.dumps(fields | changes)


@pytest.mark.parametrize(
    ("published", "shard"),
    [
        ({"/video/active": "green", "/video/green/status": status()}, "green"),
        ({"/video/blue/status": status()}, "blue"),
        ({"/video/blue/status": status(provider="direct", cause="no_bridge")}, None),
        ({"/video/blue/status": status(valid_until=START.isoformat())}, None),
        ({"/video/blue/status": "{}"}, None),
        ({"/video/active": "red", "/video/red/status": status()}, None),
        ({}, None),
    ],
)
def test_new_rooms_go_to_the_active_shard_while_it_says_that_it_is_well(
    published: dict[str, str], shard: str | None
) -> None:
    assert http_cluster(Stage(), parameter=published.get).shard_for_new() == shard


def test_a_status_that_cannot_be_read_means_direct() -> None:
    def parameter(_: str) -> str | None:
        raise Unavailable("down")

    assert http_cluster(Stage(), parameter=parameter).shard_for_new() is None


def test_a_cluster_without_a_scaler_is_taken_at_its_word() -> None:
    places = Places(("one",), "meet.example", "http://127.0.0.1/control", "out", "control")
    cluster = http_cluster(Stage(), places=places)
    assert (cluster.shard_for_new(), cluster.domain("one")) == ("one", "meet.example")


def controlled(answers: list[httpx.Response]) -> tuple[HttpCluster, list[httpx.Request]]:
    seen = list[httpx.Request]()

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answers.pop(0)

    client = httpx.Client(transport=httpx.MockTransport(handle))
    return http_cluster(Stage(), http=lambda: client), seen


def test_room_control_is_signed_and_tries_the_earlier_secret_when_the_new_is_unknown() -> None:
    answer = {"room": ROOM, "alive": False}
    cluster, seen = controlled([httpx.Response(401), httpx.Response(200, json=answer)])
    assert cluster.end("blue", ROOM).alive is False
    assert [str(r.url) for r in seen] == ["https://blue.video.example/telesalud/control"] * 2
    for request, secret in zip(seen, OUTBOUND, strict=True):
        assert request.headers[SIGNATURE_HEADER] == sign([secret], request.content, START)
    assert json.loads(seen[0].content)["action"] == "end"


def test_no_such_room_is_an_answer_and_everything_else_is_tried_again() -> None:
    cluster, _ = controlled([httpx.Response(404), httpx.Response(404)])
    assert cluster.count("blue", ROOM) is None
    assert cluster.extend("blue", ROOM, START, {}) is None
    for response in (httpx.Response(500), httpx.Response(200, text="no"), httpx.Response(302)):
        failing, _ = controlled([response])
        with pytest.raises(Unavailable):
            failing.end("blue", ROOM)
    refused, _ = controlled([httpx.Response(401), httpx.Response(401)])
    with pytest.raises(Unavailable):
        refused.end("blue", ROOM)
    with pytest.raises(Unavailable):
        refused.end("red", ROOM)


ENVIRONMENT = {
    "TELESALUD_STAGE": "prod",
    "TELESALUD_CONTEXT": "consults",
    "TELESALUD_TABLE": "t",
    "TELESALUD_DATA_KEY": "k",
    "TELESALUD_ORIGIN": "https://clinic.example",
    "TELESALUD_FRONT_DOOR_SHA256": "0" * 64,
    "TELESALUD_SIGNING_KEY": "k",
    "TELESALUD_BLOBS_BUCKET": "b",
    "TELESALUD_UPLOADS_BUCKET": "u",
    "TELESALUD_JITSI_DOMAIN": "meet.example",
}
COMPLETE = ENVIRONMENT | {
    "TELESALUD_JITSI_SHARDS": "blue green",
    "TELESALUD_JITSI_OUTBOUND_KEY": "out",
    "TELESALUD_JITSI_CONTROL_KEY": "control",
    "TELESALUD_JITSI_SIGNING_KEYS": "new old",
}


def test_a_half_configured_cluster_stops_the_function_and_says_what_is_missing() -> None:
    own = ConsultsSettings.load(COMPLETE)
    assert (own.jitsi_shards, own.jitsi_signing_keys) == (("blue", "green"), ("new", "old"))
    with pytest.raises(SettingsError, match="jitsi_outbound_key"):
        ConsultsSettings.load(ENVIRONMENT)
    with pytest.raises(SettingsError, match="https"):
        ConsultsSettings.load(COMPLETE | {"TELESALUD_JITSI_CONTROL_URL": "http://10.0.0.1/c"})
