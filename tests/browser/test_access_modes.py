"""High contrast, less motion, the page's language, live regions, and the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Clinic
from tests.browser.screens import LOCALES, PHYSICIAN, SLOW, Shown, enter, prepare, settle

WIDE = {"width": 1280, "height": 900}
OUTLINED = """() => {
  const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
  return document.activeElement === document.body
    || (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1)
    || document.activeElement.matches('input, textarea');  // the caret, and the system's own border
}"""
# How many pixels of the chart stand out from what is behind it: WCAG 1.4.11's 3:1.
DRAWN = """() => {
  const canvas = document.querySelector('main canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const linear = (part) => (part / 255 <= 0.04045
    ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  const light = (r, g, b) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const probe = document.createElement('canvas').getContext('2d');
  probe.fillStyle = 'Canvas';
  probe.fillRect(0, 0, 1, 1);
  const ground = light(...probe.getImageData(0, 0, 1, 1).data);
  let seen = 0;
  for (let at = 0; at < data.length; at += 4) {
    const own = light(data[at], data[at + 1], data[at + 2]);
    const ratio = (Math.max(own, ground) + 0.05) / (Math.min(own, ground) + 0.05);
    if (data[at + 3] > 200 && ratio >= 3) seen += 1;
  }
  return seen;
}"""
MOVING = """() => document.getAnimations()
  .filter((each) => each.effect.getComputedTiming().duration > 1)
  .map((each) => each.animationName ?? each.transitionProperty)"""


@pytest.fixture(scope="module")
def shown(clinic: Clinic) -> Shown:
    return prepare(clinic)


@pytest.fixture
def options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """How the browser of `page` is set up; a test may ask for more."""
    return {"viewport": WIDE, "locale": LOCALES["es"], **getattr(request, "param", {})}


def asking(**wanted: str) -> pytest.MarkDecorator:
    """A test's wishes of its browser."""
    return pytest.mark.parametrize("options", [wanted], indirect=True, ids=list(wanted))


@pytest.fixture
def page(browser: Browser, clinic: Clinic, options: dict[str, Any]) -> Iterator[Page]:
    """A physician's page on the agenda."""
    context = browser.new_context(**options)
    made = context.new_page()
    made.set_default_timeout(SLOW)
    made.goto(f"{clinic.origin}/agenda?view=day")
    enter(made, PHYSICIAN, clinic.password)
    settle(made)
    yield made
    context.close()


@asking(forced_colors="active")
def test_high_contrast_keeps_focus_states_and_charts_visible(
    page: Page, clinic: Clinic, shown: Shown
) -> None:
    for _ in range(24):
        page.keyboard.press("Tab")
        assert page.evaluate(OUTLINED), page.evaluate("document.activeElement.outerHTML")
    page.goto(f"{clinic.origin}/patients/{shown.adult}/vitals")
    settle(page)
    assert page.evaluate(DRAWN) > 500
    page.goto(f"{clinic.origin}/work")
    settle(page)
    for badge in page.locator("main .mantine-Badge-root").all():
        assert badge.evaluate("(each) => parseFloat(getComputedStyle(each).borderTopWidth)") >= 1


@asking(forced_colors="active")
def test_high_contrast_shows_where_one_is(page: Page) -> None:
    here = page.get_by_role("navigation", name="Principal").locator("[aria-current=page]")
    expect(here).to_have_css("outline-style", "solid")


@asking(reduced_motion="reduce")
def test_nothing_moves_when_less_motion_is_asked_for(page: Page) -> None:
    page.keyboard.press("Control+k")
    assert page.evaluate(MOVING) == []
    expect(page.get_by_role("dialog")).to_be_visible()
    assert page.evaluate(MOVING) == []


def test_the_dark_appearance_is_dark_whatever_the_device_prefers(page: Page) -> None:
    page.get_by_role("banner").get_by_role("button").last.click()
    page.get_by_role("menuitem", name="Oscura").click()
    ground = page.evaluate("getComputedStyle(document.querySelector('header')).backgroundColor")
    red, green, blue = (int(part) for part in re.findall(r"\d+", ground)[:3])
    assert max(red, green, blue) < 80, ground


def test_the_pages_language_follows_the_chosen_one(page: Page) -> None:
    html = page.locator("html")
    expect(html).to_have_attribute("lang", "es")
    page.get_by_role("banner").get_by_role("button").last.click()
    page.get_by_role("menuitem", name="Português").click()
    expect(html).to_have_attribute("lang", "pt")
    expect(page.get_by_role("navigation", name="Principal")).to_contain_text("Sala de espera")


def test_what_changes_by_itself_is_announced(page: Page, clinic: Clinic, shown: Shown) -> None:
    page.goto(f"{clinic.origin}/waiting")
    settle(page)
    expect(page.locator("#waiting-now")).to_have_attribute("aria-live", "polite")
    page.goto(f"{clinic.origin}/patients/{shown.adult}/encounters/{shown.encounter}")
    settle(page)
    page.get_by_role("textbox", name="Subjetivo").type("Sin molestias.")
    saved = page.locator("[role=status], [aria-live=polite]").filter(has_text="uardad")
    expect(saved.first).to_be_visible(timeout=SLOW)


def reach(page: Page, name: str, role: Any = "button") -> None:
    """Tab until it has the focus."""
    target = page.get_by_role(role, name=name, exact=True).first
    target.wait_for()
    for _ in range(60):
        if target.evaluate("(each) => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the keyboard does not reach {name}")


def test_the_agenda_is_read_and_a_patient_registered_by_the_keyboard_alone(page: Page) -> None:
    page.locator("#main").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("view=week"))
    reach(page, "Hoy")
    page.keyboard.press("Enter")
    reach(page, "Nueva cita")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Nueva cita", exact=True).first).to_be_focused()
    page.locator(".skip-link").focus()
    reach(page, "Pacientes", "link")
    page.keyboard.press("Enter")
    reach(page, "Registrar paciente")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Registrar paciente")).to_be_visible()
    reach(page, "Nombres", "textbox")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Nombres")).to_have_attribute("aria-invalid", "true")
