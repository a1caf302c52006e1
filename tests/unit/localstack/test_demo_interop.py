"""The exercise of `make demo-interop`, over HTTP, with the whole product in this process."""

import io
import threading
from typing import Any

import httpx
from rich.console import Console

from localstack.client import Client
from localstack.demo import Trace, practitioner
from localstack.demo_interop import Clinic, play
from tests.worlds import first_day
from tests.worlds.product import Product, running


def _people(product: Product, http: httpx.Client) -> dict[str, Client]:
    """An institution with a site, a category, an administrator, a nurse and a physician."""
    day = first_day.Day(product, http)
    admin = day.administrator()
    first_day.connect(day, admin)
    doctor = day.employee(admin, "medicina.uno", "physician")
    nurse = day.employee(admin, "enfermeria.uno", "nurse")
    admin.do("POST", "/appointments/sites", {"name": "Sede Demostración", "zone": "America/Lima"})
    titles = {"title_es": "Consulta", "title_pt": "Consulta", "title_en": "Visit"}
    category = {**titles, "minutes": 20, "telemedicine": False}
    create = {"If-Match": '"0"'}
    admin.do("PUT", "/appointments/categories/visit", category, **create)
    registration = {
        "name": "Demostración physician",
        "registration": {"type": "DEMO", "number": "000001"},
        "institution": "Hospital Demostración",
    }
    admin.do("PUT", f"/orders/prescribers/{doctor.id}", registration, **create)
    people = {"admin": admin, "nurse": nurse, "physician": doctor}
    return {role: Client(http, person.token) for role, person in people.items()}


def test_a_citizens_triage_becomes_care_and_every_change_of_state_comes_back() -> None:
    with running() as product, httpx.Client(base_url=product.origin, timeout=30) as http:
        people = _people(product, http)
        stop = threading.Event()

        def follow() -> None:
            while not stop.wait(0.05):
                product.backend.run()

        def hold(_: Trace, appointment: str) -> None:
            path, body = f"/appointments/{appointment}", {"status": "checked_out"}
            found: dict[str, Any] = people["nurse"].get(path)
            at = {"If-Match": f'"{found["version"]}"'}
            people["nurse"].post(f"{path}/status", body, **at)

        lines = Console(file=io.StringIO())
        clinic = Clinic(http, **people, category="visit", hold=hold)
        following = threading.Thread(target=follow)
        following.start()
        try:
            with practitioner(people["admin"], people["physician"]) as doctor:
                play(Trace(lines), clinic, doctor)
        finally:
            stop.set()
            following.join()
