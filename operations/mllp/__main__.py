"""`python -m operations.mllp`: serve until told to stop, then finish what is under way."""

import asyncio
import logging
import os
import signal
import sys

import httpx

from operations.mllp.bridge import Bridge
from operations.mllp.forwarding import Forwarder
from operations.mllp.settings import Settings, SettingsError

TIMEOUT = 35.0
"""Seconds for one request: the gateway gives up after 29."""
FINISHING = 40.0
"""Seconds for what is under way when the process is told to stop."""


async def run(settings: Settings) -> None:
    """Listen, and forward, until SIGTERM or Ctrl-C."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows: the service is stopped by ending the process
            break
    limits = httpx.Limits(max_connections=settings.connections)
    async with httpx.AsyncClient(
        verify=settings.outbound(), timeout=TIMEOUT, limits=limits, follow_redirects=False
    ) as http:
        forwarder = Forwarder(http, settings.origin, settings.client_id, settings.client_secret)
        bridge = Bridge(forwarder, settings.silence, settings.connections)
        server = await asyncio.start_server(
            bridge.serve, settings.host, settings.port, ssl=settings.inbound()
        )
        logging.getLogger("telesalud.mllp").info("listening on port %s", settings.port)
        async with server:
            await stop.wait()
            server.close()
            await bridge.finish(FINISHING)


def main() -> int:
    """Read the environment and run; 2 when it is not fit to run in."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        settings = Settings.load(os.environ)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    asyncio.run(run(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
