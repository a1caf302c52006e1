import asyncio
import hashlib
import os
import shutil
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.jitsi.control_plane import ControlPlane, RoomControlClient, admit, new_room
from tests.jitsi.prosody_server import AUDIENCE, DOMAIN, ISSUER, PORTS, Prosody, free_port, running
from tests.jitsi.xmpp_client import Focus, Participant

KID = "test/key-1"


def require(program: str) -> None:
    """Debian programs come from jitsi_cluster/tests_setup.sh; CI must have them."""
    if shutil.which(program) is None:
        message = f"{program} is missing: run jitsi_cluster/tests_setup.sh"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class TokenMint:
    """Signs participant tokens as KMS will; any claim can be replaced."""

    key: rsa.RSAPrivateKey
    kid: str = KID

    def __call__(self, room: str, participant: str = "p-1", **changes: Any) -> str:
        now = time.time()
        moderator = changes.pop("moderator", False)
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": DOMAIN,
            "room": room,
            "nbf": int(now) - 5,
            "exp": int(now) + 600,
            "context": {"user": {"id": participant, "moderator": moderator}},
        }
        claims.update(changes)
        claims = {k: v for k, v in claims.items() if v is not None}
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": self.kid})


@pytest.fixture(scope="session")
def mint() -> TokenMint:
    return TokenMint(rsa.generate_private_key(public_exponent=65537, key_size=2048))


def asap(mint: TokenMint) -> tuple[str, bytes]:
    """File name and PEM of the public key by the ASAP rule: the SHA-256 of the key id."""
    pem = mint.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return f"{hashlib.sha256(mint.kid.encode()).hexdigest()}.pem", pem


@pytest.fixture(scope="session")
def key_dir(mint: TokenMint, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("keys")
    name, pem = asap(mint)
    (directory / name).write_bytes(pem)
    return directory


@dataclass
class Cluster:
    """Prosody, the control plane it talks to, and the ways to speak with both."""

    prosody: Prosody
    plane: ControlPlane
    mint: TokenMint

    @property
    def control(self) -> RoomControlClient:
        return RoomControlClient(self.prosody.control_url, self.prosody.control_secret)

    def focus(self) -> Focus:
        return Focus(self.prosody.websocket_url)

    def participant(self) -> Participant:
        return Participant(self.prosody.websocket_url)

    def room(self, **limits: Any) -> str:
        """A room that the control plane admits."""
        room = new_room()
        self.plane.answers[room] = admit(room, **limits)
        return room

    async def join(
        self, room: str, participant: str = "p-1", moderator: bool = False
    ) -> Participant:
        person = self.participant()
        await person.login(room, self.mint(room, participant, moderator=moderator))
        await person.call(room)
        return person


def make_cluster(
    tmp_path: Path, key_dir: Path, mint: TokenMint, extra: str = "", plane_port: int = 0
) -> Generator[Cluster, None, None]:
    require("prosody")
    server = Prosody(tmp_path, key_dir, "", extra=extra)
    plane = ControlPlane(plane_port or free_port(), server.outbound_secret)
    server.http_port = free_port(range(plane.port + 1, PORTS.stop))
    server.api_base = plane.base
    plane.up()
    try:
        with running(server):
            yield Cluster(server, plane, mint)
    finally:
        plane.down()


@pytest.fixture(scope="module")
def cluster(
    tmp_path_factory: pytest.TempPathFactory, key_dir: Path, mint: TokenMint
) -> Iterator[Cluster]:
    """One server for the tests of a module; every test has rooms of its own."""
    yield from make_cluster(tmp_path_factory.mktemp("prosody"), key_dir, mint)


@pytest.fixture
def own_cluster(tmp_path: Path, key_dir: Path, mint: TokenMint) -> Iterator[Cluster]:
    """A server for one test that kills it or takes its control plane away."""
    yield from make_cluster(tmp_path, key_dir, mint)


async def settle(seconds: float = 0.2) -> None:
    """Lets the server act when there is nothing to wait for."""
    await asyncio.sleep(seconds)
