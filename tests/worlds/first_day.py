"""An institution's first day through the public API alone; `main` prints what went well."""

import base64
import json
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from schemas.identity import NewTenant, NewUser
from telesalud.identity import bootstrap
from telesalud.identity import wiring as identity
from telesalud.platform.ids import new_id
from tests.worlds.product import Product, running

TENANT = "hospital-demo"
PASSWORD = "Colibri-Verde-77-Mesa"
PARTNER_SCOPES = ("consults.read", "consults.write", "consults.export", "patients.read")
PRODUCT = {
    "code": "DEMO-0001",
    "atc": "J01CA04",
    "name": "Amoxicilina",
    "substances": ["amoxicillin"],
    "form": "cápsula",
    "strength": "500 mg",
    "unit": "cápsula",
    "routes": ["oral"],
    "controlled": False,
}
INTERACTION = {
    "first": "substance:warfarin",
    "second": "substance:amoxicillin",
    "severity": "moderate",
    "es": "Mayor riesgo de hemorragia.",
    "pt": "Maior risco de hemorragia.",
    "en": "Higher risk of bleeding.",
}


def shown(secret: str, now: datetime) -> str:
    """What an authenticator app shows (RFC 6238)."""
    app = TOTP(base64.b32decode(secret), 6, SHA1(), 30, enforce_key_length=False)
    return app.generate(int(now.timestamp())).decode()


