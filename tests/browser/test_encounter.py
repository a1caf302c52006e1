"""An encounter as its clinician sees it: from search to signature, and when things go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from localstack.client import Client
from tests.browser.charts import DOCTOR, SLOW, Chart, begun, registered
from tests.browser.conftest import Clinic

COLLEAGUE = "medicina.dos"
DRAFTS = """async () => {
  const opening = indexedDB.open('telesalud-drafts');
  const database = await new Promise((done) => { opening.onsuccess = () => done(opening.result); });
  if (!database.objectStoreNames.contains('drafts')) return 0;
  const counting = database.transaction('drafts').objectStore('drafts').count();
  return new Promise((done) => { counting.onsuccess = () => done(counting.result); });
}"""


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1280, "height": 900}, locale="es-PE")
    yield made
    made.close()


@pytest.fixture
def chart(context: BrowserContext, clinic: Clinic) -> Chart:
    made = Chart(context, clinic)
    made.sign_in()
    return made


@pytest.fixture
def api(clinic: Clinic) -> Client:
    """The same physician's calls, for what the test does not look at."""
    return clinic.client(DOCTOR)


@pytest.fixture
def patient(api: Client) -> dict[str, Any]:
    """A patient whom the physician has registered, so that they may see the record."""
    return registered(api)


def plans(api: Client, encounter: str) -> list[str]:
    """The plan of each version of the encounter's first note."""
    [note, *_] = api.get(f"/patients/encounters/{encounter}")["notes"]
    return [version["soap"]["plan"] for version in note["versions"]]


