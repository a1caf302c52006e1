"""The `jitsi` provider: tokens for one participant of one room, and the keys that prove them.

Prosody fetches a key from the ASAP path, `<base>/<SHA-256 of the key id in hex>.pem`
(https://s2sauth.bitbucket.io/spec/), so a new key needs no change there.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from schemas.consult_sessions import VideoRoom
from schemas.consults import ParticipantRole
from telesalud.consults.model import Consult, Seat
from telesalud.consults.video.cluster import Cluster
from telesalud.consults.video.provider import DirectVideo, Placement, seconds_until
from telesalud.consults.video.reconciliation import settle
from telesalud.platform.clock import Clock
from telesalud.platform.errors import NotFound, Unavailable
from telesalud.platform.ports.keys import JwtSigner
from telesalud.platform.work import Services

_FEATURES = {"recording": False, "livestreaming": False, "transcription": False}


class VideoKeys:
    """The keys of participants' video tokens: the first signs, all are published."""

    def __init__(self, signers: Sequence[JwtSigner]) -> None:
        self._signers = signers

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A token by the first key. Raises Unavailable without any key."""
        if not self._signers:
            raise Unavailable("no key signs video tokens")
        return self._signers[0].sign(claims, "JWT")

    def published(self, file: str) -> str:
        """The public key in PEM (RFC 7468) under its ASAP name. Raises NotFound."""
        for signer in self._signers:
            if file == f"{hashlib.sha256(signer.kid.encode()).hexdigest()}.pem":
                return _pem(signer.public_jwk)
        raise NotFound("there is no such key")


def _pem(jwk: Mapping[str, str]) -> str:
    from cryptography.hazmat.primitives.asymmetric.rsa import (  # noqa: PLC0415  # this route only
        RSAPublicNumbers,
    )
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        Encoding,
        PublicFormat,
    )
    from jwt.utils import base64url_decode  # noqa: PLC0415

    e, n = (int.from_bytes(base64url_decode(jwk[name]), "big") for name in ("e", "n"))
    key = RSAPublicNumbers(e, n).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


class JitsiVideo:
    """Rooms of the video cluster while it is well; otherwise, and for earlier choices, direct."""

    def __init__(
        self,
        services: Services,
        cluster: Cluster,
        keys: VideoKeys,
        direct: DirectVideo,
        *,
        issuer: str,
        audience: str,
        subject: str,
        clock: Clock,
    ) -> None:
        self._services = services
        self._cluster = cluster
        self._keys = keys
        self._direct = direct
        self._issuer = issuer
        self._audience = audience
        self._subject = subject
        self._clock = clock

    def place(self, consult: Consult) -> Placement | None:
        if consult.state.video:
            return None
        shard = self._cluster.shard_for_new()
        return Placement("jitsi", shard) if shard else Placement("direct")

    def room_for(self, consult: Consult, seat: Seat) -> VideoRoom:
        if consult.state.video != "jitsi":
            return self._direct.room_for(consult, seat)
        state = consult.state
        return VideoRoom(
            provider="jitsi",
            room=state.room,
            polite=seat.role is ParticipantRole.PATIENT,
            domain=self._cluster.domain(state.shard),
            token=self._keys.sign(self._claims(consult, seat)),
            expires_at=state.closes_at,
            expires_in=seconds_until(state.closes_at, self._clock()),
        )

    def _claims(self, consult: Consult, seat: Seat) -> dict[str, Any]:
        """Exact room, the window, the role and the seat; nothing that names anybody."""
        state = consult.state
        moderator = seat.role is ParticipantRole.PRACTITIONER
        return {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": self._subject,
            "room": state.room,
            "iat": int(self._clock().timestamp()),
            "nbf": int(state.opens_at.timestamp()),
            "exp": int(state.closes_at.timestamp()),
            "context": {
                "user": {"id": seat.id, "moderator": moderator, "generation": seat.generation},
                "features": _FEATURES,
            },
        }

    def settle(self, consult: Consult) -> None:
        settle(self._services, self._cluster, consult.tenant, consult.id)
