"""Settings from the environment, typed and validated once at cold start.

Every variable starts with `TELESALUD_`. A missing or malformed one stops the function at once
with a message that names it, instead of failing in the middle of somebody's consultation.
Secrets are never settings: the environment carries hashes or key ids only.
"""

import json
import os
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from telesalud.platform.access import Role

PREFIX = "TELESALUD_"
LOCAL_STAGES = frozenset({"local", "test"})
SITE_STAGE = "site"
"""An installation in one process, whose origin is this computer or its own hotspot."""
LOOPBACK = ("http://127.0.0.1:", "http://localhost:")


class SettingsError(Exception):
    """The environment is not fit to run in; the message lists every variable at fault."""


def _parse_json(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value


class TrustedIssuer(BaseModel):
    """An OpenID Connect issuer whose access tokens are accepted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str
    jwks_url: str
    audience: str = Field(min_length=1)
    audience_claim: str = "aud"
    """Where the issuer names the audience; Cognito's access tokens have `client_id` instead."""
    tenant: str = ""
    """Tenant of everybody from this issuer; empty when `tenant_claim` says it."""
    tenant_claim: str = "tenant"
    tenants: tuple[str, ...] = ()
    """Tenants that an external issuer's `tenant_claim` may name."""
    roles_claim: str = "roles"
    """Claim with the user's roles; may be a dotted path such as `realm_access.roles`."""
    roles: dict[str, Role] = Field(default_factory=dict)
    """The issuer's role names to ours; a role that is not listed grants nothing."""
    ours: bool = False
    """Telesalud's own identity service: the only issuer whose scopes and kinds are believed."""


class Settings(BaseModel):
    """What every function needs; contexts extend it with their own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: str = Field(pattern=r"^[a-z][a-z0-9-]{1,15}$")
    context: str
    table: str
    data_key: str
    """Id or ARN of the symmetric KMS key that wraps data keys."""
    origin: str = Field(pattern=r"^https?://[^/]+$")
    """The front door's URL without a trailing slash."""
    bus: str = ""
    trusted_issuers: Annotated[tuple[TrustedIssuer, ...], BeforeValidator(_parse_json)] = ()
    front_door_sha256: str = ""
    """SHA-256 in hex of the secret header that the front door adds, while it is rotated also that
    of the secret before; empty accepts any caller."""

    @property
    def is_local(self) -> bool:
        """Whether this is a developer's or a test's stage on the local cloud."""
        return self.stage in LOCAL_STAGES

    @model_validator(mode="after")
    def _hardened_outside_local(self) -> Self:
        if self.stage == SITE_STAGE:
            if not self.origin.startswith(("https://", *LOOPBACK)):
                raise ValueError("origin must be https, or this computer itself")
        elif not self.is_local:
            if not self.origin.startswith("https://"):
                raise ValueError("origin must be https outside the local stages")
            if not self.front_door_sha256:
                raise ValueError("front_door_sha256 is required outside the local stages")
            if not all(i.jwks_url.startswith("https://") for i in self.trusted_issuers):
                raise ValueError("jwks_url must be https outside the local stages")
        return self

    @classmethod
    def load(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read the variables that the class has fields for. Raises SettingsError."""
        names = {name: PREFIX + name.upper() for name in cls.model_fields}
        given = {name: environ[variable] for name, variable in names.items() if variable in environ}
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            faults = (
                f"{PREFIX}{'_'.join(str(p) for p in e['loc']).upper()}: {e['msg']}"
                for e in error.errors(include_input=False, include_url=False)
            )
            raise SettingsError("; ".join(faults)) from None


class FileSettings(Settings):
    """Settings of a context that keeps files."""

    blobs_bucket: str
    uploads_bucket: str
    storage_key: str = "alias/aws/s3"
    """Key that encrypts files."""
    scanner: str = ""
    """`guardduty` or `clamd://host:port`; the local stages may use `eicar`."""

    @model_validator(mode="after")
    def _real_scanner(self) -> Self:
        if not self.is_local and self.scanner == "eicar":
            raise ValueError("scanner eicar is for the local stages only")
        return self


class PartnerSettings(Settings):
    """Settings of a context that calls others."""

    partners_url: str = ""
    """Base URL of the other contexts' APIs; by default the front door's."""

    @property
    def api(self) -> str:
        """Where the other contexts are called."""
        return self.partners_url or self.origin + "/api"
