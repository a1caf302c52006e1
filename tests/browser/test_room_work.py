"""The practitioner's room: who waits, admitting, the panel beside pages, controls, no-show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Clinic, Watched
from tests.browser.consults import (
    DESKTOP,
    PATIENT,
    book,
    book_closing_in,
    browsing,
    come_in,
    frames,
    meet,
    sees_video,
    sign_in,
)
from tests.browser.measures import faults_of, reach

CHIMES = """
window.chimes = 0;
const start = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () {
  window.chimes += 1;
  return start.call(this);
};
"""


@pytest.fixture
def doctor(browser: Browser, clinic: Clinic) -> Iterator[Watched]:
    with browsing(browser, **DESKTOP) as watched:
        watched.page.add_init_script(CHIMES)
        sign_in(watched.page, clinic)
        yield watched


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Watched]:
    with browsing(browser) as watched:
        yield watched


def test_the_waiting_room_says_who_came_with_a_sound_and_takes_a_message(
    clinic: Clinic, doctor: Watched, visitor: Watched
) -> None:
    name = "Paciente Demostración Esperado"
    booked = book(clinic, patient={"id": "DOC-3", "display_name": name})
    page = doctor.page
    page.goto(f"{clinic.origin}/waiting")
    row = page.get_by_role("listitem").filter(has=page.get_by_role("link", name=name))
    expect(row.get_by_role("link", name="Entrar a la consulta")).to_be_visible()
    chimes = page.evaluate("window.chimes")

    come_in(visitor.page, booked.link)
    expect(row.get_by_text("Desde las")).to_be_visible()
    expect(row.get_by_role("list", name="Prueba del equipo del paciente")).to_contain_text("Cámara")
    assert page.evaluate("window.chimes") > chimes
    assert page.title().startswith("●")
    assert faults_of(page) == []

    row.get_by_role("button", name=f"Escribir a {name}").click()
    row.get_by_role("button", name="Voy con 10 minutos de retraso").click()
    row.get_by_role("button", name="Enviar").click()
    expect(visitor.page.get_by_text("Voy con 10 minutos de retraso")).to_be_visible()
    expect(row.get_by_text("Enviado")).to_be_visible()
    assert faults_of(page) == []
    page.keyboard.press("Escape")
    row.get_by_role("link", name="Atender").click()
    expect(visitor.page.get_by_role("region", name="En consulta")).to_be_visible()
    assert doctor.faults == []
    assert visitor.faults == []


def test_call_note_and_chat_go_on_beside_other_pages(
    clinic: Clinic, doctor: Watched, visitor: Watched
) -> None:
    booked = book(clinic, charted=True)
    page = doctor.page
    meet(page, visitor.page, clinic, booked)
    page.get_by_label("Nota de la consulta").fill("Antes de abrir la historia.")
    page.get_by_role("tab", name="Historia").click()
    expect(page.get_by_role("heading", name="Problemas activos")).to_be_visible()
    assert faults_of(page) == []
    page.get_by_role("link", name="Abrir la historia junto a la llamada").click()
    expect(page.get_by_role("heading", name="Resumen")).to_be_visible()
    before = frames(page)
    note = page.get_by_label("Nota de la consulta")
    expect(note).to_have_value("Antes de abrir la historia.")
    sees_video(page)
    assert min(frames(page)) > min(before), "another connection was made"
    visitor.page.get_by_label("Escriba un mensaje").fill("¿Sigue ahí?")
    visitor.page.get_by_role("button", name="Enviar").click()
    page.get_by_role("tab", name="Chat").click()
    expect(page.get_by_text("¿Sigue ahí?")).to_be_visible()
    assert faults_of(page) == []
    page.get_by_role("link", name="Agenda").click()
    sees_video(page)
    page.set_viewport_size({"width": 360, "height": 740})
    expect(page.get_by_role("link", name="Ver la sala")).to_be_visible()
    assert faults_of(page) == []
    page.set_viewport_size(DESKTOP["viewport"])
    page.get_by_role("link", name="Ver la sala").click()
    expect(page.get_by_role("heading", name=f"Consulta · {PATIENT}")).to_be_visible()
    expect(note).to_have_value("Antes de abrir la historia.")
    assert doctor.faults == []
    assert visitor.faults == []


def test_the_controls_work_by_the_keyboard(
    clinic: Clinic, doctor: Watched, visitor: Watched
) -> None:
    page, other = doctor.page, visitor.page
    meet(page, other, clinic, book(clinic))
    press(page, "Silenciar")
    assert not page.evaluate(SENDS, "audio")
    press(page, "Activar micrófono")
    assert page.evaluate(SENDS, "audio")
    press(page, "Apagar cámara")
    expect(other.get_by_text("tiene la cámara apagada")).to_be_visible()
    press(page, "Encender cámara")
    expect(other.get_by_text("tiene la cámara apagada")).to_be_hidden()

    press(page, "Solo audio")
    expect(other.get_by_text("tiene la cámara apagada")).to_be_visible()
    page.wait_for_timeout(4000)
    before = frames(page)
    page.wait_for_timeout(3000)
    after = frames(page)
    assert after[1] - before[1] <= 2, "video goes on"
    assert after[0] - before[0] <= 2, "video still comes"
    press(page, "Encender video")
    for side in (page, other):
        sees_video(side)

    press(page, "Compartir pantalla")
    expect(page.get_by_role("button", name="Dejar de compartir")).to_be_visible()
    sees_video(other)
    press(page, "Dejar de compartir")
    sees_video(other)
    assert doctor.faults == []
    assert visitor.faults == []


SENDS = """(kind) => document.querySelector('video[aria-label="Usted"]').srcObject
  .getTracks().some((track) => track.kind === kind && track.enabled)"""


def press(page: Page, name: str) -> None:
    """By the keyboard: focus it as Tab does, then Enter."""
    target = page.get_by_role("button", name=name)
    reach(page, target)
    page.keyboard.press("Enter")


def test_a_patient_who_never_comes_is_a_no_show_on_both_sides(
    clinic: Clinic, doctor: Watched, visitor: Watched
) -> None:
    booked = book_closing_in(clinic, timedelta(seconds=60), charted=True)
    page = doctor.page
    page.goto(f"{clinic.origin}/room/{booked.id}?patient={booked.patient}")
    expect(page.get_by_role("heading", name="El paciente aún no llega")).to_be_visible()
    expect(page.get_by_text("se cierra sola como inasistencia")).to_be_visible()
    assert faults_of(page) == []
    expect(page.get_by_role("heading", name="El paciente no asistió")).to_be_visible()
    assert faults_of(page) == []
    visitor.page.goto(booked.link)
    expect(visitor.page.get_by_role("heading", name="La consulta se cerró")).to_be_visible()
    expect(visitor.page.get_by_text("pedir otra cita")).to_be_visible()
    assert doctor.faults == []
    assert visitor.faults == []
