"""The other engines, Gecko and WebKit, at what their users come for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect
from selenium.webdriver.common.by import By

from localstack.demo import PDF
from tests.browser import stock_firefox, stock_webkit
from tests.browser.conftest import Clinic, Watched
from tests.browser.consults import (
    DESKTOP,
    PATIENT,
    PHONE,
    book,
    browsing,
    meet,
    sees_video,
    sign_in,
)
from tests.browser.screens import PHYSICIAN, SLOW, TENANT, Shown, prepare, settle


@pytest.fixture(scope="module")
def firefox(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if stock_firefox.executable() is None:
        pytest.fail("Firefox is not installed: run jitsi_cluster/tests_setup.sh --browsers")
    made = playwright.firefox.launch(
        channel="moz-firefox",
        executable_path=stock_firefox.launcher(tmp_path_factory.mktemp("firefox")),
        firefox_user_prefs=dict(stock_firefox.PREFERENCES),
    )
    yield made
    made.close()


@pytest.fixture
def visitor(firefox: Browser) -> Iterator[Watched]:
    # Firefox has no emulation of touch.
    with browsing(firefox, viewport=PHONE["viewport"]) as watched:
        yield watched


@pytest.fixture
def doctor(browser: Browser) -> Iterator[Watched]:
    """In Chromium."""
    with browsing(browser, **DESKTOP) as watched:
        yield watched


@pytest.fixture(scope="module")
def shown(clinic: Clinic) -> Shown:
    return prepare(clinic)


def test_a_patient_in_firefox_and_a_physician_in_chromium_meet(
    clinic: Clinic, doctor: Watched, visitor: Watched, tmp_path: Path
) -> None:
    sign_in(doctor.page, clinic)
    meet(doctor.page, visitor.page, clinic, book(clinic, charted=True))
    assert visitor.page.url == f"{clinic.origin}/c/"
    doctor.page.get_by_role("tab", name="Chat").click()
    doctor.page.get_by_role("textbox", name="Mensaje").fill("Buenos días")
    doctor.page.get_by_role("button", name="Enviar").click()
    expect(visitor.page.get_by_text("Buenos días")).to_be_visible()
    file = tmp_path / "examen.pdf"
    file.write_bytes(PDF)
    visitor.page.set_input_files("#file", file)
    expect(visitor.page.get_by_role("button", name="Descargar")).to_be_visible()
    visitor.page.reload()
    sees_video(visitor.page)
    sees_video(doctor.page)
    doctor.page.get_by_role("button", name="Terminar consulta").click()
    doctor.page.get_by_role("dialog").get_by_role("button", name="Terminar consulta").click()
    for page in (doctor.page, visitor.page):
        expect(page.get_by_role("heading", name="La consulta terminó")).to_be_visible()
    assert doctor.faults == []
    assert _own(visitor) == []


def _own(watched: Watched) -> list[str]:
    """Firefox gives up a live channel that a busy machine takes long to open; the page polls."""
    return [fault for fault in watched.faults if "establish a connection" not in fault]


def test_firefox_shows_a_clinicians_day_and_verifies_a_paper(
    firefox: Browser, clinic: Clinic, shown: Shown
) -> None:
    with browsing(firefox, **DESKTOP) as watched:
        page = watched.page
        sign_in(page, clinic, PHYSICIAN)
        for path in ("/agenda", f"/patients/{shown.adult}", f"/patients/{shown.adult}/vitals"):
            page.goto(clinic.origin + path)
            settle(page)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Demostración")
        page.goto(f"{clinic.origin}/patients/{shown.adult}/encounters/{shown.encounter}")
        _writes(page)
        _verifies(page, clinic, shown)
        assert _own(watched) == []


def _writes(page: Page) -> None:
    """In the encounter that is open."""
    # Its driver's fill() goes past the page's scripts.
    page.get_by_role("textbox", name="Plan").press_sequentially("Control en 30 días.")
    expect(page.get_by_text("Guardado a las")).to_be_visible()
    page.reload()
    expect(page.get_by_role("textbox", name="Plan")).to_have_value("Control en 30 días.")


def _verifies(page: Page, clinic: Clinic, shown: Shown) -> None:
    page.goto(f"{clinic.origin}/verify/#{shown.code}")
    expect(page.locator("[data-valid=yes]")).to_be_visible()
    assert page.url == f"{clinic.origin}/verify/"


@pytest.fixture
def safari(tmp_path: Path) -> Iterator[stock_webkit.Page]:
    if missing := stock_webkit.missing():
        pytest.fail(f"not installed: {missing}; run jitsi_cluster/tests_setup.sh --browsers")
    with stock_webkit.webkit(tmp_path, SLOW / 1000) as page:
        yield page


def test_safaris_engine_takes_a_patient_to_the_waiting_room_and_into_the_chat(
    clinic: Clinic, doctor: Watched, safari: stock_webkit.Page
) -> None:
    booked = book(clinic)
    safari.open(booked.link)
    safari.find("text", PATIENT)
    assert safari.url == f"{clinic.origin}/c/"
    for box in safari.driver.find_elements(By.CSS_SELECTOR, "input[type=checkbox]"):
        box.click()
    safari.press("button", "Aceptar y continuar")
    safari.press("button", "Empezar la prueba")
    safari.find("text", "Todo listo")
    safari.press("button", "Entrar a la sala de espera")
    safari.find("heading", "sala de espera")
    safari.driver.refresh()
    safari.find("heading", "sala de espera")
    sign_in(doctor.page, clinic)
    doctor.page.goto(f"{clinic.origin}/room/{booked.id}")
    doctor.page.get_by_role("button", name="Atender").click()
    doctor.page.get_by_role("tab", name="Chat").click()
    doctor.page.get_by_role("textbox", name="Mensaje").fill("Buenos días")
    doctor.page.get_by_role("button", name="Enviar").click()
    safari.find("text", "Buenos días")
    safari.write("Escriba un mensaje", "No hay video")
    safari.press("button", "Enviar")
    expect(doctor.page.get_by_text("No hay video")).to_be_visible()


def test_safaris_engine_shows_a_clinicians_day_and_verifies_a_paper(
    clinic: Clinic, shown: Shown, safari: stock_webkit.Page
) -> None:
    safari.open(f"{clinic.origin}/")
    safari.press("button", "Español")  # it speaks the machine's language, whatever that is
    for words, text in (
        ("Institución", TENANT),
        ("Usuario", PHYSICIAN),
        ("Contraseña", clinic.password),
    ):
        safari.write(words, text)
    safari.press("button", "Entrar")
    safari.find("heading", "Agenda")
    safari.open(f"{clinic.origin}/patients/{shown.adult}")
    safari.find("heading", "Demostración")
    safari.find("text", "Penicilina")
    safari.open(f"{clinic.origin}/patients/{shown.adult}/encounters/{shown.encounter}")
    safari.write("Plan", "Control en 30 días.")
    safari.find("text", "Guardado a las")
    safari.open(f"{clinic.origin}/verify/#{shown.code}")
    safari.wait(
        lambda driver: driver.find_elements(By.CSS_SELECTOR, "[data-valid=yes]") or None,
        "the paper is not valid",
    )
    assert safari.url == f"{clinic.origin}/verify/"
