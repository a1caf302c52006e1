"""The operations of reports over HTTP, in each of the three apps."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.tools import ROOT
from telesalud.platform.access import Role
from tests.support.http import Api
from tests.worlds.world import World, user

APPOINTMENTS = {"kind": "agenda"}
PATIENTS = {"kind": "unsigned_notes", "zone": "America/Lima"}
ORDERS = {"kind": "open_orders", "zone": "America/Lima"}
SPAN = {"scope": "institution", "since": "2026-11-20", "until": "2026-11-22"}


def load(context: str) -> Any:
    """The context's app."""
    path: Path = ROOT / "functions" / context / "app.py"
    spec = importlib.util.spec_from_file_location(f"reports_{context}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(params=["appointments", "patients", "orders"])
def context(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def api(context: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    for name, value in {
        "STAGE": "test",
        "CONTEXT": context,
        "TABLE": "test",
        "DATA_KEY": "test-key",
        "ORIGIN": "http://127.0.0.1:8080",
        "BLOBS_BUCKET": "blobs",
        "UPLOADS_BUCKET": "uploads",
    }.items():
        monkeypatch.setenv(f"TELESALUD_{name}", value)
    wiring = importlib.import_module(f"telesalud.{context}.wiring")
    made = importlib.import_module(f"telesalud.{context}.reports")
    wiring.settings.cache_clear()
    made.reports.cache_clear()
    services = World().services
    monkeypatch.setattr(wiring, "services", lambda: services)
    yield Api(load(context).app, user(Role.ADMINISTRATOR))
    wiring.settings.cache_clear()
    made.reports.cache_clear()


def body(context: str, **changes: Any) -> dict[str, Any]:
    own = {"appointments": APPOINTMENTS, "patients": PATIENTS, "orders": ORDERS}[context]
    return {**SPAN, **own, **changes}


def test_a_report_is_asked_for_once_and_followed(api: Api, context: str) -> None:
    asked = api.post(f"/{context}/reports", json=body(context), key="report-1")
    assert (asked.status, asked.json["status"]) == (202, "queued"), asked.json
    again = api.post(f"/{context}/reports", json=body(context), key="report-1")
    assert again.json["id"] == asked.json["id"]
    path = f"/{context}/reports/{asked.json['id']}"
    assert api.get(path).json["percent"] == 0
    assert [one["id"] for one in api.get(f"/{context}/reports").json["items"]] == [asked.json["id"]]
    early = api.get(f"{path}/link", query={"format": "pdf"})
    assert (early.status, early.json["state"]) == (409, "queued")
    assert api.get(path, caller=user(Role.ADMINISTRATOR, subject="user-2")).status == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"since": "2026-11-23"},
        {"since": "2024-01-01"},
        {"kind": "everything"},
        {"language": "fr"},
        {"paper": "a3"},
        {"scope": "everybody"},
        {"unknown": 1},
        {"since": "20-11-2026"},
    ],
)
def test_a_malformed_request_is_refused_field_by_field(
    api: Api, context: str, changes: dict[str, Any]
) -> None:
    refused = api.post(f"/{context}/reports", json=body(context, **changes), key="report-2")
    assert refused.status == 422, refused.json
    assert refused.json["errors"]
    assert api.get(f"/{context}/reports").json["items"] == []


def test_a_refusal_is_audited_and_an_unknown_id_is_nothing(api: Api, context: str) -> None:
    denied = api.post(
        f"/{context}/reports", json=body(context), key="report-3", caller=user(Role.PHARMACIST)
    )
    assert denied.status == 403
    assert api.get(f"/{context}/reports/not-an-id").status == 404
    missing = api.get(f"/{context}/reports/01900000-0000-7000-8000-000000000001")
    assert missing.status == 404
