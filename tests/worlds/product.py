"""The whole product in this process: every context, over HTTP, in memory or in one folder."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from operations.site import composition
from telesalud.platform import backend
from telesalud.platform.embedded.backend import EmbeddedBackend
from telesalud.platform.http.one_process import Server, listening
from telesalud.platform.memory.backend import MemoryBackend, MovedClock


@dataclass(frozen=True)
class Product:
    """A running installation."""

    backend: MemoryBackend | EmbeddedBackend
    clock: MovedClock
    origin: str


Serving = Callable[[Callable[[], Server], int], AbstractContextManager[None]]
"""Answers on a port of loopback while it is entered."""


@contextmanager
def running(serving: Serving = listening, folder: Path | None = None) -> Iterator[Product]:
    """Start everything on a free port of loopback: in memory, or in the folder of a site."""
    port = _free_port()
    origin = f"http://127.0.0.1:{port}"
    clock = MovedClock()
    environments = {
        context: composition.environment(context, origin, STAGE="test", SCANNER="eicar")
        for context in composition.CONTEXTS
    }
    made: MemoryBackend | EmbeddedBackend
    if folder is None:
        made = MemoryBackend(environments, clock)
    else:
        made = EmbeddedBackend(folder, os.urandom(32), environments, clock)
    backend.use(made)
    composition.connect(made)
    server = composition.server()
    try:
        with serving(lambda: server, port):
            yield Product(made, clock, origin)
    finally:
        backend.use(None)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
