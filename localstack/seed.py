"""A demonstration clinic in the local cloud: two institutions, staff, agendas, patients, bookings.

Everything goes through the public API, as an administrator would do it; only institutions and their
first administrators come from the operator's side (`telesalud admin`). All data is synthetic.
Passwords are made for each cloud and kept in its home (`demo.json`), never in the repository.
Repeating it does nothing once it is complete.
"""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from infra.cli import enter_stage, identity_services
from infra.stages import Stage
from localstack import seed_orders, seed_terminology
from localstack.cloud import Cloud
from schemas.identity import NewTenant, NewUser
from telesalud.identity import bootstrap
from telesalud.platform.errors import Conflict

PARTNER_SCOPES = (
    "consults.read",
    "consults.write",
    "consults.export",
    "patients.read",
    "orders.read_chart",
    "orders.read_orders",
    "orders.read_prescriptions",
)
SEXES = ("female", "male")


class SeedFailed(RuntimeError):
    """The API refused something; the message says what, and how to start over."""


@dataclass(frozen=True)
class Clinic:
    """One institution of the demonstration."""

    tenant: str
    name: str
    site: str
    zone: str
    country: str
    document: str
    language: str


CLINICS = (
    Clinic("clinica-norte", "Clínica Demostración Norte", "Sede Demostración", "America/Lima",
           "PE", "DNI", "es"),
    Clinic("clinica-sur", "Clínica Demonstração Sul", "Unidade Demonstração", "America/Sao_Paulo",
           "BR", "PASSPORT", "pt"),
)  # fmt: skip
NUMBERS = ("Uno", "Dos", "Tres", "Cuatro", "Cinco", "Seis", "Siete", "Ocho")


