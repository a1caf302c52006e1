"""One's own account: passwords, authenticator apps, sessions, and a phone that was lost."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from localstack.cloud import Cloud
from tests.browser.conftest import Clinic, Watched
from tests.browser.institutions import (
    ADMINISTRATOR,
    PASSWORD,
    Authenticator,
    Institution,
    choose,
    found_institution,
    redeem,
    sign_in,
)
from tests.browser.screens import SLOW

ANOTHER = "Colibri-Azul-78-Puente"
Visit = Callable[[str], Page]


@pytest.fixture
def visit(browser: Browser, clinic: Clinic) -> Iterator[Visit]:
    """Opens a page in a browser of its own; a script's error or a broken policy fails the test."""
    opened: list[Watched] = []

    def open_(path: str) -> Page:
        context = browser.new_context(
            viewport={"width": 1280, "height": 900}, locale="es-PE", timezone_id="America/Lima"
        )
        opened.append(Watched(context.new_page()))
        opened[-1].page.goto(clinic.origin + path)
        return opened[-1].page

    yield open_
    # Refusals are what these tests are about, and the browser reports each answer of 4xx.
    faults = [f for each in opened for f in each.faults if "Failed to load resource" not in f]
    for each in opened:
        each.page.context.close()
    assert faults == []


def enrol(page: Page) -> Authenticator:
    """Confirm the secret that the page shows; the app that has it."""
    expect(page.get_by_role("img", name="Código QR")).to_be_visible(timeout=SLOW)
    secret = page.locator("code").first.inner_text()
    app = Authenticator(base64.b32decode(secret))
    page.get_by_label("Código de seis dígitos").fill("000000")
    page.get_by_role("button", name="Confirmar").click()
    expect(page.get_by_text("El código no es correcto")).to_be_visible(timeout=SLOW)
    page.get_by_label("Código de seis dígitos").fill(app.code())
    page.get_by_role("button", name="Confirmar").click()
    expect(page.get_by_text("Guarde estos códigos de recuperación")).to_be_visible(timeout=SLOW)
    return app


def at_home(page: Page) -> None:
    expect(page.get_by_role("navigation", name="Principal")).to_be_visible(timeout=SLOW)


def ask_for_code(page: Page, code: str) -> None:
    field = page.get_by_label("Código de su aplicación")
    expect(field).to_be_focused(timeout=SLOW)
    field.fill(code)
    page.get_by_role("button", name="Entrar").click()


@pytest.fixture
def strict(cloud: Cloud, clinic: Clinic) -> Institution:
    """An institution that demands an authenticator app of its administrators."""
    return found_institution(cloud, clinic.http, ("administrator",))


@pytest.fixture
def plain(cloud: Cloud, clinic: Clinic) -> Institution:
    """An institution whose administrator has his password and needs no app."""
    made = found_institution(cloud, clinic.http)
    made.redeem(ADMINISTRATOR, made.code)
    return made


