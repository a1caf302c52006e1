"""Institutions of a test's own: whose rules, users and partners nobody else relies on."""

from __future__ import annotations

import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from botocore.exceptions import BotoCoreError
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import Locator, Page, expect

from localstack.client import Client, log_in
from localstack.cloud import Cloud, stage_of
from operations import identity
from schemas.identity import NewTenant, NewUser, RoleName
from telesalud.identity import bootstrap
from tests.browser.screens import SLOW

PASSWORD = "Colibri-Verde-77-Mesa"
ADMINISTRATOR = "administracion.demo"
STEP_SECONDS = 30
BUSY = "El servicio está ocupado"
PATIENCE = 4
"""How often a test asks again for what a busy machine's emulator did not answer in time."""


@dataclass(frozen=True)
class Institution:
    """A fresh tenant; its administrator has a one-time code and no password yet."""

    tenant: str
    code: str
    http: httpx.Client

    def redeem(self, user_name: str, code: str) -> None:
        """Set a user's password with their one-time code, as nobody's browser."""
        body = {"tenant": self.tenant, "user_name": user_name, "code": code}
        answer = Client(self.http).call(
            "POST", "/identity/password-resets", {**body, "new_password": PASSWORD}
        )
        answer.raise_for_status()

    def client(self, user_name: str = ADMINISTRATOR) -> Client:
        """A user's client of the API, for what the test does not look at."""
        return log_in(self.http, self.tenant, user_name, PASSWORD)

    def add_user(self, administrator: Client, user_name: str, *roles: RoleName) -> str:
        """A user who has a password; their id."""
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
    """A new institution with the first administrator's one-time code.

    A busy emulator may not answer within a client's patience; then another one is founded.
    """
    for _ in range(PATIENCE):
        with suppress(BotoCoreError):
            return _found(cloud, http, second_factor_roles)
    return _found(cloud, http, second_factor_roles)


def _found(
    cloud: Cloud, http: httpx.Client, second_factor_roles: tuple[RoleName, ...]
) -> Institution:
    services = identity.services_on(stage_of(cloud))
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


def sign_in(
    page: Page, tenant: str, user_name: str, password: str = PASSWORD, *, seen: Locator
) -> None:
    """Fill the sign-in page that is open in Spanish, and see what comes of it."""
    page.get_by_label("Institución").fill(tenant, timeout=SLOW)
    page.get_by_label("Usuario").fill(user_name)
    page.get_by_label("Contraseña", exact=True).fill(password)
    press(page, page.get_by_role("button", name="Entrar"), seen)


def at_home(page: Page) -> Locator:
    """What is there once somebody is signed in."""
    return page.get_by_role("navigation", name="Principal")


def redeem(page: Page, tenant: str, user_name: str, code: str) -> None:
    """Fill in who has a one-time code, on the sign-in page that is open."""
    page.get_by_role("button", name="Tengo un código de un solo uso").click()
    page.get_by_label("Institución").fill(tenant)
    page.get_by_label("Usuario").fill(user_name)
    page.get_by_label("Código de un solo uso").fill(code)


def choose(page: Page, password: str, seen: str, *, repeated: str | None = None) -> None:
    """Type the new password twice, save, and see what comes of it."""
    page.get_by_label("Contraseña nueva", exact=True).fill(password)
    again = password if repeated is None else repeated
    page.get_by_label("Repita la contraseña nueva").fill(again)
    press(page, page.get_by_role("button", name="Guardar"), page.get_by_text(seen))


def press(page: Page, button: Locator, seen: Locator) -> None:
    """Press and see what comes of it; where the service says that it is busy, press again."""
    for _ in range(PATIENCE):
        button.click()
        expect(seen.or_(page.get_by_text(BUSY)).first).to_be_visible(timeout=SLOW)
        if seen.first.is_visible():
            return
    expect(seen.first).to_be_visible(timeout=SLOW)
