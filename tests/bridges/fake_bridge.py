"""A stand-in for jitsi-videobridge's private REST interface, by its documented contract.

`/colibri/stats`, `/colibri/drain/enable`, `/colibri/shutdown` and `/about/health` on a loopback
port. As the real one it takes no new conference while it drains, and after the graceful shutdown
was asked for it exits with code 0 when the last participant has left.
"""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class FakeBridge:
    participants: int = 0
    stress: float = 0.0
    healthy: bool = True
    drain: bool = False
    graceful: bool = False
    shutdown_enabled: bool = True
    asked: list[str] = field(default_factory=list)
    address: str = ""
    exited: bool = False

    def __post_init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._runner: web.AppRunner | None = None
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        assert self._started.wait(10)

    def _serve(self) -> None:
        self._loop.run_until_complete(self._open())
        self._started.set()
        self._loop.run_forever()

    async def _open(self) -> None:
        app = web.Application()
        app.router.add_get("/colibri/stats", self._stats)
        app.router.add_post("/colibri/drain/enable", self._drain)
        app.router.add_post("/colibri/shutdown", self._shutdown)
        app.router.add_get("/about/health", self._health)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.address = f"{host}:{port}"

    def join(self, people: int) -> bool:
        """A new conference; False when the bridge takes none."""
        if self.drain or self.graceful:
            return False
        self.participants += people
        return True

    def leave(self, people: int) -> None:
        self.participants -= people
        if self.graceful and self.participants == 0:
            self.exited = True
            self.die()

    def die(self) -> None:
        """The process is gone: nothing listens any more."""
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)

    async def _close(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _stats(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "stress_level": self.stress,
                "conferences": (self.participants + 1) // 2,
                "participants": self.participants,
                "drain": self.drain,
                "graceful_shutdown": self.graceful,
                "bit_rate_upload": 0,
                "version": "2.3.fake",
            }
        )

    async def _drain(self, _request: web.Request) -> web.Response:
        self.asked.append("drain")
        self.drain = True
        return web.Response()

    async def _shutdown(self, request: web.Request) -> web.Response:
        if not self.shutdown_enabled:
            return web.Response(status=404)
        if (await request.json()) != {"graceful-shutdown": True}:
            return web.Response(status=400)
        self.asked.append("shutdown")
        self.graceful = True
        return web.Response()

    async def _health(self, _request: web.Request) -> web.Response:
        return web.Response(status=200 if self.healthy else 500)
