"""The orders app over HTTP: routes, rights, problems, retries, and the public check of a code."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.environment import app_environment
from telesalud.orders import wiring
from telesalud.orders.services import OrdersServices
from telesalud.platform.access import Caller
from telesalud.platform.tokens import TokenVerifier
from tests.support.http import Api, HttpAnswer
from tests.worlds.orders.ward import (
    ADMINISTRATOR,
    DESK,
    FORMULARY,
    LABORATORY,
    NURSE,
    PATIENT,
    PHARMACIST,
    Ward,
    json_file,
    live,
    physician,
)
from tests.worlds.tokens import Jwks, MemorySigner, claims_of, our_issuer

APP = Path(__file__).parents[4] / "functions" / "orders" / "app.py"
REASON = {"reason": "El paciente ya no lo necesita"}
LINE = {
    "item": "PAR500",
    "dose": {"value": 1, "unit": "tableta"},
    "route": "oral",
    "frequency": {"times": 1, "hours": 8},
    "duration_days": 3,
    "quantity": 9,
}
ORDER = {
    "patient": PATIENT,
    "kind": "laboratory",
    "tests": [{"loinc": "2823-3", "display": "Potasio"}],
    "reason": "Control",
}


class Wire:
    """The app on a ward of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ward = Ward()
        self.asked: list[str] = []
        self.signer = MemorySigner()
        verifier = TokenVerifier([our_issuer()], Jwks([self.signer]), self.ward.world.clock)
        monkeypatch.setattr(wiring, "services", lambda: self.ward.services)
        monkeypatch.setattr(wiring, "catalogues", lambda: self.ward.catalogues)
        monkeypatch.setattr(wiring, "services_of", self.services_of)
        monkeypatch.setattr(wiring, "verifier", lambda: verifier)
        with app_environment("orders"):
            wiring.settings.cache_clear()
            spec = importlib.util.spec_from_file_location("orders_app", APP)
            assert spec
            assert spec.loader
            self.module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(self.module)
        self.count = 0

    def services_of(self, authorization: str) -> OrdersServices:
        self.asked.append(authorization)
        return self.ward.services

    def send(self, method: str, path: str, caller: Caller | None, **more: Any) -> HttpAnswer:
        self.count += 1
        more.setdefault("key", f"key-{self.count:08}")
        return Api(self.module.app, caller).request(method, path, **more)

    def draft(self, **body: Any) -> HttpAnswer:
        sent = {"patient": PATIENT, "lines": [LINE], **body}
        return self.send("POST", "/orders/prescriptions", physician(), json=sent)

    def act(self, thing: HttpAnswer, verb: str, caller: Caller | None = None, **more: Any) -> Any:
        """POST /orders/<kind>/<id>/<verb> at the version that was answered."""
        kind = "requests" if "priority" in thing.json else "prescriptions"
        path = f"/orders/{kind}/{thing.json['id']}/{verb}"
        return self.send("POST", path, caller or physician(), **{"etag": thing.etag, **more})


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    yield Wire(monkeypatch)
    wiring.settings.cache_clear()


def problem(answer: HttpAnswer) -> str:
    return str(answer.json["type"]).rpartition(":")[2]


def test_a_prescription_from_draft_to_a_pharmacy_without_an_account(wire: Wire) -> None:
    drafted = wire.draft()
    assert (drafted.status, drafted.etag) == (201, '"1"')
    signed = wire.act(drafted, "sign", json={})
    assert (signed.status, signed.json["status"]) == (200, "active")
    told = wire.send("GET", f"/orders/verify/{signed.json['verification_code']}", None)
    assert (told.status, told.json["valid"]) == (200, True)
    stopped = wire.act(signed, "stop", json=REASON)
    told = wire.send("GET", f"/orders/verify/{signed.json['verification_code']}", None)
    assert (stopped.status, told.json["status"]) == (200, "stopped")
    assert wire.send("GET", "/orders/verify/AAAAA-AAAAA-AAAAA-AAAAA", None).status == 404
    assert wire.send("GET", "/orders/verify/%F0%9F%99%82", None).status == 404


