"""Debian's Firefox for Playwright, which wants one newer command than the ESR has.

`python -m tests.browser.stock_firefox ARGUMENTS` starts the browser with Playwright's arguments
and passes WebDriver BiDi (https://w3c.github.io/webdriver-bidi/) on both ways; what the browser
does not know yet and no test here needs is answered in its place.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import sys
from collections.abc import AsyncIterable
from functools import partial
from pathlib import Path

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from infra.tools import ROOT

NOT_YET = {"emulation.setMediaFeaturesOverride"}
"""Firefox 153 ESR refuses it as unknown; pages then see the colours that the system asks for."""
LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
PREFERENCES: dict[str, bool | float | str] = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "media.autoplay.default": 0,
}
"""Camera and microphone that need no device and no question, and calls within this machine."""


def executable() -> str | None:
    """Where the browser is, or None."""
    return shutil.which("firefox-esr") or shutil.which("firefox")


def launcher(folder: Path) -> Path:
    """A program in `folder` that Playwright can start as its browser."""
    made = folder / "firefox"
    made.write_text(f'#!/bin/sh\ncd "{ROOT}"\nexec "{sys.executable}" -m {__name__} "$@"\n')
    made.chmod(0o755)
    return made


async def _forward(messages: AsyncIterable[str | bytes], to: ServerConnection) -> None:
    async for message in messages:
        await to.send(message)
    await to.close()


async def _converse(client: ServerConnection, target: str) -> None:
    async with connect(f"{target}/session", max_size=None) as browser:
        answers = asyncio.create_task(_forward(browser, client))
        async for message in client:
            command = json.loads(message)
            if command["method"] in NOT_YET:
                done = {"type": "success", "id": command["id"], "result": {}}
                await client.send(json.dumps(done))
            else:
                await browser.send(message)
        answers.cancel()


async def _run(browser: str, arguments: list[str]) -> int:
    process = await asyncio.create_subprocess_exec(
        browser, *arguments, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr
    async for line in process.stderr:
        text = line.decode(errors="replace")
        if found := LISTENING.search(text):
            conversation = partial(_converse, target=found[1])
            server = await serve(conversation, "127.0.0.1", 0, max_size=None)
            port = server.sockets[0].getsockname()[1]
            text = f"WebDriver BiDi listening on ws://127.0.0.1:{port}\n"
        sys.stderr.write(text)
        sys.stderr.flush()
    return await process.wait()


if __name__ == "__main__":
    found = executable()
    sys.exit(asyncio.run(_run(found, sys.argv[1:])) if found else "Firefox is not installed")
