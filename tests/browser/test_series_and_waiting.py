"""The desk's harder hours: series, the waiting list, overbooking, and a morning without a mouse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from localstack.client import Client
from localstack.demo import practitioner
from tests.browser.conftest import Clinic, Watched
from tests.browser.front_desk import (
    act,
    booked,
    enter,
    letters,
    local_day,
    pick_patient,
    registered,
    watched_desk,
)
from tests.browser.screens import SLOW
from tests.cloud.parties import until

OVERBOOKED = "sobrecupo-prueba"


@pytest.fixture
def desk(browser: Browser) -> Iterator[Watched]:
    with watched_desk(browser) as watched:
        yield watched


@pytest.fixture
def who(clinic: Clinic) -> Iterator[dict[str, Any]]:
    """A practitioner whose agenda is free at every hour."""
    with practitioner(clinic.client("administracion"), clinic.client("medicina.dos")) as made:
        yield made


def next_week(days: int = 7) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def choose_kind(page: Page, kind: str = "Consulta") -> None:
    page.get_by_role("dialog").get_by_role("combobox", name="Tipo de cita").click()
    page.get_by_role("option", name=kind, exact=True).click()


def free_times(dialog: Locator) -> Locator:
    return dialog.get_by_role("button", name=re.compile(r"^\d\d:\d\d$"))


def test_a_series_leaves_out_what_is_taken_moves_from_a_date_on_and_is_called_off(
    clinic: Clinic, desk: Watched, who: dict[str, Any]
) -> None:
    page, family, other = desk.page, letters(), letters()
    registered(clinic, family)
    stranger = registered(clinic, other)
    api = clinic.client("admision.uno")
    first = next_week()
    enter(page, clinic)
    page.goto(f"{clinic.origin}/agenda?practitioner={who['id']}&day={first}")
    page.get_by_role("button", name="Nueva cita").first.click(timeout=SLOW)
    dialog = page.get_by_role("dialog")
    pick_patient(page, family)
    choose_kind(page)
    slot = free_times(dialog).nth(20)
    slot.click(timeout=SLOW)
    _take(api, who, stranger, f"{next_week(14)}T{slot.inner_text()}")
    dialog.get_by_role("switch", name="Se repite").check()
    dialog.get_by_role("button", name="Ver fechas").click()
    preview = dialog.get_by_role("status").filter(has_text="Se agendarán 3 citas")
    expect(preview).to_be_visible(timeout=SLOW)
    expect(preview.get_by_role("listitem").filter(has_text="Ocupado")).to_have_count(1)
    dialog.get_by_role("button", name="Agendar").click()
    expect(page.get_by_text("Cita agendada")).to_be_visible(timeout=SLOW)

    page.goto(f"{clinic.origin}/agenda?practitioner={who['id']}&day={next_week(21)}")
    row = page.get_by_role("listitem").filter(has_text=family)
    act(page, row, "Reprogramar")
    later = free_times(dialog).nth(40)
    later.click(timeout=SLOW)
    hour = later.inner_text()
    dialog.get_by_label("Esta y las siguientes").check()
    dialog.get_by_role("button", name="Reprogramar", exact=True).click()
    expect(page.get_by_text("Cita reprogramada")).to_be_visible(timeout=SLOW)
    times = until(lambda: _moved(api, who, family, hour), SLOW / 1000)
    assert [time == hour for time in times] == [False, True, True], times

    act(page, row, "Cancelar cita")
    dialog.get_by_label("Motivo").fill("El paciente viaja")
    dialog.get_by_label("Toda la serie").check()
    dialog.get_by_role("button", name="Cancelar cita").click()
    expect(row.get_by_text("Cancelada")).to_be_visible(timeout=SLOW)
    until(lambda: not _of(api, who, family), SLOW / 1000)
    assert desk.faults == []


def _take(api: Client, who: dict[str, Any], patient: dict[str, Any], at: str) -> None:
    """Somebody else's appointment at that local time."""
    body = {
        "patient": {"id": patient["id"], "display_name": "Paciente Demostración Anterior"},
        "practitioners": [who["id"]],
        "site": who["sites"][0],
        "category": "consulta",
        "start": f"{at}:00-05:00",
        "minutes": 20,
    }
    api.post("/appointments", body)


