"""From a prescription to a paper that anybody can check, and from a test to its sign-off."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Clinic, Watched
from tests.browser.screens import BUSY, enter, laboratory, register, report
from tests.support.qr_codes import qr_codes

DOCTOR = "medicina.uno"
SLOW = 60_000
"""Milliseconds: one function of the emulator answers after the other."""


@contextmanager
def opened(browser: Browser, width: int = 1280) -> Iterator[Watched]:
    """A browser of its own: nobody is signed in. Errors on the page fail the test."""
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="es-PE")
    watched = Watched(context.new_page())
    watched.page.set_default_timeout(SLOW)
    yield watched
    context.close()
    assert watched.faults == []


@pytest.fixture
def doctor(browser: Browser, clinic: Clinic) -> Iterator[Page]:
    with opened(browser) as watched:
        watched.page.goto(f"{clinic.origin}/patients")
        enter(watched.page, DOCTOR, clinic.password)
        expect(watched.page.get_by_role("heading", name="Pacientes")).to_be_visible(timeout=SLOW)
        yield watched.page


@pytest.fixture
def patient(clinic: Clinic) -> str:
    """The id of a patient whom the physician has registered."""
    return register(clinic.client(DOCTOR), "1961-04-02", "male")


def prescribe(page: Page, *words: str) -> None:
    """Find each drug by the keyboard alone."""
    search = page.get_by_role("combobox", name="Agregar medicamento")
    for place, word in enumerate(words):
        search.fill(word)
        search.press("Enter")  # nothing is found yet, so nothing may be taken
        page.get_by_role("option", name=word).first.wait_for()
        search.press("Enter")
        expect(page.get_by_role("button", name="Quitar")).to_have_count(place + 1)
        once_a_day(page, place)


def once_a_day(page: Page, place: int) -> None:
    """Nothing of a dose is filled in: write one a day for a week."""
    drug = page.get_by_role("list", name="Medicamentos").get_by_role("listitem").nth(place)
    expect(drug.get_by_label("Dosis", exact=True)).to_have_value("")
    drug.get_by_label("Dosis", exact=True).fill("1")
    drug.get_by_label("Frecuencia").select_option("24")
    drug.get_by_label("Duración (días)").fill("7")


def sign_with_reasons(page: Page) -> str:
    """Sign, giving a reason where an alert blocks; returns the verification code."""
    sign = page.get_by_role("button", name="Firmar")
    expect(page.get_by_text("Interacción").first).to_be_visible()
    expect(sign).to_be_disabled()
    page.get_by_label("Motivo para recetar de todos modos").fill("Se controla el INR cada semana")
    sign.click()
    term = page.get_by_text("Código de verificación", exact=True)
    return term.locator("xpath=following-sibling::dd").inner_text()


def test_a_prescription_becomes_a_paper_that_anybody_can_check(
    browser: Browser, clinic: Clinic, doctor: Page, patient: str, tmp_path: Path
) -> None:
    doctor.goto(f"{clinic.origin}/patients/{patient}/orders?show=prescription.new")
    prescribe(doctor, "warfarina", "ibuprofeno")
    doctor.get_by_role("button", name="Guardar y revisar").click()
    code = sign_with_reasons(doctor)

    doctor.get_by_role("button", name="Imprimir").click()
    preview = doctor.get_by_role("dialog")
    expect(preview.get_by_role("document")).to_contain_text(code)
    assert drawn(doctor), "the page is blank"
    with doctor.expect_download() as download:
        preview.get_by_role("link", name="Descargar").click()
    paper = tmp_path / "receta.pdf"
    download.value.save_as(paper)
    [address] = qr_codes(paper.read_bytes())
    assert urlsplit(address)[2:] == ("/verify/", "", code), "a camera leads to the check"
    doctor.keyboard.press("Escape")

    with opened(browser, 390) as anybody:
        page = anybody.page
        page.goto(f"{clinic.origin}/verify/#{code}")
        expect(page.get_by_text("Válido hoy")).to_be_visible()
        assert code not in page.url, "the code stays in the address bar"
        expect(page.get_by_role("listitem")).to_have_count(2)
        expect(page.get_by_text("Paciente Demostración")).to_have_count(0)

        doctor.get_by_role("button", name="Anular por error").click()
        doctor.get_by_role("dialog").get_by_label("Motivo").fill("Se eligió otro paciente")
        doctor.get_by_role("dialog").get_by_role("button", name="Anular por error").click()
        expect(doctor.get_by_text("Sin validez: error de registro")).to_be_visible()

        page.get_by_label("Código de verificación").fill(code.lower().replace("-", " "))
        page.get_by_role("button", name="Verificar").click()
        expect(page.get_by_text("No es válido")).to_be_visible()


def drawn(page: Page) -> bool:
    """Whether the preview's first page has ink on it."""
    script = """(canvas) => {
      const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
      return pixels.some((value, place) => place % 4 < 3 && value < 128);
    }"""
    page.wait_for_timeout(500)
    return bool(page.locator("canvas").first.evaluate(script))


