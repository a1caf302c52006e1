"""The ports of a key management service: wrapping data keys, and signing tokens."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, Protocol

ACCESS_TOKEN = "at+jwt"  # noqa: S105  # RFC 9068's media type, not a secret
JwtAlgorithm = Literal["ES256", "RS256"]
Claims = Mapping[str, Any]


class Tampered(Exception):
    """A sealed value or key does not belong where it was found, or was altered."""


class NewDataKey(NamedTuple):
    """A fresh 256-bit key and its wrapped form."""

    plain: bytes
    wrapped: bytes


class KeyWrapper(Protocol):
    """What the vault needs from a key management service."""

    def generate(self, context: dict[str, str]) -> NewDataKey:
        """A new data key wrapped under `context`."""

    def unwrap(self, wrapped: bytes, context: dict[str, str]) -> bytes:
        """The plain key; raises Tampered when `wrapped` was not made under `context`."""


class JwtSigner(Protocol):
    """One signing key, whose private half never leaves the key management service."""

    @property
    def kid(self) -> str:
        """Key id, as in the header of every token and in the JWKS."""

    @property
    def public_jwk(self) -> Mapping[str, str]:
        """The public key (RFC 7517) with `kid`, `alg`, and `use`."""

    def sign(self, claims: Claims, type_: str = ACCESS_TOKEN) -> str:
        """The compact JWS over `claims` with the header's `typ` set to `type_`."""
