"""The demonstration clinics and the built site in this process, on the backend in memory.

For looking at pages: filled in half a minute, where a local cloud takes many. Not there: files that
a browser sends to the store itself, video, web sockets, and the index of ICD codes.
"""

from __future__ import annotations

import mimetypes
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from infra.tools import ROOT
from localstack import seed
from localstack.client import ApiRefused
from telesalud.identity import wiring as identity
from telesalud.platform.embedded.backend import EmbeddedBackend
from telesalud.platform.http.one_process import PREFIX, Server
from telesalud.platform.memory.backend import MemoryBackend
from tests.browser.conftest import Clinic
from tests.worlds import product

SITE = ROOT / "web" / "dist"
PAGES = {"/p": "patient.html", "/c": "patient.html", "/verify": "verify.html"}
"""The light pages by the beginning of their addresses; every other address is the clinic's."""


@contextmanager
def demonstration() -> Iterator[Clinic]:
    """Both clinics, filled and served. Raises SeedFailed."""
    password = f"Demo-{secrets.token_urlsafe(12)}-7a"
    with product.running(_site_and_api) as running:
        threading.Thread(target=_work, args=(running.backend,), daemon=True).start()
        for clinic in seed.CLINICS:
            state: dict[str, Any] = {"name": clinic.name}
            work = seed.Filling(running.origin, clinic, state, password, lambda: None)
            seed.fill(work, identity.services())
        with httpx.Client(base_url=running.origin, timeout=90) as http:
            yield Clinic(running.origin, password, http)


def _work(backend: MemoryBackend | EmbeddedBackend) -> None:
    """What queues and timers do, until the process ends."""
    while True:
        try:
            backend.run()
        except ApiRefused as refused:
            sys.stderr.write(f"left undone: {refused}\n")
        time.sleep(0.1)


@contextmanager
def _site_and_api(server: Callable[[], Server], port: int) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            if self.path.startswith(PREFIX + "/"):
                headers = {name.lower(): value for name, value in self.headers.items()}
                reply = server().reply(self.command, self.path, headers, body)
                self._send(reply.status, dict(reply.headers), reply.body.encode())
            else:
                file = _file(self.path.split("?")[0])
                kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
                self._send(200, {"Content-Type": kind}, file.read_bytes())

        def _send(self, status: int, headers: dict[str, str], content: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815  # the base's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
            """Write nothing: the API logs its requests, without anybody's data."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as listener:
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        try:
            yield
        finally:
            listener.shutdown()


def _file(path: str) -> Path:
    """What is at an address of the site: a file of the build, or the page that owns the address."""
    named = (SITE / path.lstrip("/")).resolve()
    if named.is_relative_to(SITE) and named.is_file():
        return named
    begins = "/" + path.strip("/").split("/")[0]
    return SITE / PAGES.get(begins, "index.html")
