"""JSON Web Keys and the parts of compact tokens (RFC 7515, RFC 7517, RFC 7638)."""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from telesalud.platform.ports.keys import JwtAlgorithm


def jwk_of(der: bytes, algorithm: JwtAlgorithm) -> Mapping[str, str]:
    """The JWK of a public key in SubjectPublicKeyInfo DER (RFC 5280)."""
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415  # who signs only
        load_der_public_key,
    )
    from jwt.algorithms import ECAlgorithm, RSAAlgorithm  # noqa: PLC0415

    key: Any = load_der_public_key(der)
    if algorithm == "ES256":
        full = ECAlgorithm.to_jwk(key, as_dict=True)
    else:
        full = RSAAlgorithm.to_jwk(key, as_dict=True)
    numbers = {name: str(full[name]) for name in ("crv", "e", "kty", "n", "x", "y") if name in full}
    canonical = json.dumps(numbers, sort_keys=True, separators=(",", ":"))
    thumbprint = base64url(hashlib.sha256(canonical.encode()).digest())
    return numbers | {"kid": thumbprint, "alg": algorithm, "use": "sig"}


def part(value: Mapping[str, object]) -> str:
    """A header or claims as they stand in a token."""
    return base64url(json.dumps(value, separators=(",", ":")).encode())


def base64url(data: bytes) -> str:
    """Base64 for URLs without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
