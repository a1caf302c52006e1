"""coturn with our configuration, and the one TLS port that it shares with the web app."""

import asyncio
import os
import socket
import ssl
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from aioice import stun, turn

from jitsi_cluster.generate_secrets import self_signed
from jitsi_cluster.harness.cluster import Cluster
from jitsi_cluster.harness.prosody_server import DOMAIN, ROOT, TURN_SECRET, free_ports
from jitsi_cluster.harness.turn_server import TurnServer, coturn, credentials
from tests.jitsi.conftest import require

TURN_PORTS = range(3480, 3500)
RELAY_PORTS = range(10010, 10040)


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TurnServer]:
    require("turnserver")
    directory = tmp_path_factory.mktemp("coturn")
    with coturn(directory, free_ports(1, TURN_PORTS)[0], RELAY_PORTS, peers="127.0.0.1") as server:
        yield server


class Echo(asyncio.DatagramProtocol):
    """Keeps what arrives; a server of it sends everything back."""

    def __init__(self, answer: bool) -> None:
        self.answer = answer
        self.received: asyncio.Queue[bytes] = asyncio.Queue()
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # a datagram transport by contract

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.received.put_nowait(data)
        if self.answer and self.transport is not None:
            self.transport.sendto(data, addr)


async def allocate(server: TurnServer, user: str, password: str) -> tuple[turn.TurnTransport, Echo]:
    return await turn.create_turn_endpoint(
        lambda: Echo(answer=False), ("127.0.0.1", server.port), user, password
    )


async def relayed_echo(server: TurnServer, peer: str) -> bytes:
    """Sends a datagram through the relay to a UDP echo on `peer`; what comes back."""
    loop = asyncio.get_running_loop()
    echo, _ = await loop.create_datagram_endpoint(lambda: Echo(answer=True), (peer, 0))
    transport, client = await allocate(server, *credentials())
    try:
        transport.sendto(b"hola", echo.get_extra_info("sockname"))
        return await asyncio.wait_for(client.received.get(), 3)
    finally:
        transport.close()
        echo.close()


@pytest.mark.anyio
async def test_valid_credentials_relay(relay: TurnServer) -> None:
    assert await relayed_echo(relay, "127.0.0.1") == b"hola"


@pytest.mark.anyio
async def test_private_addresses_are_not_relayed_to(relay: TurnServer) -> None:
    with pytest.raises((stun.TransactionFailed, TimeoutError)):
        await relayed_echo(relay, "127.0.0.2")


@pytest.mark.anyio
async def test_the_credentials_that_prosody_hands_out_open_the_relay(
    relay: TurnServer, cluster: Cluster
) -> None:
    room = cluster.room()
    async with cluster.participant() as person:
        await person.login(room, cluster.mint(room))
        answer = await person.iq(
            "get", "<services xmlns='urn:xmpp:extdisco:2' type='turn'/>", to=DOMAIN
        )
    service = answer.find(".//{urn:xmpp:extdisco:2}service")
    assert service is not None
    transport, _ = await allocate(relay, service.get("username", ""), service.get("password", ""))
    transport.close()
    assert int(service.get("username", "0").partition(":")[0]) <= time.time() + 600


@pytest.mark.parametrize(
    ("user", "password"),
    [
        credentials(lifetime=-5),
        credentials(secret="another-secret"),
        ("telesalud", TURN_SECRET),
        (credentials(lifetime=3600)[0], credentials(lifetime=7200)[1]),
    ],
    ids=["expired", "other secret", "plain", "stretched"],
)
@pytest.mark.anyio
async def test_other_credentials_are_refused(relay: TurnServer, user: str, password: str) -> None:
    with pytest.raises(stun.TransactionFailed, match="401"):
        await allocate(relay, user, password)


def test_the_secret_is_in_a_private_file_only(relay: TurnServer) -> None:
    config = relay.directory / "turnserver.conf"
    assert f"static-auth-secret={TURN_SECRET}" in config.read_text()
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    command = Path(f"/proc/{relay.process.pid}/cmdline").read_bytes()
    assert TURN_SECRET.encode() not in command
    assert TURN_SECRET not in relay.log


async def _tls_server(directory: Path, name: str, port: int) -> asyncio.Server:
    """A TLS server that answers its own name."""
    certificate, key = self_signed(name)
    (directory / f"{name}.pem").write_bytes(certificate + key)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(directory / f"{name}.pem")

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(name.encode())
        await writer.drain()
        writer.close()

    return await asyncio.start_server(answer, "127.0.0.1", port, ssl=context)


async def _ask(port: int, name: str) -> bytes:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=context, server_hostname=name
    )
    try:
        return await asyncio.wait_for(reader.read(100), 5)
    finally:
        writer.close()


@pytest.mark.anyio
async def test_one_tls_port_serves_the_web_app_and_turn_by_name(tmp_path: Path) -> None:
    require("haproxy")
    web_port, relay_port, edge_port = free_ports(3, range(10040, 10060))
    web = await _tls_server(tmp_path, "meet.test", web_port)
    relay = await _tls_server(tmp_path, "turn.test", relay_port)
    process = _edge(edge_port, web_port, relay_port, tmp_path / "haproxy.log")
    try:
        await asyncio.to_thread(_wait_for_port, edge_port)
        assert await _ask(edge_port, "meet.test") == b"meet.test"
        assert await _ask(edge_port, "TURN.test") == b"turn.test"
        assert await _ask(edge_port, "unknown.test") == b"meet.test"
        reader, writer = await asyncio.open_connection("127.0.0.1", edge_port)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        assert await asyncio.wait_for(reader.read(100), 5) == b""
        writer.close()
    finally:
        process.terminate()
        process.wait(timeout=5)
        web.close()
        relay.close()


def _edge(port: int, web: int, relay: int, log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as out:
        return subprocess.Popen(
            ["haproxy", "-db", "-f", ROOT / "jitsi_cluster" / "edge" / "haproxy.cfg"],
            env={
                **os.environ,
                "EDGE_PORT": str(port),
                "TURN_DOMAIN": "turn.test",
                "WEB_ADDRESS": f"127.0.0.1:{web}",
                "TURN_ADDRESS": f"127.0.0.1:{relay}",
            },
            stdout=out,
            stderr=out,
        )


def _wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("nobody listens")
