"""A clinician's browser with a chart in it, and the people whom a test needs."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime
from typing import Any

import httpx
from playwright.sync_api import BrowserContext, Locator, expect

from localstack.client import Client
from tests.browser.conftest import Clinic, Watched

TENANT = "clinica-norte"
DOCTOR = "medicina.uno"
ADMINISTRATOR = "administracion"
SLOW = 90_000
"""Milliseconds: one function of the emulator answers after the other."""
expect.set_options(timeout=SLOW)


class Steady(Client):
    """Tries again, as the same request, what the API was too busy for."""

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """See Client; a 503 says "try again in a moment"."""
        sent = {"Idempotency-Key": str(uuid.uuid4()), **headers}
        for _ in range(6):
            answer = super().call(method, path, body, **sent)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            time.sleep(5)
        return answer


def steady(clinic: Clinic, user_name: str) -> Steady:
    """A user's calls, for what a test does not look at."""
    body = {"tenant": TENANT, "user_name": user_name, "password": clinic.password}
    found = Steady(clinic.http).post("/identity/sessions", body | {"refresh": "body"})
    return Steady(clinic.http, found["access_token"])


class Chart:
    """A clinician's browser with a patient's chart in it."""

    def __init__(self, context: BrowserContext, clinic: Clinic, user_name: str = DOCTOR) -> None:
        self.context = context
        self.clinic = clinic
        self.user_name = user_name
        self.watched = Watched(context.new_page())
        self.page = self.watched.page
        self.page.set_default_timeout(SLOW)

    def sign_in(self) -> None:
        self.page.goto(f"{self.clinic.origin}/patients")
        self.enter()
        expect(self.page.get_by_role("heading", name="Pacientes")).to_be_visible(timeout=SLOW)

    def enter(self) -> None:
        """Fill the sign-in page that is open."""
        self.page.get_by_label("Institución").fill("clinica-norte")
        self.page.get_by_label("Usuario").fill(self.user_name)
        self.page.get_by_label("Contraseña").first.fill(self.clinic.password)
        self.page.get_by_role("button", name="Entrar").click()

    def open(self, path: str) -> None:
        self.page.goto(f"{self.clinic.origin}/patients/{path}")

    def section(self, name: str) -> Locator:
        """A section of the note, to write in."""
        return self.page.get_by_role("textbox", name=name)

    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def is_saved(self) -> None:
        expect(self.page.get_by_text("Guardado a las")).to_be_visible(timeout=SLOW)

    def step(self, name: str) -> None:
        """Take one step of the encounter's life, having read what it is about."""
        steps = self.page.get_by_role("group", name="Pasos de la atención")
        steps.get_by_role("button", name=name).click()
        self.dialog().get_by_role("button", name=name).click()
        expect(self.dialog()).to_be_hidden(timeout=SLOW)


def registered(api: Client, **changes: Any) -> dict[str, Any]:
    """A patient whom the caller has registered, so that they may see the record."""
    mark = datetime.now(UTC).strftime("%H%M%S%f")
    letters = "".join(chr(ord("a") + int(digit)) for digit in mark)
    body = {
        "name": {"given": "Paciente", "family": "Demostración", "second_family": letters.title()},
        "birth_date": "1972-08-03",
        "sex": "female",
        "confirm_not_duplicate": True,
    }
    found: dict[str, Any] = api.post("/patients", body | changes)
    return found


def begun(api: Client, patient: dict[str, Any]) -> str:
    """An open encounter of the patient."""
    body = {
        "kind": "ambulatory",
        "reason": "Control",
        "started_at": datetime.now(UTC).isoformat(),
    }
    found: str = api.post(f"/patients/{patient['id']}/encounters", body)["id"]
    return found


def employed(clinic: Clinic, *roles: str) -> tuple[str, str]:
    """User name and id of a new user with these roles and the clinic's password."""
    user_name = f"demostracion.{uuid.uuid4().hex[:8]}"
    body = {
        "user_name": user_name,
        "display_name": "Profesional Demostración Prueba",
        "roles": list(roles),
        "language": "es",
    }
    created = steady(clinic, ADMINISTRATOR).post("/identity/users", body)
    redeem = {
        "tenant": TENANT,
        "user_name": user_name,
        "code": created["one_time_code"]["code"],
        "new_password": clinic.password,
    }
    Steady(clinic.http).call("POST", "/identity/password-resets", redeem).raise_for_status()
    return user_name, created["user"]["id"]
