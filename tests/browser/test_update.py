"""A new version is published while pages of the one before are open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from localstack.cloud import Cloud
from tests.browser.conftest import Clinic
from tests.browser.consults import book, meet, sees_video, sign_in
from tests.browser.deployments import Deployment, deployment
from tests.browser.screens import LOCALES, PHYSICIAN, SLOW, register

READY = "async () => { await navigator.serviceWorker.ready; }"
UPDATE = """async () => {
  const registration = await navigator.serviceWorker.ready;
  const { serviceWorker } = navigator;
  const replaced = new Promise((done) => serviceWorker.addEventListener('controllerchange', done));
  await registration.update();
  if (registration.installing || registration.waiting) await replaced;
}"""
"""What the page does by itself every half hour, until the new worker has taken over."""
RUNNING = "() => document.querySelector('script[src*=\"/assets/\"]').src"


@pytest.fixture
def published(cloud: Cloud, clinic: Clinic, tmp_path: Path) -> Iterator[Deployment]:
    with deployment(cloud, tmp_path) as made:
        yield made


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1280, "height": 860}, locale=LOCALES["es"])
    made.set_default_timeout(SLOW)
    yield made
    made.close()


def begun(clinic: Clinic) -> str:
    """The path of a new patient's open encounter."""
    api = clinic.client(PHYSICIAN)
    patient = register(api, "1972-08-03", "female")
    visit = {
        "kind": "ambulatory",
        "reason": "Control",
        "started_at": datetime.now(UTC).isoformat(),
    }
    encounter = api.post(f"/patients/{patient}/encounters", visit)["id"]
    return f"/patients/{patient}/encounters/{encounter}"


def test_a_new_version_is_offered_and_what_was_typed_goes_with_it(
    clinic: Clinic, context: BrowserContext, published: Deployment
) -> None:
    page = context.new_page()
    path = begun(clinic)
    sign_in(page, replace(clinic, origin=published.origin), PHYSICIAN)
    page.goto(published.origin + path)
    plan = page.get_by_role("textbox", name="Plan")
    plan.fill("Antes de la versión nueva.")
    expect(page.get_by_text("Guardado a las")).to_be_visible()
    page.evaluate(READY)
    before = page.evaluate(RUNNING)
    published.publish()
    page.evaluate(UPDATE)
    offer = page.get_by_role("button", name="Recargar")
    expect(offer).to_be_visible()
    expect(plan).to_have_value("Antes de la versión nueva.")
    plan.fill("Antes de la versión nueva. Y después.")
    offer.click()
    page.wait_for_url("**/encounters/*")
    expect(plan).to_have_value("Antes de la versión nueva. Y después.")
    assert page.evaluate(RUNNING) != before
    expect(offer).to_be_hidden()


def test_a_page_whose_script_is_gone_offers_the_new_version_in_its_place(
    clinic: Clinic, context: BrowserContext, published: Deployment
) -> None:
    page = context.new_page()
    sign_in(page, replace(clinic, origin=published.origin), PHYSICIAN)
    page.evaluate(READY)
    before = page.evaluate(RUNNING)
    published.publish()
    page.get_by_role("link", name="Reportes").click()
    fault = page.get_by_role("alert").filter(has_text="No se pudo abrir la página")
    expect(fault).to_be_visible()
    fault.get_by_role("button", name="Recargar").click()
    expect(page.get_by_role("heading", name="Reportes")).to_be_visible()
    assert page.evaluate(RUNNING) != before


def test_an_open_consultation_goes_on_to_its_end(
    clinic: Clinic, browser: Browser, context: BrowserContext, published: Deployment
) -> None:
    phone = browser.new_context(viewport={"width": 390, "height": 844}, locale=LOCALES["es"])
    visitor, doctor = phone.new_page(), context.new_page()
    site = replace(clinic, origin=published.origin)
    sign_in(doctor, site)
    meet(doctor, visitor, site, book(site))
    published.publish()
    for page in (doctor, visitor):
        page.evaluate(READY)
        page.evaluate(UPDATE)
    sees_video(visitor)
    visitor.get_by_label("Escriba un mensaje").fill("Sigo aquí")
    visitor.get_by_role("button", name="Enviar").click()
    doctor.get_by_role("tab", name="Chat").click()
    expect(doctor.get_by_text("Sigo aquí")).to_be_visible()
    doctor.get_by_role("tab", name="Nota").click()
    doctor.get_by_label("Nota de la consulta").fill("Evolución favorable.")
    doctor.get_by_role("button", name="Terminar consulta").click()
    doctor.get_by_role("dialog").get_by_role("button", name="Terminar consulta").click()
    for page in (doctor, visitor):
        expect(page.get_by_role("heading", name="La consulta terminó")).to_be_visible()
    phone.close()
