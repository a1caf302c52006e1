"""AWS KMS: wrapping data keys for the vault, and signing JSON Web Tokens (RFC 7515, RFC 7518)."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from telesalud.platform.tokens import ACCESS_TOKEN, Claims
from telesalud.platform.vault import NewDataKey, Tampered

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

JwtAlgorithm = Literal["ES256", "RS256"]

_SCHEMES: dict[JwtAlgorithm, Literal["ECDSA_SHA_256", "RSASSA_PKCS1_V1_5_SHA_256"]] = {
    "ES256": "ECDSA_SHA_256",
    "RS256": "RSASSA_PKCS1_V1_5_SHA_256",
}
_P256_BYTES = 32


class KmsWrapper:
    """A `telesalud.platform.vault.KeyWrapper` on the symmetric KMS key `key`."""

    def __init__(self, key: str, client: "Callable[[], KMSClient]") -> None:
        self._key = key
        self._client = client

    def generate(self, context: dict[str, str]) -> NewDataKey:
        answer = self._client().generate_data_key(
            KeyId=self._key, KeySpec="AES_256", EncryptionContext=context
        )
        return NewDataKey(answer["Plaintext"], answer["CiphertextBlob"])

    def unwrap(self, wrapped: bytes, context: dict[str, str]) -> bytes:
        client = self._client()
        try:
            answer = client.decrypt(
                CiphertextBlob=wrapped, KeyId=self._key, EncryptionContext=context
            )
        except (
            client.exceptions.InvalidCiphertextException,
            client.exceptions.IncorrectKeyException,
        ) as error:
            raise Tampered("this data key was wrapped elsewhere") from error
        return answer["Plaintext"]


class KmsSigner:
    """A `telesalud.platform.tokens.JwtSigner` on the asymmetric KMS key `key`."""

    def __init__(
        self, key: str, client: "Callable[[], KMSClient]", algorithm: JwtAlgorithm = "ES256"
    ) -> None:
        self._algorithm = algorithm
        self._key = key
        self._client = client
        self._jwk: Mapping[str, str] | None = None

    @property
    def kid(self) -> str:
        """The thumbprint of the public key (RFC 7638), so that it needs no bookkeeping."""
        return self.public_jwk["kid"]

    @property
    def public_jwk(self) -> Mapping[str, str]:
        """The public key with `kid`, `alg` and `use`; fetched from KMS once per process."""
        if self._jwk is None:
            answer = self._client().get_public_key(KeyId=self._key)
            self._jwk = jwk_of(answer["PublicKey"], self._algorithm)
        return self._jwk

    def sign(self, claims: Claims, type_: str = ACCESS_TOKEN) -> str:
        """The compact JWS over `claims`: one round trip. KMS refuses more than 4096 bytes."""
        header = {"alg": self._algorithm, "kid": self.kid, "typ": type_}
        text = f"{_part(header)}.{_part(claims)}"
        signature = self._client().sign(
            KeyId=self._key,
            Message=text.encode(),
            MessageType="RAW",
            SigningAlgorithm=_SCHEMES[self._algorithm],
        )["Signature"]
        return f"{text}.{_base64url(raw(signature) if self._algorithm == 'ES256' else signature)}"


def jwk_of(der: bytes, algorithm: JwtAlgorithm) -> Mapping[str, str]:
    """The JWK of a public key in SubjectPublicKeyInfo DER (RFC 5280), as KMS answers it."""
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415  # see `raw`
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
    thumbprint = _base64url(hashlib.sha256(canonical.encode()).digest())
    return numbers | {"kid": thumbprint, "alg": algorithm, "use": "sig"}


def raw(der: bytes) -> bytes:
    """R and S side by side (RFC 7518 §3.4) from the DER signature that KMS answers."""
    # Imported here: only the identity service signs, the other apps must not pay for it.
    from cryptography.hazmat.primitives.asymmetric.utils import (  # noqa: PLC0415
        decode_dss_signature,
    )

    r, s = decode_dss_signature(der)
    return r.to_bytes(_P256_BYTES, "big") + s.to_bytes(_P256_BYTES, "big")


def _part(value: Mapping[str, object]) -> str:
    return _base64url(json.dumps(value, separators=(",", ":")).encode())


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
