"""Settings of the identity service."""

from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field

from telesalud.platform.settings import Settings


def _split(value: object) -> object:
    return tuple(filter(None, value.split(","))) if isinstance(value, str) else value


class IdentitySettings(Settings):
    """What the identity functions need beyond the common settings."""

    signing_key: str
    """Id, ARN or alias of the asymmetric KMS key that signs access tokens."""
    published_keys: Annotated[tuple[str, ...], BeforeValidator(_split)] = ()
    """Further KMS keys in the JWKS, separated by commas: the next one before a rollover, the last
    one after it."""
    argon2_memory_kib: int = Field(default=47104, ge=19456)
    """46 MiB with one pass and one lane: the OWASP password storage cheat sheet's first choice,
    about 0.1 s of CPU; memory is what makes guessing on graphics cards dear."""
    argon2_passes: int = Field(default=1, ge=1, le=20)
    argon2_lanes: int = Field(default=1, ge=1, le=8)
    session_hours: int = Field(default=12, ge=1, le=24)
    """Longest life of a session: a shift. NIST SP 800-63B §4.2.3 allows 12 hours at AAL2."""
    session_idle_minutes: int = Field(default=60, ge=5, le=720)
    """A session ends when its refresh token was not used for so long."""

    @property
    def issuer(self) -> str:
        """Our issuer identifier."""
        return f"{self.origin}/api/identity"

    @property
    def session_lifetime(self) -> timedelta:
        """Longest life of a session."""
        return timedelta(hours=self.session_hours)

    @property
    def idle_lifetime(self) -> timedelta:
        """How long a session lives without being refreshed."""
        return timedelta(minutes=self.session_idle_minutes)
