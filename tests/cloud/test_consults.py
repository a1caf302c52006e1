"""Teleconsultations on the running stacks: the channel, the limit, files, notifications."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from telesalud.platform.ids import new_id
from telesalud.platform.scanners import EicarScanner
from telesalud.platform.webhooks.signature import SignatureRefused, verify
from tests.cloud.parties import (
    Party,
    Receiver,
    administrator_token,
    enter,
    new_consult,
    partner_token,
    receiver,
    share,
    until,
)
from tests.cloud.stacks import Stacks

PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer << >>\n%%EOF\n"


@pytest.fixture
def partner(stacks: Stacks, http: httpx.Client) -> Party:
    return Party(http, partner_token(stacks))


@pytest.fixture
def hook(stacks: Stacks, http: httpx.Client) -> Iterator[tuple[Receiver, str, str]]:
    """A registered receiver, its target id and its secret."""
    administrator = Party(http, administrator_token(stacks))
    with receiver() as listening:
        before = administrator.call("GET", "/consults/settings")
        hosts = [f"localhost:{listening.port}"]
        changed = administrator.call(
            "PUT",
            "/consults/settings",
            {"notification_hosts": hosts},
            **{"If-Match": before.headers.get("etag", '"0"')},
        )
        assert changed.status_code == 200, changed.text
        url = f"http://localhost:{listening.port}/hook"
        made = administrator.post("/consults/notification-targets", {"url": url})
        yield listening, made["target"]["id"], made["secret"]


def open_channel(party: Party, path: str) -> ClientConnection:
    return connect(party.post(f"{path}/channel")["url"], open_timeout=20)


def told(channel: ClientConnection, kind: str, about: str = "", seconds: float = 60.0) -> Any:
    """The next message of this type, and about this kind of change."""
    end = time.monotonic() + seconds
    while True:
        message = json.loads(channel.recv(timeout=max(0.1, end - time.monotonic())))
        if message["type"] == kind and (not about or about in message["kinds"]):
            return message


def test_both_sides_meet_write_share_and_finish(
    partner: Party, http: httpx.Client, hook: tuple[Receiver, str, str]
) -> None:
    listening, target, secret = hook
    created = partner.post("/consults", new_consult(notification_target=target))
    path = f"/consults/{created['id']}"
    patient = enter(http, created["patient_link"])
    doctor = enter(http, created["practitioner_link"])
    patient.post(f"{path}/announce", {})
    doctor.post(f"{path}/admit")
    with open_channel(doctor, path) as doctors, open_channel(patient, path) as patients:
        doctors.send(json.dumps({"type": "signal", "to": "patient", "payload": "offer"}))
        assert told(patients, "signal")["signal"]["payload"] == "offer"
        patient.post(f"{path}/chat", {"client_id": new_id(), "text": "Buenos días"})
        told(doctors, "changed", "chat")
        here = partner.get(path)["participants"]
        assert [p["present"] for p in here] == [True, True]
    until(lambda: not any(p["present"] for p in partner.get(path)["participants"]))
    clean = share(patient, path, "examen.pdf", PDF)
    infected = share(patient, path, "informe.pdf", PDF + EicarScanner.SIGNATURE + b"\n%%EOF\n")
    lying = share(patient, path, "foto.png", PDF)

    def examined() -> dict[str, Any] | None:
        found = {f["id"]: f for f in patient.get(f"{path}/files")["items"]}
        done = all(f["status"] in ("ready", "refused") for f in found.values())
        return found if done else None

    found = until(examined)
    assert found[clean]["media_type"] == "application/pdf"
    assert found[infected]["refusal"] == "infected"
    assert found[lying]["refusal"] == "type-mismatch"
    assert [f["id"] for f in doctor.get(f"{path}/files")["items"]] == [clean]
    download = httpx.get(doctor.get(f"{path}/files/{clean}/download")["url"])
    assert download.content == PDF
    assert download.headers["content-disposition"].startswith("attachment")
    assert doctor.call("GET", f"{path}/files/{infected}/download").status_code == 404
    unsaved = {"note": {"text": "Reposo y líquidos", "base_version": 0}}
    doctor.post(f"{path}/finish", unsaved)
    assert patient.call("GET", f"{path}/changes").status_code == 410
    export = partner.get(f"{path}/export")
    assert export["note"]["text"] == "Reposo y líquidos"
    assert [m["text"] for m in export["chat"]] == ["Buenos días"]
    assert httpx.get(export["files"][0]["url"]).content == PDF
    until(lambda: "consults.finished" in [b["type"] for b in listening.bodies()], 120)
    headers, body = next(
        (h, b) for h, b in listening.got if json.loads(b)["type"] == "consults.finished"
    )
    verify([secret], headers, body, datetime.now(UTC))
    with pytest.raises(SignatureRefused):
        verify([secret], headers, body + b" ", datetime.now(UTC))
    assert json.loads(body)["data"]["external_reference"] == "appointment-1"


def test_the_limit_ends_a_running_consultation(partner: Party, http: httpx.Client) -> None:
    closes = datetime.now(UTC) + timedelta(seconds=25)
    start = closes - timedelta(minutes=2)
    body = new_consult(start, planned_minutes=2, grace_minutes=0)
    created = partner.post("/consults", body)
    path = f"/consults/{created['id']}"
    patient = enter(http, created["patient_link"])
    doctor = enter(http, created["practitioner_link"])
    patient.post(f"{path}/announce", {})
    started = doctor.post(f"{path}/admit")
    assert started["warned"]
    with open_channel(patient, path) as channel:
        told(channel, "changed", "status", 90)
    ended = until(lambda: (v := partner.get(path))["status"] == "finished" and v)
    assert ended["end_cause"] == "limit"
    assert datetime.now(UTC) - closes < timedelta(seconds=15)
    for side in (patient, doctor):
        answer = side.call("GET", f"{path}/changes")
        assert (answer.status_code, answer.json()["type"]) == (
            410,
            "urn:telesalud:problem:consult-ended",
        )


def test_a_dead_receiver_gets_everything_once_it_lives_again(
    partner: Party, hook: tuple[Receiver, str, str], stacks: Stacks, http: httpx.Client
) -> None:
    listening, target, _ = hook
    listening.answer = 500
    created = partner.post("/consults", new_consult(notification_target=target))
    partner.post(f"/consults/{created['id']}/cancel", {"reason": "Prueba"})
    until(lambda: listening.got)
    listening.answer = 200

    def both() -> bool:
        types = [b["type"] for b in listening.bodies()]
        return "consults.cancelled" in types

    until(both, 90)
    administrator = Party(http, administrator_token(stacks))
    log = administrator.get(f"/consults/notifications?target={target}&consult={created['id']}")
    until(
        lambda: (
            {
                n["status"]
                for n in administrator.get(f"/consults/notifications?target={target}")["items"]
            }
            == {"delivered"}
        ),
        60,
    )
    count = len(listening.got)
    ids = [log["items"][0]["id"]]
    assert administrator.post("/consults/notifications/replay", {"target": target, "ids": ids}) == {
        "count": 1,
        "resume_from": None,
    }
    until(lambda: len(listening.got) > count, 60)


def test_the_channel_refuses_used_and_foreign_tickets(partner: Party, http: httpx.Client) -> None:
    created = partner.post("/consults", new_consult())
    path = f"/consults/{created['id']}"
    patient = enter(http, created["patient_link"])
    url = patient.post(f"{path}/channel")["url"]
    with connect(url, open_timeout=20):
        pass
    for bad in (url, url[:-5] + "AAAAA"):
        with pytest.raises(InvalidStatus):
            connect(bad, open_timeout=20)


def test_another_tenants_consult_does_not_exist(
    stacks: Stacks, partner: Party, http: httpx.Client
) -> None:
    created = partner.post("/consults", new_consult())
    stranger = Party(http, partner_token(stacks, "another-tenant"))
    for method, path in (
        ("GET", ""),
        ("GET", "/export"),
        ("POST", "/cancel"),
        ("POST", "/reschedule"),
        ("POST", "/links"),
    ):
        body = {
            "/cancel": {},
            "/reschedule": {"start": datetime.now(UTC).isoformat()},
            "/links": {"participants": ["patient"]},
        }.get(path)
        answer = stranger.call(method, f"/consults/{created['id']}{path}", body)
        assert answer.status_code == 404, (path, answer.text)


def test_an_upload_of_one_byte_too_many_is_refused_by_storage(
    partner: Party, http: httpx.Client
) -> None:
    created = partner.post("/consults", new_consult())
    path = f"/consults/{created['id']}"
    patient = enter(http, created["patient_link"])
    too_large = {"name": "a.pdf", "size": 32 * 1024 * 1024 + 1, "sha256": "0" * 64}
    assert patient.call("POST", f"{path}/files", too_large).status_code == 422
    offer = patient.post(f"{path}/files", {"name": "a.pdf", "size": 10, "sha256": "0" * 64})
    sent = httpx.post(offer["url"], data=offer["fields"], files={"file": ("a.pdf", b"x" * 11)})
    assert sent.status_code == 400
    never = patient.call("POST", f"{path}/files/{offer['file_id']}/complete")
    assert (never.status_code, never.json()["type"]) == (
        409,
        "urn:telesalud:problem:upload-missing",
    )
