"""What administrators write: users, partners, notifications, places, agendas and kinds of visit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from localstack.client import ApiRefused, Client, partner
from localstack.cloud import Cloud
from localstack.seed import PARTNER_SCOPES
from telesalud.platform.webhooks.signature import verify
from tests.browser.conftest import Clinic, Watched
from tests.browser.institutions import (
    ADMINISTRATOR,
    PASSWORD,
    Institution,
    at_home,
    found_institution,
    press,
    redeem,
    sign_in,
)
from tests.browser.institutions import choose as choose_password
from tests.browser.screens import SLOW
from tests.cloud.parties import receiver, until

DESK_MENU = ["Agenda", "Sala de espera", "Lista de espera", "Pacientes", "Reportes"]


@pytest.fixture(scope="module")
def house(cloud: Cloud, clinic: Clinic) -> Institution:
    """An institution of these tests, whose administrator has a password."""
    made = found_institution(cloud, clinic.http)
    made.redeem(ADMINISTRATOR, made.code)
    return made


@pytest.fixture
def office(browser: Browser, clinic: Clinic, house: Institution) -> Iterator[Page]:
    """The administrator, signed in; a script's error or a broken policy fails the test."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="es-PE", timezone_id="America/Lima"
    )
    watched = Watched(context.new_page())
    page = watched.page
    page.goto(f"{clinic.origin}/admin/users")
    heading = page.get_by_role("heading", name="Administración")
    sign_in(page, house.tenant, ADMINISTRATOR, seen=heading)
    yield page
    # Refusals are part of these tests, and the browser reports each answer of 4xx.
    faults = [each for each in watched.faults if "Failed to load resource" not in each]
    context.close()
    assert faults == []


def open_section(page: Page, name: str, heading: str | None = None) -> None:
    page.get_by_role("navigation", name="Administración").get_by_role(
        "link", name=name, exact=True
    ).click()
    title = page.get_by_role("heading", level=2, name=heading or name, exact=True)
    expect(title).to_be_visible(timeout=SLOW)


def save(dialog: Locator, seen: Locator) -> None:
    """Send the form and see what comes of it."""
    press(dialog.page, dialog.get_by_role("button", name="Guardar"), seen)


def choose(page: Page, field: Locator, option: str) -> None:
    """Choose one of a list, which a click anywhere in its frame opens."""
    field.click(force=True)
    page.get_by_role("option", name=option, exact=True).click()
    field.press("Escape")


