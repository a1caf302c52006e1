"""Orders on the running stacks: from a draft to a pharmacy, and a loop that is watched."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.tools import ROOT
from telesalud.platform.access import Caller, CallerKind, Role
from telesalud.platform.ids import new_id
from tests.cloud.parties import Party, access_token, until
from tests.cloud.stacks import Stacks

PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer << >>\n%%EOF\n"
REACTED = 240.0
"""Seconds within which an event of another context takes effect on a busy machine."""
LINE = {
    "dose": {"value": 1, "unit": "tableta"},
    "route": "oral",
    "frequency": {"times": 1, "hours": 8},
    "duration_days": 3,
    "quantity": 9,
}


@dataclass
class Ward:
    """An institution that prescribes, with one patient."""

    stacks: Stacks
    tenant: str
    staff: Party
    patient: str

    def act(self, thing: dict[str, Any], path: str, body: Any = None) -> httpx.Response:
        """POST at the version that was answered."""
        version = {"If-Match": f'"{thing["version"]}"'}
        return self.staff.call("POST", f"{path}/{thing['id']}/{thing['verb']}", body, **version)

    def prescription(self, item: str) -> dict[str, Any]:
        body = {"patient": self.patient, "lines": [{"item": item, **LINE}]}
        made: dict[str, Any] = self.staff.post("/orders/prescriptions", body)
        return made

    def sign(self, drafted: dict[str, Any]) -> httpx.Response:
        return self.act({**drafted, "verb": "sign"}, "/orders/prescriptions", {})


@pytest.fixture(scope="module")
def ward(stacks: Stacks, http_module: httpx.Client) -> Ward:
    roles = frozenset({Role.ADMINISTRATOR, Role.PHYSICIAN, Role.LABORATORY})
    tenant = f"orders-{new_id()[-12:]}"
    caller = Caller(tenant, new_id(), CallerKind.USER, roles)
    staff = Party(http_module, access_token(stacks, caller))
    # Cold functions on a busy machine may exceed the gateway's patience once.
    until(lambda: staff.call("GET", "/orders/order-sets").status_code == 200, seconds=120)
    first = {"If-Match": '"0"'}
    for path in sorted((ROOT / "localstack" / "catalogues").glob("*.json")):
        body = {"format": "json", "content": path.read_text("utf-8")}
        answer = staff.call("PUT", f"/orders/catalogues/{path.stem}", body, **first)
        assert answer.status_code == 200, answer.text
    who = {
        "name": "Profesional Demostración Uno",
        "registration": {"type": "DEMO", "number": "000001"},
        "institution": "Hospital Nube",
    }
    office = Caller(tenant, new_id(), CallerKind.USER, frozenset({Role.ADMINISTRATOR}))
    registrar = Party(http_module, access_token(stacks, office))
    answer = registrar.call("PUT", f"/orders/prescribers/{caller.subject}", who, **first)
    assert answer.status_code == 200, answer.text
    person = {
        "name": {"given": "Paciente Nube", "family": "Uno"},
        "birth_date": "1980-05-17",
        "sex": "female",
        "confirm_not_duplicate": True,
    }
    until(lambda: staff.call("GET", "/patients?name=xy").status_code == 200, seconds=120)
    return Ward(stacks, tenant, staff, str(staff.post("/patients", person)["id"]))


def test_a_prescription_is_signed_printed_and_checked_without_an_account(ward: Ward) -> None:
    drafted = ward.prescription("DEMO-0007")
    assert drafted["patient_label"]["name"] == "Paciente Nube Uno"
    signed = ward.sign(drafted).json()
    assert signed["status"] == "active", signed
    printed = ward.staff.get(f"/orders/prescriptions/{drafted['id']}/print?format=letter")
    assert base64.b64decode(printed["content"]).startswith(b"%PDF-")
    told = ward.staff.http.get(f"/api/orders/verify/{signed['verification_code']}")
    assert (told.status_code, told.json()["valid"]) == (200, True)
    summary = ward.staff.get(f"/orders/patients/{ward.patient}/summary")
    assert [entry["id"] for entry in summary["prescriptions"]] == [drafted["id"]]


def test_an_operator_replaces_a_catalogue_by_a_file_and_a_cut_one_changes_nothing(
    ward: Ward, tmp_path: Path
) -> None:
    def run(path: Path) -> subprocess.CompletedProcess[str]:
        words = ["orders", "import", ward.tenant, "formulary", str(path)]
        stage = ["--stage", ward.stacks.cloud.stage]
        return subprocess.run(
            [sys.executable, "-m", "operations", *stage, *words],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
        )

    whole = ROOT / "localstack" / "catalogues" / "formulary.json"
    before = ward.staff.get("/orders/catalogues/formulary")
    cut = tmp_path / "formulary.json"
    cut.write_text(whole.read_text("utf-8")[:-100], "utf-8")
    refused = run(cut)
    assert (refused.returncode, "not complete JSON" in refused.stderr) == (1, True)
    assert ward.staff.get("/orders/catalogues/formulary") == before
    done = run(whole)
    assert done.stdout == "30 items in use as version 2\n", done.stderr
    assert ward.staff.get("/orders/formulary?q=amoxi")["items"][0]["code"] == "DEMO-0001"


def test_a_patient_of_another_institution_cannot_be_prescribed_for(ward: Ward) -> None:
    body = {"patient": new_id(), "lines": [{"item": "DEMO-0007", **LINE}]}
    answer = ward.staff.call("POST", "/orders/prescriptions", body)
    assert answer.status_code == 404, answer.text


def test_an_allergy_that_the_record_announces_stops_a_signature(ward: Ward) -> None:
    drafted = ward.prescription("DEMO-0003")
    entry = new_id()
    event = {
        "id": new_id(),
        "type": "patients.allergy_recorded",
        "version": 1,
        "tenant": ward.tenant,
        "subject": entry,
        "sequence": 1,
        "at": datetime.now(UTC).isoformat(),
        "data": {
            "patient_id": ward.patient,
            "entry_id": entry,
            "codes": ["substance:amoxicillin"],
            "criticality": "high",
        },
    }
    sent = ward.stacks.client("events").put_events(
        Entries=[
            {
                "EventBusName": ward.stacks.outputs["BusName"],
                "Source": "telesalud.patients",
                "DetailType": event["type"],
                "Detail": json.dumps(event),
            }
        ]
    )
    assert sent["FailedEntryCount"] == 0
    path = f"/orders/prescriptions/{drafted['id']}/checks"
    alerts = until(lambda: ward.staff.get(path)["alerts"], seconds=REACTED)
    assert alerts[0]["source"] == f"allergy/{entry}"
    refused = ward.sign(drafted)
    assert (refused.status_code, refused.json()["alerts"]) == (409, [alerts[0]["id"]])


def test_a_file_of_an_order_is_examined_and_kept(ward: Ward) -> None:
    body = {
        "patient": ward.patient,
        "kind": "imaging",
        "order_set": "DEMO-TORAX",
        "reason": "Control",
    }
    drafted = ward.staff.post("/orders/requests", body)
    sent = ward.act({**drafted, "verb": "sign"}, "/orders/requests").json()
    path = f"/orders/requests/{sent['id']}/attachments"
    new = {"name": "informe.pdf", "size": len(PDF), "sha256": hashlib.sha256(PDF).hexdigest()}
    offer = ward.staff.post(path, new)
    uploaded = httpx.post(offer["url"], data=offer["fields"], files={"file": ("f.pdf", PDF)})
    assert uploaded.status_code in (200, 201, 204), uploaded.text
    ward.staff.post(f"{path}/{offer['attachment_id']}/complete")

    def ready() -> bool:
        return [each["status"] for each in ward.staff.get(path)["items"]] == ["ready"]

    until(ready, seconds=REACTED)
    link = ward.staff.get(f"{path}/{offer['attachment_id']}/link")["url"]
    assert httpx.get(link).content == PDF


def test_a_signed_order_is_watched_and_its_critical_result_waits_for_sign_off(ward: Ward) -> None:
    body = {
        "patient": ward.patient,
        "kind": "laboratory",
        "order_set": "DEMO-BASICO",
        "reason": "Control",
        "priority": "stat",
    }
    drafted = ward.staff.post("/orders/requests", body)
    sent = ward.act({**drafted, "verb": "sign"}, "/orders/requests").json()
    states = ward.stacks.client("stepfunctions")
    machine = next(
        each["stateMachineArn"]
        for each in states.list_state_machines()["stateMachines"]
        if each["name"].endswith("-orders-order-deadline")
    )
    watch = machine.replace(":stateMachine:", ":execution:") + f":{sent['id']}-1"

    def watched() -> bool:
        running = states.list_executions(stateMachineArn=machine, statusFilter="RUNNING")
        return any(each["executionArn"] == watch for each in running["executions"])

    until(watched, seconds=REACTED)
    due = datetime.fromisoformat(sent["due_at"])
    assert timedelta(hours=1) < due - datetime.now(UTC) <= timedelta(hours=2)
    one = {"display": "Potasio", "value": 7.1, "unit": "mmol/L", "high": 5.1, "critical_high": 6.5}
    result = {"status": "final", "observations": [one]}
    resulted = ward.act({**sent, "verb": "results"}, "/orders/requests", result).json()
    work = ward.staff.get("/orders/worklist")["items"]
    assert [(item["order"], item["reason"]) for item in work] == [(sent["id"], "critical_result")]
    reviewed = ward.act({**resulted, "verb": "sign-off"}, "/orders/requests", {"result": 1})
    assert reviewed.json()["status"] == "reviewed"
    assert ward.staff.get("/orders/worklist")["items"] == []
