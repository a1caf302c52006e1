"""The consults app over HTTP, and tokens for whoever calls it."""

import importlib.util
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.environment import app_environment
from telesalud.consults import wiring
from telesalud.consults.video.provider import DirectVideo
from telesalud.consults.visit.sessions import SessionTokens
from telesalud.platform.memory.files import MemoryBlobs
from telesalud.platform.scanners import EicarScanner
from telesalud.platform.tokens import TokenVerifier
from tests.support.http import Api, HttpAnswer
from tests.worlds.tokens import Jwks, MemorySigner, claims_of, our_issuer
from tests.worlds.world import START, World, partner

APP = Path(__file__).parents[3] / "functions" / "consults" / "app.py"
ORIGIN = "http://127.0.0.1:8080"


def load_app() -> Any:
    """The app, loaded by path: every app's module is called `app`."""
    with app_environment("consults"):
        for made in (wiring.settings, wiring.services, wiring.tokens, wiring.verifier):
            made.cache_clear()
        spec = importlib.util.spec_from_file_location("consults_app", APP)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module


class Wire:
    """The app in a world of its own, and tokens for whoever calls it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world = World()
        self.module = load_app()
        identity, participants = MemorySigner(), MemorySigner("participants")
        self.identity = identity
        tokens = SessionTokens(participants, ORIGIN, self.world.clock)
        services, blobs = self.world.services, MemoryBlobs(self.world.clock)
        self.blobs = blobs
        verifier = TokenVerifier([our_issuer()], Jwks([identity]), self.world.clock)
        video = DirectVideo(("stun:stun.example",), (), lambda: b"", self.world.clock)
        self.sent: list[tuple[str, Any]] = []
        for name, value in {
            "services": services,
            "tokens": tokens,
            "verifier": verifier,
            "blobs": blobs,
            "video_provider": video,
            "scanner": EicarScanner(),
            "pusher": self,
        }.items():
            monkeypatch.setattr(wiring, name, lambda value=value: value)
        self.module.api._services = lambda: services
        self.api = Api(self.module.app)

    def post(self, connection_id: str, message: bytes) -> bool:
        """A Pusher: remembers what was sent."""
        self.sent.append((connection_id, json.loads(message)))
        return True

    def close(self, connection_id: str) -> None:
        """A Pusher: nothing is left to end."""

    def token(self, caller: Any) -> str:
        return self.identity.sign(claims_of(caller, self.world.clock.now))

    @property
    def partner(self) -> str:
        return self.token(partner("consults.write", "consults.read", "consults.export"))

    def create(self, **changes: Any) -> Any:
        body = {
            "start": (START + timedelta(minutes=5)).isoformat(),
            "planned_minutes": 20,
            "practitioners": [{"id": "user-1", "display_name": "Profesional Demostración"}],
            "patient": {"id": "DOC-1", "display_name": "Paciente Demostración Uno"},
        } | changes
        return self.api.post("/consults", json=body, key="create-0001", token=self.partner)

    def enter(self, link: str, device: str) -> HttpAnswer:
        return self.api.post(
            "/consults/links/exchange",
            json={"secret": link.partition("#")[2], "device": device * 22},
            token="",
        )
