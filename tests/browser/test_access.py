"""Every screen in every language: WCAG 2.2 AA by axe, no error on the console, no policy violation.

What a machine can see of accessibility (axe-core, about half of WCAG's criteria); the walks below
add what only shows with a keyboard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Clinic, Watched
from tests.browser.measures import faults_of, reach, reflowed, small_targets, too_wide
from tests.browser.screens import (
    LOCALES,
    PHYSICIAN,
    SCREENS,
    SLOW,
    Screen,
    Shown,
    by_user,
    enter,
    prepare,
    settle,
    visit,
)

WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 360, "height": 780}
EXPECTED = ("status of 404", "status of 401", "status of 410")
"""What the browser itself reports of answers that the page shows as what they mean."""


@pytest.fixture(scope="module")
def shown(clinic: Clinic) -> Shown:
    return prepare(clinic)


Measure = Callable[[Page], Sequence[Any]]


def checked(
    browser: Browser,
    clinic: Clinic,
    shown: Shown,
    options: dict[str, Any],
    screens: list[Screen],
    *,
    measures: Sequence[Measure] = (faults_of, too_wide),
) -> dict[str, list[Any]]:
    """Faults by screen for one user, whose sign-in is in the first screen's way."""
    context = browser.new_context(**options)
    watched = Watched(context.new_page())
    page = watched.page
    found: dict[str, list[Any]] = {}
    signed_in = screens[0].user_name is None
    for screen in screens:
        if signed_in:
            visit(page, clinic, screen, shown)
        else:
            page.goto(clinic.origin + screen.path.format_map(vars(shown)))
            enter(page, screen.user_name or "", clinic.password)
            expect(page.locator("main")).to_be_visible(timeout=SLOW)
            settle(page)
            signed_in = True
        console = [text for text in watched.faults if not any(each in text for each in EXPECTED)]
        watched.faults.clear()
        measured = [fault for measure in measures for fault in measure(page)]
        if faults := [*measured, *console]:
            found[screen.name] = faults
    context.close()
    return found


@pytest.mark.parametrize("language", LOCALES)
def test_every_screen_in_every_language(
    browser: Browser, clinic: Clinic, shown: Shown, language: str
) -> None:
    found: dict[str, list[Any]] = {}
    options = {"viewport": WIDE, "locale": LOCALES[language]}
    for _, screens in by_user(SCREENS):
        found |= checked(browser, clinic, shown, options, screens)
    assert found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_screen_on_a_narrow_phone(
    browser: Browser, clinic: Clinic, shown: Shown, scheme: str
) -> None:
    found: dict[str, list[Any]] = {}
    options = {"viewport": NARROW, "locale": LOCALES["es"], "color_scheme": scheme}
    measures = (faults_of, too_wide, reflowed, small_targets)
    for _, screens in by_user(SCREENS):
        found |= checked(browser, clinic, shown, options, screens, measures=measures)
    assert found == {}


@pytest.fixture
def signed_in(browser: Browser, clinic: Clinic) -> Iterator[Page]:
    """A physician's page, entered by the keyboard alone."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale=LOCALES["es"])
    page = context.new_page()
    page.set_default_timeout(SLOW)
    page.goto(f"{clinic.origin}/patients")
    page.locator("form input").first.focus()
    for text in ("clinica-norte", PHYSICIAN, clinic.password):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "BUTTON":
            page.keyboard.press("Tab")  # the button that shows the password
    page.locator("form input").nth(2).press("Enter")
    expect(page.get_by_role("heading", name="Pacientes")).to_be_visible()
    yield page
    context.close()


def test_the_way_to_a_signed_prescription_needs_no_mouse(
    clinic: Clinic, signed_in: Page, shown: Shown
) -> None:
    page = signed_in
    page.goto(f"{clinic.origin}/patients/{shown.child}/orders?show=prescription.new")
    search = page.get_by_role("combobox", name="Agregar medicamento")
    reach(page, search)
    page.keyboard.type("paracetamol")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    reach(page, page.get_by_label("Dosis", exact=True))
    page.keyboard.type("1")
    reach(page, page.get_by_label("Frecuencia"))
    page.keyboard.press("ArrowDown")
    reach(page, page.get_by_label("Duración (días)"))
    page.keyboard.type("3")
    for button in ("Guardar y revisar", "Firmar"):
        reach(page, page.get_by_role("button", name=button))
        page.keyboard.press("Enter")
    expect(page.get_by_text("Código de verificación", exact=True)).to_be_visible()


def test_the_keyboard_can_skip_what_repeats_and_close_what_it_opened(signed_in: Page) -> None:
    page = signed_in
    page.reload()
    expect(page.get_by_role("heading", name="Pacientes")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