class Api:
    """The public API with one caller's token; every refusal stops the seeding with its reason."""

    def __init__(self, origin: str, clinic: str) -> None:
        self._http = httpx.Client(base_url=f"{origin}/api", timeout=60)
        self._clinic = clinic
        self._token = ""

    def log_in(self, user_name: str, password: str) -> None:
        body = {"tenant": self._clinic, "user_name": user_name, "password": password}
        answer = self.send("POST", "/identity/sessions", {**body, "refresh": "body"})
        self._token = answer["access_token"]

    def create(self, path: str, body: Mapping[str, Any]) -> Any:
        """POST under a key made of path and body: a repetition returns the first answer."""
        text = json.dumps(body, sort_keys=True)
        key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self._clinic} {path} {text}"))
        return self.send("POST", path, body, {"Idempotency-Key": key})

    def send(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        sent = dict(headers or {})
        if self._token:
            sent["Authorization"] = f"Bearer {self._token}"
        answer = self._send(method, path, body, sent)
        return answer.json() if answer.content else None

    def version(self, path: str) -> str:
        """The ETag at `path`; that of nothing before the first change."""
        headers = {"Authorization": f"Bearer {self._token}"}
        return str(self._send("GET", path, None, headers).headers.get("ETag", '"0"'))

    def _send(
        self, method: str, path: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> httpx.Response:
        answer = self._http.request(method, path, json=body, headers=headers)
        if answer.is_error:
            raise SeedFailed(f"{method} {path}: {answer.status_code} {answer.text[:600]}")
        return answer


def seed(cloud: Cloud, stage: Stage, progress: Callable[[str], None]) -> dict[str, Any]:
    """Fill both clinics; returns what demo.json holds. Raises SeedFailed."""
    enter_stage(stage)
    try:
        seed_terminology.fill(stage, progress)
    except OSError as error:
        raise SeedFailed(f"the demonstration's ICD-11 index: {error}") from error
    place = cloud.home / "demo.json"
    demo: dict[str, Any] = json.loads(place.read_text()) if place.exists() else {}
    if demo.get("complete"):
        progress("the demonstration clinics are there")
        return demo
    demo.setdefault("password", f"Demo-{secrets.token_urlsafe(12)}-7a")
    for clinic in CLINICS:
        progress(f"filling {clinic.name}")
        state = demo.setdefault(clinic.tenant, {"name": clinic.name})
        save = Saver(place, demo)
        work = Filling(cloud.origin, stage, clinic, state, demo["password"], save)
        _institution(work)
        _fill(work)
    demo["complete"] = True
    Saver(place, demo)()
    return demo


@dataclass(frozen=True)
class Saver:
    """Writes demo.json, readable by its owner only, after each step that cannot be repeated."""

    place: Path
    demo: dict[str, Any]

    def __call__(self) -> None:
        partial = self.place.with_suffix(".partial")
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(self.demo, indent=1, ensure_ascii=False))
        partial.replace(self.place)


@dataclass(frozen=True)
class Filling:
    """One clinic being filled; `state` is its part of demo.json."""

    origin: str
    stage: Stage
    clinic: Clinic
    state: dict[str, Any]
    password: str
    save: Saver

    def redeem(self, user_name: str, code: str) -> None:
        """Set the user's password with his one-time code."""
        body = {
            "tenant": self.clinic.tenant,
            "user_name": user_name,
            "code": code,
            "new_password": self.password,
        }
        Api(self.origin, self.clinic.tenant).send("POST", "/identity/password-resets", body)


def _institution(work: Filling) -> None:
    """The institution and its first administrator with a password."""
    clinic, state = work.clinic, work.state
    if "administrator" in state:
        return
    services = identity_services(work.stage)
    # Without authenticator apps, so that a newcomer can log in with what is printed.
    rules = NewTenant(id=clinic.tenant, name=clinic.name, second_factor_roles=())
    with suppress(Conflict):  # an earlier run came this far
        bootstrap.create_tenant(services, rules)
    if "code" not in state:
        administrator = NewUser(
            user_name="administracion",
            display_name="Administración Demostración",
            roles=("administrator",),
        )
        try:
            created = bootstrap.first_administrator(services, clinic.tenant, administrator)
        except Conflict as error:
            raise SeedFailed(
                f"{clinic.tenant} has an administrator whose code is lost: make reset"
            ) from error
        state["code"] = created.one_time_code.code
        work.save()
    work.redeem("administracion", state["code"])
    state["administrator"] = "administracion"
    del state["code"]
    work.save()


def _fill(work: Filling) -> None:
    clinic, state, save = work.clinic, work.state, work.save
    api = Api(work.origin, clinic.tenant)
    api.log_in("administracion", work.password)
    staff = _staff(api, work)
    if "connected" not in state:
        _connect(api, work.origin)
        state["connected"] = True
        save()
    site = api.create("/appointments/sites", {"name": clinic.site, "zone": clinic.zone})
    _categories(api)
    practitioners = [_practitioner(api, clinic, site["id"], user) for user in staff[:2]]
    seed_orders.fill(api, clinic.name, staff[:2])
    patients = [_patient(api, clinic, number) for number in range(len(NUMBERS))]
    if "booked" not in state:
        _bookings(api, site["id"], practitioners[0], patients)
        state["booked"] = True
        save()


def _staff(api: Api, work: Filling) -> list[tuple[str, str]]:
    """User id and display name of two physicians and a front desk, each with a password."""
    wanted = (
        ("medicina.uno", "Profesional Demostración Uno", "physician"),
        ("medicina.dos", "Profesional Demostración Dos", "physician"),
        ("admision.uno", "Admisión Demostración Uno", "front_desk"),
    )
    users: dict[str, str] = work.state.setdefault("users", {})
    for user_name, display_name, role in wanted:
        if user_name in users:
            continue
        body = {
            "user_name": user_name,
            "display_name": display_name,
            "roles": [role],
            "language": work.clinic.language,
        }
        created = api.create("/identity/users", body)
        code = created["one_time_code"]["code"]
        work.redeem(user_name, code)
        users[user_name] = created["user"]["id"]
        work.save()
    return [(users[user_name], display_name) for user_name, display_name, _ in wanted]


def _connect(api: Api, origin: str) -> None:
    """Introduce the record side to the teleconsultation side, as a partner with notifications."""
    client = api.create(
        "/identity/clients", {"name": "Historia clínica propia", "scopes": PARTNER_SCOPES}
    )
    host = origin.removeprefix("http://")
    settings = {
        "default_grace_minutes": 10,
        "max_extension_minutes": 30,
        "notification_hosts": [host],
    }
    path = "/consults/settings"
    api.send("PUT", path, settings, {"If-Match": api.version(path)})
    url = f"{origin}/api/appointments/teleconsultation-notifications"
    target = api.create("/consults/notification-targets", {"url": url})
    connection = {
        "client_id": client["client"]["client_id"],
        "client_secret": client["secret"]["secret"],
        "notification_target": target["target"]["id"],
        "notification_secret": target["secret"],
    }
    for app in ("appointments", "patients"):
        path = f"/{app}/connection"
        api.send("PUT", path, connection, {"If-Match": api.version(path)})


def _categories(api: Api) -> None:
    wanted = {
        "consulta": ("Consulta", "Consulta", "Visit", 20, False),
        "telemedicina": ("Teleconsulta", "Teleconsulta", "Teleconsultation", 20, True),
    }
    there = {each["code"] for each in api.send("GET", "/appointments/categories")["items"]}
    for code, (es, pt, en, minutes, remote) in wanted.items():
        if code not in there:
            titles = {"title_es": es, "title_pt": pt, "title_en": en}
            body = {**titles, "minutes": minutes, "telemedicine": remote}
            api.send("PUT", f"/appointments/categories/{code}", body, {"If-Match": '"0"'})


def _practitioner(api: Api, clinic: Clinic, site: str, user: tuple[str, str]) -> str:
    """A practitioner who receives at any hour, so that the demonstration works at any hour."""
    body = {
        "name": user[1],
        "user_id": user[0],
        "specialties": ["medicina-general"],
        "sites": [site],
        "languages": [clinic.language],
    }
    practitioner: str = api.create("/appointments/practitioners", body)["id"]
    path = f"/appointments/practitioners/{practitioner}/availability"
    if api.send("GET", path)["version"] == 0:
        weekly = [
            {"weekday": day, "start": "00:00", "site": site, "slot_minutes": 20}
            for day in range(1, 8)
        ]
        api.send("PUT", path, {"weekly": weekly}, {"If-Match": '"0"'})
    return practitioner


def _patient(api: Api, clinic: Clinic, number: int) -> dict[str, Any]:
    born = datetime(1950 + 7 * number, 1 + number, 10 + number, tzinfo=UTC).date()
    body = {
        "name": {"given": "Paciente Demostración", "family": NUMBERS[number]},
        "birth_date": born.isoformat(),
        "sex": SEXES[number % 2],
        "documents": [
            {
                "country": clinic.country,
                "type": clinic.document,
                "number": f"9000000{number}",
            }
        ],
        "language": clinic.language,
        "confirm_not_duplicate": True,
    }
    patient: dict[str, Any] = api.create("/patients", body)
    return patient


def _bookings(api: Api, site: str, practitioner: str, patients: list[dict[str, Any]]) -> None:
    """A teleconsultation that opens now, and visits over the next days."""
    today = datetime.now(UTC).date() - timedelta(days=1)  # the site may be behind UTC
    path = f"/appointments/slots?practitioner={practitioner}&from_date={today}&days=7&limit=60"
    slots = api.send("GET", path)["items"]
    now = datetime.now(UTC)
    coming = [slot for slot in slots if datetime.fromisoformat(slot["start"]) > now]
    for place, (slot, patient) in enumerate(zip(coming[::3], patients, strict=False)):
        body = {
            "patient": {"id": patient["id"], "display_name": patient["name"]["given"]},
            "practitioners": [practitioner],
            "site": site,
            "category": "telemedicina" if place < 3 else "consulta",
            "start": slot["start"],
            "minutes": 20,
            "reason": "Control (demostración)",
        }
        api.create("/appointments", body)
