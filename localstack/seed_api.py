"""The public API as the seeding of the demonstration clinics calls it."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import httpx

BUSY = frozenset({502, 503, 504})
PAUSES = (2, 5, 10)
"""Seconds before a busy service is asked again; every write is safe to repeat."""


class SeedFailed(RuntimeError):
    """The API refused something; the message says what, and how to start over."""


class Api:
    """The public API with one caller's token; every refusal stops the seeding with its reason."""

    def __init__(self, origin: str, clinic: str) -> None:
        self._http = httpx.Client(base_url=f"{origin}/api", timeout=90)
        self._clinic = clinic
        self._user = ""
        self._token = ""

    def log_in(self, user_name: str, password: str) -> None:
        body = {"tenant": self._clinic, "user_name": user_name, "password": password}
        answer = self.send("POST", "/identity/sessions", {**body, "refresh": "body"})
        self._user, self._token = user_name, answer["access_token"]

    def create(self, path: str, body: Mapping[str, Any]) -> Any:
        """POST under a key made of path and body: a repetition returns the first answer."""
        return self.post(path, body)

    def post(self, path: str, body: Mapping[str, Any] | None = None, **headers: str) -> Any:
        """As `create`, with further headers such as If-Match, which are part of the key."""
        text = json.dumps([body, sorted(headers.items())], sort_keys=True)
        name = f"{self._clinic} {self._user} {path} {text}"
        key = str(uuid.uuid5(uuid.NAMESPACE_URL, name))
        return self.send("POST", path, body, {"Idempotency-Key": key, **headers})

    def get(self, path: str) -> Any:
        return self.send("GET", path)

    def send(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        sent = dict(headers or {})
        if self._token:
            sent["Authorization"] = f"Bearer {self._token}"
        answer = self._send(method, path, body, sent)
        return answer.json() if answer.content else None

    def version(self, path: str) -> str:
        """The ETag at `path`; that of nothing before the first change."""
        headers = {"Authorization": f"Bearer {self._token}"}
        return str(self._send("GET", path, None, headers).headers.get("ETag", '"0"'))

    def _send(
        self, method: str, path: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> httpx.Response:
        for pause in PAUSES:
            with suppress(httpx.TransportError):
                answer = self._http.request(method, path, json=body, headers=headers)
                if answer.status_code not in BUSY:
                    break
            time.sleep(pause)
        else:
            answer = self._http.request(method, path, json=body, headers=headers)
        if answer.is_error:
            raise SeedFailed(f"{method} {path}: {answer.status_code} {answer.text[:600]}")
        return answer
