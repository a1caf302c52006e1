"""The path of a direct call through this process, so that a test can cut it like a cable.

A browser's offline switch does not concern WebRTC. So the candidates that the pages tell each other
(RFC 8445) are rewritten on their way to the server: each page knows the other by a port of this
path alone, and what is cut here has no way around.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Route

_CANDIDATE = re.compile(r"^(candidate:\S+ \d+ udp \d+ )(\d+\.\d+\.\d+\.\d+) (\d+)( .*)$", re.I)
_LARGEST = 65_536

Address = tuple[str, int]


class UdpPath:
    """Forwards datagrams between the pages of a call until it is cut."""

    def __init__(self) -> None:
        self.forwarded = 0
        self._cut = False
        self._running = True
        self._doors: dict[Address, socket.socket] = {}
        """By the address of a page's socket: the door by which the other side knows it."""
        self._selector = selectors.DefaultSelector()
        self._thread = threading.Thread(target=self._forward, daemon=True)
        self._thread.start()

    def cut(self) -> None:
        """Nothing gets through any more."""
        self._cut = True

    def mend(self) -> None:
        """Everything gets through again."""
        self._cut = False

    def lead(self, page: Page) -> None:
        """Have this page's half of the call come this way."""
        page.route(re.compile(r"/api/consults/[^/]+/signals$"), self._signal)

    def close(self) -> None:
        """Stop forwarding."""
        self._running = False
        self._thread.join()
        for door in self._doors.values():
            door.close()

    def _signal(self, route: Route) -> None:
        body = json.loads(route.request.post_data or "{}")
        payload = json.loads(body["payload"])
        if "candidates" in payload:
            payload["candidates"] = [
                {**each, "candidate": moved}
                for each in payload["candidates"]
                if (moved := self._moved(each["candidate"]))
            ]
        if "description" in payload:
            sdp = payload["description"]["sdp"].splitlines(keepends=True)
            kept = [line for line in sdp if not line.startswith("a=candidate")]
            payload["description"]["sdp"] = "".join(kept)
        route.continue_(post_data=json.dumps({**body, "payload": json.dumps(payload)}))

    def _moved(self, candidate: str) -> str:
        """The candidate with our door in the place of its address; empty for TCP and IPv6."""
        parts = _CANDIDATE.match(candidate)
        if not parts:
            return ""
        door = self._door((parts[2], int(parts[3])))
        return f"{parts[1]}127.0.0.1 {door.getsockname()[1]}{parts[4]}"

    def _door(self, address: Address) -> socket.socket:
        if address not in self._doors:
            made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            made.bind(("127.0.0.1", 0))
            made.setblocking(False)
            self._doors[address] = made
            self._selector.register(made, selectors.EVENT_READ, address)
        return self._doors[address]

    def _forward(self) -> None:
        while self._running:
            for key, _ in self._selector.select(timeout=0.2):
                self._pass_on(key.fileobj, key.data)

    def _pass_on(self, door: object, target: Address) -> None:
        """What came to a page's door goes to the page, from its sender's own door."""
        if not isinstance(door, socket.socket):
            raise TypeError("only sockets are registered")
        try:
            datagram, sender = door.recvfrom(_LARGEST)
        except (BlockingIOError, ConnectionRefusedError):
            return  # a page that is gone
        known = self._doors.get(sender)
        if self._cut or known is None:
            return
        try:
            known.sendto(datagram, target)
        except (BlockingIOError, ConnectionRefusedError):
            return  # full, or gone: datagrams may be lost
        self.forwarded += 1


@contextmanager
def udp_path(*pages: Page) -> Iterator[UdpPath]:
    """A path that the calls of these pages take until the end of the block."""
    path = UdpPath()
    for page in pages:
        path.lead(page)
    try:
        yield path
    finally:
        path.close()
