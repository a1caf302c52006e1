"""Debian's coturn on loopback, started by the project's own entrypoint and configuration."""

import base64
import hashlib
import hmac
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jitsi_cluster.harness.prosody_server import ROOT, TURN_SECRET

COTURN = ROOT / "jitsi_cluster" / "coturn"


def credentials(secret: str = TURN_SECRET, lifetime: float = 600) -> tuple[str, str]:
    """User and password by the TURN REST API: HMAC-SHA1 over the expiry."""
    user = f"{int(time.time() + lifetime)}:telesalud"
    digest = hmac.new(secret.encode(), user.encode(), hashlib.sha1).digest()
    return user, base64.b64encode(digest).decode()


@dataclass
class TurnServer:
    port: int
    directory: Path
    process: "subprocess.Popen[bytes]"

    @property
    def log(self) -> str:
        return (self.directory / "coturn.log").read_text()


def _test_config(directory: Path, port: int, relay: range) -> Path:
    """The shipped configuration with test ports, and loopback peers allowed."""
    text = (COTURN / "turnserver.conf").read_text()
    text = text.replace("listening-port=3478", f"listening-port={port}", 1)
    text = re.sub(r"^min-port=.*$", f"min-port={relay.start}", text, flags=re.MULTILINE)
    text = re.sub(r"^max-port=.*$", f"max-port={relay.stop - 1}", text, flags=re.MULTILINE)
    pidfile = f"pidfile={directory / 'turnserver.pid'}"
    text = re.sub(r"^pidfile=.*$", pidfile, text, flags=re.MULTILINE)
    text += "listening-ip=127.0.0.1\nrelay-ip=127.0.0.1\nallow-loopback-peers\nno-tls\nno-dtls\n"
    text += f"userdb={directory / 'turndb'}\n"
    path = directory / "base.conf"
    path.write_text(text)
    return path


@contextmanager
def coturn(directory: Path, port: int, relay: range, peers: str = "") -> Iterator[TurnServer]:
    """Runs coturn until the block ends. `peers` are the addresses it may relay to."""
    environment = {
        **os.environ,
        "TURN_SECRET": TURN_SECRET,
        "TURN_REALM": "turn.test",
        "TURN_ALLOWED_PEERS": peers,
        "TURN_BASE_CONFIG": str(_test_config(directory, port, relay)),
        "TURN_CONFIG": str(directory / "turnserver.conf"),
    }
    with (directory / "coturn.log").open("wb") as out:
        process = subprocess.Popen(
            [COTURN / "entrypoint.sh"], env=environment, stdout=out, stderr=out
        )
    try:
        server = TurnServer(port, directory, process)
        _wait(server)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(server: TurnServer) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and server.process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", server.port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"coturn did not start:\n{server.log}")