def test_an_encounter_from_search_to_signature(
    chart: Chart, api: Client, patient: dict[str, Any]
) -> None:
    page = chart.page
    calls = _calls(page)
    page.keyboard.press("Control+k")
    find = chart.dialog().get_by_role("combobox")
    find.fill(f"demostración {patient['name']['second_family']}")
    expect(chart.dialog().get_by_role("option")).to_have_count(1, timeout=SLOW)
    calls.clear()
    find.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(
        patient["name"]["second_family"], timeout=SLOW
    )
    expect(page.get_by_text("Alergias: no se ha preguntado").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert "/summary" in calls[0], "what hurts when missed does not wait for the other cards"
    assert len(calls) == len(set(calls)) <= 7, "each card asks its context once"
    page.get_by_role("button", name="Nueva atención").click()
    chart.dialog().get_by_label("Motivo").fill("Control de presión")
    chart.dialog().get_by_label("Motivo").press("Enter")
    chart.section("Subjetivo").fill("Refiere cefalea ocasional.")
    chart.section("Plan").fill("Control en 30 días.")
    chart.is_saved()
    encounter = page.url.rpartition("/")[2]
    _add_problem(chart)
    chart.step("Firmar")
    expect(page.get_by_text("Firmada por")).to_be_visible(timeout=SLOW)
    chart.step("Finalizar")
    expect(page.get_by_text("Finalizada", exact=True)).to_be_visible(timeout=SLOW)
    _amend(chart)
    found = api.get(f"/patients/encounters/{encounter}")
    assert found["status"] == "amended"
    assert [one["role"] for one in found["signatures"]] == ["author"]
    assert plans(api, encounter)[-1] == "Control en 15 días."
    problems = api.get(f"/patients/{patient['id']}/problems")["items"]
    assert [(one["encounter"], len(one["diagnoses"])) for one in problems] == [(encounter, 1)]
    assert chart.watched.faults == []


def _calls(page: Page) -> list[str]:
    """The API calls that the page makes from now on."""
    calls: list[str] = []
    page.on("request", lambda r: calls.append(r.url) if "/api/" in r.url else None)
    return calls


def _add_problem(chart: Chart) -> None:
    """With the keyboard alone: words, arrows, Enter."""
    chart.page.get_by_role("button", name="Agregar a Problemas").press("Enter")
    search = chart.dialog().get_by_role("combobox", name="Diagnósticos")
    search.press_sequentially("diabetes")
    expect(chart.dialog().get_by_role("option").first).to_be_visible(timeout=SLOW)
    search.press("ArrowDown")
    search.press("Enter")
    expect(chart.dialog().get_by_role("button", name="Quitar")).to_have_count(1)
    expect(chart.dialog().get_by_label("Descripción")).not_to_have_value("")
    chart.dialog().get_by_label("Descripción").press("Enter")
    expect(chart.dialog()).to_be_hidden(timeout=SLOW)


def _amend(chart: Chart) -> None:
    page = chart.page
    steps = page.get_by_role("group", name="Pasos de la atención")
    steps.get_by_role("button", name="Enmendar").click()
    chart.dialog().get_by_label("Plan").fill("Control en 15 días.")
    chart.dialog().get_by_label("Motivo de la enmienda").fill("El plazo era otro")
    expect(chart.dialog().locator("ins")).to_have_text("15")
    expect(chart.dialog().locator("del")).to_have_text("30")
    chart.dialog().get_by_role("button", name="Enmendar").click()
    expect(page.get_by_text("El plazo era otro")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="versiones").click()
    expect(chart.dialog().locator("del")).to_have_text("30")
    page.keyboard.press("Escape")


def test_text_survives_a_closed_tab_and_goes_with_signing_out(
    chart: Chart, api: Client, patient: dict[str, Any]
) -> None:
    encounter = begun(api, patient)
    path = f"{patient['id']}/encounters/{encounter}"
    chart.open(path)
    chart.section("Plan").fill("Reposo.")
    chart.is_saved()
    chart.context.set_offline(True)
    chart.section("Plan").fill("Reposo. Escrito sin red.")
    expect(chart.page.get_by_text("queda en este equipo")).to_be_visible(timeout=SLOW)
    chart.page.close(run_before_unload=False)
    chart.context.set_offline(False)
    later = Chart(chart.context, chart.clinic)
    later.open(path)
    expect(later.section("Plan")).to_have_value("Reposo. Escrito sin red.", timeout=SLOW)
    later.is_saved()
    assert plans(api, encounter)[-1] == "Reposo. Escrito sin red."
    later.context.set_offline(True)
    later.section("Plan").fill("Nunca llega.")
    expect(later.page.get_by_text("queda en este equipo")).to_be_visible(timeout=SLOW)
    later.page.get_by_role("button", name="Profesional Demostración Uno").click()
    later.page.get_by_role("menuitem", name="Salir").click()
    later.dialog().get_by_role("button", name="Salir y borrarlo").click()
    expect(later.page.get_by_label("Institución")).to_be_visible(timeout=SLOW)
    assert later.page.evaluate(DRAFTS) == 0
    assert plans(api, encounter)[-1] == "Reposo. Escrito sin red."


def test_two_writers_of_one_note_lose_nothing(
    chart: Chart, api: Client, patient: dict[str, Any]
) -> None:
    encounter = begun(api, patient)
    note = api.post(f"/patients/encounters/{encounter}/notes", {"soap": {"plan": "Primero."}})
    chart.open(f"{patient['id']}/encounters/{encounter}")
    expect(chart.section("Plan")).to_have_value("Primero.", timeout=SLOW)
    place = f"/patients/encounters/{encounter}/notes/{note['note']}"
    api.put(place, {"soap": {"plan": "Del otro."}}, version=note["version"])
    chart.section("Plan").fill("Lo mío.")
    page = chart.page
    expect(page.get_by_role("region", name="El texto guardado")).to_contain_text(
        "Del otro.", timeout=SLOW
    )
    expect(page.get_by_role("region", name="Su texto")).to_contain_text("Lo mío.")
    page.get_by_role("button", name="Unir los dos").click()
    chart.is_saved()
    assert plans(api, encounter) == ["Primero.", "Del otro.", "Del otro.\n\nLo mío."]


def test_an_expired_session_keeps_what_was_typed(
    chart: Chart, api: Client, patient: dict[str, Any]
) -> None:
    encounter = begun(api, patient)
    chart.open(f"{patient['id']}/encounters/{encounter}")
    chart.section("Plan").fill("Antes.")
    chart.is_saved()

    def refuse(route: Route) -> None:
        route.fulfill(status=401, json={"type": "urn:telesalud:problem:unauthenticated"})

    chart.context.clear_cookies()
    chart.page.route("**/notes/*", refuse, times=1)
    chart.section("Plan").fill("Antes. Después.")
    expired = chart.page.get_by_text("Su sesión")
    expect(expired.or_(chart.page.get_by_label("Institución")).first).to_be_visible(timeout=SLOW)
    chart.enter()
    expect(chart.section("Plan")).to_have_value("Antes. Después.", timeout=SLOW)
    chart.is_saved()
    assert plans(api, encounter)[-1] == "Antes. Después."


def test_an_allergy_is_in_sight_everywhere_until_it_is_voided(
    chart: Chart, api: Client, patient: dict[str, Any]
) -> None:
    page = chart.page
    chart.open(f"{patient['id']}/allergies")
    page.get_by_role("button", name="Agregar").first.click()
    chart.dialog().get_by_role("textbox", name="Descripción").fill("Penicilina")
    chart.dialog().get_by_role("combobox", name="Gravedad").click()
    page.get_by_role("option", name="Grave").click()
    chart.dialog().get_by_role("button", name="Guardar").click()
    flag = page.get_by_text("Alergia grave: Penicilina")
    expect(flag).to_be_visible(timeout=SLOW)
    page.get_by_role("link", name="Cronología").press("Enter")
    expect(page.get_by_role("heading", name="Cronología")).to_be_visible(timeout=SLOW)
    expect(flag).to_be_visible()
    page.get_by_role("link", name="Alergias", exact=True).press("Enter")
    page.get_by_role("button", name="Acciones: Penicilina").click()
    page.get_by_role("menuitem", name="Anular").click()
    chart.dialog().get_by_label("Motivo").fill("Era de otro paciente")
    chart.dialog().get_by_role("button", name="Anular").click()
    expect(flag).to_be_hidden(timeout=SLOW)
    [entry] = api.get(f"/patients/{patient['id']}/allergies")["items"]
    assert entry["verification"] == "entered_in_error"
    assert "Era de otro paciente" in entry["comment"]
    assert chart.watched.faults == []


def test_a_phone_shows_the_chart_without_scrolling_sideways(
    browser: Browser, clinic: Clinic, api: Client, patient: dict[str, Any]
) -> None:
    encounter = begun(api, patient)
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="es-PE")
    chart = Chart(context, clinic)
    chart.sign_in()
    for path in ("", "/problems", "/timeline", f"/encounters/{encounter}"):
        chart.open(patient["id"] + path)
        expect(chart.page.get_by_role("heading", level=2).first).to_be_visible(timeout=SLOW)
        expect(chart.page.get_by_role("heading", level=1)).to_be_visible(timeout=SLOW)
        width = chart.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360, path
    context.close()


