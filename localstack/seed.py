"""A demonstration clinic in the local cloud: two institutions, staff, agendas, patients, bookings.

Everything goes through the public API, as an administrator would do it; only institutions and their
first administrators come from the operator's side (`telesalud admin`). All data is synthetic.
Passwords are made for each cloud and kept in its home (`demo.json`), never in the repository.
Repeating it does nothing once it is complete.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from infra.running import settings_of
from infra.stages import Stage
from localstack import (
    seed_charts,
    seed_day,
    seed_hospital,
    seed_orders,
    seed_pharmacy,
    seed_terminology,
)
from localstack.cloud import Cloud
from localstack.seed_api import Api, SeedFailed
from localstack.seed_day import CHILDREN, Place
from schemas.identity import NewTenant, NewUser
from telesalud.identity import bootstrap
from telesalud.identity.model import IdentityServices
from telesalud.identity.settings import IdentitySettings
from telesalud.identity.wiring import services_from
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
RETENTION_YEARS = 20
"""What the laws of both clinics' countries ask for."""


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
    phone: str
    currency: str


CLINICS = (
    Clinic(
        "clinica-norte",
        "Clínica Demostración Norte",
        "Sede Demostración",
        "America/Lima",
        "PE",
        "DNI",
        "es",
        "+51 1 555 0100",
        "PEN",
    ),
    Clinic(
        "clinica-sur",
        "Clínica Demonstração Sul",
        "Unidade Demonstração",
        "America/Sao_Paulo",
        "BR",
        "PASSPORT",
        "pt",
        "+55 11 5555 0100",
        "BRL",
    ),
)
GIVEN = {"es": "Paciente Demostración", "pt": "Paciente Demonstração"}
FAMILIES = {
    "es": (
        "Uno Dos Tres Cuatro Cinco Seis Siete Ocho Nueve Diez Once Doce Trece Catorce Quince "
        "Dieciséis Diecisiete Dieciocho Diecinueve Veinte Veintiuno Veintidós Veintitrés "
        "Veinticuatro"
    ),
    "pt": (
        "Um Dois Três Quatro Cinco Seis Sete Oito Nove Dez Onze Doze Treze Quatorze Quinze "
        "Dezesseis Dezessete Dezoito Dezenove Vinte Vinte-e-um Vinte-e-dois Vinte-e-três "
        "Vinte-e-quatro"
    ),
}
"""Numbers, so that nobody takes them for real people."""
STAFF = (
    ("medicina.uno", "Profesional Demostración Uno", "physician"),
    ("medicina.dos", "Profesional Demostración Dos", "physician"),
    ("medicina.tres", "Profesional Demostración Tres", "physician"),
    ("enfermeria.uno", "Enfermería Demostración Uno", "nurse"),
    ("admision.uno", "Admisión Demostración Uno", "front_desk"),
    # A medical director administers and treats, and so may ask for every clinical report.
    ("direccion.medica", "Dirección Médica Demostración", "administrator", "physician"),
    ("auditoria.uno", "Auditoría Demostración Uno", "auditor"),
    ("farmacia.uno", "Farmacia Demostración Uno", "pharmacist"),
    ("farmacia.dos", "Farmacia Demostración Dos", "pharmacist"),
    ("farmacia.tres", "Asistencia Demostración Tres", "pharmacy_assistant"),
    ("facturacion.uno", "Facturación Demostración Uno", "billing"),
)
"""User name, name and roles."""
NAMES_IN_PORTUGUESE = {
    "Profesional": "Profissional",
    "Demostración": "Demonstração",
    "Enfermería": "Enfermagem",
    "Admisión": "Recepção",
    "Dirección": "Direção",
    "Auditoría": "Auditoria",
    "Facturación": "Faturamento",
    "Uno": "Um",
    "Dos": "Dois",
    "Tres": "Três",
}
OWN_RECORD = {"es": "Historia clínica de la institución", "pt": "Prontuário da instituição"}
SPECIALTIES = ("medicina-general", "pediatria", "cardiologia", "enfermeria")
"""Of the first of the staff, who have agendas."""
ANY_HOUR = 2
"""So many of them receive at any hour, so that the demonstration works at any hour."""
CHART = 0
"""The patient whose record is filled, of the first physician."""
COVERED = (CHART, 1)
"""The patients for whom a contract pays; the first of them is admitted."""


