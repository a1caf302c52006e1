"""AWS KMS: wrapping data keys for the vault, and signing JSON Web Tokens (RFC 7515, RFC 7518)."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal

from telesalud.platform.jwk import base64url, jwk_of, part
from telesalud.platform.ports.keys import ACCESS_TOKEN, Claims, JwtAlgorithm, NewDataKey, Tampered

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

_SCHEMES: dict[JwtAlgorithm, Literal["ECDSA_SHA_256", "RSASSA_PKCS1_V1_5_SHA_256"]] = {
    "ES256": "ECDSA_SHA_256",
    "RS256": "RSASSA_PKCS1_V1_5_SHA_256",
}
_P256_BYTES = 32


class KmsWrapper:
    """A `telesalud.platform.ports.keys.KeyWrapper` on the symmetric KMS key `key`."""

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
    """A `telesalud.platform.ports.keys.JwtSigner` on the asymmetric KMS key `key`."""

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
        text = f"{part(header)}.{part(claims)}"
        signature = self._client().sign(
            KeyId=self._key,
            Message=text.encode(),
            MessageType="RAW",
            SigningAlgorithm=_SCHEMES[self._algorithm],
        )["Signature"]
        return f"{text}.{base64url(raw(signature) if self._algorithm == 'ES256' else signature)}"


def raw(der: bytes) -> bytes:
    """R and S side by side (RFC 7518 §3.4) from the DER signature that KMS answers."""
    # Imported here: only the identity service signs, the other apps must not pay for it.
    from cryptography.hazmat.primitives.asymmetric.utils import (  # noqa: PLC0415
        decode_dss_signature,
    )

    r, s = decode_dss_signature(der)
    return r.to_bytes(_P256_BYTES, "big") + s.to_bytes(_P256_BYTES, "big")
