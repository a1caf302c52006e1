"""Keys that this process holds itself: one that wraps data keys, and those that sign tokens."""

import json
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from telesalud.platform.jwk import base64url, jwk_of, part
from telesalud.platform.ports.keys import (
    ACCESS_TOKEN,
    Claims,
    JwtAlgorithm,
    NewDataKey,
    Tampered,
)

SigningKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def new_signing_key(algorithm: JwtAlgorithm) -> SigningKey:
    """A private key for the algorithm (RFC 7518, section 3.1)."""
    if algorithm == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, 2048)


class HeldWrapper:
    """A `KeyWrapper` that refuses, as KMS does, a key asked for under another context.

    Its key has 32 bytes, new ones when none is given. It counts its calls.
    """

    def __init__(self, key: bytes | None = None) -> None:
        self._master = AESGCM(key or AESGCM.generate_key(256))
        self.generated = 0
        self.unwrapped = 0

    def generate(self, context: dict[str, str]) -> NewDataKey:
        self.generated += 1
        plain, nonce = os.urandom(32), os.urandom(12)
        return NewDataKey(plain, nonce + self._master.encrypt(nonce, plain, _bytes(context)))

    def unwrap(self, wrapped: bytes, context: dict[str, str]) -> bytes:
        self.unwrapped += 1
        try:
            return self._master.decrypt(wrapped[:12], wrapped[12:], _bytes(context))
        except InvalidTag as error:
            raise Tampered("this data key was wrapped under another context") from error


def _bytes(context: dict[str, str]) -> bytes:
    return json.dumps(context, sort_keys=True).encode()


class HeldSigner:
    """A `JwtSigner` with this key, or a new one."""

    def __init__(self, algorithm: JwtAlgorithm = "ES256", key: SigningKey | None = None) -> None:
        self._algorithm = algorithm
        self._key = key or new_signing_key(algorithm)
        public = self._key.public_key()
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self._jwk = jwk_of(der, algorithm)

    @property
    def kid(self) -> str:
        return self._jwk["kid"]

    @property
    def public_jwk(self) -> Mapping[str, str]:
        return self._jwk

    def sign(self, claims: Claims, type_: str = ACCESS_TOKEN) -> str:
        header = {"alg": self._algorithm, "kid": self.kid, "typ": type_}
        text = f"{part(header)}.{part(claims)}"
        return f"{text}.{base64url(self._signature(text.encode()))}"

    def _signature(self, text: bytes) -> bytes:
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(text, padding.PKCS1v15(), hashes.SHA256())
        r, s = decode_dss_signature(self._key.sign(text, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
