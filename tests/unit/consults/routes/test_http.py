"""The consults app over HTTP: routes, tokens, problems, and what goes over the wire."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from telesalud.consults import wiring
from telesalud.consults.visit import channel
from telesalud.platform.access import Role
from tests.worlds.consults.wire import ORIGIN, Wire
from tests.worlds.world import START, user


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    yield Wire(monkeypatch)
    wiring.settings.cache_clear()


def test_a_consultation_from_creation_to_export(wire: Wire) -> None:
    created = wire.create()
    assert created.status == 201, created.json
    consult = created.json
    path = f"/consults/{consult['id']}"
    patient = wire.enter(consult["patient_link"], "p").json["token"]
    doctor = wire.enter(consult["practitioner_link"], "d").json["token"]
    assert wire.api.post(f"{path}/announce", json={}, token=patient).status == 200
    assert wire.api.get(f"{path}/video", token=patient).status == 409
    assert wire.api.post(f"{path}/admit", token=doctor).json["status"] == "in_progress"
    assert wire.api.get(f"{path}/video", token=patient).json["provider"] == "direct"
    message = {"client_id": "01900000-0000-7000-8000-0000000000aa", "text": "Buenos días"}
    sent = wire.api.post(f"{path}/chat", json=message, token=patient)
    again = wire.api.post(f"{path}/chat", json=message, token=patient)
    assert (sent.status, again.json) == (201, sent.json)
    saved = wire.api.put(f"{path}/notes", json={"text": "a", "base_version": 0}, token=doctor)
    assert saved.json["version"] == 1
    assert wire.api.get(f"{path}/notes", token=patient).status == 403
    changes = wire.api.get(f"{path}/changes", query={"after": "0"}, token=patient).json
    assert {"status", "chat", "note", "presence"} <= {c["kind"] for c in changes["items"]}
    assert wire.api.get(f"{path}/export", token=wire.partner).status == 409
    unsaved = {"note": {"text": "a b", "base_version": 1}}
    assert wire.api.post(f"{path}/finish", json=unsaved, token=doctor).status == 200
    ended = wire.api.get(f"{path}/changes", token=patient)
    assert (ended.status, ended.json["type"]) == (410, "urn:telesalud:problem:consult-ended")
    export = wire.api.get(f"{path}/export", token=wire.partner)
    assert export.status == 200, export.json
    assert export.json["note"]["text"] == "a b"
    assert [m["text"] for m in export.json["chat"]] == ["Buenos días"]
    assert {c["kind"] for c in export.json["connections"]} == {"joined", "left"}


def test_sessions_need_a_token_of_this_service(wire: Wire) -> None:
    consult = wire.create().json
    path = f"/consults/{consult['id']}"
    token = wire.enter(consult["patient_link"], "p").json["token"]
    head, body, signature = token.split(".")
    forged = [
        "",
        "nonsense",
        f"{head}.{body}.{signature[:-4]}AAAA",
        f"eyJhbGciOiJub25lIn0.{body}.",
        wire.identity.sign({"iss": f"{ORIGIN}/api/consults", "sub": "patient"}, "consult+jwt"),
    ]
    for bad in forged:
        assert wire.api.get(f"{path}/changes", token=bad).status == 401
    wire.world.clock.advance(minutes=16)
    assert wire.api.get(f"{path}/changes", token=token).status == 401


def test_a_session_reaches_no_other_consult_and_no_staff_route(wire: Wire) -> None:
    first = wire.create().json
    token = wire.enter(first["patient_link"], "p").json["token"]
    body = {"start": (START + timedelta(minutes=6)).isoformat(), "planned_minutes": 5}
    other = wire.api.post(
        "/consults",
        json=body
        | {
            "practitioners": [{"id": "user-2", "display_name": "Otra Persona"}],
            "patient": {"id": "DOC-2", "display_name": "Paciente Demostración Dos"},
        },
        key="create-0002",
        token=wire.partner,
    ).json
    assert wire.api.get(f"/consults/{other['id']}/changes", token=token).status == 404
    assert wire.api.get(f"/consults/{first['id']}", token=token).status == 403
    assert wire.api.get(f"/consults/{first['id']}/export", token=token).status == 403


def test_the_named_practitioner_joins_with_their_own_login(wire: Wire) -> None:
    consult = wire.create().json
    path = f"/consults/{consult['id']}/session"
    mine = wire.api.post(path, token=wire.token(user(Role.PHYSICIAN, subject="user-1")))
    assert (mine.status, mine.json["participant"]) == (200, "practitioner-1")
    other = wire.api.post(path, token=wire.token(user(Role.PHYSICIAN, subject="user-2")))
    assert other.status == 404


def test_early_and_late_arrivals_learn_the_times(wire: Wire) -> None:
    consult = wire.create(start=(START + timedelta(hours=1)).isoformat()).json
    early = wire.enter(consult["patient_link"], "p")
    assert (early.status, early.json["opens_at"]) == (409, "2026-11-21T12:50:00.000Z")
    wire.world.clock.advance(hours=2)
    late = wire.enter(consult["patient_link"], "p")
    assert (late.status, late.json["closed_at"]) == (410, "2026-11-21T13:30:00.000Z")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"planned_minutes": "20"}, "/planned_minutes"),
        ({"unknown": 1}, "/unknown"),
        ({"practitioners": []}, "/practitioners"),
        ({"start": "2026-11-21T12:00:00"}, "/start"),
        ({"patient": {"id": "a b", "display_name": "X"}}, "/patient/id"),
    ],
)
def test_bad_bodies_are_refused_by_field(wire: Wire, change: Any, pointer: str) -> None:
    answer = wire.create(**change)
    assert answer.status == 422
    assert pointer in [error["pointer"] for error in answer.json["errors"]]
    assert wire.world.events() == []


def test_the_channel_carries_presence_and_signals(wire: Wire) -> None:
    consult = wire.create().json
    path = f"/consults/{consult['id']}"
    patient = wire.enter(consult["patient_link"], "p").json["token"]
    doctor = wire.enter(consult["practitioner_link"], "d").json["token"]

    def connect(token: str, connection: str) -> int:
        ticket = wire.api.post(f"{path}/channel", token=token).json["url"].partition("=")[2]
        event = {
            "requestContext": {"connectionId": connection},
            "queryStringParameters": {"ticket": ticket},
        }
        status = wire.module.ws_connect(event, None)["statusCode"]
        assert wire.module.ws_connect(event, None)["statusCode"] == 401, "a ticket works once"
        return int(status)

    assert connect(patient, "conn-p") == 200
    assert connect(doctor, "conn-d") == 200
    message = {"type": "signal", "to": "practitioner-1", "payload": "offer"}

    def say(connection: str, body: str) -> None:
        event = {"requestContext": {"connectionId": connection}, "body": body}
        wire.module.ws_message(event, None)

    say("conn-p", json.dumps(message))
    assert [c for c, m in wire.sent if m["type"] == "signal"] == ["conn-d"]
    say("conn-p", json.dumps(message | {"to": "patient"}))
    assert wire.sent[-1][1]["problem"] == "forbidden"
    say("conn-p", "not json")
    assert wire.sent[-1][1] == {"type": "error", "problem": "invalid"}
    say("conn-p", '{"type":"ping"}')
    assert wire.sent[-1][1]["type"] == "pong"
    polled = wire.api.get(f"{path}/changes", token=doctor).json["signals"]
    assert [(x["sender"], x["payload"]) for x in polled] == [("patient", "offer")]
    wire.module.ws_disconnect({"requestContext": {"connectionId": "conn-p"}}, None)
    wire.module.ws_disconnect({"requestContext": {"connectionId": "conn-p"}}, None)
    here = {
        p["participant"]: p["present"]
        for p in wire.api.get(f"{path}", token=wire.partner).json["participants"]
    }
    assert here == {"patient": False, "practitioner-1": True}


def test_a_ticket_is_refused_after_thirty_seconds(wire: Wire) -> None:
    consult = wire.create().json
    token = wire.enter(consult["patient_link"], "p").json["token"]
    url = wire.api.post(f"/consults/{consult['id']}/channel", token=token).json["url"]
    wire.world.clock.advance(seconds=30)
    event = {
        "requestContext": {"connectionId": "late"},
        "queryStringParameters": {"ticket": url.partition("=")[2]},
    }
    assert wire.module.ws_connect(event, None)["statusCode"] == 401


def test_every_operation_promises_what_openapi_needs(wire: Wire) -> None:
    names = [operation.name for operation in wire.module.api.operations]
    assert len(names) == len(set(names))
    assert all(operation.summary for operation in wire.module.api.operations)


def test_a_connection_in_the_making_survives_a_push_and_a_dead_one_ends_presence(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    consult = wire.create().json
    path = f"/consults/{consult['id']}"
    token = wire.enter(consult["patient_link"], "p").json["token"]
    ticket = wire.api.post(f"{path}/channel", token=token).json["url"].partition("=")[2]
    event = {
        "requestContext": {"connectionId": "conn-p"},
        "queryStringParameters": {"ticket": ticket},
    }
    wire.module.ws_connect(event, None)
    monkeypatch.setattr(wire, "post", lambda *_: False)
    [change] = [c.new for c in wire.world.store.changes if c.key.sk == "CHANGE#000000000002"]
    assert change

    def present() -> bool:
        [patient, _] = wire.api.get(path, token=wire.partner).json["participants"]
        return bool(patient["present"])

    channel.push_changes(wiring.services(), wiring.pusher(), change)
    assert present()
    wire.world.clock.advance(seconds=16)
    channel.push_changes(wiring.services(), wiring.pusher(), change)
    assert not present()


@pytest.mark.parametrize("wrong", ["x", "%F0%9F%A7%A0" * 128, "..%2F..%2Fetc", "a%00b", "%23"])
def test_what_cannot_be_an_id_is_not_found(wire: Wire, wrong: str) -> None:
    consult = wire.create().json
    token = wire.enter(consult["patient_link"], "p").json["token"]
    for method, path, bearer in (
        ("GET", f"/consults/{wrong}", wire.partner),
        ("GET", f"/consults/{wrong}/export", wire.partner),
        ("POST", f"/consults/{consult['id']}/files/{wrong}/complete", token),
        ("GET", f"/consults/{consult['id']}/files/{wrong}/download", token),
    ):
        assert wire.api.request(method, path, token=bearer).status in (400, 404), path