@dataclass
class Person:
    """Somebody who works at the institution, with the API as it is from their place."""

    http: httpx.Client
    user_name: str
    id: str = ""
    token: str = ""
    device: str = ""
    """The secret of their authenticator app."""

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        sent = {"Idempotency-Key": new_id(), **headers}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        return self.http.request(method, f"/api{path}", json=body, headers=sent)

    def do(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer of a request that goes well."""
        answer = self.send(method, path, body, **headers)
        assert answer.is_success, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def credentials(self) -> dict[str, str]:
        return {"tenant": TENANT, "user_name": self.user_name, "password": PASSWORD}

    def set_password(self, code: str) -> None:
        body = {"tenant": TENANT, "user_name": self.user_name, "code": code}
        self.do("POST", "/identity/password-resets", {**body, "new_password": PASSWORD})

    def enrol(self, now: datetime) -> None:
        enrolment = self.do("POST", "/identity/second-factor", self.credentials())
        self.device = enrolment["secret"]
        confirmation = {**self.credentials(), "code": shown(self.device, now)}
        self.do("POST", "/identity/second-factor/confirmation", confirmation)

    def log_in(self, now: datetime) -> None:
        factor = {"second_factor": shown(self.device, now)} if self.device else {}
        body = {**self.credentials(), **factor, "refresh": "body"}
        self.token = self.do("POST", "/identity/sessions", body)["access_token"]


@dataclass
class Day:
    """The day as it goes on."""

    product: Product
    http: httpx.Client

    def now(self) -> datetime:
        return self.product.clock()

    def person(self, user_name: str, created: Any) -> Person:
        """Somebody new, with a password of their own."""
        made = Person(self.http, user_name, created["user"]["id"])
        made.set_password(created["one_time_code"]["code"])
        return made

    def administrator(self) -> Person:
        """The first user, who needs a second factor."""
        services = identity.services()
        bootstrap.create_tenant(services, NewTenant(id=TENANT, name="Hospital Demostración"))
        new = NewUser(
            user_name="admin.demo",
            display_name="Administración Demostración",
            roles=("administrator",),
        )
        created = bootstrap.first_administrator(services, TENANT, new)
        made = self.person("admin.demo", created.model_dump(mode="json"))
        alone = made.send("POST", "/identity/sessions", {**made.credentials(), "refresh": "body"})
        assert alone.status_code == 403, alone.text
        made.enrol(self.now())
        self.product.clock.advance(seconds=31)
        made.log_in(self.now())
        return made

    def employee(self, administrator: Person, user_name: str, role: str) -> Person:
        body = {"user_name": user_name, "display_name": f"Demostración {role}", "roles": [role]}
        made = self.person(user_name, administrator.do("POST", "/identity/users", body))
        made.log_in(self.now())
        return made


def live(day: Day) -> list[str]:
    """Everything from the first user to a signed prescription; the steps that went well."""
    administrator = day.administrator()
    desk = day.employee(administrator, "admision.uno", "front_desk")
    doctor = day.employee(administrator, "medicina.uno", "physician")
    stranger = day.employee(administrator, "medicina.dos", "physician")
    connect(day, administrator)
    steps = ["logged in with password and second factor"]

    person = {"given": "Paciente", "family": "Demostración Uno"}
    patient = desk.do(
        "POST", "/patients", {"name": person, "birth_date": "1980-05-17", "sex": "female"}
    )
    chart = f"/patients/{patient['id']}"
    assert doctor.send("GET", f"{chart}/summary").status_code == 403
    steps.append("registered a patient whose chart is closed to who does not treat them")

    appointment = booked(day, administrator, desk, doctor, patient["id"])
    day.product.backend.run()
    assert doctor.send("GET", f"{chart}/summary").status_code == 200
    assert stranger.send("GET", f"{chart}/summary").json()["right"] == "patients.care_relation"
    steps.append("booked, and the booking opened the chart to its practitioner only")

    signed_encounter(day, doctor, chart)
    steps.append("signed an encounter")

    prescribed(administrator, desk, doctor, patient["id"])
    steps.append("prescribed from the formulary and signed")

    desk.do(
        "POST",
        f"/appointments/{appointment['id']}/cancel",
        {"reason": "patient"},
        **{"If-Match": '"1"'},
    )
    day.product.backend.run()
    steps.append("cancelled, and every context followed")
    return steps


def connect(day: Day, administrator: Person) -> None:
    """Introduce the record side to the others, as a partner with notifications."""
    client = {"name": "Historia clínica propia", "scopes": PARTNER_SCOPES}
    made = administrator.do("POST", "/identity/clients", client)
    hosts = {"notification_hosts": [day.product.origin.removeprefix("http://")]}
    create = {"If-Match": '"0"'}
    administrator.do("PUT", "/consults/settings", hosts, **create)
    url = f"{day.product.origin}/api/appointments/teleconsultation-notifications"
    target = administrator.do("POST", "/consults/notification-targets", {"url": url})
    connection = {
        "client_id": made["client"]["client_id"],
        "client_secret": made["secret"]["secret"],
        "notification_target": target["target"]["id"],
        "notification_secret": target["secret"],
    }
    for context in ("appointments", "patients"):
        administrator.do("PUT", f"/{context}/connection", connection, **create)


def booked(day: Day, administrator: Person, desk: Person, doctor: Person, patient: str) -> Any:
    site = administrator.do(
        "POST", "/appointments/sites", {"name": "Sede Demostración", "zone": "America/Lima"}
    )
    titles = {"title_es": "Consulta", "title_pt": "Consulta", "title_en": "Visit"}
    category = {**titles, "minutes": 20, "telemedicine": False}
    create = {"If-Match": '"0"'}
    administrator.do("PUT", "/appointments/categories/visit", category, **create)
    practitioner = administrator.do(
        "POST",
        "/appointments/practitioners",
        {"name": "Demostración physician", "user_id": doctor.id, "sites": [site["id"]]},
    )
    path = f"/appointments/practitioners/{practitioner['id']}/availability"
    weekly = [
        {"weekday": weekday, "site": site["id"], "slot_minutes": 20, "start": "00:00"}
        for weekday in range(1, 8)
    ]
    administrator.do("PUT", path, {"weekly": weekly}, **create)
    tomorrow = (day.now() + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    return desk.do(
        "POST",
        "/appointments",
        {
            "patient": {"id": patient, "display_name": "Paciente Demostración Uno"},
            "practitioners": [practitioner["id"]],
            "site": site["id"],
            "category": "visit",
            "start": tomorrow.isoformat(),
            "minutes": 20,
        },
    )


def signed_encounter(day: Day, doctor: Person, chart: str) -> None:
    begin = {
        "kind": "ambulatory",
        "started_at": (day.now() - timedelta(hours=1)).isoformat(),
        "practitioner_name": "Demostración physician",
    }
    encounter = doctor.do("POST", f"{chart}/encounters", begin)
    path = f"/patients/encounters/{encounter['id']}"
    doctor.do("POST", f"{path}/notes", {"text": "Tos de tres días"})
    version = doctor.do("GET", path)["version"]
    at = {"If-Match": f'"{version}"'}
    signed = doctor.do("POST", f"{path}/sign", {"name": "Demostración physician"}, **at)
    assert signed["status"] == "signed"


def prescribed(administrator: Person, desk: Person, doctor: Person, patient: str) -> None:
    create = {"If-Match": '"0"'}
    for kind, items in (("formulary", [PRODUCT]), ("interactions", [INTERACTION])):
        file = {"format": "json", "content": json.dumps({"items": items})}
        administrator.do("PUT", f"/orders/catalogues/{kind}", file, **create)
    registration = {
        "name": "Demostración physician",
        "registration": {"type": "DEMO", "number": "000001"},
        "institution": "Hospital Demostración",
    }
    administrator.do("PUT", f"/orders/prescribers/{doctor.id}", registration, **create)
    line = {
        "item": "DEMO-0001",
        "dose": {"value": 1, "unit": "cápsula"},
        "route": "oral",
        "frequency": {"times": 3, "hours": 24},
        "duration_days": 7,
        "quantity": 21,
    }
    body = {"patient": patient, "lines": [line]}
    assert desk.send("POST", "/orders/prescriptions", body).status_code == 403
    draft = doctor.do("POST", "/orders/prescriptions", body)
    path = f"/orders/prescriptions/{draft['id']}"
    signed = doctor.do("POST", f"{path}/sign", {}, **{"If-Match": f'"{draft["version"]}"'})
    assert signed["status"] == "active"


def main(folder: Path | None = None) -> None:
    """Live the day, in memory or in the folder of a site, and print its steps."""
    with (
        running(folder=folder) as product,
        httpx.Client(base_url=product.origin, timeout=30) as http,
    ):
        steps = live(Day(product, http))
    sys.stdout.write("\n".join(steps) + "\n")


if __name__ == "__main__":
    main()
