"""The appointments app over HTTP: what is refused, how, and that other institutions see nothing."""

import json
from datetime import timedelta
from typing import Any

import pytest

from telesalud.platform.access import Role
from telesalud.platform.webhooks.signature import headers_for
from tests.support.http import Api
from tests.worlds.appointments.clinic import MONDAY, NOBODY, PATIENT
from tests.worlds.appointments.wire import OTHERS, Wire, slug
from tests.worlds.world import START, partner, user


@pytest.fixture
def clinic() -> Wire:
    return Wire()


@pytest.fixture
def api(clinic: Wire, monkeypatch: pytest.MonkeyPatch) -> Api:
    return clinic.connect(monkeypatch)


def test_an_appointment_from_booking_to_check_out(clinic: Wire, api: Api) -> None:
    booked = api.post("/appointments", json=clinic.body(), key="booking-1")
    assert (booked.status, booked.etag) == (201, '"1"')
    path = f"/appointments/{booked.json['id']}"
    moved = api.post(
        f"{path}/reschedule",
        json={"start": (MONDAY + timedelta(hours=1)).isoformat()},
        etag=booked.etag,
    )
    assert (moved.status, moved.etag) == (200, '"2"')
    early = api.post(f"{path}/status", json={"status": "checked_out"}, etag=moved.etag)
    assert (early.status, early.json["errors"][0]["code"]) == (422, "too-early")
    clinic.world.clock.now = MONDAY
    seen = api.post(f"{path}/status", json={"status": "checked_out"}, etag=moved.etag)
    assert seen.json["status"] == "checked_out"
    assert api.get(path).json == seen.json
    late = api.post(f"{path}/cancel", json={}, etag=seen.etag)
    assert (late.status, slug(late)) == (409, "invalid-transition")
    assert (late.json["current"], late.json["requested"]) == ("checked_out", "cancelled_late")


def test_a_double_click_books_once(clinic: Wire, api: Api) -> None:
    first = api.post("/appointments", json=clinic.body(), key="booking-1")
    again = api.post("/appointments", json=clinic.body(), key="booking-1")
    assert (again.status, again.json) == (201, first.json)
    other = api.post("/appointments", json=clinic.body(minutes=60), key="booking-1")
    assert (other.status, slug(other)) == (422, "idempotency-key-reused")


def test_a_taken_slot_is_a_conflict_that_says_so(clinic: Wire, api: Api) -> None:
    api.post("/appointments", json=clinic.body(), key="booking-1")
    other = {"id": NOBODY.replace("ff", "02"), "display_name": "Paciente Demostración Dos"}
    taken = api.post("/appointments", json=clinic.body(patient=other), key="booking-2")
    assert (taken.status, slug(taken)) == (409, "slot-taken")


def test_free_slots_shrink_as_they_are_booked(clinic: Wire, api: Api) -> None:
    query = {"practitioner": clinic.ana, "from_date": "2026-11-23", "days": "1"}
    before = api.get("/appointments/slots", query=query).json
    assert [slot["local_start"] for slot in before["items"]][:2] == [
        "2026-11-23T08:00-05:00",
        "2026-11-23T08:30-05:00",
    ]
    assert (len(before["items"]), before["complete"]) == (16, True)
    api.post("/appointments", json=clinic.body(), key="booking-1")
    after = api.get("/appointments/slots", query=query).json
    assert after["items"] == before["items"][1:]


