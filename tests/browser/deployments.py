"""The built site on a port of its own, where a test publishes another version of it."""

from __future__ import annotations

import asyncio
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web

from localstack import gateway, pages
from localstack.cloud import Cloud
from localstack.throwaway import free_ports

HASHED = re.compile(r"^(?P<stem>.+-[\w-]{8})(?P<end>\.\w+)$")
VERSION = re.compile(r"(?<=[`'\"])[0-9a-f]{12}(?=[`'\"])")


@dataclass(frozen=True)
class Deployment:
    """One site of the cloud's gateway, alone with its files."""

    origin: str
    files: Path

    def publish(self) -> None:
        """Put the next version there: each asset has another name, and the old ones are gone."""
        assets = self.files / "assets"
        names = {file.name: HASHED.sub(r"\g<stem>2\g<end>", file.name) for file in assets.iterdir()}
        every = re.compile("|".join(re.escape(name) for name in names))
        for file in [*self.files.glob("*.html"), self.files / "sw.js", *assets.iterdir()]:
            if file.suffix in (".html", ".js", ".mjs", ".css"):
                text = every.sub(lambda found: names[found[0]], file.read_text("utf-8"))
                if file.name == "sw.js":
                    text = VERSION.sub(lambda found: found[0][::-1], text)
                file.write_text(text, "utf-8")
        for old, new in names.items():
            (assets / old).rename(assets / new)


@contextmanager
def deployment(cloud: Cloud, folder: Path) -> Iterator[Deployment]:
    """A copy of the built site, served until the end of the block."""
    files = folder / "site"
    shutil.copytree(pages.SITE, files)
    [port] = free_ports(1)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gateway, "SITE", files.resolve())
        runner = web.AppRunner(gateway.application(cloud), shutdown_timeout=1)
        asyncio.run_coroutine_threadsafe(_start(runner, port), loop).result(30)
        try:
            yield Deployment(f"http://127.0.0.1:{port}", files)
        finally:
            asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(60)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)


async def _start(runner: web.AppRunner, port: int) -> None:
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
