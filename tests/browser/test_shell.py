"""What holds the screens together: the kept shell, and pages that fail alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Clinic, Watched
from tests.browser.screens import SLOW, enter

KEPT = """async () => {
  const names = await caches.keys();
  const requests = await Promise.all(names.map(async (n) => (await caches.open(n)).keys()));
  return requests.flat().map((request) => new URL(request.url).pathname);
}"""
READY = "async () => { await navigator.serviceWorker.ready; }"


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1280, "height": 860}, locale="es-PE")
    yield Watched(context.new_page())
    context.close()


def sign_in(page: Page, clinic: Clinic) -> None:
    page.goto(f"{clinic.origin}/")
    enter(page, "admision.uno", clinic.password)
    expect(page.get_by_role("heading", name="Agenda")).to_be_visible(timeout=SLOW)


def test_without_a_network_the_site_still_opens_and_keeps_no_answer_of_an_api(
    clinic: Clinic, visitor: Watched
) -> None:
    page = visitor.page
    sign_in(page, clinic)
    page.evaluate(READY)
    page.goto(f"{clinic.origin}/patients")
    expect(page.get_by_role("heading", name="Pacientes")).to_be_visible(timeout=SLOW)
    kept = page.evaluate(KEPT)
    assert "/index.html" in kept
    strangers = {path for path in kept if not path.startswith("/assets/")}
    assert strangers <= {"/index.html", "/mark.svg"}, "something else than the shell is kept"
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_text("Se intenta de nuevo solo")).to_be_visible(timeout=SLOW)
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="Pacientes")).to_be_visible(timeout=SLOW)


def test_the_patients_page_does_not_fetch_the_clinics_shell(
    clinic: Clinic, visitor: Watched
) -> None:
    page = visitor.page
    page.goto(f"{clinic.origin}/c/#tooshort")
    expect(page.get_by_role("heading", name="Este enlace no funciona")).to_be_visible(timeout=SLOW)
    page.evaluate(READY)
    page.wait_for_function(f"async () => (await ({KEPT})()).includes('/patient.html')")
    kept = page.evaluate(KEPT)
    assert "/index.html" not in kept
    assert not [path for path in kept if "/clinic-" in path]


def test_a_page_that_cannot_be_fetched_leaves_the_navigation_in_place(
    clinic: Clinic, browser: Browser
) -> None:
    context = browser.new_context(locale="es-PE", service_workers="block")
    try:
        page = context.new_page()
        sign_in(page, clinic)

        def refuse(route: Route) -> None:
            route.abort()

        page.route("**/assets/*.js", refuse)
        page.get_by_role("link", name="Lista de espera").click()
        fault = page.get_by_role("alert").filter(has_text="No se pudo abrir la página")
        expect(fault).to_be_visible(timeout=SLOW)
        expect(page.get_by_role("navigation", name="Principal")).to_be_visible()
        page.unroute("**/assets/*.js", refuse)
        page.get_by_role("button", name="Recargar").click()
        expect(page.get_by_role("heading", name="Lista de espera")).to_be_visible(timeout=SLOW)
    finally:
        context.close()