def _of(api: Client, who: dict[str, Any], family: str) -> list[dict[str, Any]]:
    """What stands in the agenda for the patient, by time."""
    since = datetime.now(UTC)
    query = {"since": since.isoformat(), "until": (since + timedelta(days=40)).isoformat()}
    items = api.get("/appointments/agenda", practitioner=who["id"], **query, limit=200)["items"]
    mine = [each for each in items if family in each["patient"]["display_name"]]
    return [each for each in mine if not each["status"].startswith("cancelled")]


def _moved(api: Client, who: dict[str, Any], family: str, hour: str) -> list[str] | None:
    """The local hours of the series once two of them are at the new one."""
    offset = timedelta(hours=-5)
    starts = [datetime.fromisoformat(each["start"]) + offset for each in _of(api, who, family)]
    hours = [f"{start:%H:%M}" for start in starts]
    return hours if hours.count(hour) >= 2 else None


def test_a_freed_time_is_offered_declined_offered_to_the_next_and_booked(
    clinic: Clinic, desk: Watched, who: dict[str, Any]
) -> None:
    page, first, second, third = desk.page, letters(), letters(), letters()
    patient = registered(clinic, third)
    for family in (first, second):
        registered(clinic, family, email="paciente@demo.invalid", contact_permissions=["email"])
    api = clinic.client("admision.uno")
    _permit_messages(clinic.client("administracion"))
    appointment = booked(api, who, patient, third, days=2)
    start = api.get(f"/appointments/{appointment}")["start"]
    enter(page, clinic)
    page.goto(f"{clinic.origin}/waitlist")
    _wait(page, first, who["name"], urgent=True)
    _wait(page, second, who["name"])
    page.goto(f"{clinic.origin}/agenda?practitioner={who['id']}&day={local_day(start)}")
    act(page, page.get_by_role("listitem").filter(has_text=third), "Cancelar cita")
    page.get_by_role("dialog").get_by_role("button", name="Cancelar cita").click()

    page.goto(f"{clinic.origin}/waitlist")
    mine = page.get_by_role("listitem").filter(has_text=first)
    next_one = page.get_by_role("listitem").filter(has_text=second)
    _see(page, mine.get_by_text("Horario reservado para este paciente"))
    expect(next_one.get_by_role("button", name="Agendar")).to_have_count(0)
    _see(page, mine.get_by_text(re.compile(r"Se avisó al paciente: \d\d:\d\d \(Correo")))
    mine.get_by_role("button", name="No lo acepta").click()
    expect(mine.get_by_text("Horario reservado")).not_to_be_visible(timeout=SLOW)
    _see(page, next_one.get_by_text("Horario reservado para este paciente"))
    next_one.get_by_role("button", name="Agendar").click()
    expect(page.get_by_text("Cita agendada")).to_be_visible(timeout=SLOW)
    expect(next_one).not_to_be_visible(timeout=SLOW)
    assert [each["start"] for each in _of(api, who, second)] == [start]

    mine.get_by_role("button", name=re.compile("^Editar")).click()
    page.get_by_role("dialog").get_by_role("button", name="Quitar de la lista").click()
    expect(mine).not_to_be_visible(timeout=SLOW)
    assert desk.faults == []


def _permit_messages(administrator: Client) -> None:
    """The institution writes to its patients at any hour."""
    present = administrator.get("/appointments/reminder-policy")
    policy = {"enabled": True, "lead_minutes": [1440], "channels": ["email"]}
    administrator.put("/appointments/reminder-policy", policy, present["version"])


def _wait(page: Page, family: str, name: str, *, urgent: bool = False) -> None:
    page.get_by_role("button", name="Agregar a la lista").first.click(timeout=SLOW)
    dialog = page.get_by_role("dialog")
    pick_patient(page, family)
    choose_kind(page)
    dialog.get_by_role("button", name="Guardar").click()
    expect(dialog.get_by_text("Elija profesionales o una especialidad")).to_be_visible()
    dialog.get_by_role("combobox", name="Profesional").click(force=True)  # its frame opens it, too
    page.get_by_role("option", name=name).last.click()
    page.keyboard.press("Escape")
    if urgent:
        dialog.get_by_role("combobox", name="Urgencia").click()
        page.get_by_role("option", name="Urgente").click()
    dialog.get_by_role("button", name="Guardar").click()
    row = page.get_by_role("listitem").filter(has_text=family)
    expect(row).to_be_visible(timeout=SLOW)


def _see(page: Page, what: Locator) -> None:
    """Until the page has what happens by itself; it reads the list again every 20 seconds."""
    expect(what).to_be_visible(timeout=2 * SLOW)


