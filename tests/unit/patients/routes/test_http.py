"""The patients app over HTTP: what is refused, how, and that other institutions see nothing."""

from typing import Any

import pytest

from infra.openapi import load_app
from telesalud.patients import wiring
from telesalud.platform.access import Role
from tests.support.http import Api, HttpAnswer
from tests.worlds.patients.people import desk
from tests.worlds.patients.teleconsultations import APPOINTMENT, Clinic
from tests.worlds.world import partner, user

OTHERS = desk("clinic-two")
DOCUMENT = "01900000-0000-7000-c000-000000000000"


def registration(**changes: Any) -> dict[str, Any]:
    """A registration as a client sends it."""
    return {
        "name": {"given": "Paciente", "family": "Prueba", "second_family": "Dos"},
        "birth_date": "1975-06-30",
        "sex": "male",
        "documents": [{"country": "PE", "type": "DNI", "number": "12345678-4"}],
        **changes,
    }


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()


@pytest.fixture
def api(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> Api:
    module = load_app("patients")
    services = clinic.world.services
    monkeypatch.setattr(wiring, "services", lambda: services)
    monkeypatch.setattr(wiring, "blobs", lambda: clinic.blobs)
    monkeypatch.setattr(module.api, "_services", lambda: services)
    return Api(module.app, caller=desk())


def slug(answer: HttpAnswer) -> str:
    return str(answer.json["type"]).rpartition(":")[2]


def registered(api: Api, key: str = "register-1", **changes: Any) -> HttpAnswer:
    body = registration(documents=[], **changes)
    return api.post("/patients", json=body, key=key)


def test_a_patient_from_registration_to_correction(api: Api) -> None:
    made = registered(api)
    assert (made.status, made.etag) == (201, '"1"')
    path = f"/patients/{made.json['id']}"
    assert api.get(path).json == made.json
    body = {k: v for k, v in made.json.items() if k in {"name", "birth_date", "sex", "documents"}}
    changed = api.put(path, json={**body, "email": "dos@example.org"}, etag=made.etag)
    assert (changed.status, changed.json["email"]) == (200, "dos@example.org")
    stale = api.put(path, json=body, etag=made.etag)
    assert (stale.status, slug(stale)) == (412, "stale-version")
    assert api.put(path, json=body).status == 428


def test_a_likely_duplicate_names_its_candidates_until_confirmed(api: Api) -> None:
    first = registered(api)
    refused = registered(api, key="register-2")
    assert (refused.status, slug(refused)) == (409, "likely-duplicate")
    assert refused.json["candidates"] == [first.json["id"]]
    assert "same-birth-date" in refused.json["reasons"][0]
    confirmed = registered(api, key="register-3", confirm_not_duplicate=True)
    assert confirmed.status == 201


def test_a_double_click_registers_once(api: Api) -> None:
    first = registered(api)
    assert registered(api).json == first.json


def test_people_are_found_each_way(api: Api) -> None:
    made = registered(api).json
    for query in (
        {"name": "pru pac"},
        {"record_number": made["record_number"]},
        {"birth_date": "1975-06-30"},
    ):
        found = api.get("/patients", query=query)
        assert [one["id"] for one in found.json["items"]] == [made["id"]]
        assert api.get("/patients", query=query, caller=OTHERS).json["items"] == []


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"birth_date": "2030-01-01"}, "/birth_date"),
        ({"birth_date": "1975-02-30"}, "/birth_date"),
        ({"birth_date": 19750630}, "/birth_date"),
        ({"sex": "x"}, "/sex"),
        ({"name": {"given": "Paciente"}}, "/name/family"),
        ({"name": {"given": "Pa\u0000", "family": "Prueba"}}, "/name/given"),
        (
            {"documents": [{"country": "PE", "type": "DNI", "number": "12345678-0"}]},
            "/documents/0/number",
        ),
        (
            {"documents": [{"country": "PE", "type": "NOSUCH", "number": "12345678"}]},
            "/documents/0/type",
        ),
        ({"phones": ["call me"]}, "/phones/0"),
        ({"surprise": True}, "/surprise"),
    ],
)
def test_bad_input_is_named_and_registers_nobody(
    clinic: Clinic, api: Api, change: dict[str, Any], pointer: str
) -> None:
    before = len(clinic.world.store.changes)
    refused = api.post("/patients", json={**registration(documents=[]), **change}, key="register-1")
    assert (refused.status, slug(refused)) == (422, "invalid")
    assert pointer in [error["pointer"] for error in refused.json["errors"]]
    assert len(clinic.world.store.changes) == before


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"x"', "1e999"])
def test_what_is_no_registration_is_refused(api: Api, body: str) -> None:
    headers = {"content-type": "application/json"}
    answer = api.post("/patients", body=body, headers=headers, key="register-1")
    assert answer.status in (400, 422)


