"""Prosody, the control plane it talks to, the tokens it accepts, and the ways to speak with all."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from jitsi_cluster.harness.control_plane import ControlPlane, RoomControlClient, admit, new_room
from jitsi_cluster.harness.prosody_server import (
    AUDIENCE,
    DOMAIN,
    ISSUER,
    Prosody,
    free_ports,
    running,
)
from jitsi_cluster.harness.xmpp_client import Focus, Participant

KID = "test/key-1"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class TokenMint:
    """Signs participant tokens as KMS will; any claim can be replaced, None leaves it out."""

    key: rsa.RSAPrivateKey = field(default_factory=new_key)
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

    def published(self) -> tuple[str, bytes]:
        """File name and PEM of the public key by the ASAP rule: the SHA-256 of the key id."""
        pem = self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return f"{hashlib.sha256(self.kid.encode()).hexdigest()}.pem", pem

    def publish(self, directory: Path) -> None:
        name, pem = self.published()
        (directory / name).write_bytes(pem)


@dataclass
class Cluster:
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


@contextmanager
def cluster(
    data: Path,
    key_dir: Path,
    mint: TokenMint,
    *,
    extra: str = "",
    plane_port: int = 0,
    telesalud: bool = True,
) -> Iterator[Cluster]:
    """A running cluster. `extra` is Prosody configuration; without `telesalud` a plain one."""
    http_port, c2s_port, spare = free_ports(3)
    server = Prosody(data, key_dir, "", extra=extra, telesalud=telesalud)
    server.http_port, server.c2s_port = http_port, c2s_port
    plane = ControlPlane(plane_port or spare, server.outbound_secret)
    server.api_base = plane.base
    plane.up()
    try:
        with running(server):
            yield Cluster(server, plane, mint)
    finally:
        plane.down()
