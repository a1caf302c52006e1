"""Serving the APIs of a whole installation from one process, over HTTP on loopback.

A path below `/api` is routed as the front door and API Gateway route it: a literal segment goes
before a parameter, and a token is proved before an operation that needs one is called.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from telesalud.platform.claims import context_of
from telesalud.platform.errors import NotFound
from telesalud.platform.http import problems
from telesalud.platform.http.operations import Auth
from telesalud.platform.http.parsing import Raw
from telesalud.platform.http.replies import Reply
from telesalud.platform.http.serving import Api, Route
from telesalud.platform.ids import new_id
from telesalud.platform.tokens import Verifier, bearer

PREFIX = "/api"
_TEXT = "utf-8"


class App(NamedTuple):
    """An API and who proves its callers' tokens."""

    api: Api
    verifier: Callable[[], Verifier]


class _Match(NamedTuple):
    app: App
    route: Route
    parameters: dict[str, str]


class Server:
    """The APIs behind one address."""

    def __init__(self, apps: Sequence[App]) -> None:
        self._routes = [
            (route.method, route.path.strip("/").split("/"), app, route)
            for app in apps
            for route in app.api.routes
        ]

    def reply(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        """The reply to a request; `headers` by names in lower case."""
        request_id, parts = new_id(), urlsplit(target)
        try:
            match = self._match(method, parts.path)
            vouched = {}
            if match.route.auth is Auth.CALLER:
                caller = match.app.verifier().caller(bearer(headers.get("authorization", "")))
                vouched = context_of(caller)
        except Exception as error:  # noqa: BLE001  # every failure becomes a reply
            return problems.reply(problems.of(error, request_id))
        raw = Raw(
            headers=headers,
            path=match.parameters,
            query=parse_qs(parts.query, keep_blank_values=True),
            body=body,
            peer="127.0.0.1",
            request_id=request_id,
            vouched=vouched,
        )
        return match.app.api.serve(match.route.method, match.route.path, raw)

    def _match(self, method: str, path: str) -> _Match:
        given = path.removeprefix(PREFIX).strip("/").split("/")
        fits = [
            (sum(s.startswith("{") for s in segments), app, route, segments)
            for verb, segments, app, route in self._routes
            if verb == method and _fit(segments, given)
        ]
        if not path.startswith(PREFIX + "/") or not fits:
            raise NotFound
        _, app, route, segments = min(fits, key=lambda fit: fit[0])
        parameters = {
            name[1:-1]: value
            for name, value in zip(segments, given, strict=True)
            if name.startswith("{")
        }
        return _Match(app, route, parameters)


def _fit(segments: Sequence[str], given: Sequence[str]) -> bool:
    return len(segments) == len(given) and all(
        value and (name == value or name.startswith("{"))
        for name, value in zip(segments, given, strict=True)
    )


@contextmanager
def listening(server: Callable[[], Server], port: int) -> Iterator[None]:
    """Listen on loopback; `server` is asked for at each request."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = server().reply(self.command, self.path, headers, self.rfile.read(length))
            body = reply.body.encode(_TEXT)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815  # the base's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
            """Write nothing: the API logs its requests, without anybody's data."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as listener:
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        try:
            yield
        finally:
            listener.shutdown()