def test_an_encounter_is_listed_read_and_its_document_linked(clinic: Clinic, api: Api) -> None:
    filed = clinic.file()
    [listed] = api.get(f"/patients/{clinic.patient}/encounters").json["items"]
    assert (listed["id"], listed["kind"], listed["status"]) == (filed, "telemedicine", "open")
    read = api.get(f"/patients/encounters/{filed}")
    assert read.etag == '"1"'
    assert (len(read.json["notes"]), len(read.json["chat"]), len(read.json["files"])) == (1, 3, 2)
    link = api.get(f"/patients/encounters/{filed}/documents/{DOCUMENT}/link")
    assert link.json["url"].startswith("https://")


@pytest.mark.parametrize("index", range(5))
def test_the_ids_of_another_institution_do_not_exist(clinic: Clinic, api: Api, index: int) -> None:
    filed = clinic.file()
    body = {k: v for k, v in registration(documents=[]).items() if k != "confirm_not_duplicate"}
    operations: list[tuple[str, str, dict[str, Any] | None]] = [
        ("GET", f"/patients/{clinic.patient}", None),
        ("PUT", f"/patients/{clinic.patient}", body),
        ("GET", f"/patients/{clinic.patient}/encounters", None),
        ("GET", f"/patients/encounters/{filed}", None),
        ("GET", f"/patients/encounters/{filed}/documents/{DOCUMENT}/link", None),
    ]
    method, path, sent = operations[index]
    before = [c for c in clinic.world.store.changes if "AUDIT#" not in c.key.pk]
    answer = api.request(method, path, json=sent, etag='"1"', caller=OTHERS)
    assert (answer.status, slug(answer)) == (404, "not-found")
    assert [c for c in clinic.world.store.changes if "AUDIT#" not in c.key.pk] == before


def test_a_document_of_another_encounter_is_not_found(clinic: Clinic, api: Api) -> None:
    filed = clinic.file()
    for path in (
        f"/patients/encounters/{filed}/documents/{APPOINTMENT}/link",
        f"/patients/encounters/{APPOINTMENT}/documents/{DOCUMENT}/link",
    ):
        assert api.get(path).status == 404


def test_who_lacks_the_right_is_told_and_noted(clinic: Clinic, api: Api) -> None:
    refused = api.get(f"/patients/{clinic.patient}/encounters", caller=user(Role.FRONT_DESK))
    assert (refused.status, refused.json["right"]) == (403, "patients.read_record")
    assert clinic.world.audited()[-1][2] == "denied"
    allowed = api.get(f"/patients/{clinic.patient}", caller=partner("patients.read"))
    assert allowed.status == 200
    assert api.get(f"/patients/{clinic.patient}", caller=partner("consults.read")).status == 403


def test_finding_people_asks_for_one_thing(api: Api) -> None:
    for query in ({}, {"name": "pru", "record_number": "1"}, {"nombre": "pru"}, {"limit": "0"}):
        assert api.get("/patients", query=query).status == 422
