"""A record's custody: who may open it, duplicates, copies, holds, destruction; and its dates."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from localstack.client import Client
from tests.browser.charts import (
    ADMINISTRATOR,
    DOCTOR,
    SLOW,
    Chart,
    begun,
    employed,
    registered,
    steady,
)
from tests.browser.conftest import Clinic

RAW = re.compile(
    r"mm\[Hg\]|\bsubstance:|\batc:|\b(systolic|diastolic|entered_in_error|unable_to_assess)\b"
    r"|\d{4}-\d\d-\d\dT\d\d:|\bpatients\.[a-z_]+|https?://\S+\|\d"
)
"""What a page in Spanish never shows: UCUM, codes with their system, enumerations, ISO moments."""
REFUSED = re.compile(r"status of (409|422)")
"""The browser itself reports what the server refuses; the page says why."""
SECTIONS = (
    "",
    "timeline",
    "encounters",
    "vitals",
    "orders",
    "forms",
    "problems",
    "allergies",
    "medicines",
    "immunizations",
    "procedures",
    "history",
    "consents",
    "custody",
)


@pytest.fixture
def api(clinic: Clinic) -> Client:
    return steady(clinic, DOCTOR)


@contextmanager
def at_work(browser: Browser, clinic: Clinic, user_name: str, **how: Any) -> Iterator[Chart]:
    """Somebody who is signed in; an error on their pages fails the test."""
    settings = {"viewport": {"width": 1280, "height": 900}, "locale": "es-PE"} | how
    context = browser.new_context(**settings)
    chart = Chart(context, clinic, user_name)
    chart.sign_in()
    yield chart
    assert [fault for fault in chart.watched.faults if not REFUSED.search(fault)] == []
    context.close()


def custody(chart: Chart, patient: str) -> Page:
    chart.open(f"{patient}/custody")
    expect(chart.page.get_by_role("heading", name="Custodia")).to_be_visible(timeout=SLOW)
    return chart.page


def card(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name)


def test_a_colleague_who_is_let_in_opens_the_record(
    browser: Browser, clinic: Clinic, api: Client
) -> None:
    patient = registered(api)["id"]
    with at_work(browser, clinic, DOCTOR) as doctor:
        team = card(custody(doctor, patient), "Equipo tratante")
        expect(doctor.page.get_by_role("region", name="Destrucción")).to_have_count(0)
        team.get_by_role("button", name="Dar acceso").click()
        expect(team.get_by_text("Este campo es obligatorio")).to_be_visible()
        team.get_by_role("combobox", name="Profesional").fill("Dos")
        doctor.page.get_by_role("option", name="Demostración Dos").click()
        team.get_by_role("button", name="Dar acceso").click()
        expect(doctor.page.get_by_text("Acceso concedido")).to_be_visible(timeout=SLOW)
    assert steady(clinic, "medicina.dos").get(f"/patients/{patient}/summary")["patient"]
    with at_work(browser, clinic, ADMINISTRATOR) as administrator:
        team = card(custody(administrator, patient), "Equipo tratante")
        # Not by name: another test may have given this user a practitioner of another name.
        row = team.get_by_role("row").filter(has_text="Referencia")
        expect(row).to_have_count(1, timeout=SLOW)


def test_two_registrations_become_one_and_two_again(
    browser: Browser, clinic: Clinic, api: Client
) -> None:
    kept, other = registered(api), registered(api)
    encounter = begun(api, other)
    with at_work(browser, clinic, ADMINISTRATOR) as administrator:
        administrator.open(f"{kept['id']}/custody?merge={other['id']}")
        page = administrator.page
        joining = card(page, "Registros duplicados")
        expect(joining.get_by_role("row", name="Nombre")).to_contain_text("Distinto", timeout=SLOW)
        expect(joining.get_by_role("row", name="Sexo")).to_contain_text("Igual")
        expect(joining.get_by_role("radio", name=kept["record_number"])).to_be_checked()
        joining.get_by_role("button", name="Unir los registros").click()
        undo = joining.get_by_role("button", name=f"Deshacer la unión de {other['record_number']}")
        expect(undo).to_be_visible(timeout=SLOW)
        listed = api.get(f"/patients/{kept['id']}/encounters")["items"]
        assert [one["id"] for one in listed] == [encounter]
        undo.click()
        expect(page.get_by_text("Unión deshecha")).to_be_visible(timeout=SLOW)
        expect(undo).to_have_count(0, timeout=SLOW)
    assert api.get(f"/patients/{kept['id']}/encounters")["items"] == []
    assert api.get(f"/patients/{other['id']}")["record_number"] == other["record_number"]


def test_a_whole_copy_is_made_and_fetched(browser: Browser, clinic: Clinic, api: Client) -> None:
    patient = registered(api)
    begun(api, patient)
    with at_work(browser, clinic, ADMINISTRATOR, accept_downloads=True) as administrator:
        page = custody(administrator, patient["id"])
        copy = card(page, "Copia completa")
        copy.get_by_label("Quién la pide y para qué").fill("La pide el paciente")
        copy.get_by_role("button", name="Preparar copia").click()
        first = copy.get_by_role("button", name="Parte 1")
        expect(first).to_be_visible(timeout=2 * SLOW)
        page.reload()
        expect(first).to_be_visible(timeout=SLOW)
        with page.expect_download(timeout=SLOW) as download:
            first.click()
        body = download.value.path().read_bytes()
    assert zipfile.ZipFile(io.BytesIO(body)).testzip() is None


def test_a_hold_forbids_the_destruction_that_two_people_agree_on(
    browser: Browser, clinic: Clinic, api: Client
) -> None:
    patient = registered(api)
    second, _ = employed(clinic, "administrator")
    with at_work(browser, clinic, ADMINISTRATOR) as first:
        page = custody(first, patient["id"])
        hold = card(page, "Conservación por motivo legal")
        hold.get_by_label("Motivo").fill("Juicio de demostración")
        hold.get_by_role("button", name="Impedir su destrucción").click()
        expect(hold.get_by_text("Esta historia no se puede destruir")).to_be_visible(timeout=SLOW)
        shred = card(page, "Destrucción")
        shred.get_by_role("button", name="Solicitar la destrucción").click()
        ask = shred.get_by_role("form")
        ask.get_by_role("combobox", name="Fundamento legal").click()
        page.get_by_role("option", name="Registrado por error").click()
        ask.get_by_label("Explique por qué").fill("Registro de prueba duplicado")
        ask.get_by_label("Número de historia").fill("HC-000")
        ask.get_by_role("button", name="Solicitar la destrucción").click()
        expect(ask.get_by_text("Ese número no es el de este paciente")).to_be_visible(timeout=SLOW)
        ask.get_by_label("Número de historia").fill(patient["record_number"])
        ask.get_by_role("button", name="Solicitar la destrucción").click()
        expect(ask.get_by_role("alert").last).to_be_visible(timeout=SLOW)
        hold.get_by_role("button", name="Terminar la conservación legal").click()
        expect(hold.get_by_label("Motivo")).to_be_visible(timeout=SLOW)
        ask.get_by_role("button", name="Solicitar la destrucción").click()
        expect(shred.get_by_text("Otra persona tiene que confirmarlo")).to_be_visible(timeout=SLOW)
        expect(shred.get_by_role("button", name="Destruir para siempre")).to_have_count(0)
    with at_work(browser, clinic, second) as other:
        page = custody(other, patient["id"])
        shred = card(page, "Destrucción")
        shred.get_by_label("Número de historia").fill(patient["record_number"])
        shred.get_by_role("button", name="Destruir para siempre").click()
        # A day has to pass, whoever agrees.
        expect(shred.get_by_role("alert").last).to_be_visible(timeout=SLOW)
    assert api.get(f"/patients/{patient['id']}/summary")


def test_no_section_shows_a_raw_code(browser: Browser, clinic: Clinic, api: Client) -> None:
    patient = registered(api)["id"]
    _fill(api, patient)
    director, user = employed(clinic, "administrator", "physician")
    known = {"user": user, "kind": "referred"}
    # A new account is known to the record within moments.
    for _ in range(60):
        if api.call("POST", f"/patients/{patient}/relations", known).is_success:
            break
        time.sleep(1)
    with at_work(browser, clinic, director) as chart:
        page = chart.page
        for section in (*SECTIONS, "accesses"):
            chart.open(f"{patient}/{section}".rstrip("/"))
            expect(page.get_by_role("heading", level=2).first).to_be_visible(timeout=SLOW)
            expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=SLOW)
            shown = page.locator("main").inner_text()
            assert RAW.findall(shown) == [], section
        chart.open(f"{patient}/timeline")
        expect(page.get_by_text("Presión arterial 188/121 mmHg")).to_be_visible(timeout=SLOW)
        chart.open(f"{patient}/allergies")
        expect(page.get_by_text("bencilpenicilina").first).to_be_visible(timeout=SLOW)


def _fill(api: Client, patient: str) -> None:
    """What used to show its codes."""
    now = datetime.now(UTC).isoformat()
    pressure = {"systolic": 188, "diastolic": 121}
    values = {name: {"value": value, "unit": "mm[Hg]"} for name, value in pressure.items()}
    api.post(f"/patients/{patient}/vitals", {"measured_at": now, "values": values})
    allergy = {"text": "Penicilina", "codes": ["substance:benzylpenicillin", "atc:J01C"]}
    api.post(f"/patients/{patient}/allergies", allergy)
    form = api.get("/patients/forms", language="es")["items"][0]
    consent = {"text": "Consentimiento", "form": form["canonical"], "decision": "permit"}
    consent |= {"channel": "in_person", "given_at": now}
    api.post(f"/patients/{patient}/consents", consent)


def test_a_birth_date_is_day_month_year_whatever_the_browser_speaks(
    browser: Browser, clinic: Clinic
) -> None:
    """In an English browser a Spanish page takes 03/04 for the third of April."""
    context = browser.new_context(viewport={"width": 360, "height": 780}, locale="en-US")
    context.add_init_script("localStorage.setItem('telesalud.language', 'es')")
    chart = Chart(context, clinic)
    chart.sign_in()
    page = chart.page
    page.goto(f"{clinic.origin}/patients/new")
    born = page.get_by_role("textbox", name="Fecha de nacimiento")
    born.press_sequentially("03041980")
    expect(born).to_have_value("03/04/1980")
    years = datetime.now(UTC).year - 1980
    expect(page.get_by_text(re.compile(f"{years - 1} años|{years} años"))).to_be_visible()
    born.fill("31/02/1980")
    born.blur()
    expect(page.get_by_text("Escriba la fecha como día/mes/año")).to_be_visible()
    page.get_by_label("Nombres").fill("Paciente")
    page.get_by_label("Primer apellido").fill("Demostración")
    page.get_by_role("button", name="Registrar", exact=True).click()
    expect(page.get_by_role("heading", name="Registrar paciente")).to_be_visible()
    expect(born).to_have_value("31/02/1980")
    born.fill("01/01/2999")
    born.blur()
    expect(page.get_by_text("No puede ser posterior")).to_be_visible()
    born.fill("")
    born.press("Alt+ArrowDown")
    calendar = page.get_by_role("dialog", name="Abrir calendario")
    expect(calendar).to_be_visible(timeout=SLOW)
    calendar.get_by_role("button", name="2024").click()
    calendar.get_by_role("button", name="abr").click()
    calendar.get_by_role("button", name="3 abril 2024", exact=True).click()
    expect(born).to_have_value("03/04/2024")
    expect(calendar).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Registrar", exact=True).click()
    other = page.get_by_role("button", name="Es otra persona")
    expect(other.or_(page.get_by_text(re.compile(r"3 abr\.? 2024"))).first).to_be_visible(
        timeout=SLOW
    )
    if other.is_visible():
        expect(
            page.get_by_role("alert").get_by_text(re.compile(r"3 abr\.? 2024")).first
        ).to_be_visible()
        other.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Paciente", timeout=SLOW)
    born_on = steady(clinic, DOCTOR).get(f"/patients/{page.url.rpartition('/')[2]}")["birth_date"]
    assert born_on == "2024-04-03"
    assert [fault for fault in chart.watched.faults if not REFUSED.search(fault)] == []
    context.close()
