"""A citizen channel for development: sends triage, and shows what it is told.

`python -m localstack.citizen_channel` registers itself at the running local cloud, sends one
citizen's triage (`--danger` with a sign of danger, `--language pt` in another language), and prints
the words that it would say to them until it is stopped.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from localstack import processes
from localstack.client import ApiRefused, Client, log_in
from localstack.cloud import default_cloud
from telesalud.platform.webhooks.signature import SignatureRefused, headers_for, verify

TENANT = "clinica-norte"
LARGEST = 1_000_000


def triage(language: str = "es", *, danger: bool = False, **person: Any) -> dict[str, Any]:
    """What a citizen said, structured; synthetic."""
    now = datetime.now(UTC).isoformat()
    flags = [{"code": "chest-pain", "text": "Dolor opresivo en el pecho"}] if danger else []
    return {
        "schema_version": "1",
        "event_id": f"demo-{uuid.uuid4()}",
        "channel_user": f"demo:{uuid.uuid4().hex[:12]}",
        "reported_at": now,
        "language": language,
        "consent": {"reference": "demo-consent", "given_at": now, "text_version": "2026-10"},
        "complaint": "Tos desde hace tres días y algo de fiebre por la noche.",
        "answers": [
            {"code": "days", "question": "¿Desde hace cuántos días?", "value": "3", "unit": "d"},
            {"code": "temperature", "question": "¿Qué temperatura midió?", "value": "38.2"},
        ],
        "red_flags": flags,
        "urgency": "emergency" if danger else "soon",
        "model": {"name": "demo-structurer", "version": "1", "confidence": 0.8},
        "confirmed": [{"part": "complaint", "by": "citizen", "at": now}],
        "person": {"name": "Paciente Demostración Canal", **person},
    }


@dataclass
class Told:
    """What came to the channel's address, checked."""

    secret: str = ""
    notices: list[dict[str, Any]] = field(default_factory=list)
    forged: int = 0

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """The HTTP status for a webhook. The same one twice counts once."""
        try:
            verify([self.secret], headers, body, datetime.now(UTC))
        except SignatureRefused:
            self.forged += 1
            return 401
        notice: dict[str, Any] = json.loads(body)
        if notice["id"] not in {each["id"] for each in self.notices}:
            self.notices.append(notice)
        return 204

    def states(self) -> list[str]:
        """The states that were told, in order."""
        return [notice["data"]["state"] for notice in self.in_sequence()]

    def latest_words(self) -> str:
        """What the person is to hear now."""
        return str(self.in_sequence()[-1]["data"]["words"]["text"])

    def in_sequence(self) -> list[dict[str, Any]]:
        """The notices as they followed each other, however they arrived."""
        return sorted(self.notices, key=lambda notice: int(notice["sequence"]))


@contextmanager
def listening(told: Told) -> Iterator[str]:
    """Hear webhooks on a free port of loopback; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # http.server's name
            length = min(int(self.headers.get("Content-Length", "0")), LARGEST)
            self.send_response(told.take(dict(self.headers.items()), self.rfile.read(length)))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing: what is told is printed once it is checked."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/told"
        finally:
            server.shutdown()


@dataclass
class Channel:
    """A registered channel that signs what it sends."""

    http: httpx.Client
    intake: str
    secret: str

    def send(self, message: dict[str, Any]) -> dict[str, Any]:
        """The receipt. Raises ApiRefused."""
        body = json.dumps(message).encode()
        headers = headers_for(message["event_id"], [self.secret], body, datetime.now(UTC))
        answer = self.http.post(self.intake, content=body, headers=headers)
        if answer.status_code != 202:
            raise ApiRefused(f"triage: {answer.status_code} {answer.text}")
        receipt: dict[str, Any] = answer.json()
        return receipt


def register(http: httpx.Client, admin: Client, told: Told, url: str) -> Channel:
    """Make the channel known to the institution. Raises ApiRefused."""
    body = {"name": "Canal Demostración", "url": url, "alerts": ["guardia@hospital.example"]}
    made = admin.post("/interop/citizen-channels", body)
    told.secret = made["secret"]
    return Channel(http, made["intake"], made["secret"])


def main() -> int:
    """Send one citizen's triage and print what comes back, until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--danger", action="store_true")
    parser.add_argument("--language", choices=("es", "pt", "en"), default="es")
    asked = parser.parse_args()
    cloud, told = default_cloud(), Told()
    place = cloud.home / "demo.json"
    if not processes.answers(cloud.origin) or not place.exists():
        print("the local cloud is not running: run make up first", file=sys.stderr)
        return 1
    password = json.loads(place.read_text())["password"]
    with httpx.Client(base_url=cloud.origin, timeout=60) as http, listening(told) as url:
        channel = register(http, log_in(http, TENANT, "administracion", password), told, url)
        receipt = channel.send(triage(asked.language, danger=asked.danger))
        print(f"request {receipt['id']} at {cloud.origin}/triage/{receipt['id']}")
        shown = 0
        try:
            while True:
                for notice in told.notices[shown:]:
                    print(f"[{notice['data']['state']}] {notice['data']['words']['text']}")
                    shown += 1
                time.sleep(0.5)
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    sys.exit(main())
