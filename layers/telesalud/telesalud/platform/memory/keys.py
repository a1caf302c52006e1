"""Keys that live in this process: one that wraps data keys, and those that sign tokens."""

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


class MemoryWrapper:
    """A `KeyWrapper` that refuses, as KMS does, a key asked for under another context.

    It counts its calls.
    """

    def __init__(self) -> None:
        self._master = AESGCM(AESGCM.generate_key(256))
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


class MemorySigner:
    """A `JwtSigner` with a key of its own."""

    def __init__(self, algorithm: JwtAlgorithm = "ES256") -> None:
        self._algorithm = algorithm
        self._key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = (
            ec.generate_private_key(ec.SECP256R1())
            if algorithm == "ES256"
            else rsa.generate_private_key(65537, 2048)
        )
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
