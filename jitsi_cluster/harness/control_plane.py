"""A stand-in for the consults context: admission, events, keys; and the caller of room control."""

import asyncio
import hashlib
import hmac
import json
import secrets
import sys
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
from pydantic import TypeAdapter

from schemas.video import (
    SIGNATURE_HEADER,
    AdmissionAnswer,
    AdmissionRequest,
    LifecycleBatch,
    LifecycleEvent,
    RoomControl,
    RoomControlAnswer,
)

BATCH = TypeAdapter(LifecycleBatch)


def sign(secret: str, body: bytes, at: float | None = None) -> str:
    t = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), t.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={t},v1={digest}"


def verify(secret: str, header: str | None, body: bytes, window: float = 60) -> bool:
    fields = dict(part.partition("=")[::2] for part in (header or "").split(","))
    t = fields.get("t", "")
    if not t.isdigit() or abs(time.time() - int(t)) > window:
        return False
    return hmac.compare_digest(sign(secret, body, int(t)), header or "")


def new_room() -> str:
    return secrets.token_hex(16)


def admit(
    room: str, seconds: float = 600, occupants: int = 2, warn: int = 300, language: str = "es"
) -> AdmissionAnswer:
    return AdmissionAnswer(
        room=room,
        allow=True,
        ends_at=datetime.now(UTC) + timedelta(seconds=seconds),
        max_occupants=occupants,
        warn_seconds=warn,
        language=language,
    )


class ControlPlane:
    """Serves the contract on loopback; `down` and `up` take it off the network and back."""

    def __init__(self, port: int, secret: str) -> None:
        self.port = port
        self.secret = secret
        self.answers: dict[str, AdmissionAnswer] = {}
        self.admissions: list[AdmissionRequest] = []
        self.received: list[tuple[float, LifecycleEvent]] = []
        self.keys: dict[str, bytes] = {}
        self.key_requests: list[str] = []
        self.refused = 0
        self.status: int | None = None
        self.event_status: int | None = None
        self.delay = 0.0
        self.on_admission: Callable[[str], object] | None = None
        self._changed = threading.Condition()
        self._server: ThreadingHTTPServer | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/consults"

    def up(self) -> None:
        plane = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                status, answer = plane.handle(self.path, self.headers.get(SIGNATURE_HEADER), body)
                payload = answer.encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            def do_GET(self) -> None:
                plane.key_requests.append(self.path)
                key = plane.keys.get(self.path)
                self.send_response(200 if key else 404)
                self.send_header("Content-Length", str(len(key or b"")))
                self.end_headers()
                self.wfile.write(key or b"")

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Keeps the test output quiet."""

        class Server(ThreadingHTTPServer):
            request_queue_size = 128  # more would be dropped and tried again a second later

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A server that is killed hangs up in the middle; everything else is shown."""
                if not isinstance(sys.exception(), ConnectionError):
                    super().handle_error(request, client_address)

        self._server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def down(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def handle(self, path: str, signature: str | None, body: bytes) -> tuple[int, str]:
        time.sleep(self.delay)
        if not verify(self.secret, signature, body):
            self.refused += 1
            return 401, "{}"
        if self.status is not None:
            return self.status, "{}"
        if path.endswith("/video/events") and self.event_status is not None:
            return self.event_status, "{}"
        if path.endswith("/video/events"):
            return self._take_events(body)
        return self._admission(path, body)

    def _admission(self, path: str, body: bytes) -> tuple[int, str]:
        request = AdmissionRequest.model_validate_json(body)
        assert path == f"/api/consults/video/rooms/{request.room}/admission"
        self.admissions.append(request)
        answer = self.answers.get(request.room)
        if self.on_admission is not None:
            self.on_admission(request.room)
        if answer is None:
            return 404, "{}"
        return 200, answer.model_dump_json(exclude_none=True)

    def _take_events(self, body: bytes) -> tuple[int, str]:
        batch = BATCH.validate_json(body)
        with self._changed:
            self.received.extend((time.time(), event) for event in batch.events)
            self._changed.notify_all()
        return 204, ""

    def of(self, room: str) -> list[LifecycleEvent]:
        return [event for _, event in self.received if event.room == room]

    async def wait(
        self, room: str, done: Callable[[list[LifecycleEvent]], bool], patience: float = 10
    ) -> list[LifecycleEvent]:
        """The room's events once `done` is content with them."""

        def block() -> bool:
            with self._changed:
                return self._changed.wait_for(lambda: done(self.of(room)), patience)

        if not await asyncio.to_thread(block):
            raise AssertionError(f"events of {room}: {[e.type for e in self.of(room)]}")
        return self.of(room)

    async def wait_destroyed(self, room: str, patience: float = 10) -> list[LifecycleEvent]:
        return await self.wait(
            room, lambda es: any(e.type == "room_destroyed" for e in es), patience
        )


class RoomControlClient:
    """Signs and sends room control as the consults context will."""

    def __init__(self, url: str, secret: str) -> None:
        self.url = url
        self.secret = secret

    def send(self, body: bytes, signature: str | None) -> httpx.Response:
        headers = {} if signature is None else {SIGNATURE_HEADER: signature}
        return httpx.post(self.url, content=body, headers=headers, timeout=5)

    def body(self, action: str, room: str, **fields: Any) -> bytes:
        request = {"request_id": str(uuid.uuid4()), "action": action, "room": room, **fields}
        return (
            RoomControl.model_validate_json(json.dumps(request))
            .model_dump_json(exclude_none=True)
            .encode()
        )

    def call(self, action: str, room: str, **fields: Any) -> RoomControlAnswer:
        body = self.body(action, room, **fields)
        response = self.send(body, sign(self.secret, body))
        response.raise_for_status()
        return RoomControlAnswer.model_validate_json(response.content)
