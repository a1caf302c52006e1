"""Keys and tokens without KMS: a signer in memory and the JWKS document that goes with it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from jwt.utils import base64url_encode

from telesalud.platform.access import Caller
from telesalud.platform.errors import Unavailable
from telesalud.platform.ports.keys import ACCESS_TOKEN, Claims, JwtSigner
from telesalud.platform.settings import TrustedIssuer
from telesalud.platform.tokens import AUDIENCE
from tests.worlds.world import START

ISSUER = "https://telesalud.example/api/identity"


@dataclass(frozen=True)
class MemorySigner:
    """A `telesalud.platform.tokens.JwtSigner` with ES256 and a key that lives in this process."""

    kid: str = "test-1"
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def public_jwk(self) -> Mapping[str, str]:
        numbers = ECAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {**numbers, "kid": self.kid, "alg": "ES256", "use": "sig"}

    def sign(self, claims: Claims, type_: str = ACCESS_TOKEN) -> str:
        return self.sign_with({"alg": "ES256", "kid": self.kid, "typ": type_}, claims)

    def sign_with(self, header: Mapping[str, Any], claims: Claims) -> str:
        """A token with exactly this header and these claims, however wrong they are."""
        parts = [base64url_encode(json.dumps(part).encode()) for part in (header, claims)]
        signed = b".".join(parts)
        signature = ECAlgorithm(ECAlgorithm.SHA256).sign(signed, self.key)
        return b".".join((signed, base64url_encode(signature))).decode()


@dataclass
class Jwks:
    """An issuer's JWKS endpoint that counts its visitors and can be down."""

    signers: Sequence[JwtSigner]
    fetched: int = 0
    down: bool = False

    def __call__(self, url: str) -> bytes:
        self.fetched += 1
        if self.down:
            raise Unavailable("down")
        return json.dumps({"keys": [dict(s.public_jwk) for s in self.signers]}).encode()


def our_issuer(issuer: str = ISSUER) -> TrustedIssuer:
    """The settings' entry for our own identity service."""
    return TrustedIssuer(
        issuer=issuer,
        jwks_url=f"{issuer}/.well-known/jwks.json",
        audience=AUDIENCE,
        ours=True,
    )


def claims_of(caller: Caller, now: datetime = START, **changes: Any) -> dict[str, Any]:
    """What the identity service would put into this caller's access token."""
    issued = int(now.timestamp())
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "sub": caller.subject,
        "aud": AUDIENCE,
        "tenant": caller.tenant,
        "kind": caller.kind.value,
        "roles": sorted(caller.roles),
        "scope": " ".join(sorted(caller.scopes)),
        "sid": caller.session or "session-1",
        "iat": issued,
        "nbf": issued,
        "exp": issued + int(timedelta(minutes=10).total_seconds()),
        "jti": "token-1",
    }
    return {**claims, **changes}
