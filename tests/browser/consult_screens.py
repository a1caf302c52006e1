"""Every state of the patient's page and of the practitioner's room, for pictures and axe."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Clinic
from tests.browser.consults import (
    DOCTOR,
    IN_APP,
    NO_DEVICES,
    Booked,
    agree,
    as_doctor,
    as_patient,
    book,
    browsing,
    pass_check,
    sees_video,
    sign_in,
)

Staged = Iterator[tuple[str, Page]]
"""Names and pages; a page shows its state until the next one is asked for."""


def staged(browser: Browser, clinic: Clinic, **options: Any) -> Staged:
    """All states on a device of these options, in Spanish."""
    yield from refusals(browser, clinic, **options)
    yield from way_in(browser, clinic, **options)
    yield from room(browser, clinic, **options)


def refusals(browser: Browser, clinic: Clinic, **options: Any) -> Staged:
    """What the patient sees who cannot come in."""
    doctor = clinic.client(DOCTOR)
    early = book(clinic, timedelta(minutes=25))
    cancelled = book(clinic)
    doctor.post(f"{cancelled.path}/cancel", {})
    replaced = book(clinic)
    later = (datetime.now(UTC) + timedelta(hours=3)).isoformat()
    doctor.post(f"{replaced.path}/reschedule", {"start": later})
    used = book(clinic)
    as_patient(clinic, used)
    links = {"early": early, "cancelled": cancelled, "replaced": replaced, "used": used}
    with browsing(browser, **options) as watched:
        for name, booked in links.items():
            watched.page.goto("about:blank")
            watched.page.goto(booked.link)
            expect(watched.page.get_by_role("heading", level=1)).to_be_visible()
            yield f"patient-{name}", watched.page
    with browsing(browser, user_agent=IN_APP["WhatsApp on Android"], **options) as watched:
        watched.page.goto(early.link)
        watched.page.get_by_label("Su enlace").wait_for()
        yield "patient-in-app", watched.page
    with browsing(browser, **options) as watched:
        watched.page.add_init_script(NO_DEVICES)
        watched.page.goto(book(clinic).link)
        agree(watched.page)
        watched.page.locator("button.primary").click()
        expect(watched.page.get_by_role("heading", name="Falta su permiso")).to_be_visible()
        expect(watched.page.get_by_role("button", name="Entrar")).to_be_enabled()
        yield "patient-permission", watched.page


def way_in(browser: Browser, clinic: Clinic, **options: Any) -> Staged:
    """Consent, device check, waiting room, and the same link in another tab."""
    booked = book(clinic)
    with browsing(browser, **options) as watched:
        page = watched.page
        page.goto(booked.link)
        page.get_by_role("checkbox").first.wait_for()
        yield "patient-welcome", page
        page.get_by_role("radio").nth(1).check()
        yield "patient-represented", page
        page.get_by_role("radio").nth(0).check()
        page.get_by_role("button", name="No acepto").click()
        yield "patient-refusing", page
        page.get_by_role("button", name="Volver al texto").click()
        agree(page)
        page.locator("button.primary").wait_for()
        yield "patient-check-start", page
        page.locator("button.primary").click()
        expect(page.get_by_text("Todo listo para su consulta")).to_be_visible()
        yield "patient-check", page
        page.locator(".actions button.primary").click()
        page.locator(".waiting").wait_for()
        doctor = as_doctor(clinic, booked)
        text = "Buenos días. Le atiendo en un momento."
        doctor.post(f"{booked.path}/chat", {"client_id": str(uuid.uuid4()), "text": text})
        page.get_by_text(text).wait_for()
        yield "patient-waiting", page
        second = page.context.new_page()
        second.goto(booked.link)
        page.get_by_role("button", name="Seguir aquí").wait_for()
        yield "patient-other-tab", page


def room(browser: Browser, clinic: Clinic, **options: Any) -> Staged:
    """The practitioner's room from before the patient came until the summary, and the call."""
    booked = book(clinic, charted=True)
    with browsing(browser, **options) as doctor, browsing(browser, **options) as visitor:
        sign_in(doctor.page, clinic)
        doctor.page.goto(f"{clinic.origin}/room/{booked.id}?patient={booked.patient}")
        doctor.page.get_by_role("heading", name="El paciente aún no llega").wait_for()
        yield "room-before", doctor.page
        visitor.page.goto(booked.link)
        pass_check(visitor.page)
        admit = doctor.page.get_by_role("button", name="Atender")
        admit.wait_for()
        yield "room-waiting", doctor.page
        admit.click()
        for page in (doctor.page, visitor.page):
            sees_video(page)
        yield from _call(doctor.page, visitor.page)
        yield from _end(doctor.page, visitor.page, booked)


def _call(doctor: Page, visitor: Page) -> Staged:
    visitor.get_by_label("Escriba un mensaje").fill("Ya tengo el resultado del examen.")
    visitor.get_by_role("button", name="Enviar").click()
    doctor.get_by_label("Nota de la consulta").fill("Refiere mejoría. Sin fiebre desde ayer.")
    expect(doctor.get_by_text("Guardado a las")).to_be_visible()
    yield "room-call-note", doctor
    yield "patient-call", visitor
    for tab, name in (("Chat", "chat"), ("Archivos", "files"), ("Historia", "chart")):
        doctor.get_by_role("tab", name=tab).click()
        doctor.wait_for_timeout(1500)
        yield f"room-call-{name}", doctor
    doctor.get_by_role("link", name="Abrir la historia junto a la llamada").click()
    doctor.get_by_role("heading", name="Resumen").wait_for()
    yield "room-beside-chart", doctor
    doctor.get_by_role("link", name="Ver la sala").click()


def _end(doctor: Page, visitor: Page, booked: Booked) -> Staged:
    doctor.get_by_role("button", name="Terminar consulta").click()
    doctor.get_by_role("dialog").get_by_role("button", name="Terminar consulta").click()
    for page in (doctor, visitor):
        expect(page.get_by_role("heading", name="La consulta terminó")).to_be_visible()
    yield "room-summary", doctor
    yield "patient-ended", visitor