def seed(cloud: Cloud, stage: Stage, progress: Callable[[str], None]) -> dict[str, Any]:
    """Fill both clinics; returns what demo.json holds. Raises SeedFailed."""
    os.environ.update(cloud.environ())
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
    services = services_from(IdentitySettings.load(settings_of(stage, "identity")))
    for clinic in CLINICS:
        progress(f"filling {clinic.name}")
        state = demo.setdefault(clinic.tenant, {"name": clinic.name})
        save = Saver(place, demo)
        fill(Filling(cloud.origin, clinic, state, demo["password"], save), services)
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
    clinic: Clinic
    state: dict[str, Any]
    password: str
    save: Callable[[], None]

    def redeem(self, user_name: str, code: str) -> None:
        """Set the user's password with their one-time code."""
        body = {
            "tenant": self.clinic.tenant,
            "user_name": user_name,
            "code": code,
            "new_password": self.password,
        }
        Api(self.origin, self.clinic.tenant).send("POST", "/identity/password-resets", body)


def fill(work: Filling, services: IdentityServices) -> None:
    """One clinic, wherever it is served from. Raises SeedFailed."""
    _institution(work, services)
    _fill(work)


def _institution(work: Filling, services: IdentityServices) -> None:
    """The institution and its first administrator with a password."""
    clinic, state = work.clinic, work.state
    if "administrator" in state:
        return
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
        _connect(api, work.origin, clinic)
        state["connected"] = True
        save()
    _country(api, clinic)
    site = api.create("/appointments/sites", {"name": clinic.site, "zone": clinic.zone})
    _categories(api)
    practitioners = [
        _practitioner(api, clinic, site["id"], staff[number], number)
        for number in range(len(SPECIALTIES))
    ]
    seed_orders.fill(api, clinic.name, staff[:3])
    _pharmacy(work)
    families = FAMILIES[clinic.language].split()
    patients = [_patient(api, clinic, number) for number in range(len(families))]
    if "booked" not in state:
        _day(
            api,
            work,
            Place(site["id"], ZoneInfo(clinic.zone), practitioners, patients, clinic.language),
        )
        state["booked"] = True
        save()
    if clinic.language == "es" and "charted" not in state:
        _chart(api, work, staff[0], patients[CHART]["id"])
        state["charted"] = True
        save()
    if "admitted" not in state:
        _hospital(work, staff[0][0], [patients[number]["id"] for number in COVERED])
        state["admitted"] = True
        save()


def _pharmacy(work: Filling) -> None:
    """Whoever works in the pharmacy fills it."""
    api = Api(work.origin, work.clinic.tenant)
    api.log_in("farmacia.uno", work.password)
    seed_pharmacy.fill(api, work.clinic.zone, work.clinic.language)


def _hospital(work: Filling, physician: str, patients: list[str]) -> None:
    """Whoever treats, delivers and bills fills the day hospital and its billing."""
    clinic = work.clinic

    def who(user_name: str) -> Api:
        api = Api(work.origin, clinic.tenant)
        api.log_in(user_name, work.password)
        return api

    # A seeding that is repeated after a crash sends the same requests again.
    now = work.state.setdefault("hospital_at", datetime.now(UTC).isoformat())
    work.save()
    stay = seed_hospital.Admitted(
        patients=patients,
        physician=physician,
        language=clinic.language,
        country=clinic.country,
        currency=clinic.currency,
        zone=clinic.zone,
        now=datetime.fromisoformat(now),
    )
    seed_hospital.fill(who, stay)


def _staff(api: Api, work: Filling) -> list[tuple[str, str]]:
    """User id and display name of everybody who works there, each with a password."""
    users: dict[str, str] = work.state.setdefault("users", {})
    for user_name, display_name, *roles in STAFF:
        if user_name in users:
            continue
        body = {
            "user_name": user_name,
            "display_name": _said(display_name, work.clinic.language),
            "roles": roles,
            "language": work.clinic.language,
        }
        created = api.create("/identity/users", body)
        code = created["one_time_code"]["code"]
        work.redeem(user_name, code)
        users[user_name] = created["user"]["id"]
        work.save()
    language = work.clinic.language
    return [(users[user_name], _said(name, language)) for user_name, name, *_ in STAFF]


def _said(name: str, language: str) -> str:
    """A name of the staff as the clinic's language has it."""
    words = NAMES_IN_PORTUGUESE if language == "pt" else {}
    return " ".join(words.get(word, word) for word in name.split())


def _connect(api: Api, origin: str, clinic: Clinic) -> None:
    """Introduce the record side to the teleconsultation side, as a partner with notifications."""
    client = api.create(
        "/identity/clients", {"name": OWN_RECORD[clinic.language], "scopes": PARTNER_SCOPES}
    )
    host = origin.removeprefix("http://")
    settings = {
        "default_grace_minutes": 10,
        "max_extension_minutes": 30,
        "notification_hosts": [host],
        "clinic": {"name": clinic.name, "phone": clinic.phone},
    }
    path = "/consults/settings"
    api.send("PUT", path, settings, {"If-Match": api.version(path)})
    policy = {"country": clinic.country, "contact": f"privacidad@{clinic.tenant}.example"}
    path = "/consults/consent-policy"
    api.send("PUT", path, policy, {"If-Match": api.version(path)})
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