def test_a_taken_time_is_overbooked_only_by_whoever_may_and_says_so(
    clinic: Clinic, desk: Watched, who: dict[str, Any]
) -> None:
    page, family, other = desk.page, letters(), letters()
    registered(clinic, family)
    admin, api = clinic.client("administracion"), clinic.client("admision.uno")
    _allow_overbooking(admin, who)
    stranger = registered(clinic, other)
    day = next_week(3)
    _take(api, who, stranger, f"{day}T09:00")
    enter(page, clinic, "medicina.uno")
    page.goto(f"{clinic.origin}/agenda?practitioner={who['id']}&day={day}")
    page.get_by_role("button", name="Nueva cita").first.click(timeout=SLOW)
    dialog = page.get_by_role("dialog")
    pick_patient(page, family)
    choose_kind(page, "Sobrecupo de la prueba")
    dialog.get_by_label("Otra hora").fill("09:00", timeout=SLOW)
    book = dialog.get_by_role("button", name="Agendar")
    book.click()
    expect(dialog.get_by_text("El profesional ya tiene una cita a esa hora")).to_be_visible(
        timeout=SLOW
    )
    expect(book).to_be_disabled()
    dialog.get_by_label("Agendar aunque la hora esté ocupada").check()
    book.click()
    row = page.get_by_role("listitem").filter(has_text=family)
    expect(row.get_by_text("Sobrecupo", exact=True)).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("listitem").filter(has_text="Anterior")).to_be_visible()


def _allow_overbooking(admin: Client, who: dict[str, Any]) -> None:
    titles = {f"title_{language}": "Sobrecupo de la prueba" for language in ("es", "pt", "en")}
    kinds = {each["code"]: each for each in admin.get("/appointments/categories")["items"]}
    if OVERBOOKED not in kinds:
        body = {**titles, "minutes": 20, "overbooking": 1}
        admin.put(f"/appointments/categories/{OVERBOOKED}", body)
    body = {key: value for key, value in who.items() if key not in ("id", "version")}
    path = f"/appointments/practitioners/{who['id']}"
    changed = admin.put(path, {**body, "overbooking": 1}, who["version"])
    who["version"] = changed["version"]


def test_a_morning_at_the_desk_needs_no_mouse(
    clinic: Clinic, desk: Watched, who: dict[str, Any]
) -> None:
    page, family = desk.page, letters()
    registered(clinic, family)
    day = next_week(2)
    enter(page, clinic)
    page.goto(f"{clinic.origin}/agenda?practitioner={who['id']}&day={day}")
    keys = page.keyboard
    _tab_to(page, "Nueva cita")
    keys.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("combobox")).to_be_focused(timeout=SLOW)
    keys.type(family)
    expect(dialog.get_by_role("option")).to_have_count(1, timeout=SLOW)
    keys.press("Enter")
    _tab_to(page, "Tipo de cita")
    keys.press("ArrowDown")
    expect(page.get_by_role("option", name="Consulta", exact=True)).to_be_visible()
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(free_times(dialog).first).to_be_visible(timeout=SLOW)
    _tab_to(page, r"^\d\d:\d\d$")
    keys.press("Enter")
    _tab_to(page, "Agendar")
    keys.press("Enter")
    expect(page.get_by_text("Cita agendada")).to_be_visible(timeout=SLOW)
    row = page.get_by_role("listitem").filter(has_text=family)
    expect(row).to_be_visible(timeout=SLOW)
    for state in ("Confirmada", "Llegó", "En consultorio", "Atendida"):
        _tab_to(page, "Más acciones")
        keys.press("Enter")
        item = page.get_by_role("menuitem", name=state, exact=True)
        expect(item).to_be_visible(timeout=SLOW)
        while not item.evaluate("(each) => each === document.activeElement"):
            keys.press("ArrowDown")
        keys.press("Enter")
        expect(row.get_by_text(state, exact=True)).to_be_visible(timeout=SLOW)
    keys.press("Control+k")
    expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused(timeout=SLOW)
    keys.press("Escape")
    assert desk.faults == []


NAMES = """() => {
  const at = document.activeElement;
  if (!at?.matches('a, button, input, select, textarea, [role]')) return '';
  return [at.getAttribute('aria-label'), at.labels?.[0]?.textContent, at.textContent].join(' | ');
}"""


def _tab_to(page: Page, name: str, most: int = 120) -> None:
    """Press Tab until what has the focus has the name. AssertionError when nothing has."""
    for _ in range(most):
        parts = [part.strip() for part in str(page.evaluate(NAMES)).split("|")]
        if any(re.search(name, part) for part in parts):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {name}")
