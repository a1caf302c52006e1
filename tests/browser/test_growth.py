"""A child's growth on WHO's charts, and a chart's measurements on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from localstack.client import Client
from tests.browser.charts import DOCTOR, SLOW, Chart, registered
from tests.browser.conftest import Clinic

VISITS = (
    (690, 3.4, 50.0, 34.6),
    (600, 6.1, 61.0, 40.5),
    (330, 9.4, 75.5, 46.0),
    (5, 11.9, 86.0, 48.2),
)
"""Days ago; kg, cm and cm of head circumference of a child born 695 days ago."""
FIRST = re.compile(r"5 días · 3.4 kg · P\d+(\.\d)? · z -?\d")


@pytest.fixture
def api(clinic: Clinic) -> Client:
    return clinic.client(DOCTOR)


@pytest.fixture
def child(api: Client) -> str:
    born = (datetime.now(UTC) - timedelta(days=695)).date().isoformat()
    patient: str = registered(api, birth_date=born, sex="male")["id"]
    for days, kg, cm, head in VISITS:
        values = {"weight": (kg, "kg"), "height": (cm, "cm"), "head_circumference": (head, "cm")}
        given = {name: {"value": value, "unit": unit} for name, (value, unit) in values.items()}
        at = (datetime.now(UTC) - timedelta(days=days)).isoformat()
        api.post(f"/patients/{patient}/vitals", {"measured_at": at, "values": given})
    return patient


@contextmanager
def vitals_of(browser: Browser, clinic: Clinic, patient: str, width: int = 1280) -> Iterator[Chart]:
    """The patient's vital signs in a browser; an error on the page fails the test."""
    how: dict[str, Any] = {"viewport": {"width": width, "height": 900}, "locale": "es-PE"}
    context = browser.new_context(**how)
    chart = Chart(context, clinic)
    chart.sign_in()
    chart.open(f"{patient}/vitals")
    yield chart
    assert chart.watched.faults == []
    context.close()


def test_growth_is_drawn_on_who_charts_and_read_by_keyboard(
    browser: Browser, clinic: Clinic, child: str
) -> None:
    with vitals_of(browser, clinic, child) as chart:
        page = chart.page
        asked: list[str] = []
        page.on(
            "request", lambda one: asked.append(one.url) if "growth-curves" in one.url else None
        )
        growth = page.get_by_role("region", name="Crecimiento (OMS)")
        plot = growth.get_by_role("slider", name="Gráfico de Peso para la edad")
        expect(plot).to_be_visible(timeout=SLOW)
        expect(growth.get_by_text("Patrones de la OMS, niños.")).to_be_visible()
        assert drawn(page), "nothing is drawn on the canvas"
        expect(plot).to_have_attribute("aria-valuenow", "4")
        plot.focus()
        plot.press("Home")
        expect(plot).to_have_attribute("aria-valuetext", FIRST)
        expect(growth.locator("p").get_by_text("5 días · 3.4 kg")).to_be_visible()
        plot.press("ArrowRight")
        expect(plot).to_have_attribute("aria-valuenow", "2")
        rows = growth.get_by_role("row")
        expect(rows).to_have_count(1 + len(VISITS))
        expect(rows.nth(1)).to_contain_text("11.9")
        for name in ("Peso para la longitud", "Talla para la edad", "IMC para la edad"):
            growth.get_by_label("Crecimiento (OMS)").select_option(label=name)
            expect(growth.get_by_role("slider", name=name)).to_be_visible(timeout=SLOW)
        growth.get_by_label("Crecimiento (OMS)").select_option(label="Peso para la edad")
        for view in ("± DE", "Puntaje z"):
            growth.get_by_text(view, exact=True).first.click()
            expect(growth.get_by_role("slider")).to_be_visible()
        assert len(asked) == len(set(asked)), "the same curves were asked for twice"
        assert not [url for url in asked if child in url]
        shown = page.locator("main").inner_text()
        assert re.findall(r"\b(?:Value|Time)\b|-0(?![\d,.])", shown) == []


def drawn(page: Page) -> bool:
    """Whether the first canvas shows the median, the outermost curves and the child."""
    script = """() => {
      const canvas = document.querySelector('main canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const style = getComputedStyle(canvas);
      const inks = ['--ts-leaf', '--ts-clay', '--ts-focus'].map((name) => {
        const hex = style.getPropertyValue(name).trim().slice(1);
        return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
      });
      const near = (ink, at) => ink.every((part, k) => Math.abs(part - data[at + k]) < 12);
      return inks.map((ink) => {
        let count = 0;
        for (let at = 0; at < data.length; at += 4) count += data[at + 3] > 200 && near(ink, at);
        return count;
      });
    }"""
    counts: list[int] = page.evaluate(script)
    return all(count > 50 for count in counts)


def test_a_phone_lists_what_was_measured_without_scrolling_sideways(
    browser: Browser, clinic: Clinic, child: str
) -> None:
    with vitals_of(browser, clinic, child, 360) as chart:
        page = chart.page
        expect(page.get_by_role("heading", name="Todas las mediciones")).to_be_visible(timeout=SLOW)
        sets = page.get_by_role("list").filter(has_text="Perímetro cefálico")
        expect(sets.get_by_role("listitem")).to_have_count(len(VISITS))
        expect(sets.get_by_role("listitem").first).to_contain_text("11.9")
        expect(sets).not_to_contain_text("Pulso")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        course = page.get_by_label("Evolución de")
        expect(course).to_have_value("weight")
        assert "systolic" not in course.evaluate("one => [...one.options].map((o) => o.value)")