def _country(api: Api, clinic: Clinic) -> None:
    """The country whose rules and schedules apply."""
    path = "/patients/country-profile"
    if api.send("GET", path)["version"] == 0:
        body = {"country": clinic.country, "icd10": False, "retention_years": RETENTION_YEARS}
        api.send("PUT", path, body, {"If-Match": '"0"'})


def _categories(api: Api) -> None:
    wanted = {
        "consulta": ("Consulta", "Consulta", "Visit", 20, False),
        "telemedicina": ("Teleconsulta", "Teleconsulta", "Teleconsultation", 20, True),
        "taller": ("Sesión grupal", "Sessão em grupo", "Group session", 60, False),
    }
    there = {each["code"] for each in api.send("GET", "/appointments/categories")["items"]}
    for code, (es, pt, en, minutes, remote) in wanted.items():
        if code not in there:
            titles = {"title_es": es, "title_pt": pt, "title_en": en}
            body = {**titles, "minutes": minutes, "telemedicine": remote}
            api.send("PUT", f"/appointments/categories/{code}", body, {"If-Match": '"0"'})


def _practitioner(api: Api, clinic: Clinic, site: str, user: tuple[str, str], number: int) -> str:
    """Somebody with an agenda; some receive from eight to six, with an hour for lunch."""
    body = {
        "name": user[1],
        "user_id": user[0],
        "specialties": [SPECIALTIES[number]],
        "sites": [site],
        "languages": [clinic.language],
    }
    practitioner: str = api.create("/appointments/practitioners", body)["id"]
    path = f"/appointments/practitioners/{practitioner}/availability"
    if api.send("GET", path)["version"] == 0:
        hours = [{"start": "08:00", "end": "13:00"}, {"start": "14:00", "end": "18:00"}]
        weekly = [
            {"weekday": day, "site": site, "slot_minutes": 20, **block}
            for day in range(1, 8)
            for block in ([{"start": "00:00"}] if number < ANY_HOUR else hours)
        ]
        api.send("PUT", path, {"weekly": weekly}, {"If-Match": '"0"'})
    return practitioner


def _patient(api: Api, clinic: Clinic, number: int) -> dict[str, Any]:
    family = FAMILIES[clinic.language].split()[number]
    child = number in CHILDREN
    year = 2015 + number - CHILDREN[0] if child else 1948 + number * 11 % 53
    born = datetime(year, 1 + number % 12, 5 + number, tzinfo=UTC).date()
    body = {
        "name": {"given": GIVEN[clinic.language], "family": family},
        "birth_date": born.isoformat(),
        "sex": SEXES[number % 2],
        "documents": [
            {
                "country": clinic.country,
                "type": clinic.document,
                "number": f"9000{number:04d}",
            }
        ],
        "language": clinic.language,
        "confirm_not_duplicate": True,
    }
    patient: dict[str, Any] = api.create("/patients", body)
    return patient


def _day(api: Api, work: Filling, place: Place) -> None:
    """A day in every state and the days after it, and a teleconsultation that opens now."""
    now = datetime.now(UTC)
    # A seeding that is repeated after a crash goes on with the day that it began.
    present = work.state.setdefault("present", seed_day.present_of(now, place.zone).isoformat())
    work.save()
    seed_day.fill(api, place, datetime.fromisoformat(present))
    since = now.astimezone(place.zone).date()
    path = f"/appointments/slots?practitioner={place.practitioners[0]}&from_date={since}&days=2"
    coming = (slot["start"] for slot in api.send("GET", f"{path}&limit=100")["items"])
    body = {
        "patient": seed_day.named(place.patients[-1]),
        "practitioners": [place.practitioners[0]],
        "site": place.site,
        "category": "telemedicina",
        "start": next(start for start in coming if datetime.fromisoformat(start) > now),
        "minutes": seed_day.VISIT,
    }
    api.create("/appointments", body)


def _join(api: Api, patient: str, user: str) -> None:
    """Add a clinician to the patient's team, once the record has heard of their account."""
    for _ in range(60):
        with suppress(SeedFailed):
            api.create(f"/patients/{patient}/relations", {"user": user, "kind": "team"})
            return
        time.sleep(1)
    raise SeedFailed("the record does not hear of new accounts: look at its queue of events")


def _chart(api: Api, work: Filling, physician: tuple[str, str], patient: str) -> None:
    """Two years of one patient's record, written by the physician who treats them."""
    _join(api, patient, physician[0])
    doctor = Api(work.origin, work.clinic.tenant)
    doctor.log_in(STAFF[0][0], work.password)
    today = datetime.now(UTC).replace(hour=15, minute=0, second=0, microsecond=0)
    seed_charts.fill(doctor, patient, today)
