"""Fetching key documents over real HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from telesalud.platform.errors import Unavailable
from telesalud.platform.tokens import MAX_JWKS, fetch_document


class Handler(BaseHTTPRequestHandler):
    """Answers by path."""

    def do_GET(self) -> None:
        status, body, headers = {
            "/keys": (200, b'{"keys": []}', {}),
            "/moved": (302, b"", {"Location": "/keys"}),
            "/missing": (404, b"{}", {}),
            "/huge": (200, b" " * (MAX_JWKS + 1), {}),
        }[self.path]
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def serving() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_document_is_fetched() -> None:
    with serving() as origin:
        assert fetch_document(f"{origin}/keys") == b'{"keys": []}'


@pytest.mark.parametrize("path", ["moved", "missing", "huge"])
def test_redirects_errors_and_huge_documents_are_outages(path: str) -> None:
    with serving() as origin, pytest.raises(Unavailable):
        fetch_document(f"{origin}/{path}")


def test_a_dead_endpoint_is_an_outage() -> None:
    with serving() as origin:
        pass
    with pytest.raises(Unavailable):
        fetch_document(f"{origin}/keys")
