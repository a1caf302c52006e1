"""Timing of pages in Chromium through its DevTools protocol: a slow link, a slow processor, bytes.

The link is emulated for the page and for its service worker: a request's answer begins no sooner
than the profile's latency, and all bytes share the profile's rate.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, CDPSession, Error, Page, sync_playwright

from tests.browser.conftest import FLAGS

SLOWER = 4
"""Times by which the processor is slowed down."""
QUIET_MS = 2_000
"""A page that had no long task for so long is done with loading."""
PATIENCE_MS = 180_000


@dataclass(frozen=True)
class Link:
    """A network: milliseconds before each answer, and bytes a second down and up."""

    name: str
    latency: float
    down: float
    up: float

    @property
    def conditions(self) -> dict[str, object]:
        """As `Network.emulateNetworkConditions` takes them."""
        return {
            "offline": False,
            "latency": self.latency,
            "downloadThroughput": self.down,
            "uploadThroughput": self.up,
        }


LINKS = (
    Link("slow 3G, 400 ms", 400, 400_000 / 8, 400_000 / 8),
    Link("DevTools Slow 3G, 2000 ms", 400 * 5, 500_000 / 8 * 0.8, 500_000 / 8 * 0.8),
    Link("DevTools Fast 3G, 562 ms", 150 * 3.75, 1_600_000 / 8 * 0.9, 750_000 / 8 * 0.9),
)
"""400 kbit/s at a round trip of 400 ms, one for each request as on a connection that is open; and
Chrome DevTools' own presets, which take 400 and 150 ms of round trip five and 3.75 times for each
request, to allow for opening a connection."""

# Notes when the control that the page is for was painted, and when the main thread was last busy
# for 50 ms or more.
_WATCH = """(() => {
  const timing = { control: 0, busy: 0 };
  window.timing = timing;
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) {
      timing.busy = Math.max(timing.busy, task.startTime + task.duration);
    }
  }).observe({ type: 'longtask', buffered: true });
  const look = () => {
    const found = document.querySelector(%s);
    if (!found || !found.checkVisibility() || found.disabled) return requestAnimationFrame(look);
    // A timer set in a frame's callback fires after that frame was painted.
    requestAnimationFrame(() => setTimeout(() => { timing.control = performance.now(); }));
  };
  requestAnimationFrame(look);
})()"""
_DONE = """(quiet) => window.timing?.control > 0
  && performance.now() - Math.max(timing.control, timing.busy) > quiet"""


@dataclass(frozen=True)
class Load:
    """One opening of a page."""

    usable: float
    """Milliseconds from the navigation until the control was painted."""
    interactive: float
    """The same, or the end of the last long task that followed, whichever is later."""
    received: int
    """Bytes until then, as they travelled, headers included."""
    requests: int
    """That went over the network until then."""


class Traffic:
    """What the page and its service worker received, and when."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._sizes: list[tuple[float, int]] = []

    def asked(self, event: dict[str, Any]) -> None:
        """`Network.requestWillBeSent`; the first is the navigation's."""
        if self._began is None:
            self._began = event["timestamp"]

    def finished(self, event: dict[str, Any]) -> None:
        """`Network.loadingFinished`; nothing travelled for what a cache answered."""
        if event["encodedDataLength"] > 0:
            self._sizes.append((event["timestamp"], int(event["encodedDataLength"])))

    def until(self, milliseconds: float) -> list[int]:
        """Bytes of each request that was answered so long after the navigation's start."""
        last = (self._began or 0) + milliseconds / 1000
        return [size for at, size in self._sizes if at <= last]


class Workers:
    """Slows down the network of every service worker, from its start on, and counts its bytes.

    A worker that is watched is not put to sleep, so it is slow for the next page, too.
    """

    def __init__(self, browser: Browser, link: Link, traffic: Traffic) -> None:
        self._cdp = browser.new_browser_cdp_session()
        self._link = link
        self._traffic = traffic
        self._cdp.on("Target.targetCreated", self._found)
        self._cdp.on("Target.receivedMessageFromTarget", self._heard)
        self._cdp.send(
            "Target.setDiscoverTargets", {"discover": True, "filter": [{"type": "service_worker"}]}
        )

    def _found(self, event: dict[str, Any]) -> None:
        target = {"targetId": event["targetInfo"]["targetId"], "flatten": False}
        try:
            session = self._cdp.send("Target.attachToTarget", target)["sessionId"]
        except Error:
            return  # an earlier page's worker, which has just ended
        commands: tuple[tuple[str, dict[str, object]], ...] = (
            ("Network.enable", {}),
            ("Network.emulateNetworkConditions", self._link.conditions),
        )
        for number, (method, params) in enumerate(commands):
            message = json.dumps({"id": number + 1, "method": method, "params": params})
            self._cdp.send("Target.sendMessageToTarget", {"sessionId": session, "message": message})

    def _heard(self, event: dict[str, Any]) -> None:
        message = json.loads(event["message"])
        if message.get("method") == "Network.loadingFinished":
            self._traffic.finished(message["params"])

    def close(self) -> None:
        """Let the workers be."""
        self._cdp.detach()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's, as the browser tests use it. FileNotFoundError without one."""
    path = shutil.which("chromium")
    if path is None:
        raise FileNotFoundError("chromium is not installed: run jitsi_cluster/tests_setup.sh")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


def slow_processor(page: Page) -> CDPSession:
    """Slow the page's processor down; the session undoes it when it ends."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return cdp


def open_slowly(page: Page, url: str, control: str, link: Link, traffic: Traffic) -> Load:
    """Open a page on a slow link and processor and wait until `control` (CSS) is usable.

    playwright.sync_api.TimeoutError when that takes more than three minutes.
    """
    cdp = slow_processor(page)
    cdp.send("Network.enable")
    cdp.send("Network.emulateNetworkConditions", link.conditions)
    cdp.on("Network.requestWillBeSent", traffic.asked)
    cdp.on("Network.loadingFinished", traffic.finished)
    page.add_init_script(_WATCH % json.dumps(control))
    page.goto(url, wait_until="commit", timeout=PATIENCE_MS)
    page.wait_for_function(_DONE, arg=QUIET_MS, timeout=PATIENCE_MS)
    usable, busy = page.evaluate("[timing.control, timing.busy]")
    interactive = max(usable, busy)
    cdp.detach()
    sizes = traffic.until(interactive)
    return Load(usable, interactive, sum(sizes), len(sizes))


_INTERACTIONS = """() => {
  window.durations = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (entry.interactionId) durations.push(entry.duration);
  }).observe({ type: 'event', durationThreshold: 16 });
}"""
SETTLED_MS = 2_500


def watch_interactions(page: Page) -> None:
    """From now on the browser reports how long each interaction took (Event Timing API)."""
    page.evaluate(_INTERACTIONS)


def interaction(page: Page, act: Callable[[], None]) -> float:
    """Milliseconds from what `act` presses to the next painted frame; 16 at least."""
    page.evaluate("durations.length = 0")
    act()
    page.wait_for_timeout(SETTLED_MS)
    slowest: float = page.evaluate("Math.max(16, ...durations)")
    return slowest


def spread(values: Sequence[float], scale: float = 1) -> str:
    """Least, median and greatest."""
    shown = (min(values), statistics.median(values), max(values))
    return " / ".join(f"{value / scale:.1f}" for value in shown)


def machine() -> str:
    """What else the machine did: processors and load, for the line above the figures."""
    one, five, _ = os.getloadavg()
    return f"{os.cpu_count()} processors, load {one:.1f} now, {five:.1f} over five minutes"