def once(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Se muestra una sola vez")


def shown_once(page: Page) -> list[str]:
    """The secrets that are on the screen this one time."""
    notice = once(page)
    expect(notice).to_be_visible(timeout=SLOW)
    page.keyboard.press("Escape")
    expect(notice).to_be_visible()  # only the button closes it
    found = notice.locator("code").all_inner_texts()
    notice.get_by_role("button", name="Ya los guardé").click()
    expect(notice).not_to_be_visible()
    return found


def test_a_user_from_creation_to_dismissal(
    office: Page, browser: Browser, clinic: Clinic, house: Institution
) -> None:
    office.get_by_role("button", name="Nuevo usuario").click(timeout=SLOW)
    dialog = office.get_by_role("dialog", name="Nuevo usuario")
    required = dialog.get_by_text("Este campo es obligatorio")
    save(dialog, required)
    expect(required).to_have_count(3)
    dialog.get_by_label("Usuario").fill(ADMINISTRATOR)
    dialog.get_by_label("Nombre").fill("Admisión Demostración")
    choose(office, dialog.get_by_label("Roles").first, "Admisión")
    save(dialog, dialog.get_by_text("Este valor se repite o ya se usa"))
    expect(dialog.get_by_label("Nombre")).to_have_value("Admisión Demostración")
    dialog.get_by_label("Usuario").fill("admision")
    save(dialog, once(office))
    [code] = shown_once(office)

    desk = browser.new_context(locale="es-PE").new_page()
    desk.goto(f"{clinic.origin}/")
    redeem(desk, house.tenant, "admision", code)
    choose_password(desk, PASSWORD, "Contraseña cambiada")
    sign_in(desk, house.tenant, "admision", seen=at_home(desk))
    menu = desk.get_by_role("navigation", name="Principal").get_by_role("link")
    expect(menu).to_have_text(DESK_MENU, timeout=SLOW)
    desk.goto(f"{clinic.origin}/admin/users")
    expect(desk.get_by_text("Su rol no permite abrir esta página")).to_be_visible(timeout=SLOW)

    office.get_by_role("button", name="Editar: Admisión Demostración").click()
    change = office.get_by_role("dialog", name="Editar usuario")
    change.get_by_label("Activo").uncheck(timeout=SLOW)
    row = office.get_by_role("row").filter(has_text="Admisión Demostración")
    save(change, row.filter(has_text="Inactivo"))
    desk.reload()
    expect(desk.get_by_role("button", name="Entrar")).to_be_visible(timeout=SLOW)
    refused = desk.get_by_text("Los datos no coinciden")
    sign_in(desk, house.tenant, "admision", seen=refused)
    desk.context.close()


def test_a_partner_changes_over_to_a_new_secret(
    office: Page, house: Institution, clinic: Clinic
) -> None:
    open_section(office, "Sistemas asociados")
    office.get_by_role("button", name="Nuevo sistema asociado").click()
    dialog = office.get_by_role("dialog", name="Nuevo sistema asociado")
    dialog.get_by_label("Nombre").fill("Laboratorio asociado")
    scopes = dialog.get_by_label("Permisos")
    scopes.fill("todo")
    scopes.press("Enter")
    scopes.press("Tab")  # folds the list away
    save(dialog, dialog.locator("[aria-invalid=true]"))
    expect(dialog.get_by_label("Nombre")).to_have_value("Laboratorio asociado")
    scopes.press("Backspace")
    scopes.fill("consults.read")
    scopes.press("Enter")
    scopes.press("Tab")
    save(dialog, once(office))
    client, first = shown_once(office)
    partner(clinic.http, client, first)

    card = office.get_by_role("listitem").filter(has_text="Laboratorio asociado")
    card.get_by_role("button", name="Crear otra clave secreta").click()
    [_, second] = shown_once(office)
    assert second != first
    for secret in (first, second):
        partner(clinic.http, client, secret)  # both, until the old one is removed
    card.get_by_role("button", name="Quitar clave secreta").first.click(timeout=SLOW)
    office.get_by_role("dialog").get_by_role("button", name="Quitar clave secreta").click()
    expect(card.get_by_role("button", name="Quitar clave secreta")).to_have_count(0, timeout=SLOW)
    with pytest.raises(ApiRefused, match="401"):
        partner(clinic.http, client, first)
    partner(clinic.http, client, second)


def test_a_failed_notification_is_found_in_the_log_and_sent_again(
    office: Page, house: Institution
) -> None:
    with receiver() as outside:
        host = f"127.0.0.1:{outside.port}"
        open_section(office, "Notificaciones")
        office.get_by_role("button", name="Nuevo destino").click()
        dialog = office.get_by_role("dialog", name="Nuevo destino")
        dialog.get_by_label("Dirección web").fill(f"http://{host}/eventos")
        dialog.get_by_label("Descripción").fill("Sistema de la prueba")
        save(dialog, dialog.get_by_text("Revise este valor"))
        expect(dialog.get_by_label("Descripción")).to_have_value("Sistema de la prueba")
        dialog.get_by_role("button", name="Cancelar").click()

        open_section(office, "Configuración", "Teleconsultas")
        hosts = office.get_by_role("combobox", name="Servidores permitidos para notificaciones")
        hosts.fill(host, timeout=SLOW)
        hosts.press("Enter")
        office.get_by_role("button", name="Guardar").last.click()
        expect(office.get_by_text("Guardado").first).to_be_visible(timeout=SLOW)

        open_section(office, "Notificaciones")
        office.get_by_role("button", name="Nuevo destino").click()
        dialog.get_by_label("Dirección web").fill(f"http://{host}/eventos")
        save(dialog, once(office))
        [secret] = shown_once(office)
        card = office.get_by_role("listitem").filter(has_text=host)
        card.get_by_role("switch", name="Activo").click()
        expect(card.get_by_text("Detenido")).to_be_visible(timeout=SLOW)

        _consult(house.client(), host)
        card.get_by_role("link", name="Registro de entregas").click()
        failed = office.get_by_role("row").filter(has_text="No entregada")
        _until_seen(office, failed)
        assert outside.got == []
        office.get_by_role("link", name="Notificaciones").last.click()
        card.get_by_role("switch", name="Activo").click()
        expect(card.get_by_text("Detenido")).not_to_be_visible(timeout=SLOW)
        card.get_by_role("link", name="Registro de entregas").click()
        failed.first.get_by_role("checkbox").check(timeout=SLOW)
        office.get_by_role("button", name="Reenviar elegidas (1)").click()
        expect(office.get_by_text("Reenviadas: 1")).to_be_visible(timeout=SLOW)
        until(lambda: outside.got, SLOW / 1000)
        headers, body = outside.got[0]
        assert verify([secret], headers, body, datetime.now(UTC))
        _until_seen(office, office.get_by_role("row").filter(has_text="Entregada"))


def _consult(administrator: Client, host: str) -> None:
    """A partner's consult whose notifications go to the target at that host."""
    [target] = [
        each
        for each in administrator.get("/consults/notification-targets")["items"]
        if host in each["url"]
    ]
    scopes = ["consults.read", "consults.write"]
    made = administrator.post("/identity/clients", {"name": "Otro sistema", "scopes": scopes})
    system = partner(administrator.http, made["client"]["client_id"], made["secret"]["secret"])
    body = {
        "start": (datetime.now(UTC) + timedelta(minutes=30)).isoformat(),
        "planned_minutes": 20,
        "practitioners": [{"id": "P-1", "display_name": "Profesional Demostración"}],
        "patient": {"id": "X-1", "display_name": "Paciente Demostración Uno"},
        "notification_target": target["id"],
    }
    system.post("/consults", body)


def _until_seen(page: Page, row: Locator) -> None:
    """Read the log again until the row is there."""

    def seen() -> bool:
        expect(page.get_by_role("heading", name="Registro de entregas")).to_be_visible(timeout=SLOW)
        expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=SLOW)
        if row.count() > 0:
            return True
        page.reload()
        return False

    until(seen, SLOW / 1000, every=2)