def test_a_prescription_is_held_resumed_completed_and_withdrawn(wire: Wire) -> None:
    signed = wire.act(wire.draft(), "sign", json={})
    for verb, status in (
        ("hold", "on_hold"),
        ("resume", "active"),
        ("complete", "completed"),
        ("withdraw", "entered_in_error"),
    ):
        signed = wire.act(signed, verb, json=REASON)
        assert (signed.status, signed.json["status"]) == (200, status)


def test_everything_that_is_signed_can_be_printed(wire: Wire) -> None:
    referral = {"patient": PATIENT, "to_service": "Cardiología", "reason": "Dolor torácico"}
    issued = wire.send("POST", "/orders/referrals", physician(), json=referral)
    ordered = wire.send("POST", "/orders/requests", physician(), json=ORDER)
    things = {
        "referrals": issued,
        "requests": wire.act(ordered, "sign"),
        "prescriptions": wire.act(wire.draft(), "sign", json={}),
    }
    for kind, thing in things.items():
        path = f"/orders/{kind}/{thing.json['id']}/print"
        printed = wire.send("GET", path, physician())
        assert (printed.status, printed.json["media_type"]) == (200, "application/pdf"), path


def test_a_repeated_request_gets_the_first_answer(wire: Wire) -> None:
    drafted = wire.draft()
    first = wire.act(drafted, "sign", json={}, key="sign-once-1")
    again = wire.act(drafted, "sign", json={}, key="sign-once-1")
    assert again.json == first.json
    assert again.headers["idempotency-replayed"] == "true"
    assert wire.act(drafted, "sign", json={}).status == 412


def test_an_expired_session_is_refused_cleanly_and_the_draft_stays(wire: Wire) -> None:
    drafted = wire.draft()
    refused = wire.act(drafted, "sign", live(physician(), minutes=-1), json={})
    assert (refused.status, problem(refused)) == (401, "session-expired")
    assert wire.act(drafted, "sign", json={}).status == 200


def test_the_tokens_expiry_reaches_the_signature(wire: Wire) -> None:
    drafted = wire.draft()
    claims = claims_of(physician())
    token = wire.signer.sign(claims)
    path = f"/orders/prescriptions/{drafted.json['id']}/sign"
    api = Api(wire.module.app, token=token)
    signed = api.post(path, json={}, etag=drafted.etag, key="by-a-token-1")
    assert signed.status == 200, signed.body
    assert api.get(f"/orders/prescriptions/{drafted.json['id']}").json["signed_by"] == "physician-1"


def test_blocking_alerts_name_themselves_and_take_an_override(wire: Wire) -> None:
    drafted = wire.draft(reported_allergies=["substance:paracetamol"])
    refused = wire.act(drafted, "sign", json={})
    assert (refused.status, problem(refused)) == (409, "blocking-alerts")
    which = f"/orders/prescriptions/{drafted.json['id']}/checks"
    alerts = wire.send("GET", which, NURSE, query={"language": "pt"}).json["alerts"]
    assert [a["id"] for a in alerts] == refused.json["alerts"]
    assert "alergia" in alerts[0]["text"]
    short = {"overrides": [{"alert": alerts[0]["id"], "reason": "ok"}]}
    assert wire.act(drafted, "sign", json=short).status == 422
    given = {"overrides": [{"alert": alerts[0]["id"], "reason": "Tolerado tres veces este año"}]}
    assert wire.act(drafted, "sign", json=given).json["overrides"][0]["by"] == "physician-1"


def test_a_result_from_the_laboratory_to_the_sign_off(wire: Wire) -> None:
    drafted = wire.send("POST", "/orders/requests", NURSE, json=ORDER)
    assert wire.act(drafted, "sign", NURSE).status == 403
    sent = wire.act(drafted, "sign")
    one = {"display": "Potasio", "value": 7.1, "unit": "mmol/L", "high": 5.1, "critical_high": 6.5}
    result = {"status": "final", "observations": [one]}
    resulted = wire.act(sent, "results", LABORATORY, json=result)
    assert (resulted.status, resulted.json["result"]["critical"]) == (201, True)
    work = wire.send("GET", "/orders/worklist", physician())
    assert [item["reason"] for item in work.json["items"]] == ["critical_result"]
    reviewed = wire.act(resulted, "sign-off", json={"result": 1})
    assert (reviewed.status, reviewed.json["status"]) == (200, "reviewed")
    again = wire.act(reviewed, "results", LABORATORY, json=result)
    assert (again.status, problem(again)) == (409, "invalid-transition")
    assert (again.json["current"], again.json["requested"]) == ("final", "final")


