"""Sets up an institution through the public API, the way its administrator would.

The demonstration clinic, the traced demonstration and the tests that need a whole institution all
come from here. Everybody in it is plainly invented.
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

from infra.cli import enter_stage
from infra.stages import Stage
from schemas.identity import NewTenant, NewUser
from telesalud.platform.errors import Conflict

ZONE = "America/Lima"
PARTNER_SCOPES = ("consults.write", "consults.read", "consults.export", "consults.admin")
RECORD_SCOPES = ("patients.read",)
CATEGORIES = {
    "teleconsulta": ("Teleconsulta", "Teleconsulta", "Teleconsultation", 20, True),
    "primera-vez": ("Primera consulta", "Primeira consulta", "First visit", 30, False),
    "control": ("Control", "Retorno", "Follow-up", 20, False),
}


class ApiRefused(Exception):
    """The API refused a call that should have worked; the message has its answer."""


@dataclass
class Client:
    """Calls the API as one user or partner; the token is renewed by logging in again."""

    http: httpx.Client
    token: str = ""

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """One request, with a fresh Idempotency-Key unless one is given."""
        sent = {"Idempotency-Key": str(uuid.uuid4()), **headers}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        return self.http.request(method, f"/api{path}", json=body, headers=sent)

    def get(self, path: str, **query: str | int) -> Any:
        """The answer's body. Raises ApiRefused."""
        target = f"{path}?{httpx.QueryParams(query)}" if query else path
        return _body(self.call("GET", target))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """The answer's body. Raises ApiRefused."""
        return _body(self.call("POST", path, body, **headers))

    def put(self, path: str, body: Any, version: int) -> Any:
        """The answer's body; `version` is what is being replaced. Raises ApiRefused."""
        return _body(self.call("PUT", path, body, **{"If-Match": f'"{version}"'}))


def _body(answer: httpx.Response) -> Any:
    if not answer.is_success:
        request = answer.request
        raise ApiRefused(f"{request.method} {request.url.path}: {answer.status_code} {answer.text}")
    return answer.json() if answer.content else None


@dataclass(frozen=True)
class Account:
    """A user with his password."""

    tenant: str
    user_name: str
    password: str = field(repr=False)

    def log_in(self, http: httpx.Client) -> Client:
        """A client with a fresh session."""
        body = {
            "tenant": self.tenant,
            "user_name": self.user_name,
            "password": self.password,
            "refresh": "body",
        }
        return Client(http, Client(http).post("/identity/sessions", body)["access_token"])


@dataclass(frozen=True)
class Clinic:
    """An institution ready for patients."""

    administrator: Account
    physicians: tuple[Account, ...]
    front_desk: Account
    site: str
    practitioners: tuple[str, ...]


def new_password() -> str:
    """A password that the rules accept, different each time."""
    words = secrets.token_urlsafe(12)
    return f"Demo-{words}-9x"


def create_institution(stage: Stage, tenant: str, name: str) -> str | None:
    """Create the tenant and its administrator as an operator; the one-time code, or None if the
    institution was there already."""
    from infra.cli import _identity  # noqa: PLC0415  # needs the stage's environment
    from telesalud.identity import bootstrap  # noqa: PLC0415

    enter_stage(stage)
    services = _identity(stage)
    try:
        bootstrap.create_tenant(services, NewTenant(id=tenant, name=name, second_factor_roles=()))
    except Conflict:
        return None
    command = NewUser(
        user_name="admin.demo",
        display_name="Administración Demostración",
        roles=("administrator", "auditor"),
    )
    return bootstrap.first_administrator(services, tenant, command).one_time_code.code


def claim(http: httpx.Client, tenant: str, user_name: str, code: str, password: str) -> Account:
    """Set the password with a one-time code."""
    body = {"tenant": tenant, "user_name": user_name, "code": code, "new_password": password}
    Client(http).post("/identity/password-resets", body)
    return Account(tenant, user_name, password)


def add_user(
    http: httpx.Client,
    admin: Client,
    tenant: str,
    user_name: str,
    name: str,
    role: str,
    password: str,
) -> tuple[str, Account]:
    """A user with his password set, and his id."""
    body = {"user_name": user_name, "display_name": name, "roles": [role]}
    made = admin.post("/identity/users", body)
    account = claim(http, tenant, user_name, made["one_time_code"]["code"], password)
    return made["user"]["id"], account


def furnish(
    http: httpx.Client, administrator: Account, *, physicians: int = 1, password: str = ""
) -> Clinic:
    """Users, site, agendas and the connection between the record and the teleconsultations."""
    tenant = administrator.tenant
    admin = administrator.log_in(http)
    site = admin.post("/appointments/sites", {"name": "Sede Demostración", "zone": ZONE})["id"]
    for code, (es, pt, en, minutes, telemedicine) in CATEGORIES.items():
        body = {
            "title_es": es,
            "title_pt": pt,
            "title_en": en,
            "minutes": minutes,
            "telemedicine": telemedicine,
        }
        admin.put(f"/appointments/categories/{code}", body, 0)
    accounts: list[Account] = []
    people: list[str] = []
    for number in range(1, physicians + 1):
        name = f"Dra. Demostración {number}"
        user, account = add_user(
            http,
            admin,
            tenant,
            f"medico{number}.demo",
            name,
            "physician",
            password or new_password(),
        )
        accounts.append(account)
        people.append(_add_practitioner(admin, site, user, name))
    _, desk = add_user(
        http,
        admin,
        tenant,
        "admision.demo",
        "Admisión Demostración",
        "front_desk",
        password or new_password(),
    )
    connect(http, admin)
    return Clinic(administrator, tuple(accounts), desk, site, tuple(people))


def _add_practitioner(admin: Client, site: str, user: str, name: str) -> str:
    body = {"name": name, "user_id": user, "specialties": ["medicina-general"], "sites": [site]}
    practitioner: str = admin.post("/appointments/practitioners", body)["id"]
    weekly = [
        {"weekday": day, "start": "00:00", "end": None, "site": site, "slot_minutes": 20}
        for day in range(1, 8)
    ]
    admin.put(f"/appointments/practitioners/{practitioner}/availability", {"weekly": weekly}, 0)
    return practitioner


def connect(http: httpx.Client, admin: Client) -> None:
    """Make the record a partner of the teleconsultation service, and its target of notifications."""
    body = {"name": "Historia clínica", "scopes": [*PARTNER_SCOPES, *RECORD_SCOPES]}
    made = admin.post("/identity/clients", body)
    credentials = {
        "client_id": made["client"]["client_id"],
        "client_secret": made["secret"]["secret"],
    }
    settings = admin.call("GET", "/consults/settings")
    version = int(settings.headers.get("etag", '"0"').strip('"'))
    allowed = {**_body(settings), "notification_hosts": [http.base_url.netloc.decode()]}
    admin.put("/consults/settings", allowed, version)
    url = str(http.base_url).rstrip("/") + "/api/appointments/teleconsultation-notifications"
    target = admin.post("/consults/notification-targets", {"url": url})
    connection = {
        **credentials,
        "notification_target": target["target"]["id"],
        "notification_secret": target["secret"],
    }
    admin.put("/appointments/connection", connection, 0)
    admin.put("/patients/connection", credentials, 0)
