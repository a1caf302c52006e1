"""The consults app behind a socket on loopback, with storage in memory and the machine's clock.

The control plane of a real Prosody in tests and benchmarks: it serves what the front door serves
below `/api/consults`, through the app itself.
"""

import importlib.util
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx

from infra.environment import app_environment
from jitsi_cluster.harness.prosody_server import (
    AUDIENCE,
    DOMAIN,
    ISSUER,
    Prosody,
    free_ports,
    running,
)
from schemas.consult_sessions import Announce
from telesalud.consults import handlers as workers
from telesalud.consults import wiring
from telesalud.consults.scheduling import consults
from telesalud.consults.video.cluster import HttpCluster, Places
from telesalud.consults.video.jitsi import JitsiVideo, VideoKeys
from telesalud.consults.video.provider import DirectVideo
from telesalud.consults.visit import presence
from tests.support.http import Api
from tests.support.memory_store import MemoryStore
from tests.worlds.consults.stage import ORIGIN, PARTNER, Stage, new_consult
from tests.worlds.consults.video_stage import RsaSigner
from tests.worlds.world import FrozenClock, World, call

APP = Path(__file__).parents[3] / "functions" / "consults" / "app.py"
SHARD = "test-shard"


class LiveClock(FrozenClock):
    """The machine's clock where tests usually stop it."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


def load_app() -> Any:
    """The consults app, loaded by path: every app's module is called `app`."""
    with app_environment("consults"):
        wiring.settings.cache_clear()
        spec = importlib.util.spec_from_file_location("consults_live_app", APP)
        if spec is None or spec.loader is None:
            raise RuntimeError(f"{APP} cannot be loaded")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    wiring.settings.cache_clear()
    return module


@dataclass
class LiveConsults:
    """The context: one world, its app, and the Prosody it controls."""

    port: int
    prosody: Prosody
    store: MemoryStore = field(default_factory=MemoryStore)
    signer: RsaSigner = field(default_factory=RsaSigner)
    handled: int = 0

    def __post_init__(self) -> None:
        self.world = World(store=self.store, clock=LiveClock())
        self.services = self.world.services
        self.module = load_app()
        self.module.api._services = lambda: self.services
        self.lock = threading.Lock()  # a Chalice app serves one request at a time, as on Lambda
        self.keys = VideoKeys([self.signer])
        self.http = httpx.Client(timeout=5)
        self.cluster = HttpCluster(
            Places((SHARD,), DOMAIN, self.prosody.control_url, "outbound", "control"),
            self._secrets,
            lambda _name: None,
            lambda: self.http,
            self.world.clock,
            self.world.new_id,
        )
        self.video = JitsiVideo(
            self.services,
            self.cluster,
            self.keys,
            DirectVideo((), (), lambda: b"", self.world.clock),
            issuer=ISSUER,
            audience=AUDIENCE,
            subject=DOMAIN,
            clock=self.world.clock,
        )

    def _secrets(self, name: str) -> tuple[str, ...]:
        """In the middle of a rotation: the server does not know the newest secret yet."""
        known = {
            "outbound": self.prosody.outbound_secret,
            "control": self.prosody.control_secret,
        }
        return ("newer-than-the-server", known[name])

    @property
    def base(self) -> str:
        """What Prosody calls the consults API."""
        return f"http://127.0.0.1:{self.port}/api/consults"

    def consult(self) -> Stage:
        """A consult in progress, planned for twenty minutes from now."""
        stage = Stage(world=self.world)
        new = new_consult(start=self.world.clock() + timedelta(minutes=1))
        stage.created = consults.schedule(self.services, call(PARTNER), ORIGIN, new)
        for seat in ("patient", "practitioner-1"):
            stage.enter(seat)
        presence.announce(self.services, stage.patient, stage.id, Announce())
        presence.admit(self.services, stage.doctor, stage.id)
        return stage

    def request(self, method: str, path: str, **options: Any) -> Any:
        """A request that came through the front door and the authorizer."""
        with self.lock:
            return Api(self.module.app).request(method, path, **options)

    def token(self, stage: Stage, seat: str) -> tuple[str, str]:
        """Room and token that the seat's page gets."""
        caller = stage.calls[seat].caller
        answer = self.request("GET", f"/consults/{stage.id}/video", caller=caller)
        if answer.status != 200:
            raise AssertionError(answer.body)
        return answer.json["room"], answer.json["token"]

    def work_off(self) -> None:
        """What the queue of our own events would do with those that concern rooms."""
        events = self.world.events()
        handlers = workers.handlers()
        for event in events[self.handled :]:
            handler = handlers.get(event.type)
            if handler in (workers.settle_rooms, workers.follow_end):
                handler(event)
        self.handled = len(events)


@contextmanager
def live_consults(
    data: Path, *, plane_ports: range, prosody_ports: range, store: MemoryStore | None = None
) -> Iterator[LiveConsults]:
    """Consults and a Prosody that know each other; Prosody fetches its keys from consults."""
    (port,) = free_ports(1, plane_ports)
    keys = f"http://127.0.0.1:{port}/api/consults/video/keys"
    (data / "keys").mkdir()
    extra = f'asap_key_server = "{keys}"\ntelesalud_shard = "{SHARD}"\n'
    prosody = Prosody(data, data / "keys", "", extra=extra)
    prosody.http_port, prosody.c2s_port = free_ports(2, prosody_ports)
    live = LiveConsults(port, prosody, store or MemoryStore())
    prosody.api_base = live.base
    with ExitStack() as held:
        parts = {
            "services": live.services,
            "cluster": live.cluster,
            "video_provider": live.video,
            "video_keys": live.keys,
        }
        for name, value in parts.items():
            held.enter_context(patch.object(wiring, name, lambda value=value: value))
        held.enter_context(live.http)
        held.enter_context(_serving(live))
        held.enter_context(running(prosody))
        yield live


@contextmanager
def _serving(live: LiveConsults) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            body = self.rfile.read(length).decode() if length else None
            answer = live.request(
                self.command,
                self.path.removeprefix("/api"),
                body=body,
                headers=dict(self.headers.items()),
            )
            payload = answer.body.encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.headers.get("content-type", ""))
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Keeps the test output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", live.port), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
