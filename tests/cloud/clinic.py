"""An institution with an agenda and a record, which is a partner of the consults service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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
from tests.cloud.parties import Party, access_token, until
from tests.cloud.stacks import Stacks

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


def found_clinic(stacks: Stacks, http: httpx.Client) -> Clinic:
    """A new institution whose sides are introduced to each other."""
    roles = frozenset({Role.ADMINISTRATOR, Role.PHYSICIAN})
    tenant = f"record-{new_id()[-12:]}"
    caller = Caller(tenant, new_id(), CallerKind.USER, roles)
    staff = Party(http, access_token(stacks, caller))
    credentials = partner_of(stacks, tenant)
    for path in ("/patients/connection", "/appointments/connection", "/consults/settings"):
        # Cold functions on a busy machine may exceed the gateway's patience once.
        until(lambda path=path: staff.call("GET", path).status_code == 200, seconds=120)
    connect(stacks, staff, credentials)
    for code, remote in (("visit", False), ("telemedicine", True)):
        titles = {"title_es": "Consulta", "title_pt": "Consulta", "title_en": "Visit"}
        body = {**titles, "minutes": 20, "telemedicine": remote}
        answer = staff.call("PUT", f"/appointments/categories/{code}", body, **{"If-Match": '"0"'})
        assert answer.status_code in (200, 412), answer.text
    site = staff.post("/appointments/sites", {"name": "Sede Nube", "zone": "America/Lima"})["id"]
    person = {"name": "Médica Nube", "sites": [site], "user_id": caller.subject}
    return Clinic(staff, site, staff.post("/appointments/practitioners", person)["id"])


def partner_of(stacks: Stacks, tenant: str) -> dict[str, str]:
    """A new institution, and in it a client for its own record side."""
    function = f"telesalud-{stacks.cloud.stage}-identity-api"
    found = stacks.client("lambda").get_function_configuration(FunctionName=function)
    made = (clients._session, clients.records, clients.keys, clients.dynamodb, clients.kms)
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


def connect(stacks: Stacks, staff: Party, credentials: dict[str, str]) -> None:
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
