"""Institutions of a test's own: whose rules, users and partners nobody else relies on."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import Page

from infra.cli import identity_services
from localstack.client import Client, log_in
from localstack.cloud import Cloud, stage_of
from schemas.identity import NewTenant, NewUser, RoleName
from telesalud.identity import bootstrap

PASSWORD = "Colibri-Verde-77-Mesa"
ADMINISTRATOR = "administracion.demo"
STEP_SECONDS = 30


@dataclass(frozen=True)
class Institution:
    """A fresh tenant; its administrator has a one-time code and no password yet."""

    tenant: str
    code: str
    http: httpx.Client

    def redeem(self, user_name: str, code: str) -> None:
        """Set a user's password with his one-time code, as nobody's browser."""
        body = {"tenant": self.tenant, "user_name": user_name, "code": code}
        answer = Client(self.http).call(
            "POST", "/identity/password-resets", {**body, "new_password": PASSWORD}
        )
        answer.raise_for_status()

    def client(self, user_name: str = ADMINISTRATOR) -> Client:
        """A user's client of the API, for what the test does not look at."""
        return log_in(self.http, self.tenant, user_name, PASSWORD)

    def add_user(self, administrator: Client, user_name: str, *roles: RoleName) -> str:
        """A user who has his password; his id."""
        body = {
            "user_name": user_name,
            "display_name": f"{user_name.capitalize()} Demostración",
            "roles": roles,
            "language": "es",
        }
        made = administrator.post("/identity/users", body)
        self.redeem(user_name, made["one_time_code"]["code"])
        return str(made["user"]["id"])


def found_institution(
    cloud: Cloud, http: httpx.Client, second_factor_roles: tuple[RoleName, ...] = ()
) -> Institution:
    """A new institution with the first administrator's one-time code."""
    services = identity_services(stage_of(cloud))
    tenant = f"test-{uuid.uuid4().hex[:12]}"
    rules = NewTenant(
        id=tenant, name="Hospital Demostración", second_factor_roles=second_factor_roles
    )
    bootstrap.create_tenant(services, rules)
    administrator = NewUser(
        user_name=ADMINISTRATOR,
        display_name="Administración Demostración",
        roles=("administrator",),
    )
    created = bootstrap.first_administrator(services, tenant, administrator)
    return Institution(tenant, created.one_time_code.code, http)


@dataclass
class Authenticator:
    """An authenticator app (RFC 6238): SHA-1, six digits, 30 seconds."""

    secret: bytes
    last: int = 0

    def code(self) -> str:
        """A code that was not shown before: each one signs in once."""
        step = self._step()
        while step <= self.last:
            time.sleep(1)
            step = self._step()
        self.last = step
        generator = TOTP(self.secret, 6, SHA1(), STEP_SECONDS)  # RFC 6238's own
        return generator.generate(step * STEP_SECONDS).decode()

    def _step(self) -> int:
        return int(datetime.now(UTC).timestamp()) // STEP_SECONDS


def sign_in(page: Page, tenant: str, user_name: str, password: str = PASSWORD) -> None:
    """Fill the sign-in page that is open in Spanish."""
    page.get_by_label("Institución").fill(tenant)
    page.get_by_label("Usuario").fill(user_name)
    page.get_by_label("Contraseña").first.fill(password)
    page.get_by_role("button", name="Entrar").click()


def redeem(page: Page, tenant: str, user_name: str, code: str, password: str = PASSWORD) -> None:
    """Set a password by a one-time code on the sign-in page that is open."""
    page.get_by_role("button", name="Tengo un código de un solo uso").click()
    page.get_by_label("Institución").fill(tenant)
    page.get_by_label("Usuario").fill(user_name)
    page.get_by_label("Código de un solo uso").fill(code)
    choose(page, password)


def choose(page: Page, password: str, repeated: str | None = None) -> None:
    """Type the new password twice and save."""
    page.get_by_label("Contraseña nueva", exact=True).fill(password)
    again = password if repeated is None else repeated
    page.get_by_label("Repita la contraseña nueva").fill(again)
    page.get_by_role("button", name="Guardar").click()