def test_a_first_sign_in_sets_a_password_and_the_app_that_the_role_demands(
    visit: Visit, strict: Institution
) -> None:
    page = visit("/")
    redeem(page, strict.tenant, ADMINISTRATOR, strict.code, "corta")
    expect(page.get_by_text("Use al menos 12 caracteres")).to_be_visible()
    choose(page, "contraseña2026", "contraseña2025")
    expect(page.get_by_text("Las contraseñas no son iguales")).to_be_visible()
    choose(page, "contraseña2026")
    expect(page.get_by_text("Es fácil de adivinar")).to_be_visible(timeout=SLOW)
    expect(page.get_by_label("Código de un solo uso")).to_have_value(strict.code)
    choose(page, PASSWORD)
    expect(page.get_by_text("Contraseña cambiada")).to_be_visible(timeout=SLOW)
    expect(page.get_by_label("Usuario")).to_have_value(ADMINISTRATOR)
    sign_in(page, strict.tenant, ADMINISTRATOR)
    expect(page.get_by_text("Su rol la exige")).to_be_visible(timeout=SLOW)
    app = enrol(page)
    codes = page.locator("li").all_inner_texts()
    assert len(set(codes)) == 10
    page.get_by_role("button", name="Ya los guardé").click()
    ask_for_code(page, "123456")
    expect(page.get_by_text("Cada código vale una sola vez")).to_be_visible(timeout=SLOW)
    page.get_by_label("Código de su aplicación").fill(codes[3])
    page.get_by_role("button", name="Entrar").click()
    at_home(page)
    page.get_by_role("button", name="Administración Demostración").click()
    page.get_by_role("menuitem", name="Mi cuenta").click()
    expect(page.get_by_text("Códigos de recuperación sin usar: 9")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Administración Demostración").click()
    page.get_by_role("menuitem", name="Salir").click()
    sign_in(page, strict.tenant, ADMINISTRATOR)
    ask_for_code(page, app.code())
    at_home(page)


def test_ones_own_password_changes_and_ends_every_session(visit: Visit, plain: Institution) -> None:
    here, elsewhere = visit("/account"), visit("/account")
    for page in (here, elsewhere):
        sign_in(page, plain.tenant, ADMINISTRATOR)
        expect(page.get_by_role("heading", name="Mi cuenta")).to_be_visible(timeout=SLOW)
    here.get_by_role("button", name="Cambiar contraseña").click()
    dialog = here.get_by_role("dialog")
    expect(dialog).to_contain_text("se cierran todas sus sesiones")
    expect(dialog).to_contain_text("tiene al menos 12 caracteres")
    dialog.get_by_label("Contraseña actual").fill("no es esta")
    choose(here, ANOTHER)
    expect(dialog.get_by_text("La contraseña actual no es correcta")).to_be_visible(timeout=SLOW)
    expect(dialog.get_by_label("Contraseña nueva", exact=True)).to_have_value(ANOTHER)
    dialog.get_by_label("Contraseña actual").fill(PASSWORD)
    choose(here, PASSWORD)
    expect(dialog.get_by_text("Ya la usó hace poco")).to_be_visible(timeout=SLOW)
    choose(here, ANOTHER)
    expect(here.get_by_text("Su sesión terminó")).to_be_visible(timeout=SLOW)
    here.get_by_label("Contraseña").first.fill(ANOTHER)
    here.get_by_role("button", name="Entrar").click()
    expect(here.get_by_role("heading", name="Mi cuenta")).to_be_visible(timeout=SLOW)
    elsewhere.reload()
    expect(elsewhere.get_by_role("button", name="Entrar")).to_be_visible(timeout=SLOW)


def test_whoever_lost_his_phone_gets_in_again_by_an_administrators_reset(
    visit: Visit, plain: Institution
) -> None:
    plain.add_user(plain.client(), "enfermeria", "nurse")
    page = visit("/account")
    sign_in(page, plain.tenant, "enfermeria")
    page.get_by_role("button", name="Activar").click(timeout=SLOW)
    prove = page.get_by_role("dialog")
    prove.get_by_label("Contraseña", exact=True).fill("no es esta")
    prove.get_by_role("button", name="Continuar").click()
    expect(prove.get_by_text("La contraseña o el código no es correcto")).to_be_visible(
        timeout=SLOW
    )
    prove.get_by_role("button", name="Volver").click()
    prove.get_by_label("Contraseña", exact=True).fill(PASSWORD)
    prove.get_by_role("button", name="Continuar").click()
    enrol(page)
    prove.get_by_role("button", name="Ya los guardé").click()
    expect(page.get_by_text("Códigos de recuperación sin usar: 10")).to_be_visible(timeout=SLOW)

    desk = visit("/admin/users")
    sign_in(desk, plain.tenant, ADMINISTRATOR)
    desk.get_by_role("button", name="Restablecer acceso: Enfermeria").click(timeout=SLOW)
    desk.get_by_label("También quitar su aplicación").check()
    desk.get_by_role("dialog").get_by_role("button", name="Restablecer acceso").click()
    code = desk.get_by_role("dialog").locator("code").inner_text(timeout=SLOW)

    page.reload()
    expect(page.get_by_role("button", name="Entrar")).to_be_visible(timeout=SLOW)
    sign_in(page, plain.tenant, "enfermeria")
    expect(page.get_by_text("Los datos no coinciden")).to_be_visible(timeout=SLOW)
    redeem(page, plain.tenant, "enfermeria", code, ANOTHER)
    expect(page.get_by_text("Contraseña cambiada")).to_be_visible(timeout=SLOW)
    sign_in(page, plain.tenant, "enfermeria", ANOTHER)
    at_home(page)
