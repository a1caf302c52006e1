"""Bytes and time until each of the site's pages can be used, on 3G and a slow processor.

    python -m tests.load.bench_first_load [--runs 3] [--dist web/dist] [--page NAME]

The site is served with the front door's headers, compression (gzip; CloudFront's Brotli would be
smaller) and caching, and its API's answers are made at once (`made_site.py`): the figures say what
page and link cost. No cloud needs to run.

*Usable* is the moment at which the control that the page is for was painted, *interactive* the end
of the last long task (50 ms or more of the main thread) before two quiet seconds, if that is later;
both from the navigation's start. The processor is four times slower, the link one of
`web_timing.LINKS`. *Cold* is a new browser profile; *warm* opens the same address in another tab of
it, with what HTTP cache and service worker kept. The last column is cold : warm.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from tests.load.made_site import SECRET, MadeApi, served
from tests.load.web_timing import (
    LINKS,
    Link,
    Load,
    Traffic,
    Workers,
    chromium,
    machine,
    open_slowly,
    spread,
)

SIGNED_IN = "localStorage.setItem('telesalud.signedIn', 'yes')"
"""As the sign-in page leaves it; of the cookie that is the session the made API asks nothing."""


@dataclass(frozen=True)
class Opened:
    """A page and the control without which it is of no use."""

    name: str
    path: str
    control: str
    signed_in: bool = False
    kept: bool = True
    """Whether a service worker keeps it."""


PAGES = (
    Opened("patient", f"/c/#{SECRET}", "main form input[type=checkbox]"),
    Opened("verify", "/verify/", "input[name=code]", kept=False),
    Opened("sign-in", "/agenda", "form input"),
    Opened("agenda", "/agenda", "main li a", signed_in=True),
)


def measure(browser: Browser, origin: str, opened: Opened, link: Link) -> tuple[Load, Load]:
    """Cold, then warm."""
    context = browser.new_context(locale="es-PE", viewport={"width": 360, "height": 740})
    if opened.signed_in:
        context.add_init_script(SIGNED_IN)
    loads = []
    for _ in ("cold", "warm"):
        traffic = Traffic()
        workers = Workers(browser, link, traffic)
        page = context.new_page()
        loads.append(open_slowly(page, origin + opened.path, opened.control, link, traffic))
        if opened.kept:
            page.evaluate("navigator.serviceWorker.ready")
        workers.close()
        page.close()
    context.close()
    return loads[0], loads[1]


def report(opened: Opened, link: Link, loads: Sequence[tuple[Load, Load]]) -> str:
    """One line of the table: seconds as least / median / greatest, kB and requests."""
    cold, warm = zip(*loads, strict=True)
    medians = [statistics.median(load.interactive for load in each) for each in (cold, warm)]
    cells = [opened.name, link.name]
    for each in (cold, warm):
        cells += [
            f"{each[0].received / 1000:.0f} kB in {each[0].requests}",
            spread([load.usable for load in each], 1000),
            spread([load.interactive for load in each], 1000),
        ]
    return f"| {' | '.join(cells)} | {medians[0] / medians[1]:.1f} |"


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--dist", type=Path)
    parser.add_argument("--page", choices=[opened.name for opened in PAGES])
    args = parser.parse_args()
    print(machine())
    print("| page | link | cold | usable, s | interactive | warm | usable, s | interactive | |")
    print("|---|---|---|---|---|---|---|---|---|")
    with served(MadeApi(), args.dist) as origin, chromium() as browser:
        for opened in PAGES:
            if args.page not in (None, opened.name):
                continue
            for link in LINKS:
                loads = [measure(browser, origin, opened, link) for _ in range(args.runs)]
                print(report(opened, link, loads), flush=True)
    print(machine())
    return 0


if __name__ == "__main__":
    sys.exit(main())
