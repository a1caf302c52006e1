"""Stands beside a bridge on one host and, when it is stopped, lets the bridge run empty first.

Compose stops what depends on a service before the service, and waits for it: this process depends
on its bridge, and ends when the bridge is empty. The order is that of the cluster on AWS: drain,
graceful shutdown, wait, give up at the hard limit. A bridge that has exited by its graceful
shutdown is started anew by Docker's restart policy; by then this process has ended, and what
Compose stops next is a bridge that is still starting and has no call.

Only the standard library: it runs in a plain Python image.
"""

import argparse
import json
import signal
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, Literal

BRIDGE = "http://127.0.0.1:8080"
"""The sidecar shares the bridge's network."""
TIMEOUT = 3.0
Outcome = Literal["emptied", "died", "hard_limit"]


@dataclass(frozen=True)
class Patience:
    """Seconds."""

    hard_limit: float = 7200.0
    """From the stop to giving up on the calls."""
    poll: float = 2.0
    empty_for: float = 4.0
    """A conference may be on its way to a bridge that has just begun to drain."""
    dead_after: float = 30.0
    """Silence that means that the bridge is gone."""


def ask(url: str, method: str, body: dict[str, bool] | None = None) -> Any:
    """The answer's JSON (None without a body). Raises OSError, HTTPException, ValueError."""
    data = None if body is None else json.dumps(body).encode()
    headers = {} if data is None else {"Content-Type": "application/json"}
    request = urllib.request.Request(  # noqa: S310  # http, from BRIDGE
        url, data, headers, method=method
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
        content = answer.read()
    return json.loads(content) if content else None


@dataclass(frozen=True)
class Seen:
    """What the bridge said last."""

    people: int
    draining: bool
    leaving: bool
    """It has accepted the graceful shutdown: it exits by itself once it is empty."""


def command(bridge: str) -> Seen:
    """Look at the bridge, and ask for the next step until it is confirmed.

    A bridge that restarted has forgotten both. Raises what `ask` raises, KeyError and TypeError.
    """
    stats = ask(f"{bridge}/colibri/stats", "GET")
    seen = Seen(
        stats["participants"] + stats["conferences"], stats["drain"], stats["graceful_shutdown"]
    )
    if not seen.draining:
        ask(f"{bridge}/colibri/drain/enable", "POST")
    elif not seen.leaving:
        ask(f"{bridge}/colibri/shutdown", "POST", {"graceful-shutdown": True})
    return seen


def drain(
    bridge: str,
    patience: Patience,
    *,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
) -> Outcome:
    """Drain until the bridge is empty or gone, or the hard limit has come."""
    deadline = now() + patience.hard_limit
    silent_since: float | None = None
    empty_since: float | None = None
    last: Seen | None = None
    while now() < deadline:
        at = now()
        try:
            last = command(bridge)
        except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
            silent_since = at if silent_since is None else silent_since
            empty_since = None
            log("no usable answer", type(error).__name__)
            if last is not None and last.leaving and last.people == 0:
                return "emptied"  # it has exited, as it was asked to
            if at - silent_since >= patience.dead_after:
                return "died"
        else:
            silent_since = None
            empty = last.leaving and last.people == 0
            empty_since = (at if empty_since is None else empty_since) if empty else None
            if empty_since is not None and at - empty_since >= patience.empty_for:
                return "emptied"
        sleep(min(patience.poll, max(0.0, deadline - now())))
    return "hard_limit"


def log(what: str, detail: str) -> None:
    """One line of JSON."""
    sys.stdout.write(json.dumps({"message": what, "detail": detail}) + "\n")
    sys.stdout.flush()


def main(arguments: list[str] | None = None) -> int:
    """Wait for the stop, then drain. The status is 0 unless calls were given up."""
    parser = argparse.ArgumentParser(description="Empties a bridge before it stops")
    parser.add_argument("--bridge", default=BRIDGE)
    parser.add_argument("--hard-limit", type=float, default=Patience.hard_limit)
    parser.add_argument("--check", action="store_true", help="is the bridge reachable?")
    given = parser.parse_args(arguments)
    if given.check:
        ask(f"{given.bridge}/colibri/stats", "GET")
        return 0
    stops = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    log("waiting", "for the stop")
    signal.sigwait(stops)
    outcome = drain(given.bridge, Patience(hard_limit=given.hard_limit))
    log("drained", outcome)
    return 1 if outcome == "hard_limit" else 0


if __name__ == "__main__":
    sys.exit(main())
