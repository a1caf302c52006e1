"""Channels over HTTP: media types, statuses, and what a client sees."""

import json

import pytest

from infra.openapi import load_app
from telesalud.interop import wiring
from telesalud.platform.access import Role
from telesalud.platform.webhooks.signature import headers_for
from tests.support.http import Api
from tests.worlds.interop.citizens import BOT, Desk, message
from tests.worlds.world import TENANT, partner, user

LAB = partner("interop.write", subject="lab-1")
ACK = "application/hl7-v2+er7; charset=utf-8"
UNKNOWN = "MSH|^~\\&|LIS|LAB|TS|H|2026||ZZZ^Z01|M-1|P|2.5.1\r"


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A channel and its institution."""
    made = Desk.open()
    monkeypatch.setattr(wiring, "services", lambda: made.services)
    return made


def api() -> Api:
    return Api(load_app("interop").app)


def test_triage_comes_with_a_token_or_with_a_signature(desk: Desk) -> None:
    body = json.dumps(message())
    json_type = {"content-type": "application/json"}
    taken = api().post("/interop/triage", body=body, headers=json_type, caller=BOT)
    assert (taken.status, taken.json["mapped"]) == (202, True)
    signed = headers_for("n-1", [desk.secret], body.encode(), desk.world.clock())
    path = f"/interop/channels/{TENANT}/{desk.channel}/triage"
    again = api().post(path, body=body, headers=signed)
    assert (again.status, again.json["id"], again.json["repeated"]) == (202, taken.json["id"], True)
    assert api().post(path, body=body, headers=json_type).status == 401
    unknown = f"/interop/channels/nowhere/{desk.channel}/triage"
    assert api().post(unknown, body=body, headers=signed).status == 401


def test_what_was_kept_unread_says_what_was_wrong(desk: Desk) -> None:
    body = json.dumps(message(urgency=7))
    taken = api().post("/interop/triage", body=body, caller=BOT)
    assert taken.status == 202
    assert [fault["pointer"] for fault in taken.json["faults"]] == ["/urgency"]
    nurse = user(Role.NURSE)
    listed = api().get("/interop/triage", caller=nurse)
    assert [(line["flagged"], line["mapped"]) for line in listed.json["items"]] == [(True, False)]
    assert desk.types().count("interop.triage_flagged") == 1


def test_the_steps_need_the_version_that_was_read(desk: Desk) -> None:
    which = desk.send(message()).id
    nurse = user(Role.NURSE)
    path = f"/interop/triage/{which}/take"
    assert api().post(path, caller=nurse, key="take-0001").status == 428
    taken = api().post(path, caller=nurse, key="take-0001", etag='"1"')
    assert (taken.status, taken.etag) == (200, '"2"')
    repeated = api().post(path, caller=nurse, key="take-0001", etag='"1"')
    assert (repeated.status, repeated.json) == (200, taken.json)
    assert api().post(path, caller=nurse, key="take-0002", etag='"1"').status == 412


@pytest.mark.usefixtures("desk")
def test_a_message_is_answered_with_200_whatever_its_acknowledgement_says() -> None:
    sent = {"content-type": "application/hl7-v2+er7"}
    answer = api().post("/interop/v2", body=UNKNOWN, headers=sent, caller=LAB)
    assert (answer.status, answer.headers["content-type"]) == (200, ACK)
    assert "MSA|AR|M-1\r" in answer.body


@pytest.mark.usefixtures("desk")
def test_what_is_no_message_is_told_in_problem_json() -> None:
    sent = {"content-type": "application/hl7-v2+er7"}
    assert api().post("/interop/v2", body="hello", headers=sent, caller=LAB).status == 400
    other = {"content-type": "text/html"}
    assert api().post("/interop/v2", body=UNKNOWN, headers=other, caller=LAB).status == 415
    stranger = partner("interop.read")
    assert api().post("/interop/v2", body=UNKNOWN, headers=sent, caller=stranger).status == 403
    long = UNKNOWN + "Z" * 250_001
    assert api().post("/interop/v2", body=long, headers=sent, caller=LAB).status == 413