def test_a_record_opens_in_an_emergency_for_a_reason_that_is_noted(
    context: BrowserContext, clinic: Clinic, browser: Browser, patient: dict[str, Any]
) -> None:
    colleague = Chart(context, clinic, COLLEAGUE)
    colleague.sign_in()
    colleague.open(patient["id"])
    page = colleague.page
    reason = page.get_by_label("Motivo de la emergencia")
    reason.fill("corto")
    page.get_by_role("button", name="Abrir por emergencia").click()
    expect(page.get_by_text("Escriba al menos 10 caracteres")).to_be_visible()
    reason.fill("Paciente inconsciente en urgencias")
    page.get_by_role("button", name="Abrir por emergencia").click()
    expect(page.get_by_text("Acceso de emergencia")).to_be_visible(timeout=SLOW)
    page.reload()
    expect(page.get_by_text("Acceso de emergencia")).to_be_visible(timeout=SLOW)
    elsewhere = browser.new_context(locale="es-PE")
    watcher = Chart(elsewhere, clinic, "administracion")
    watcher.sign_in()
    watcher.open(patient["id"])
    expect(watcher.page.get_by_role("heading", name="Quién ha visto")).to_be_visible(timeout=SLOW)
    expect(watcher.page.get_by_text("Emergencia").first).to_be_visible(timeout=SLOW)
    elsewhere.close()
