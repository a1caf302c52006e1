"""A client of the public API for the demonstration and the measurements."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import httpx


class ApiRefused(Exception):
    """The API refused a call that should have worked; the message has its answer."""


@dataclass
class Client:
    """Calls the API with one caller's token, or as nobody without one."""

    http: httpx.Client
    token: str = ""

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """One request, with a fresh Idempotency-Key unless one is given."""
        sent = {"Idempotency-Key": str(uuid.uuid4()), **headers}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        return self.http.request(method, f"/api{path}", json=body, headers=sent)

    def get(self, path: str, **query: str | int) -> Any:
        """The answer's body. Raises ApiRefused."""
        target = f"{path}?{httpx.QueryParams(query)}" if query else path
        return _body(self.call("GET", target))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """The answer's body. Raises ApiRefused."""
        return _body(self.call("POST", path, body, **headers))

    def put(self, path: str, body: Any, version: int = 0) -> Any:
        """The answer's body; `version` is what is being replaced. Raises ApiRefused."""
        return _body(self.call("PUT", path, body, **{"If-Match": f'"{version}"'}))


def log_in(http: httpx.Client, tenant: str, user_name: str, password: str) -> Client:
    """A client with a session of its own. Raises ApiRefused."""
    body = {"tenant": tenant, "user_name": user_name, "password": password, "refresh": "body"}
    return Client(http, Client(http).post("/identity/sessions", body)["access_token"])


def partner(http: httpx.Client, client_id: str, secret: str) -> Client:
    """A client with a partner's token by client credentials (RFC 6749 §4.4)."""
    form = {"grant_type": "client_credentials"}
    answer = http.post("/api/identity/token", data=form, auth=(client_id, secret))
    return Client(http, _body(answer)["access_token"])


def _body(answer: httpx.Response) -> Any:
    if not answer.is_success:
        request = answer.request
        raise ApiRefused(f"{request.method} {request.url.path}: {answer.status_code} {answer.text}")
    return answer.json() if answer.content else None