def test_the_first_available_of_a_specialty_at_a_site(clinic: Wire, api: Api) -> None:
    query = {
        "specialty": "cardiology",
        "site": clinic.site,
        "category": "visit",
        "from_date": "2026-11-21",
        "limit": "1",
    }
    found = api.get("/appointments/slots", query=query).json
    [slot] = found["items"]
    assert (slot["practitioner"], slot["local_start"]) == (clinic.luis, "2026-11-23T08:00-05:00")
    assert found["complete"] is False


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"minutes": 7}, "/minutes"),
        ({"minutes": 485}, "/minutes"),
        ({"minutes": "30"}, "/minutes"),
        ({"start": "2026-11-23T13:02:00Z"}, "/start"),
        ({"start": "2026-11-23T13:00:00"}, "/start"),
        ({"practitioners": []}, "/practitioners"),
        ({"practitioners": ["x"]}, "/practitioners/0"),
        ({"status": "checked_out"}, ""),
        ({"surprise": 1}, "/surprise"),
        ({"patient": {"id": PATIENT, "display_name": " "}}, "/patient/display_name"),
    ],
)
def test_bad_input_is_named_and_books_nothing(
    clinic: Wire, api: Api, change: dict[str, Any], pointer: str
) -> None:
    before = len(clinic.world.store.changes)
    refused = api.post("/appointments", json=clinic.body(**change), key="booking-1")
    assert (refused.status, slug(refused)) == (422, "invalid")
    assert pointer in [error["pointer"] for error in refused.json["errors"]]
    assert len(clinic.world.store.changes) == before


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/appointments/sites", {"name": "Sede", "zone": "America/Nowhere"}),
        ("/appointments/sites", {"name": "Sede", "zone": "../../etc/passwd"}),
        ("/appointments/practitioners", {"name": "Médica", "sites": [NOBODY]}),
        ("/appointments/practitioners", {"name": "Médica", "sites": []}),
    ],
)
def test_what_cannot_be_registered_is_refused(api: Api, path: str, body: dict[str, Any]) -> None:
    refused = api.post(path, json=body, key="create-01")
    assert (refused.status, slug(refused)) == (422, "invalid")


@pytest.mark.parametrize(
    "block",
    [
        {"weekday": 8, "start": "08:00", "end": "12:00", "slot_minutes": 30},
        {"weekday": 1, "start": "12:00", "end": "08:00", "slot_minutes": 30},
        {"weekday": 1, "start": "08:01", "end": "12:00", "slot_minutes": 30},
        {"weekday": 1, "start": "08:00", "end": "12:00", "slot_minutes": 31},
        {"weekday": 1, "start": "08:00", "end": "12:00", "slot_minutes": 30, "site": NOBODY},
    ],
)
def test_impossible_opening_hours_are_refused(
    clinic: Wire, api: Api, block: dict[str, Any]
) -> None:
    path = f"/appointments/practitioners/{clinic.ana}/availability"
    body = {"weekly": [{"site": clinic.site, **block}]}
    refused = api.put(path, json=body, etag='"1"')
    assert (refused.status, slug(refused)) == (422, "invalid")


def test_an_update_needs_the_version_that_was_read(clinic: Wire, api: Api) -> None:
    path = f"/appointments/practitioners/{clinic.ana}/availability"
    assert api.put(path, json={}).status == 428
    assert api.put(path, json={}, etag='"9"').status == 412
    assert api.put(path, json={}, etag="soon").status == 400
    assert api.put(path, json={}, etag=api.get(path).etag).status == 200


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"practitioner": NOBODY},
        {"practitioner": NOBODY, "since": "2026-11-23T00:00:00Z", "until": "2027-11-23T00:00:00Z"},
        {
            "practitioner": NOBODY,
            "site": NOBODY,
            "since": "2026-11-23T00:00:00Z",
            "until": "2026-11-24T00:00:00Z",
        },
    ],
)
def test_an_agenda_has_one_owner_and_a_span(api: Api, query: dict[str, str]) -> None:
    assert api.get("/appointments/agenda", query=query).status == 422


