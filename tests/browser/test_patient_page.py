"""The patient's page: each way in that is not open says what to do, and each interruption ends."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Clinic, Watched
from tests.browser.consults import (
    DOCTOR,
    IN_APP,
    NO_DEVICES,
    Booked,
    agree,
    as_doctor,
    as_patient,
    book,
    book_closing_in,
    browsing,
    come_in,
    pass_check,
)
from tests.browser.measures import faults_of


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Watched]:
    with browsing(browser) as watched:
        yield watched


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def test_who_comes_too_early_is_let_in_when_the_time_has_come(
    clinic: Clinic, visitor: Watched
) -> None:
    page = visitor.page
    page.goto(book(clinic, timedelta(days=3)).link)
    heading(page, "Todavía es temprano")
    expect(page.get_by_text("Vuelva a abrir el mismo enlace ese día")).to_be_visible()

    soon = book(clinic, timedelta(minutes=10, seconds=40))
    page.goto(soon.link)  # in the same tab: only the fragment changes
    expect(page.get_by_text("entrará automáticamente a esa hora")).to_be_visible()
    expect(page.get_by_text("Comienza en 1 min")).to_be_visible()
    page.evaluate("window.untouched = true")
    heading(page, "Le damos la bienvenida a su teleconsulta")
    assert page.evaluate("window.untouched"), "the page was loaded anew"
    # The page's own error of the refusals, which it has shown as what they mean.
    assert [fault for fault in visitor.faults if "status of 409" not in fault] == []


def _expired(clinic: Clinic) -> Booked:
    booked = book_closing_in(clinic, timedelta(seconds=6))
    time.sleep(7)
    return booked


def _cancelled(clinic: Clinic) -> Booked:
    booked = book(clinic)
    clinic.client(DOCTOR).post(f"{booked.path}/cancel", {})
    return booked


def _moved(clinic: Clinic) -> Booked:
    booked = book(clinic)
    later = (datetime.now(UTC) + timedelta(hours=3)).isoformat()
    clinic.client(DOCTOR).post(f"{booked.path}/reschedule", {"start": later})
    return booked


def _used(clinic: Clinic) -> Booked:
    booked = book(clinic)
    as_patient(clinic, booked)
    return booked


def _finished(clinic: Clinic) -> Booked:
    booked = book(clinic)
    as_patient(clinic, booked).post(f"{booked.path}/announce", {})
    doctor = as_doctor(clinic, booked)
    doctor.post(f"{booked.path}/admit", {})
    doctor.post(f"{booked.path}/finish", {"note": None})
    return booked


REFUSALS: dict[str, tuple[Callable[[Clinic], Booked], dict[str, str]]] = {
    "expired": (
        _expired,
        {
            "es": "Esta consulta ya se cerró",
            "pt": "Esta consulta já foi encerrada",
            "en": "This consultation has closed",
        },
    ),
    "cancelled": (
        _cancelled,
        {
            "es": "La consulta fue cancelada",
            "pt": "A consulta foi cancelada",
            "en": "The consultation was cancelled",
        },
    ),
    "moved": (
        _moved,
        {
            "es": "Este enlace fue reemplazado",
            "pt": "Este link foi substituído",
            "en": "This link was replaced",
        },
    ),
    "used elsewhere": (
        _used,
        {
            "es": "Este enlace se abrió en otro equipo",
            "pt": "Este link foi aberto em outro aparelho",
            "en": "This link was opened on another device",
        },
    ),
    "finished": (
        _finished,
        {
            "es": "La consulta terminó",
            "pt": "A consulta terminou",
            "en": "The consultation has ended",
        },
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_each_refusal_says_what_to_do_in_each_language(
    clinic: Clinic, browser: Browser, refusal: str
) -> None:
    make, titles = REFUSALS[refusal]
    booked = make(clinic)
    for language, title in titles.items():
        with browsing(browser, language) as watched:
            watched.page.goto(booked.link)
            heading(watched.page, title)
            assert watched.page.evaluate("document.documentElement.lang") == language
            assert faults_of(watched.page) == []
            assert watched.faults == []


def test_what_happens_while_the_page_is_open_is_said_there(
    clinic: Clinic, visitor: Watched
) -> None:
    booked = book(clinic)
    come_in(visitor.page, booked.link)
    clinic.client(DOCTOR).post(f"{booked.path}/cancel", {})
    heading(visitor.page, "La consulta fue cancelada")
    visitor.page.reload()
    heading(visitor.page, "La consulta fue cancelada")

    another = book(clinic)
    come_in(visitor.page, another.link)
    later = (datetime.now(UTC) + timedelta(hours=3)).isoformat()
    clinic.client(DOCTOR).post(f"{another.path}/reschedule", {"start": later})
    heading(visitor.page, "Este enlace fue reemplazado")


def test_a_second_tab_takes_over_and_gives_back(clinic: Clinic, visitor: Watched) -> None:
    booked = book(clinic)
    first = visitor.page
    come_in(first, booked.link)
    second = first.context.new_page()
    second.goto(booked.link)
    heading(second, "Le damos la bienvenida a su teleconsulta")
    heading(first, "Está en la sala de espera")  # looking takes nothing over
    second.get_by_role("button", name="Continuar").click()  # what was accepted stands
    heading(first, "Su consulta sigue en otra pestaña")
    assert faults_of(first) == []
    first.get_by_role("button", name="Seguir aquí").click()
    heading(first, "Está en la sala de espera")
    heading(second, "Su consulta sigue en otra pestaña")
    assert visitor.faults == []


def test_without_permission_the_visit_goes_on_and_says_how_to_allow(
    clinic: Clinic, visitor: Watched
) -> None:
    page = visitor.page
    page.add_init_script(NO_DEVICES)
    page.goto(book(clinic).link)
    agree(page)
    page.get_by_role("button", name="Empezar la prueba").click()
    expect(page.get_by_role("heading", name="Falta su permiso")).to_be_visible()
    expect(page.get_by_text("Sin permiso")).to_have_count(2)
    expect(page.get_by_role("button", name="Entrar a la sala de espera")).to_be_enabled()
    assert faults_of(page) == []
    page.evaluate("window.allowed = true")
    page.get_by_role("button", name="Intentar de nuevo").click()
    expect(page.get_by_text("Todo listo para su consulta")).to_be_visible()
    expect(page.get_by_role("heading", name="Falta su permiso")).to_be_hidden()

    page.evaluate("window.allowed = false")
    page.get_by_role("button", name="Intentar de nuevo").click()
    expect(page.get_by_role("heading", name="Falta su permiso")).to_be_visible()
    page.get_by_role("button", name="Entrar a la sala de espera").click()
    heading(page, "Está en la sala de espera")
    assert visitor.faults == []


@pytest.mark.parametrize("app", IN_APP)
def test_inside_another_app_the_link_stays_unused_and_goes_along(
    clinic: Clinic, browser: Browser, app: str
) -> None:
    booked = book(clinic)
    with browsing(browser, user_agent=IN_APP[app]) as inside:
        page = inside.page
        page.goto(booked.link)
        heading(page, "Abra esta página en su navegador")
        named = "Abrir en Safari" if "iOS" in app else "Abrir en Chrome"
        expect(page.get_by_text(named)).to_be_visible()
        assert page.url == booked.link, "opening it in the browser would lose the secret"
        assert page.get_by_label("Su enlace").input_value() == booked.link
        assert faults_of(page) == []
    with browsing(browser) as outside:
        outside.page.goto(booked.link)
        heading(outside.page, "Le damos la bienvenida a su teleconsulta")


def test_who_was_away_longer_than_a_session_comes_back_without_a_new_link(
    clinic: Clinic, visitor: Watched
) -> None:
    page = visitor.page
    come_in(page, book(clinic).link)
    _age(page)
    page.reload()  # as after a phone call for which the system threw the page out
    heading(page, "Está en la sala de espera")
    assert visitor.faults == []


def _age(page: Page) -> None:
    """Make the kept session older than it may be."""
    kept: dict[str, Any] = json.loads(page.evaluate("sessionStorage['telesalud.session']"))
    kept["expires_at"] = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    page.evaluate("(text) => { sessionStorage['telesalud.session'] = text }", json.dumps(kept))


def test_who_waited_in_vain_is_told_so(clinic: Clinic, visitor: Watched) -> None:
    booked = book_closing_in(clinic, timedelta(seconds=75))
    come_in(visitor.page, booked.link)
    heading(visitor.page, "No pudimos atenderle")
    expect(visitor.page.get_by_text("otra cita")).to_be_visible()


def test_the_whole_way_in_is_accessible_in_each_language(clinic: Clinic, browser: Browser) -> None:
    for language in ("es", "pt", "en"):
        booked = book(clinic, patient={"id": "DOC-2", "display_name": "Demo", "language": language})
        with browsing(browser, language) as watched:
            page = watched.page
            page.goto(booked.link)
            page.get_by_role("checkbox").first.wait_for()
            assert faults_of(page) == []
            pass_check(page)
            assert faults_of(page) == []
            assert watched.faults == []
