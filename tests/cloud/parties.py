"""The parties of a teleconsultation against the running stacks, through the public API."""

from __future__ import annotations

import hashlib
import json
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from telesalud.platform.access import Caller, CallerKind, Role
from telesalud.platform.aws.kms import KmsSigner
from telesalud.platform.ids import new_id
from tests.cloud.stacks import Stacks

TENANT = "cloud-demo"


def access_token(stacks: Stacks, caller: Caller) -> str:
    """What the identity service would issue: signed with its key, without seeding its users."""
    signer = KmsSigner(stacks.outputs["IdentitySigningKeyArn"], lambda: stacks.client("kms"))
    now = int(time.time())
    claims = {
        "iss": f"{stacks.origin}/api/identity",
        "aud": "telesalud",
        "sub": caller.subject,
        "client_id": caller.subject,
        "tenant": caller.tenant,
        "kind": caller.kind.value,
        "roles": sorted(caller.roles),
        "scope": " ".join(sorted(caller.scopes)),
        "sid": "session-1",
        "iat": now - 5,
        "nbf": now - 5,
        "exp": now + 3600,
        "jti": new_id(),
        "name": caller.name or "Profesional Nube",
    }
    return signer.sign(claims)


def partner_token(stacks: Stacks, tenant: str = TENANT) -> str:
    """A partner that may create and export."""
    scopes = frozenset({"consults.write", "consults.read", "consults.export"})
    return access_token(stacks, Caller(tenant, "partner-1", CallerKind.PARTNER, scopes=scopes))


def administrator_token(stacks: Stacks, tenant: str = TENANT) -> str:
    """An administrator of the tenant."""
    roles = frozenset({Role.ADMINISTRATOR})
    return access_token(stacks, Caller(tenant, "admin-1", CallerKind.USER, roles))


@dataclass
class Party:
    """Somebody with a token."""

    http: httpx.Client
    token: str

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """One request; idempotency keys are made as needed."""
        sent = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": new_id(), **headers}
        return self.http.request(method, f"/api{path}", json=body, headers=sent)

    def get(self, path: str) -> Any:
        answer = self.call("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None) -> Any:
        answer = self.call("POST", path, body)
        assert answer.status_code in (200, 201, 202), answer.text
        return answer.json()


def new_consult(start: datetime | None = None, **changes: Any) -> dict[str, Any]:
    """A consult that is open now."""
    begins = start or datetime.now(UTC) + timedelta(minutes=1)
    return {
        "start": begins.isoformat(),
        "planned_minutes": 20,
        "practitioners": [{"id": "user-1", "display_name": "Profesional Demostración"}],
        "patient": {"id": f"DOC-{uuid.uuid4()}", "display_name": "Paciente Demostración Uno"},
        "external_reference": "appointment-1",
    } | changes


def enter(http: httpx.Client, link: str) -> Party:
    """Exchange a link on a device of its own."""
    body = {"secret": link.partition("#")[2], "device": uuid.uuid4().hex}
    answer = http.post("/api/consults/links/exchange", json=body)
    assert answer.status_code == 200, answer.text
    return Party(http, answer.json()["token"])


def share(party: Party, path: str, name: str, content: bytes) -> str:
    """Upload a file as the page does; returns its id."""
    new = {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    offer = party.post(f"{path}/files", new)
    sent = httpx.post(offer["url"], data=offer["fields"], files={"file": (name, content)})
    assert sent.status_code in (200, 201, 204), sent.text
    party.post(f"{path}/files/{offer['file_id']}/complete")
    return str(offer["file_id"])


def until(condition: Any, seconds: float = 30.0, every: float = 0.2) -> Any:
    """What `condition` returns once it is true. AssertionError when time is up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(every)
    raise AssertionError("waited in vain")


class Receiver:
    """A receiver of notifications on loopback; `answer` is the status that it gives."""

    def __init__(self, port: int) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answer = 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.got.append((dict(self.headers.items()), body))
                self.send_response(outer.answer)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]

    def bodies(self) -> list[Any]:
        """What came so far, parsed."""
        return [json.loads(body) for _, body in self.got]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver that listens while the block runs."""
    made = Receiver(0)
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.server.shutdown()
        made.server.server_close()