def test_places_kinds_of_visit_and_hours_with_those_whom_a_holiday_concerns(
    office: Page, house: Institution
) -> None:
    _category(office)
    _site(office)
    _practitioner(office)
    _hours(office)
    api = house.client()
    _connect(api)
    appointment = _booked(api)
    day = datetime.fromisoformat(appointment["start"]).astimezone(UTC) - timedelta(hours=5)
    _close_day(office, f"{day:%d/%m/%Y}")
    _holiday(office, f"{day:%d/%m/%Y}")
    [site] = api.get("/appointments/sites")["items"]
    assert (site["phone"], len(site["holidays"])) == ("+51 1 555 0100", 1)
    [category] = api.get("/appointments/categories")["items"]
    assert category["overbooking"] == 1


def _category(page: Page) -> None:
    open_section(page, "Tipos de cita")
    for code in ("Primera Vez", "primera-vez"):
        page.get_by_role("button", name="Nuevo tipo de cita").click()
        dialog = page.get_by_role("dialog", name="Nuevo tipo de cita")
        dialog.get_by_label("Código").fill(code)
        for language in ("Español", "Português", "English"):
            dialog.get_by_label(language).fill("Primera vez")
        dialog.get_by_label("Sobrecupo").fill("1")
        if code == "primera-vez":
            save(dialog, page.get_by_role("row").filter(has_text=code))
        else:
            save(dialog, dialog.locator("[aria-invalid=true]"))
            dialog.get_by_role("button", name="Cancelar").click()
    page.get_by_role("button", name="Nuevo tipo de cita").click()
    dialog = page.get_by_role("dialog", name="Nuevo tipo de cita")
    dialog.get_by_label("Código").fill("primera-vez")
    for language in ("Español", "Português", "English"):
        dialog.get_by_label(language).fill("Otra")
    save(dialog, dialog.get_by_text("Este valor se repite o ya se usa"))
    expect(dialog.get_by_label("Español")).to_have_value("Otra")
    dialog.get_by_role("button", name="Cancelar").click()


def _site(page: Page) -> None:
    open_section(page, "Sedes")
    page.get_by_role("button", name="Nueva sede").click()
    dialog = page.get_by_role("dialog", name="Nueva sede")
    save(dialog, dialog.get_by_text("Este campo es obligatorio"))
    dialog.get_by_label("Nombre").fill("Sede de la prueba")
    dialog.get_by_label("Zona horaria").fill("Lima")
    page.get_by_role("option", name="America/Lima", exact=True).click()
    dialog.get_by_label("Teléfono").fill("+51 1 555 0100")
    save(dialog, page.get_by_role("row").filter(has_text="Sede de la prueba"))