def test_a_code_that_nobody_issued_is_told_from_a_typing_error(
    browser: Browser, clinic: Clinic
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 780}, locale="pt-BR")
    page = context.new_page()
    page.set_default_timeout(SLOW)
    page.goto(f"{clinic.origin}/verify/")
    page.get_by_label("Código de verificação").fill("7K2QD-0000")
    page.get_by_role("button", name="Verificar").click()
    expect(page.get_by_role("alert")).to_contain_text("20 letras e números")
    page.get_by_label("Código de verificação").fill("00000-00000-00000-00000")
    page.get_by_role("button", name="Verificar").click()
    expect(page.get_by_role("heading", name="Este código não existe")).to_be_visible()
    context.close()


def test_a_critical_result_stays_in_the_orderers_inbox_until_it_is_signed_off(
    browser: Browser, clinic: Clinic, doctor: Page, patient: str
) -> None:
    doctor.goto(f"{clinic.origin}/patients/{patient}/orders?show=order.new")
    doctor.get_by_label("Agregar examen o servicio").fill("Potasio")
    doctor.get_by_label("Código LOINC (si se conoce)").fill("2823-3")
    doctor.get_by_role("button", name="Agregar", exact=True).click()
    doctor.get_by_label("Motivo clínico").fill("Control de tratamiento")
    doctor.get_by_role("button", name="Guardar y revisar").click()
    doctor.get_by_role("button", name="Firmar").click()
    expect(doctor.get_by_text("Código de verificación", exact=True)).to_be_visible()
    order = doctor.url.rsplit("order.", 1)[1]

    with opened(browser) as technician:
        page = technician.page
        page.goto(f"{clinic.origin}/work?order={order}")
        enter(page, laboratory(clinic), clinic.password)
        _report(page)

    doctor.goto(f"{clinic.origin}/work")
    waiting = doctor.locator(f"a[href$='{order}']")
    expect(waiting).to_contain_text("Resultado crítico")
    waiting.click()
    expect(doctor.get_by_text("Valor crítico ↑", exact=True)).to_be_visible()
    doctor.get_by_role("button", name="Dar visto bueno").click()
    expect(doctor.get_by_text("Versión 1 revisada")).to_be_visible()
    doctor.goto(f"{clinic.origin}/work")
    expect(doctor.get_by_role("group", name="Mostrar únicamente")).to_be_visible()
    expect(doctor.locator(BUSY)).to_have_count(0)
    expect(doctor.locator(f"a[href$='{order}']")).to_have_count(0)


def _report(page: Page) -> None:
    """What the laboratory enters; the server computes the flag."""
    row = page.get_by_role("group", name="Potasio")
    row.get_by_label("Valor").fill("6,8")
    row.get_by_label("Unidad (UCUM)").fill("mmol/L")
    for limit, value in (
        ("Límite inferior", "3,5"),
        ("Límite superior", "5,1"),
        ("Límite crítico superior", "6,2"),
    ):
        row.get_by_label(limit).fill(value)
    page.get_by_role("button", name="Guardar resultado").click()
    expect(page.get_by_text("Valor crítico ↑", exact=True)).to_be_visible()


def test_a_filled_questionnaire_is_scored_and_its_alert_is_shown(
    clinic: Clinic, doctor: Page, patient: str
) -> None:
    doctor.goto(f"{clinic.origin}/patients/{patient}/forms")
    doctor.get_by_role("button", name="Llenar cuestionario").click()
    doctor.get_by_role("menuitem", name="PHQ-9").click()
    doctor.get_by_role("button", name="Terminar", exact=True).click()
    expect(doctor.get_by_text("están marcadas")).to_be_visible()
    for question in doctor.get_by_role("radiogroup").all():
        question.get_by_role("radio").nth(1).check()
    doctor.get_by_role("button", name="Terminar", exact=True).click()
    expect(doctor.get_by_text("Respuesta que requiere atención inmediata")).to_be_visible()
    expect(doctor.get_by_text("Puntaje: 9")).to_be_visible()


def test_a_document_is_shown_in_place_once_it_was_examined(
    clinic: Clinic, doctor: Page, patient: str, tmp_path: Path
) -> None:
    file = tmp_path / f"informe-{uuid.uuid4().hex[:6]}.pdf"
    file.write_bytes(report())
    doctor.goto(f"{clinic.origin}/patients/{patient}/documents")
    doctor.get_by_role("button", name="Agregar documento").click()
    doctor.set_input_files("input[type=file]", file)
    doctor.get_by_role("button", name="Subir", exact=True).click()
    view = doctor.get_by_role("button", name=f"Ver: {file.name}")
    view.click()
    page = doctor.get_by_role("dialog").get_by_role("document")
    expect(page).to_contain_text("Informe de prueba")
    assert drawn(doctor), "the page is blank"
