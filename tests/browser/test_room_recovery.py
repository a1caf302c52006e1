"""A call that is interrupted goes on: a lost network on either side, reloads, and the limit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Clinic, Watched
from tests.browser.consults import (
    DESKTOP,
    DOCTOR,
    Booked,
    Network,
    as_doctor,
    book,
    book_closing_in,
    browsing,
    come_in,
    meet,
    sees_video,
    sign_in,
)
from tests.browser.udp_path import UdpPath, udp_path

OUTAGE_MS = 60_000
CUT_OFF = ("ERR_INTERNET_DISCONNECTED", "WebSocket", "status of 410")
"""What the browser itself reports of a network that is not there."""


@pytest.fixture
def doctor(browser: Browser, clinic: Clinic) -> Iterator[Watched]:
    with browsing(browser, **DESKTOP) as watched:
        sign_in(watched.page, clinic)
        yield watched


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Watched]:
    with browsing(browser) as watched:
        yield watched


@pytest.fixture
def path(doctor: Watched, visitor: Watched) -> Iterator[UdpPath]:
    with udp_path(doctor.page, visitor.page) as made:
        yield made


def faults(watched: Watched) -> list[str]:
    return [text for text in watched.faults if not any(each in text for each in CUT_OFF)]


def write(doctor: Page, text: str) -> None:
    doctor.get_by_role("tab", name="Nota").click()
    doctor.get_by_label("Nota de la consulta").fill(text)


def say(page: Page, label: str, text: str) -> None:
    page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Enviar").click()


def texts(clinic: Clinic, booked: Booked) -> list[str]:
    """The chat as the server has it."""
    items = as_doctor(clinic, booked).get(f"{booked.path}/chat")["items"]
    return [message["text"] for message in items]


def test_a_minute_without_network_on_the_patients_side(
    clinic: Clinic, doctor: Watched, visitor: Watched, path: UdpPath
) -> None:
    booked = book(clinic)
    meet(doctor.page, visitor.page, clinic, booked)
    network = Network(visitor.page, path)
    network.cut()
    expect(visitor.page.get_by_text("Sin conexión. Seguimos intentando")).to_be_visible()
    say(visitor.page, "Escriba un mensaje", "¿Me escucha?")
    expect(visitor.page.get_by_text("Se enviará cuando vuelva la conexión")).to_be_visible()
    expect(doctor.page.get_by_text("Reconectando…")).to_be_visible()
    write(doctor.page, "Se cortó la llamada.")
    visitor.page.wait_for_timeout(OUTAGE_MS)
    expect(doctor.page.get_by_text("perdió la conexión")).to_be_visible()

    network.restore()
    expect(visitor.page.get_by_text("Sin conexión")).to_be_hidden()
    for page in (doctor.page, visitor.page):
        sees_video(page)
    expect(doctor.page.get_by_text("perdió la conexión")).to_be_hidden()
    doctor.page.get_by_role("tab", name="Chat").click()
    expect(doctor.page.get_by_text("¿Me escucha?")).to_have_count(1)
    assert texts(clinic, booked) == ["¿Me escucha?"]
    assert faults(doctor) == []
    assert faults(visitor) == []


def test_a_minute_without_network_on_the_practitioners_side_then_both_reload(
    clinic: Clinic, doctor: Watched, visitor: Watched, path: UdpPath
) -> None:
    booked = book(clinic)
    meet(doctor.page, visitor.page, clinic, booked)
    write(doctor.page, "Antes del corte.")
    expect(doctor.page.get_by_text("Guardado a las")).to_be_visible()
    network = Network(doctor.page, path)
    network.cut()
    expect(doctor.page.get_by_text("Lo escrito se guardará al volver")).to_be_visible()
    write(doctor.page, "Antes del corte. Durante el corte.")
    doctor.page.get_by_role("tab", name="Chat").click()
    say(doctor.page, "Mensaje", "Espere un momento")
    expect(doctor.page.get_by_text("Se enviará cuando vuelva la conexión")).to_be_visible()
    doctor.page.wait_for_timeout(OUTAGE_MS)
    expect(visitor.page.get_by_text("perdió la conexión")).to_be_visible()

    network.restore()
    for page in (doctor.page, visitor.page):
        sees_video(page)
    expect(visitor.page.get_by_text("Espere un momento")).to_have_count(1)
    doctor.page.get_by_role("tab", name="Nota").click()
    expect(doctor.page.get_by_text("Guardado a las")).to_be_visible()

    doctor.page.reload()
    visitor.page.reload()
    for page in (doctor.page, visitor.page):
        sees_video(page)
    note = doctor.page.get_by_label("Nota de la consulta")
    expect(note).to_have_value("Antes del corte. Durante el corte.")
    assert texts(clinic, booked) == ["Espere un momento"]
    assert faults(doctor) == []
    assert faults(visitor) == []


def test_unsaved_text_survives_a_reload_without_network(clinic: Clinic, doctor: Watched) -> None:
    """The page itself comes back from what the browser keeps; the text from this computer."""
    booked = book(clinic)
    page = doctor.page
    page.goto(f"{clinic.origin}/room/{booked.id}?patient={booked.patient}")
    note = page.get_by_label("Nota de la consulta")
    note.wait_for()
    page.route("**/api/consults/*/notes", lambda route: route.abort())
    note.fill("Texto que el servidor no tiene.")
    expect(page.get_by_text("No se pudo guardar; se intentará de nuevo")).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept())
    page.unroute("**/api/consults/*/notes")
    page.reload()
    expect(page.get_by_label("Nota de la consulta")).to_have_value(
        "Texto que el servidor no tiene."
    )
    expect(page.get_by_text("Guardado a las")).to_be_visible()
    saved = as_doctor(clinic, booked).get(f"{booked.path}/notes")
    assert saved["text"] == "Texto que el servidor no tiene."


def test_the_limit_warns_and_moves_on_both_pages(
    clinic: Clinic, doctor: Watched, visitor: Watched
) -> None:
    booked = book_closing_in(clinic, timedelta(minutes=4))
    meet(doctor.page, visitor.page, clinic, booked)
    for page in (doctor.page, visitor.page):
        expect(page.get_by_text("La consulta terminará a las")).to_be_visible()
    doctor.page.get_by_role("button", name="Ampliar 10 min").click()
    expect(visitor.page.get_by_text("Su consulta se amplió")).to_be_visible()
    for page in (doctor.page, visitor.page):
        expect(page.get_by_text("La consulta terminará a las")).to_be_hidden()


def test_the_limit_ends_both_pages_and_saves_what_was_unsaved(
    clinic: Clinic, doctor: Watched, visitor: Watched
) -> None:
    booked = book_closing_in(clinic, timedelta(minutes=2))
    doctor.page.goto(f"{clinic.origin}/room/{booked.id}?patient={booked.patient}")
    come_in(visitor.page, booked.link)
    doctor.page.get_by_role("button", name="Atender").click()
    for page in (doctor.page, visitor.page):
        expect(page.get_by_text("La consulta terminará a las")).to_be_visible()
    autosaves = "**/api/consults/*/notes"
    doctor.page.route(autosaves, lambda route: route.abort())
    write(doctor.page, "Lo último antes del límite.")
    expect(doctor.page.get_by_role("heading", name="La consulta terminó")).to_be_visible(
        timeout=180_000
    )
    expect(doctor.page.get_by_text("Llegó a su hora límite")).to_be_visible()
    expect(visitor.page.get_by_role("heading", name="La consulta terminó")).to_be_visible()
    expect(visitor.page.get_by_text("hora límite")).to_be_visible()
    expect(doctor.page.get_by_role("region", name="Nota de la consulta")).to_contain_text(
        "Lo último antes del límite."
    )
    exported = clinic.client(DOCTOR).get(f"{booked.path}/export")
    assert exported["note"]["text"] == "Lo último antes del límite."
