"""Series, waiting list, sessions and reminders over HTTP: refusals, replays, other institutions."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.http import Api
from tests.worlds.appointments.clinic import MONDAY
from tests.worlds.appointments.wire import OTHERS, Wire, slug


@pytest.fixture
def clinic() -> Wire:
    return Wire()


@pytest.fixture
def api(clinic: Wire, monkeypatch: pytest.MonkeyPatch) -> Api:
    return clinic.connect(monkeypatch)


def series(clinic: Wire, **changes: Any) -> dict[str, Any]:
    body = clinic.body(first_date="2026-11-23", local_time="08:00", **changes)
    del body["start"]
    return {"rule": {"frequency": "weeks", "count": 3}, **body}


def waiting(clinic: Wire) -> dict[str, Any]:
    kept = {"patient", "site", "category", "minutes", "practitioners"}
    return {name: value for name, value in clinic.body().items() if name in kept}


def group(clinic: Wire) -> dict[str, Any]:
    body = clinic.body(capacity=2, title="Grupo de demostración")
    del body["patient"]
    return body


def test_a_series_from_preview_to_cancellation(clinic: Wire, api: Api) -> None:
    shown = api.post("/appointments/series/preview", json=series(clinic))
    assert (shown.status, len(shown.json["occurrences"]), shown.json["conflicts"]) == (200, 3, 0)
    made = api.post("/appointments/series", json=series(clinic), key="series-0001")
    assert made.status == 201, made.json
    again = api.post("/appointments/series", json=series(clinic), key="series-0001")
    assert (again.json, again.headers["idempotency-replayed"]) == (made.json, "true")
    path = f"/appointments/series/{made.json['id']}"
    assert api.get(path).json == made.json
    move = {"scope": "following", "day": "2026-11-30", "local_time": "09:00"}
    moved = api.post(f"{path}/reschedule", json=move, etag=made.etag)
    assert moved.status == 200, moved.json
    late = api.post(f"{path}/cancel", json={"scope": "all"}, etag=made.etag)
    assert (late.status, slug(late)) == (412, "stale-version")
    off = api.post(f"{path}/cancel", json={"scope": "all"}, etag=moved.etag)
    assert {o["status"] for o in off.json["occurrences"]} == {"cancelled"}


@pytest.mark.parametrize(
    ("rule", "pointer"),
    [
        ({"frequency": "weeks"}, "/rule"),
        ({"frequency": "weeks", "count": 2, "until": "2027-01-01"}, "/rule"),
        ({"frequency": "hours", "count": 2}, "/rule/frequency"),
        ({"frequency": "weeks", "count": 401}, "/rule/count"),
        ({"frequency": "months", "nth": 2, "count": 3}, "/rule"),
        ({"frequency": "days", "until": "2036-11-01"}, "/rule"),
    ],
)
def test_a_rule_that_never_ends_or_is_none_is_refused_at_its_field(
    clinic: Wire, api: Api, rule: dict[str, Any], pointer: str
) -> None:
    refused = api.post("/appointments/series", json=series(clinic, rule=rule), key="series-0001")
    assert refused.status == 422
    assert refused.json["errors"][0]["pointer"] == pointer


def test_conflicts_are_listed_in_the_problem(clinic: Wire, api: Api) -> None:
    clinic.book(start=MONDAY + timedelta(days=7))
    refused = api.post("/appointments/series", json=series(clinic), key="series-0001")
    assert (refused.status, slug(refused)) == (409, "series-conflicts")
    assert refused.json["conflicts"] == ["2026-11-30 practitioner_taken"]


def test_an_entry_of_the_waiting_list_without_an_offer_accepts_nothing(
    clinic: Wire, api: Api
) -> None:
    made = api.post("/appointments/waiting-list", json=waiting(clinic), key="waiting-01")
    assert made.status == 201, made.json
    path = f"/appointments/waiting-list/{made.json['id']}"
    refused = api.post(f"{path}/accept", key="accept-001")
    assert (refused.status, slug(refused)) == (409, "no-offer")
    listed = api.get("/appointments/waiting-list", query={"site": clinic.site})
    assert [e["id"] for e in listed.json["items"]] == [made.json["id"]]
    gone = api.put(path, json={**waiting(clinic), "withdrawn": True}, etag=made.etag)
    assert gone.json["status"] == "withdrawn"


def test_a_session_with_its_places(clinic: Wire, api: Api) -> None:
    made = api.post("/appointments/groups", json=group(clinic), key="group-0001")
    assert made.status == 201, made.json
    path = f"/appointments/groups/{made.json['id']}"
    place = {"patient": clinic.body()["patient"]}
    taken = api.post(f"{path}/places", json=place, key="place-0001")
    assert taken.json["group"] == made.json["id"]
    shown = api.get(path)
    assert shown.json["taken"] == 1
    off = api.post(f"{path}/cancel", json={"reason": "Feriado"}, etag=shown.etag)
    assert off.json["places"][0]["status"] == "cancelled"


def test_holidays_answer_with_what_they_fall_on(clinic: Wire, api: Api) -> None:
    booked = clinic.book()
    body = {
        "name": "Sede Demostración",
        "zone": "America/Lima",
        "holidays": [{"first": "2026-11-23", "last": "2026-11-23", "reason": "Feriado"}],
    }
    put = api.put(f"/appointments/sites/{clinic.site}", json=body, etag='"1"')
    assert [a["appointment"] for a in put.json["affected"]] == [booked.id]
    listed = api.get(f"/appointments/sites/{clinic.site}/affected")
    assert listed.json["items"] == put.json["affected"]


def test_the_rule_of_reminders(clinic: Wire, api: Api) -> None:
    unset = api.get("/appointments/reminder-policy")
    assert unset.json["enabled"] is False
    body = {"lead_minutes": [1440, 120], "quiet_from": "21:00", "quiet_until": "07:00"}
    put = api.put("/appointments/reminder-policy", json=body, etag='"0"')
    assert (put.status, put.json["enabled"], put.etag) == (200, True, '"1"')
    for wrong in ({"quiet_from": "21:00"}, {"lead_minutes": [60, 60]}, {"lead_minutes": [1]}):
        assert api.put("/appointments/reminder-policy", json=wrong, etag='"1"').status == 422
    booked = clinic.book()
    assert api.get(f"/appointments/{booked.id}/reminders").json["items"] == []


def test_nothing_of_another_institution_exists(clinic: Wire, api: Api) -> None:
    one = api.post("/appointments/series", json=series(clinic), key="series-0001").json["id"]
    two = api.post("/appointments/waiting-list", json=waiting(clinic), key="waiting-01").json["id"]
    later = {**group(clinic), "start": (MONDAY + timedelta(hours=2)).isoformat()}
    three = api.post("/appointments/groups", json=later, key="group-0001").json["id"]
    place = {"patient": clinic.body()["patient"]}
    api.caller = OTHERS
    answers = [
        api.get(f"/appointments/series/{one}"),
        api.post(f"/appointments/series/{one}/cancel", json={"scope": "all"}, etag='"1"'),
        api.get(f"/appointments/waiting-list/{two}"),
        api.post(f"/appointments/waiting-list/{two}/accept", key="accept-001"),
        api.post(f"/appointments/waiting-list/{two}/decline", json={}, etag='"1"'),
        api.get(f"/appointments/groups/{three}"),
        api.post(f"/appointments/groups/{three}/places", json=place, key="place-0001"),
        api.post(f"/appointments/groups/{three}/cancel", json={}, etag='"1"'),
        api.get(f"/appointments/sites/{clinic.site}/affected"),
        api.get(f"/appointments/practitioners/{clinic.ana}/affected"),
    ]
    assert [a.status for a in answers] == [404] * len(answers)
    assert api.get("/appointments/waiting-list", query={"site": clinic.site}).json["items"] == []
