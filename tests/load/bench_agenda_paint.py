"""How soon the agenda of 60 practitioners with 900 appointments a day answers with a painted frame.

    python -m tests.load.bench_agenda_paint [--rounds 3] [--dist web/dist]

The day is made by `made_site.MadeApi` in the shape of the API's own contract, so no cloud needs to
run: the page is what is measured. Each figure is the interaction to next paint (INP) as the browser
itself reports it (Event Timing API), on a processor slowed down four times: from the press to the
frame that answers it. Target: 200 ms, up to which an INP is good (web.dev/articles/inp).
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.load.bench_first_load import SIGNED_IN
from tests.load.made_site import MadeApi, served
from tests.load.web_timing import (
    chromium,
    interaction,
    machine,
    slow_processor,
    spread,
    watch_interactions,
)

PRACTITIONERS, VISITS = 60, 900
TARGET_MS = 200.0
Step = tuple[str, Callable[[Page], None]]


def _press(name: str) -> Callable[[Page], None]:
    def press(page: Page) -> None:
        page.get_by_role("button", name=name, exact=True).first.click()

    return press


def _view(name: str) -> Callable[[Page], None]:
    def choose(page: Page) -> None:
        page.get_by_text(name, exact=True).first.click()

    return choose


def _key(key: str) -> Callable[[Page], None]:
    def press(page: Page) -> None:
        page.keyboard.press(key)

    return press


def _click(selector: str) -> Callable[[Page], None]:
    def click(page: Page) -> None:
        page.locator(selector).first.click()

    return click


STEPS: tuple[Step, ...] = (
    ("open a row's menu", _click("main li button[aria-haspopup=menu]")),
    ("move within it by arrow", _key("ArrowDown")),
    ("close the menu by Escape", _key("Escape")),
    ("next day, list", _press("Siguiente")),
    ("switch to the day's columns", _view("Día")),
    ("open an appointment", _click("main [role=listitem] > button")),
    ("close the appointment by Escape", _key("Escape")),
    ("move on by Tab", _key("Tab")),
    ("next practitioners", _press("Profesionales siguientes")),
    ("next day, columns", _press("Siguiente")),
    (
        "open the filter by specialty",
        _click("main [role=combobox], main input[aria-haspopup=listbox]"),
    ),
    ("choose from it by key", _key("ArrowDown")),
    ("filter", _key("Enter")),
    ("switch to the list", _view("Lista")),
)


def walked(browser: Browser, origin: str, measured: dict[str, list[float]]) -> None:
    """One round of all steps."""
    context = browser.new_context(
        locale="es-PE", timezone_id="America/Lima", viewport={"width": 1280, "height": 900}
    )
    context.add_init_script(SIGNED_IN)
    page = context.new_page()
    page.goto(f"{origin}/agenda?practitioner=all")
    page.locator("main li").first.wait_for(timeout=60_000)
    page.wait_for_timeout(2000)
    slow_processor(page)
    watch_interactions(page)
    for name, act in STEPS:
        measured[name].append(interaction(page, partial(act, page)))
    context.close()


def main() -> int:
    """Print the figures; 1 when a median misses the target."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dist", type=Path)
    args = parser.parse_args()
    measured: dict[str, list[float]] = defaultdict(list)
    print(machine())
    with served(MadeApi(PRACTITIONERS, VISITS), args.dist) as origin, chromium() as browser:
        for _ in range(args.rounds):
            walked(browser, origin, measured)
    print("| interaction | to next paint, ms (least / median / most) |")
    print("|---|---|")
    for name, values in measured.items():
        print(f"| {name} | {spread(values)} |")
    print(machine())
    medians = [sorted(values)[len(values) // 2] for values in measured.values()]
    return 0 if max(medians) <= TARGET_MS else 1


if __name__ == "__main__":
    sys.exit(main())
