"""The chart on the running stacks: written and coded, with documents; exported, then destroyed."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from localstack import seed_terminology
from localstack.cloud import stage_of
from telesalud.platform.access import Caller, CallerKind, Role
from telesalud.platform.aws import clients
from telesalud.platform.ids import new_id
from telesalud.platform.scanners import EicarScanner
from tests.cloud.parties import Party, access_token, until
from tests.cloud.stacks import Stacks

PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer << >>\n%%EOF\n"
REACTED = 400.0
"""Seconds within which a queue delivers even what failed at its first try."""


@dataclass
class Ward:
    """An institution with two administrators, one of whom treats the patient."""

    staff: Party
    second: Party
    stranger: Party
    patient: str

    @property
    def path(self) -> str:
        return f"/patients/{self.patient}"

    def at(self, path: str) -> dict[str, str]:
        """If-Match for what is at the path now."""
        return {"If-Match": self.staff.call("GET", path).headers["etag"]}

    def upload(self, content: bytes, name: str = "informe.pdf") -> str:
        """A document whose file is on its way to be examined."""
        digest = hashlib.sha256(content).hexdigest()
        file = {"name": name, "size": len(content), "sha256": digest}
        new = {**file, "title": "Ecografía", "category": "18748-4"}
        offer = self.staff.post(f"{self.path}/documents", new)
        sent = httpx.post(offer["url"], data=offer["fields"], files={"file": (name, content)})
        assert sent.status_code in (200, 201, 204), sent.text
        self.staff.post(f"{self.path}/documents/uploads/{offer['upload_id']}/complete")
        return str(offer["document_id"])

    def examined(self, document: str) -> dict[str, Any]:
        def settled() -> dict[str, Any] | None:
            found: dict[str, Any] = self.staff.get(f"{self.path}/documents/{document}")
            return found if found["versions"][-1]["status"] != "scanning" else None

        found: dict[str, Any] = until(settled, seconds=REACTED, every=1)
        return found


@pytest.fixture(scope="module")
def ward(stacks: Stacks, http_module: httpx.Client) -> Ward:
    tenant = f"chart-{new_id()[-12:]}"

    def party(*roles: Role) -> Party:
        caller = Caller(tenant, new_id(), CallerKind.USER, frozenset(roles))
        return Party(http_module, access_token(stacks, caller))

    staff = party(Role.ADMINISTRATOR, Role.PHYSICIAN)
    # Cold functions on a busy machine may exceed the gateway's patience once.
    for path in ("/patients/connection", "/orders/order-sets"):
        until(lambda path=path: staff.call("GET", path).status_code == 200, seconds=120)
    person = {
        "name": {"given": "Paciente Nube", "family": "Historia"},
        "birth_date": "1980-05-17",
        "sex": "female",
    }
    patient = staff.post("/patients", person)["id"]
    return Ward(staff, party(Role.ADMINISTRATOR), party(Role.PHYSICIAN), patient)


def test_an_encounter_is_signed_and_a_stranger_kept_out(ward: Ward) -> None:
    started = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    begin = {"kind": "ambulatory", "started_at": started}
    begun = ward.staff.post(f"{ward.path}/encounters", begin)
    path = f"/patients/encounters/{begun['id']}"
    ward.staff.post(f"{path}/notes", {"text": "Tos de tres días"})
    signed = ward.staff.call("POST", f"{path}/sign", {}, **ward.at(path))
    assert (signed.status_code, signed.json()["status"]) == (200, "signed")
    for each in (path, f"{ward.path}/summary", f"{ward.path}/documents", f"/orders{ward.path}"):
        refused = ward.stranger.call("GET", each)
        assert (refused.status_code, refused.json()["right"]) == (403, "patients.care_relation")
    reason = {"reason": "Paciente inconsciente en la sala"}
    ward.stranger.post(f"{ward.path}/break-glass", reason)
    assert ward.stranger.get(f"{ward.path}/summary")["encounters"]
    assert ward.stranger.get(f"/orders{ward.path}/summary")["orders"] == []


def test_a_document_is_examined_and_its_bytes_come_back(ward: Ward) -> None:
    kept = ward.examined(ward.upload(PDF))
    assert (kept["current"], kept["versions"][0]["media_type"]) == (1, "application/pdf")
    url = ward.staff.get(f"{ward.path}/documents/{kept['id']}/link")["url"]
    assert httpx.get(url).content == PDF
    assert kept in ward.staff.get(f"{ward.path}/documents")["items"]


def test_an_infected_document_is_refused(ward: Ward) -> None:
    infected = PDF.replace(b"trailer", EicarScanner.SIGNATURE + b" trailer")
    refused = ward.examined(ward.upload(infected))
    assert (refused["current"], refused["versions"][0]["refusal"]) == (None, "infected")
    answer = ward.staff.call("GET", f"{ward.path}/documents/{refused['id']}/link")
    assert answer.status_code == 404


def test_a_diagnosis_is_found_and_recorded_with_its_code(stacks: Stacks, ward: Ward) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in stacks.cloud.environ().items():
            patch.setenv(name, value)
        clients._session.cache_clear()
        clients.s3.cache_clear()
        seed_terminology.fill(stage_of(stacks.cloud), lambda _: None)
        clients._session.cache_clear()
        clients.s3.cache_clear()
    query = "/patients/terminology/cie11?text=diabetes%20tipo%202"
    found = until(lambda: ward.staff.call("GET", query).status_code == 200, seconds=60)
    assert found
    best = ward.staff.get(query)["items"][0]
    assert best["code"] == "5A11"
    body = {"text": "Diabetes", "diagnoses": [{"code": best["code"]}]}
    problem = ward.staff.post(f"{ward.path}/problems", body)
    [code] = problem["diagnoses"][0]["codes"]
    assert (code["status"], code["entity_uri"]) == ("active", best["entity_uri"])
    assert ward.staff.call("GET", "/patients/terminology/cie10?text=a").status_code == 404


def test_the_record_is_exported_whole_and_then_destroyed_by_two(ward: Ward) -> None:
    asked = ward.staff.post(f"{ward.path}/exports", {"reason": "Lo pide el paciente"})
    path = f"{ward.path}/exports/{asked['id']}"
    ready = until(
        lambda: (found := ward.staff.get(path))["status"] == "ready" and found,
        seconds=REACTED,
        every=1,
    )
    url = ward.staff.get(f"{path}/link?part=0")["url"]
    archive = zipfile.ZipFile(io.BytesIO(httpx.get(url).content))
    problems = json.loads(archive.read(f"{ward.patient}/entry-problems.json"))
    assert [one["content"]["text"] for one in problems] == ["Diabetes"]
    # This institution has no client of its own, so the orders context was not asked.
    assert (ready["parts"], ready["missing"]) == (3, ["orders: no-connection"])

    number = ward.staff.get(ward.path)["record_number"]
    body = {"basis": "court-order", "reason": "Sentencia de prueba", "record_number": number}
    wanted = f"{ward.path}/shredding"
    made = ward.staff.post(wanted, body)
    version = {"If-Match": f'"{made["version"]}"'}
    typed = {"record_number": number}
    assert ward.staff.call("POST", f"{wanted}/confirm", typed, **version).status_code == 403
    # People without an account of the institution are nobody's second person.
    agreed = ward.second.call("POST", f"{wanted}/confirm", typed, **version)
    assert (agreed.status_code, agreed.json()["right"]) == (403, "second-person"), agreed.text
    assert ward.staff.call("GET", f"{ward.path}/summary").status_code == 200
