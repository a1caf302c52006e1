"""Reports on the running stacks: asked for, made by a queue's function, downloaded from S3."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from infra.tools import ROOT
from telesalud.platform.access import Caller, CallerKind, Role
from telesalud.platform.ids import new_id
from tests.cloud.clinic import connect, partner_of
from tests.cloud.parties import Party, access_token, until
from tests.cloud.stacks import Stacks

MADE = 300.0
"""Seconds within which a report is made on a busy machine."""
ZONE = "America/Lima"


@dataclass
class Clinic:
    """An institution with a patient who has an appointment, a note, a case and an order."""

    director: Party
    desk: Party
    patient: str
    encounter: str
    order: str

    def made(self, context: str, kind: str, by: Party | None = None, **more: Any) -> dict[str, Any]:
        """A report that is ready."""
        today = datetime.now(UTC).date()
        who = by or self.director
        body = {
            "kind": kind,
            "scope": "institution",
            "since": (today - timedelta(days=1)).isoformat(),
            "until": (today + timedelta(days=3)).isoformat(),
            **more,
        }
        asked = who.post(f"/{context}/reports", body)
        assert asked["status"] == "queued"
        path = f"/{context}/reports/{asked['id']}"

        def finished() -> dict[str, Any] | None:
            found: dict[str, Any] = who.get(path)
            return found if found["status"] in ("ready", "failed") else None

        ready: dict[str, Any] = until(finished, seconds=MADE, every=1)
        assert (ready["status"], ready["percent"]) == ("ready", 100), ready
        return ready

    def file(self, context: str, ready: dict[str, Any], wanted: str) -> bytes:
        """A file of it, as the browser downloads it: from the one origin, without a token."""
        path = f"/{context}/reports/{ready['id']}/link?format={wanted}"
        link = self.director.get(path)["url"]
        answer = httpx.get(link, timeout=60)
        assert answer.status_code == 200, answer.text
        assert f".{wanted}" in answer.headers["content-disposition"]
        [told] = [file for file in ready["files"] if file["format"] == wanted]
        assert hashlib.sha256(answer.content).hexdigest() == told["sha256"]
        return answer.content

    def rows(self, context: str, ready: dict[str, Any]) -> list[dict[str, str]]:
        text = self.file(context, ready, "csv").decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture(scope="module")
def clinic(stacks: Stacks, http_module: httpx.Client) -> Clinic:
    tenant, user = f"reports-{new_id()[-12:]}", new_id()
    roles = frozenset({Role.ADMINISTRATOR, Role.PHYSICIAN})
    staff = Caller(tenant, user, CallerKind.USER, roles)
    director = Party(http_module, access_token(stacks, staff))
    clerk = Caller(tenant, new_id(), CallerKind.USER, frozenset({Role.FRONT_DESK}))
    credentials = partner_of(stacks, tenant)
    for path in ("/appointments/sites", "/patients?name=xy", "/orders/order-sets"):
        until(lambda path=path: director.call("GET", path).status_code == 200, seconds=120)
    connect(stacks, director, credentials)
    patient = director.post("/patients", _person())["id"]
    _booked(director, user, patient)
    encounter = _treated(director, patient)
    office = Caller(tenant, new_id(), CallerKind.USER, frozenset({Role.ADMINISTRATOR}))
    _registered(Party(http_module, access_token(stacks, office)), user)
    order = _ordered(director, patient)
    desk = Party(http_module, access_token(stacks, clerk))
    return Clinic(director, desk, str(patient), encounter, order)


def _person() -> dict[str, Any]:
    return {
        "name": {"given": "Paciente Nube", "family": "Reporte"},
        "birth_date": "1980-05-17",
        "sex": "female",
        "confirm_not_duplicate": True,
    }


def _booked(director: Party, user: str, patient: str) -> None:
    site = director.post("/appointments/sites", {"name": "Sede Nube", "zone": ZONE})["id"]
    category = {"title_es": "Visita", "title_pt": "Visita", "title_en": "Visit", "minutes": 20}
    first = {"If-Match": '"0"'}
    answer = director.call("PUT", "/appointments/categories/visit", category, **first)
    assert answer.status_code == 200, answer.text
    person = {"name": "Profesional Nube", "user_id": user, "sites": [site]}
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    booking = {
        "patient": {"id": patient, "display_name": "Reporte Paciente Nube"},
        "practitioners": [director.post("/appointments/practitioners", person)["id"]],
        "site": site,
        "category": "visit",
        "start": start.isoformat(),
        "minutes": 20,
        "outside_hours": True,
    }
    # The agenda takes the name from the record, which a busy machine may answer for later.
    until(lambda: director.call("POST", "/appointments", booking).is_success, MADE, every=2)


def _treated(director: Party, patient: str) -> str:
    begun = {
        "kind": "ambulatory",
        "started_at": datetime.now(UTC).isoformat(),
    }
    encounter = director.post(f"/patients/{patient}/encounters", begun)["id"]
    problem = {"text": "Fiebre", "diagnoses": [{"code": "1D20", "icd10": "A90"}]}
    director.post(f"/patients/{patient}/problems", problem)
    return str(encounter)


def _registered(office: Party, user: str) -> None:
    """Nobody enters their own registration."""
    who = {
        "name": "Profesional Nube",
        "registration": {"type": "DEMO", "number": "000001"},
        "institution": "Hospital Nube",
    }
    first = {"If-Match": '"0"'}
    answer = office.call("PUT", f"/orders/prescribers/{user}", who, **first)
    assert answer.status_code == 200, answer.text


def _ordered(director: Party, patient: str) -> str:
    first = {"If-Match": '"0"'}
    sets = (ROOT / "localstack" / "catalogues" / "order_sets.json").read_text("utf-8")
    body: dict[str, Any] = {"format": "json", "content": sets}
    answer = director.call("PUT", "/orders/catalogues/order_sets", body, **first)
    assert answer.status_code == 200, answer.text
    body = {"patient": patient, "kind": "imaging", "order_set": "DEMO-TORAX", "reason": "Control"}
    drafted = director.post("/orders/requests", body)
    version = {"If-Match": f'"{drafted["version"]}"'}
    signed = director.call("POST", f"/orders/requests/{drafted['id']}/sign", {}, **version)
    assert signed.status_code == 200, signed.text
    return str(drafted["id"])


def test_the_agenda_is_made_as_table_and_paper(clinic: Clinic) -> None:
    ready = clinic.made("appointments", "agenda")
    [row] = clinic.rows("appointments", ready)
    assert row["Paciente"] == "Paciente Nube Reporte"
    assert row["Inicio"].endswith("-05:00")
    assert clinic.file("appointments", ready, "pdf").startswith(b"%PDF-")
    other = clinic.desk.call("GET", f"/appointments/reports/{ready['id']}")
    assert other.status_code == 404


def test_activity_is_for_administrators_and_the_agenda_for_the_desk(clinic: Clinic) -> None:
    body = {"kind": "activity", "since": "2026-01-01", "until": "2026-01-31"}
    refused = clinic.desk.call("POST", "/appointments/reports", {**body, "scope": "institution"})
    assert refused.status_code == 403, refused.text
    assert clinic.made("appointments", "agenda", by=clinic.desk)["rows"] == 1
    [row] = clinic.rows("appointments", clinic.made("appointments", "activity", language="en"))
    assert (row["Practitioner"], row["Appointments"]) == ("Profesional Nube", "1")


def test_unsigned_notes_and_notifiable_diagnoses_are_found(clinic: Clinic) -> None:
    unsigned = clinic.made("patients", "unsigned_notes", zone=ZONE)
    assert [row["Atención"] for row in clinic.rows("patients", unsigned)] == [clinic.encounter]
    cases = clinic.made("patients", "notifiable_diagnoses", zone=ZONE, language="pt")
    [case] = clinic.rows("patients", cases)
    assert (case["Agravo"], case["CID-11"], case["CID-10"]) == ("Dengue", "1D20", "A90")
    told = clinic.director.get(f"/patients/{clinic.patient}/accesses?limit=100")
    assert "patients.report_notifiable_diagnoses" in {one["action"] for one in told["items"]}


def test_an_open_order_is_found(clinic: Clinic) -> None:
    ready = clinic.made("orders", "open_orders", zone=ZONE, paper="letter")
    assert [row["Orden"] for row in clinic.rows("orders", ready)] == [clinic.order]
    listed = clinic.director.get("/orders/reports")["items"]
    assert [one["id"] for one in listed] == [ready["id"]]