def _practitioner(page: Page) -> None:
    open_section(page, "Profesionales y horarios")
    page.get_by_role("button", name="Nuevo profesional").click()
    dialog = page.get_by_role("dialog", name="Nuevo profesional")
    specialty = dialog.get_by_label("Especialidad")
    specialty.fill("???")
    specialty.press("Enter")
    dialog.get_by_label("Nombre").fill("Profesional de la prueba")
    save(dialog, dialog.locator("[aria-invalid=true]"))
    specialty.press("Backspace")
    specialty.fill("Medicina General")
    specialty.press("Enter")
    row = page.get_by_role("row").filter(has_text="Profesional de la prueba")
    save(dialog, row.filter(has_text="Sede de la prueba"))


def _hours(page: Page) -> None:
    page.get_by_role("link", name="Horarios: Profesional de la prueba").click()
    week = page.get_by_role("region", name="Semana")
    add = week.get_by_role("button", name="Agregar horario")
    add.click(timeout=SLOW)
    week.get_by_label("Hasta las").fill("07:00")
    page.get_by_role("button", name="Guardar").click()
    expect(week.get_by_text("Termina antes de empezar")).to_be_visible()
    week.get_by_label("Hasta las").fill("18:00")
    for _ in range(6):
        add.click()
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_text("Guardado").first).to_be_visible(timeout=SLOW)
    expect(week.get_by_label("Desde las")).to_have_count(7)


def _connect(api: Client) -> None:
    """Let the agenda ask the records who its patients are."""
    made = api.post("/identity/clients", {"name": "Agenda", "scopes": PARTNER_SCOPES})
    credentials = {
        "client_id": made["client"]["client_id"],
        "client_secret": made["secret"]["secret"],
    }
    api.put("/appointments/connection", credentials, 0)


def _booked(api: Client) -> dict[str, Any]:
    """An appointment of the new agenda, two days ahead."""
    person = {
        "name": {"given": "Paciente Demostración", "family": "Feriado"},
        "birth_date": "1984-02-29",
        "sex": "female",
        "confirm_not_duplicate": True,
    }
    [who] = api.get("/appointments/practitioners")["items"]
    day = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    query = {"practitioner": who["id"], "category": "primera-vez", "from_date": day, "limit": 1}
    [slot] = api.get("/appointments/slots", **query)["items"]
    body = {
        "patient": {
            "id": api.post("/patients", person)["id"],
            "display_name": "Paciente Demostración Feriado",
        },
        "practitioners": [who["id"]],
        "site": slot["site"],
        "category": "primera-vez",
        "start": slot["start"],
        "minutes": slot["minutes"],
    }
    made: dict[str, Any] = api.post("/appointments", body)
    return made


def _close_day(page: Page, day: str) -> None:
    closures = page.get_by_role("region", name="Cierres y ausencias")
    closures.get_by_role("button", name="Agregar cierre").click()
    _fill_day(page, closures, "Primer día", "01/01/2020")
    _fill_day(page, closures, "Último día", "31/12/2019")
    page.get_by_role("button", name="Guardar").click()
    expect(closures.get_by_text("Termina antes de empezar")).to_be_visible()
    _fill_day(page, closures, "Primer día", day)
    _fill_day(page, closures, "Último día", day)
    page.get_by_role("button", name="Guardar").click()
    left = page.get_by_role("alert").filter(has_text="1 cita futura queda fuera del horario")
    expect(left).to_be_visible(timeout=SLOW)
    assert "view=list" in (left.get_by_role("link").get_attribute("href") or "")
    closures.get_by_role("button", name="Quitar").click()
    page.get_by_role("button", name="Guardar").click()
    expect(left).not_to_be_visible(timeout=SLOW)


def _holiday(page: Page, day: str) -> None:
    open_section(page, "Sedes")
    page.get_by_role("button", name="Editar: Sede de la prueba").click()
    dialog = page.get_by_role("dialog", name="Editar sede")
    dialog.get_by_role("button", name="Agregar feriado").click()
    _fill_day(page, dialog, "Primer día", day)
    _fill_day(page, dialog, "Último día", day)
    save(dialog, dialog.get_by_text("1 cita futura queda fuera del horario"))
    dialog.get_by_role("button", name="Cancelar").click()


def _fill_day(page: Page, within: Locator, label: str, day: str) -> None:
    field = within.get_by_label(label)
    field.fill(day)
    field.press("Tab")