def _operations(clinic: Wire, mine: str) -> list[tuple[str, str, dict[str, Any] | None]]:
    """Every operation that takes an id, with this institution's ids."""
    hours = f"/appointments/practitioners/{clinic.ana}/availability"
    site = {"name": "Sede", "zone": "America/Lima"}
    person = {"name": "Médica", "sites": [clinic.site]}
    return [
        ("GET", f"/appointments/{mine}", None),
        ("POST", f"/appointments/{mine}/reschedule", {"start": "2026-11-24T13:00:00Z"}),
        ("POST", f"/appointments/{mine}/cancel", {}),
        ("POST", f"/appointments/{mine}/status", {"status": "arrived"}),
        ("GET", f"/appointments/{mine}/links", None),
        ("GET", hours, None),
        ("PUT", hours, {}),
        ("PUT", f"/appointments/sites/{clinic.site}", site),
        ("PUT", f"/appointments/practitioners/{clinic.ana}", person),
        ("GET", f"/appointments/slots?practitioner={clinic.ana}&from_date=2026-11-23", None),
        ("GET", f"/appointments/slots?site={clinic.site}&from_date=2026-11-23", None),
        ("POST", "/appointments", clinic.body()),
    ]


@pytest.mark.parametrize("index", range(12))
def test_the_ids_of_another_institution_do_not_exist(clinic: Wire, api: Api, index: int) -> None:
    mine = api.post("/appointments", json=clinic.body(), key="booking-1").json["id"]
    operations = _operations(clinic, mine)
    assert len(operations) == 12
    method, path, body = operations[index]
    before = [c for c in clinic.world.store.changes if "AUDIT#" not in c.key.pk]
    answer = api.request(method, path, json=body, etag='"1"', key="foreign-1", caller=OTHERS)
    assert answer.status in (404, 422)
    assert "Demostración" not in answer.body
    after = [c for c in clinic.world.store.changes if "AUDIT#" not in c.key.pk]
    assert after == before


def test_another_institutions_agenda_is_empty(clinic: Wire, api: Api) -> None:
    api.post("/appointments", json=clinic.body(), key="booking-1")
    for owner, one in (("practitioner", clinic.ana), ("site", clinic.site), ("patient", PATIENT)):
        query = {owner: one, "since": "2026-11-23T00:00:00Z", "until": "2026-11-24T00:00:00Z"}
        assert len(api.get("/appointments/agenda", query=query).json["items"]) == 1
        assert api.get("/appointments/agenda", query=query, caller=OTHERS).json["items"] == []


@pytest.mark.parametrize("bad", ["x", "..%2F..", "%00", "01900000", "{id}"])
def test_what_is_no_id_names_nothing(api: Api, bad: str) -> None:
    assert api.get(f"/appointments/{bad}").status in (400, 404)


def test_who_lacks_the_right_is_told_and_noted(clinic: Wire, api: Api) -> None:
    refused = api.post(
        "/appointments", json=clinic.body(), key="booking-1", caller=user(Role.AUDITOR)
    )
    assert (refused.status, refused.json["right"]) == (403, "appointments.write")
    assert clinic.world.audited()[-1][2] == "denied"
    allowed = api.post(
        "/appointments", json=clinic.body(), key="booking-2", caller=partner("appointments.write")
    )
    assert allowed.status == 201


def test_the_connection_takes_secrets_and_keeps_them(clinic: Wire, api: Api) -> None:
    body = {
        "client_id": "client",
        "client_secret": "very-secret",
        "notification_target": NOBODY,
        "notification_secret": "whsec_x",
    }
    made = api.put("/appointments/connection", json=body, etag='"0"')
    assert (made.status, made.etag) == (200, '"1"')
    assert api.put("/appointments/connection", json=body, etag='"0"').status == 412
    shown = api.get("/appointments/connection")
    assert shown.json == {"client_id": "client", "notification_target": NOBODY, "version": 1}


def test_a_forged_notification_is_refused(clinic: Wire, api: Api) -> None:
    path = "/appointments/teleconsultation-notifications"
    body = json.dumps({"tenant": "hospital-demo"})
    headers = headers_for("n1", ["whsec_x"], body.encode(), START)
    assert api.post(path, body=body, headers=headers).status == 400
    assert api.post(path, body="{", headers=headers).status == 400
    assert api.post(path, body="x" * 300_000, headers=headers).status == 413
