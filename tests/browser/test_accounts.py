"""One's own account: passwords, authenticator apps, sessions, and a phone that was lost."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from localstack.cloud import Cloud
from tests.browser.conftest import Clinic, Watched
from tests.browser.institutions import (
    ADMINISTRATOR,
    PASSWORD,
    Authenticator,
    Institution,
    at_home,
    choose,
    found_institution,
    press,
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
    confirm = page.get_by_role("button", name="Confirmar")
    page.get_by_label("Código de seis dígitos").fill("000000")
    press(page, confirm, page.get_by_text("El código no es correcto"))
    page.get_by_label("Código de seis dígitos").fill(app.code())
    press(page, confirm, page.get_by_text("Guarde estos códigos de recuperación"))
    return app


def give_code(page: Page, code: str, seen: Locator) -> None:
    page.get_by_label("Código de su aplicación").fill(code)
    press(page, page.get_by_role("button", name="Entrar"), seen)


@pytest.fixture
def strict(cloud: Cloud, clinic: Clinic) -> Institution:
    """An institution that demands an authenticator app of its administrators."""
    return found_institution(cloud, clinic.http, ("administrator",))


@pytest.fixture
def plain(cloud: Cloud, clinic: Clinic) -> Institution:
    """An institution whose administrator has a password and needs no app."""
    made = found_institution(cloud, clinic.http)
    made.redeem(ADMINISTRATOR, made.code)
    return made


def test_a_first_sign_in_sets_a_password_and_the_app_that_the_role_demands(
    visit: Visit, strict: Institution
) -> None:
    page = visit("/")
    redeem(page, strict.tenant, ADMINISTRATOR, strict.code)
    choose(page, "corta", "Use al menos 12 caracteres")
    choose(page, "contraseña2026", "Las contraseñas no son iguales", repeated="contraseña2025")
    choose(page, "contraseña2026", "Es fácil de adivinar")
    expect(page.get_by_label("Código de un solo uso")).to_have_value(strict.code)
    choose(page, PASSWORD, "Contraseña cambiada")
    expect(page.get_by_label("Usuario")).to_have_value(ADMINISTRATOR)
    sign_in(page, strict.tenant, ADMINISTRATOR, seen=page.get_by_text("Su rol la exige"))
    app = enrol(page)
    codes = page.locator("li").all_inner_texts()
    assert len(set(codes)) == 10
    page.get_by_role("button", name="Ya los guardé").click()
    expect(page.get_by_label("Código de su aplicación")).to_be_focused()
    give_code(page, "123456", page.get_by_text("Cada código vale una sola vez"))
    give_code(page, codes[3], at_home(page))
    page.get_by_role("button", name="Administración Demostración").click()
    page.get_by_role("menuitem", name="Mi cuenta").click()
    expect(page.get_by_text("Códigos de recuperación sin usar: 9")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Administración Demostración").click()
    page.get_by_role("menuitem", name="Salir").click()
    field = page.get_by_label("Código de su aplicación")
    sign_in(page, strict.tenant, ADMINISTRATOR, seen=field)
    give_code(page, app.code(), at_home(page))


def test_ones_own_password_changes_and_ends_every_session(visit: Visit, plain: Institution) -> None:
    here, elsewhere = visit("/account"), visit("/account")
    for page in (here, elsewhere):
        heading = page.get_by_role("heading", name="Mi cuenta")
        sign_in(page, plain.tenant, ADMINISTRATOR, seen=heading)
    here.get_by_role("button", name="Cambiar contraseña").click()
    dialog = here.get_by_role("dialog")
    expect(dialog).to_contain_text("se cierran todas sus sesiones")
    expect(dialog).to_contain_text("tiene al menos 12 caracteres")
    dialog.get_by_label("Contraseña actual").fill("no es esta")
    choose(here, ANOTHER, "La contraseña actual no es correcta")
    expect(dialog.get_by_label("Contraseña nueva", exact=True)).to_have_value(ANOTHER)
    dialog.get_by_label("Contraseña actual").fill(PASSWORD)
    choose(here, PASSWORD, "Ya la usó antes")
    choose(here, ANOTHER, "Su sesión terminó")
    here.get_by_label("Contraseña", exact=True).fill(ANOTHER)
    here.get_by_role("button", name="Entrar").click()
    expect(here.get_by_text("Su sesión terminó")).not_to_be_visible(timeout=SLOW)
    expect(here.get_by_role("heading", name="Mi cuenta")).to_be_visible()
    elsewhere.reload()
    expect(elsewhere.get_by_role("button", name="Entrar")).to_be_visible(timeout=SLOW)


def test_whoever_lost_his_phone_gets_in_again_by_an_administrators_reset(
    visit: Visit, plain: Institution
) -> None:
    plain.add_user(plain.client(), "enfermeria", "nurse")
    page = visit("/account")
    activate = page.get_by_role("button", name="Activar")
    sign_in(page, plain.tenant, "enfermeria", seen=activate)
    activate.click()
    prove = page.get_by_role("dialog")
    for password in ("no es esta", PASSWORD):
        prove.get_by_label("Contraseña", exact=True).fill(password)
        prove.get_by_role("button", name="Continuar").click()
        if password != PASSWORD:
            refused = prove.get_by_text("La contraseña o el código no son correctos")
            expect(refused).to_be_visible(timeout=SLOW)
            prove.get_by_role("button", name="Volver").click()
    enrol(page)
    prove.get_by_role("button", name="Ya los guardé").click()
    expect(page.get_by_text("Códigos de recuperación sin usar: 10")).to_be_visible(timeout=SLOW)

    desk = visit("/admin/users")
    reset = desk.get_by_role("button", name="Restablecer acceso: Enfermeria")
    sign_in(desk, plain.tenant, ADMINISTRATOR, seen=reset)
    reset.click()
    desk.get_by_label("También quitar su aplicación").check()
    code = desk.get_by_role("dialog").locator("code")
    press(desk, desk.get_by_role("dialog").get_by_role("button", name="Restablecer acceso"), code)

    page.reload()
    expect(page.get_by_role("button", name="Entrar")).to_be_visible(timeout=SLOW)
    refused = page.get_by_text("Los datos no coinciden")
    sign_in(page, plain.tenant, "enfermeria", seen=refused)
    redeem(page, plain.tenant, "enfermeria", code.inner_text())
    choose(page, ANOTHER, "Contraseña cambiada")
    sign_in(page, plain.tenant, "enfermeria", ANOTHER, seen=at_home(page))
