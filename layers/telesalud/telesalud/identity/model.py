"""What this context knows: tenants, users, their credentials and sessions, partner clients."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from telesalud.identity.passwords import Hasher
from telesalud.identity.stored import Profile, Secrets
from telesalud.platform.access import Role
from telesalud.platform.ports.keys import JwtSigner
from telesalud.platform.work import Services


@dataclass(frozen=True, slots=True)
class IdentityServices:
    """What the use cases of this context may use."""

    core: Services
    signers: Sequence[JwtSigner]
    """All keys in the JWKS; the first one signs."""
    hasher: Hasher
    issuer: str
    session_lifetime: timedelta
    idle_lifetime: timedelta


@dataclass(frozen=True, slots=True)
class Tenant:
    """An institution and its rules for logging in."""

    id: str
    name: str
    password_days: int
    second_factor_roles: frozenset[Role]
    created_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class User:
    """A user of one tenant."""

    id: str
    tenant: str
    profile: Profile
    roles: frozenset[Role]
    active: bool
    created_at: datetime
    version: int
    vouched_by: str = ""
    """Who handed over the code that the password is set with; empty for the operator."""
    vouched_at: datetime | None = None
    """When they did; None for accounts made before this was kept."""
    ended_at: datetime | None = None
    """Access tokens issued before this moment no longer count, in any context."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user's secrets and the version of the item that holds them."""

    secrets: Secrets = field(default_factory=Secrets)
    version: int = 0


@dataclass(frozen=True, slots=True)
class Session:
    """A family of refresh tokens that began with one log-in."""

    id: str
    tenant: str
    user: str
    live: bool
    epoch: int
    generation: int
    """How often the refresh token was rotated."""
    started_at: datetime
    last_used_at: datetime
    ends_at: datetime
    version: int

    def over(self, now: datetime, idle: timedelta, epoch: int) -> bool:
        """Whether it was revoked, left idle, outlived itself, or belongs to another epoch."""
        used_up = now >= min(self.ends_at, self.last_used_at + idle)
        return not self.live or used_up or self.epoch != epoch


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """What is stored of a refresh token, under its SHA-256."""

    tenant: str
    user: str
    session: str
    generation: int
    used_at: datetime | None
    salt: bytes
    """With the token itself it makes the successor; empty until used."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A client secret: 256 random bits, so that SHA-256 protects it as well as argon2 would."""

    id: str
    hash: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Client:
    """A partner system of one tenant."""

    id: str
    tenant: str
    name: str
    scopes: frozenset[str]
    active: bool
    created_at: datetime
    secrets: tuple[Secret, ...]
    version: int

    @property
    def client_id(self) -> str:
        """What it presents: names its tenant, so that finding it is one read by key."""
        return f"{self.tenant}.{self.id}"
