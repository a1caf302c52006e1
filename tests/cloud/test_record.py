"""The record side on the running stacks: people, agendas, and a teleconsultation that is filed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from schemas.identity import NewClient, NewTenant
from telesalud.identity import bootstrap
from telesalud.identity.settings import IdentitySettings
from telesalud.identity.wiring import services_from
from telesalud.platform.access import Caller, CallerKind, Role
from telesalud.platform.aws import clients
from telesalud.platform.ids import new_id
from tests.cloud.conftest import Stacks
from tests.cloud.parties import Party, access_token, enter, share, until

PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer << >>\n%%EOF\n"
SCOPES = ("consults.read", "consults.write", "consults.export", "patients.read")
FOLLOWED = 400.0
"""Seconds within which a queue delivers even what failed at its first try."""


@dataclass
class Clinic:
    """An institution with an agenda, whose appointments reach the consults service."""

    staff: Party
    site: str
    practitioner: str

    def patient(self, name: str) -> str:
        body = {
            "name": {"given": "Paciente Nube", "family": name},
            "birth_date": "1980-05-17",
            "sex": "female",
            "confirm_not_duplicate": True,
        }
        return str(self.staff.post("/patients", body)["id"])

    def booking(self, patient: str, start: datetime, category: str) -> dict[str, Any]:
        return {
            "patient": {"id": patient, "display_name": "Paciente Nube"},
            "practitioners": [self.practitioner],
            "site": self.site,
            "category": category,
            "start": start.isoformat(),
            "minutes": 20,
            "outside_hours": True,
        }

    def linked(self, appointment: str) -> dict[str, Any]:
        def ready() -> dict[str, Any] | None:
            found: dict[str, Any] = self.staff.get(f"/appointments/{appointment}")
            return found if found["link_status"] == "linked" else None

        found: dict[str, Any] = until(ready, seconds=FOLLOWED)
        return found


@pytest.fixture(scope="module")
def http_module(stacks: Stacks) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stacks.origin, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def clinic(stacks: Stacks, http_module: httpx.Client) -> Clinic:
    roles = frozenset({Role.ADMINISTRATOR, Role.PHYSICIAN})
    tenant = f"record-{new_id()[-12:]}"
    caller = Caller(tenant, new_id(), CallerKind.USER, roles)
    staff = Party(http_module, access_token(stacks, caller))
    credentials = _partner(stacks, tenant)
    for path in ("/patients/connection", "/appointments/connection", "/consults/settings"):
        # Cold functions on a busy machine may exceed the gateway's patience once.
        until(lambda path=path: staff.call("GET", path).status_code == 200, seconds=120)
    _connect(stacks, staff, credentials)
    for code, remote in (("visit", False), ("telemedicine", True)):
        titles = {"title_es": "Consulta", "title_pt": "Consulta", "title_en": "Visit"}
        body = {**titles, "minutes": 20, "telemedicine": remote}
        answer = staff.call("PUT", f"/appointments/categories/{code}", body, **{"If-Match": '"0"'})
        assert answer.status_code in (200, 412), answer.text
    site = staff.post("/appointments/sites", {"name": "Sede Nube", "zone": "America/Lima"})["id"]
    person = {"name": "Médica Nube", "sites": [site], "user_id": caller.subject}
    return Clinic(staff, site, staff.post("/appointments/practitioners", person)["id"])


def _partner(stacks: Stacks, tenant: str) -> dict[str, str]:
    """A new institution, and in it a client for its own record side."""
    function = f"telesalud-{stacks.cloud.stage}-identity-api"
    found = stacks.client("lambda").get_function_configuration(FunctionName=function)
    made = (clients._session, clients.dynamodb, clients.kms)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in stacks.cloud.environ().items():
            patch.setenv(name, value)
        for each in made:  # clients that another test made for another endpoint
            each.cache_clear()
        services = services_from(IdentitySettings.load(found["Environment"]["Variables"]))
        bootstrap.create_tenant(services, NewTenant(id=tenant, name="Hospital Nube"))
        command = NewClient(name="Historia propia", scopes=SCOPES)
        created = bootstrap.register_client(services, tenant, command)
        for each in made:
            each.cache_clear()
    return {
        "client_id": created.client.client_id,
        "client_secret": created.secret.secret,
    }


def _connect(stacks: Stacks, staff: Party, credentials: dict[str, str]) -> None:
    """Introduce the record side to the consults service, as an administrator does."""
    before = staff.call("GET", "/consults/settings")
    hosts = {"notification_hosts": [stacks.origin.removeprefix("http://")]}
    etag = before.headers.get("etag", '"0"')
    changed = staff.call("PUT", "/consults/settings", hosts, **{"If-Match": etag})
    assert changed.status_code == 200, changed.text
    url = f"{stacks.origin}/api/appointments/teleconsultation-notifications"
    target = staff.post("/consults/notification-targets", {"url": url})
    body = credentials | {
        "notification_target": target["target"]["id"],
        "notification_secret": target["secret"],
    }
    for app in ("appointments", "patients"):
        path = f"/{app}/connection"
        etag = f'"{staff.get(path)["version"]}"'
        answer = staff.call("PUT", path, body, **{"If-Match": etag})
        assert answer.status_code == 200, answer.text


def soon(minutes: int) -> datetime:
    """The next five-minute mark after `minutes` from now."""
    moment = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=minutes)
    return moment + timedelta(minutes=-moment.minute % 5)


def test_people_are_found_by_the_beginnings_of_their_names(clinic: Clinic) -> None:
    word = "".join(chr(ord("a") + int(digit, 16)) for digit in new_id()[-8:])
    mine = clinic.patient(f"Núñez{word.capitalize()}")
    found = clinic.staff.get(f"/patients?name=nunez{word[:4]}+nub")
    assert [one["id"] for one in found["items"]] == [mine]


def test_of_many_who_want_one_slot_one_gets_it(clinic: Clinic) -> None:
    start = soon(60 * 24)
    patients = [clinic.patient(f"Carrera {chr(ord('A') + n)}") for n in range(6)]

    def book(patient: str) -> int:
        body, key = clinic.booking(patient, start, "visit"), {"Idempotency-Key": new_id()}

        def answered() -> int:
            status = clinic.staff.call("POST", "/appointments", body, **key).status_code
            return 0 if status == 503 else status  # unavailable: the same request is repeated

        return int(until(answered, seconds=120))

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(book, patients))
    assert statuses == [201, 409, 409, 409, 409, 409]


def test_the_teleconsultation_follows_reschedule_and_cancel(clinic: Clinic) -> None:
    patient, start = clinic.patient("Seguida"), soon(60 * 30)
    booked = clinic.staff.post("/appointments", clinic.booking(patient, start, "telemedicine"))
    first = clinic.linked(booked["id"])
    path = f"/appointments/{booked['id']}"
    later = {"start": (start + timedelta(hours=1)).isoformat(), "outside_hours": True}
    moved = clinic.staff.call("POST", f"{path}/reschedule", later, **{"If-Match": '"1"'})
    assert moved.status_code == 200, moved.text
    second = clinic.linked(booked["id"])
    assert second["consult"] == first["consult"]
    consult = f"/consults/{first['consult']}"
    assert clinic.staff.get(consult)["start"] == second["start"]
    etag = moved.headers["etag"]
    gone = clinic.staff.call("POST", f"{path}/cancel", {}, **{"If-Match": etag})
    assert gone.status_code == 200, gone.text
    until(lambda: clinic.staff.get(path)["link_status"] == "withdrawn", seconds=FOLLOWED)
    assert clinic.staff.get(consult)["status"] == "cancelled"


def test_a_finished_teleconsultation_is_filed_in_the_record(
    clinic: Clinic, http_module: httpx.Client
) -> None:
    patient = clinic.patient("Atendida")
    body = clinic.booking(patient, soon(0), "telemedicine")
    booked = clinic.staff.post("/appointments", body)
    consult = clinic.linked(booked["id"])["consult"]
    links = clinic.staff.get(f"/appointments/{booked['id']}/links")["links"]
    by_participant = {link["participant"]: link["url"] for link in links}
    visitor = enter(http_module, by_participant["patient"])
    doctor = enter(http_module, by_participant[clinic.practitioner])
    path = f"/consults/{consult}"
    visitor.post(f"{path}/announce", {})
    doctor.post(f"{path}/admit", {})
    for side in (visitor, doctor):
        side.get(f"{path}/changes?after=0")  # polling is presence
    visitor.post(f"{path}/chat", {"client_id": new_id(), "text": "Buenos días"})
    share(visitor, path, "examen.pdf", PDF)
    until(lambda: doctor.get(f"{path}/files")["items"], seconds=60)  # shown once it is clean
    doctor.post(f"{path}/finish", {"note": {"text": "Control en 30 días", "base_version": 0}})

    def filed() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = clinic.staff.get(f"/patients/{patient}/encounters")["items"]
        return found

    [summary] = until(filed, seconds=FOLLOWED)
    assert (summary["consult"], summary["kind"]) == (consult, "telemedicine")
    encounter = clinic.staff.get(f"/patients/encounters/{summary['id']}")
    assert encounter["notes"][0]["versions"][-1]["text"] == "Control en 30 días"
    assert [line["text"] for line in encounter["chat"]] == ["Buenos días"]
    assert encounter["connections"]
    [document] = encounter["files"]
    link = clinic.staff.get(f"/patients/encounters/{summary['id']}/documents/{document['id']}/link")
    assert httpx.get(link["url"]).content == PDF
    until(
        lambda: clinic.staff.get(f"/appointments/{booked['id']}")["status"] == "checked_out",
        seconds=FOLLOWED,
    )
