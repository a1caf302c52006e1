"""An unmodified client of the earlier module against the running stacks and the real gateway."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from infra.running import settings_of
from telesalud.consults.paho.tokens import issue_token
from telesalud.consults.settings import ConsultsSettings
from telesalud.platform.access import Caller
from telesalud.platform.parts import services_from
from telesalud.platform.work import Call
from tests.cloud.parties import Party, administrator_token, enter, receiver, until
from tests.cloud.stacks import Stacks

TENANT = "paho-demo"
ZONE = "America/Bogota"


@pytest.fixture
def token(stacks: Stacks, monkeypatch: pytest.MonkeyPatch) -> str:
    """What `telesalud admin issue-legacy-token` prints."""
    for name, value in stacks.cloud.environ().items():
        monkeypatch.setenv(name, value)
    own = ConsultsSettings.load(settings_of(stacks.deployment.stage, "consults"))
    return issue_token(
        services_from(own),
        Call(Caller.system(TENANT, "operator")),
        partner=f"legacy-{uuid.uuid4()}",
        name="Registro anterior",
        time_zone=ZONE,
    )


def test_the_old_client_books_consults_and_imports(
    stacks: Stacks, http: httpx.Client, token: str
) -> None:
    administrator = Party(http, administrator_token(stacks, TENANT))
    with receiver() as listening:
        url = f"http://localhost:{listening.port}/index.php?action=vcNotify"
        before = administrator.call("GET", "/consults/settings")
        changed = administrator.call(
            "PUT",
            "/consults/settings",
            {"notification_hosts": [f"localhost:{listening.port}"]},
            **{"If-Match": before.headers.get("etag", '"0"')},
        )
        assert changed.status_code == 200, changed.text
        administrator.post("/consults/notification-targets", {"url": url})
        created = book(http, token, url)
        meet(http, created)
        until(lambda: "videoconsultation-finished" in topics(listening.got), 120)
        last = json.loads(listening.got[-1][1])
        assert last["vc"]["secret"] == created["id"]
        assert last["vc"]["extra"]["eid"] == 5
    bearer = {"Authorization": f"Bearer {token}"}
    export = http.get(created["data_url"], headers=bearer)
    assert (export.status_code, export.json()["success"]) == (200, True)
    assert export.json()["data"]["evolution"] == "D'Angelo: reposo"
    without = http.get(created["data_url"])
    assert (without.status_code, without.json()["success"]) == (401, False)


def book(http: httpx.Client, token: str, url: str) -> Any:
    """As the booking hook does."""
    soon = datetime.now(ZoneInfo(ZONE)) + timedelta(minutes=2)
    body = {
        "appointment_date": soon.strftime("%Y-%m-%d %H:%M:%S"),
        "days_before_expiration": 1,
        "medic_name": "Profesional Demostración",
        "patient_name": "Paciente Demostración Uno",
        "extra": {"notification_url": url, "eid": 5},
    }
    bearer = {"Authorization": f"Bearer {token}"}
    answer = http.post("/api/videoconsultation", json=body, headers=bearer)
    assert answer.status_code == 200, answer.text
    wrong = http.post("/api/videoconsultation", json={**body, "medic_name": ""}, headers=bearer)
    assert (wrong.status_code, list(wrong.json()["data"])) == (400, ["medic_name"])
    return answer.json()["data"]


def meet(http: httpx.Client, created: Any) -> None:
    """Both follow their links, the old way and the new, and finish."""
    old_path = http.get("/videoconsultation", params={"vc": created["id"]})
    assert (old_path.status_code, old_path.headers["location"]) == (302, created["patient_url"])
    patient = enter(http, created["patient_url"])
    doctor = enter(http, created["medic_url"])
    consult = patient.post("/consults/session/renew")["consult"]["id"]
    path = f"/consults/{consult}"
    patient.get(f"{path}/changes")
    patient.post(f"{path}/announce", {})
    doctor.get(f"{path}/changes")
    doctor.post(f"{path}/admit")
    note = {"text": "D'Angelo: reposo", "base_version": 0}
    doctor.post(f"{path}/finish", {"note": note})


def topics(got: list[tuple[dict[str, str], bytes]]) -> list[str]:
    """The webhooks' topics so far."""
    return [json.loads(body)["topic"] for _, body in got]