def test_a_certificate_that_ends_before_it_begins_is_refused_by_field(wire: Wire) -> None:
    body = {"patient": PATIENT, "begin": "2026-11-22", "end": "2026-11-21", "statement": "Reposo"}
    refused = wire.send("POST", "/orders/certificates", physician(), json=body)
    assert (refused.status, problem(refused)) == (422, "invalid")
    issued = wire.send(
        "POST", "/orders/certificates", physician(), json={**body, "end": "2026-11-23"}
    )
    assert issued.status == 201
    path = f"/orders/certificates/{issued.json['id']}/print"
    printed = wire.send("GET", path, NURSE, query={"format": "letter", "language": "en"})
    assert (printed.status, printed.json["media_type"]) == (200, "application/pdf")


def test_an_import_cut_in_half_is_refused_whole(wire: Wire) -> None:
    whole = json_file(FORMULARY).content
    body = {"format": "json", "content": whole[: len(whole) // 2]}
    path = "/orders/catalogues/formulary"
    refused = wire.send("PUT", path, ADMINISTRATOR, json=body, etag='"1"')
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/content/json")
    assert wire.send("GET", path, physician()).etag == '"1"'
    found = wire.send("GET", "/orders/formulary", physician(), query={"q": "amox"})
    assert [item["code"] for item in found.json["items"]] == ["AMX500", "AMC875"]
    assert wire.send("GET", "/orders/catalogues/prices", physician()).status == 404


def test_the_front_desk_sees_no_content_and_every_denial_is_audited(wire: Wire) -> None:
    drafted = wire.draft()
    paths = [
        f"/orders/prescriptions/{drafted.json['id']}",
        f"/orders/prescriptions/{drafted.json['id']}/checks",
        f"/orders/patients/{PATIENT}/summary",
        f"/orders/patients/{PATIENT}",
        "/orders/worklist",
    ]
    assert [wire.send("GET", path, DESK).status for path in paths] == [403] * len(paths)
    assert len([e for e in wire.ward.world.audited() if e[2] == "denied"]) == len(paths)
    assert wire.send("GET", paths[0], PHARMACIST).status == 200


def test_what_is_no_id_names_nothing(wire: Wire) -> None:
    for path in ("prescriptions/x", "requests/..", "referrals/1", "patients/me/summary"):
        assert wire.send("GET", f"/orders/{path}", physician()).status in (403, 404)


def test_the_patients_service_is_asked_with_the_callers_own_token(wire: Wire) -> None:
    wire.send(
        "POST",
        "/orders/requests",
        physician(),
        json=ORDER,
        headers={"authorization": "Bearer the.callers.token"},
    )
    assert wire.asked == ["Bearer the.callers.token"]


def test_the_queue_and_the_deadline_functions_do_their_part(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []

    class Recorder:
        def start(self, name: str, data: Any) -> None:
            started.append(name)

    monkeypatch.setattr(wiring, "deadlines", Recorder)
    sent = wire.ward.sent()
    event = wire.ward.world.events()[-1]
    body = f'{{"detail": {event.model_dump_json()}}}'
    late = {"attributes": {"ApproximateReceiveCount": "99"}}
    batch = {"Records": [{"messageId": "1", "body": body}, {"messageId": "2", "body": "{", **late}]}
    answer = wire.module.on_events(batch, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert started == [f"{sent.id}-1"]
    asked = {"tenant": physician().tenant, "order_id": sent.id, "schedule": 1}
    answer = wire.module.deadline(asked, None)
    assert answer == {"done": False, "next_at": "2026-11-28T12:00:00Z"}
