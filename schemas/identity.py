"""Contracts of the identity context: sessions, users, partner clients, tenants, tokens, audit."""

import re
import unicodedata
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from schemas.common import Contract, Id, Language, Line, Moment, compact
from schemas.trail import TrailFilter

RoleName = Literal[
    "administrator",
    "physician",
    "nurse",
    "front_desk",
    "pharmacist",
    "laboratory",
    "auditor",
    "pharmacy_assistant",
    "ward_nurse",
    "admissions",
    "billing",
]
"""Roles of a user within one tenant."""


def _distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(values)) != len(values):
        raise ValueError("every value may be given once")
    return tuple(sorted(values))


OutcomeName = Literal["done", "denied", "failed"]


def _lower(text: object) -> object:
    return text.strip().lower() if isinstance(text, str) else text


def _one_alphabet(name: str) -> str:
    """A Cyrillic letter looks like a Latin one: nobody shall be called like somebody else."""
    if len({unicodedata.name(c, "?").split()[0] for c in name if c.isalpha()}) > 1:
        raise ValueError("use letters of one alphabet")
    return name


TenantId = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$"), BeforeValidator(_lower)
]
"""An institution: lower-case letters, digits and hyphens."""
UserName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=3, max_length=64, pattern=r"^\S+$")
]
"""What a person logs in with; upper and lower case are the same."""
Password = Annotated[str, StringConstraints(min_length=1, max_length=128)]
"""A password as it is typed; the rules for new ones are answered field by field."""
NewUserName = Annotated[UserName, AfterValidator(_one_alphabet)]
"""The name of somebody new, in letters of one alphabet."""
AppCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$"), BeforeValidator(compact)]
"""Six digits, as the app shows them in two groups or not."""
SecondFactor = Annotated[
    str,
    StringConstraints(pattern=r"^([0-9]{6}|[0-9A-Za-z-]{16,24})$"),
    BeforeValidator(compact),
]
"""Six digits of the authenticator app, or one of the recovery codes; blanks and hyphens between
them do not matter."""
OneTimeSecret = Annotated[
    str, StringConstraints(pattern=r"^[0-9A-Za-z-]{16,40}$"), BeforeValidator(compact)
]
Roles = Annotated[tuple[RoleName, ...], Field(min_length=1), AfterValidator(_distinct)]
MACHINE_SCOPES = (
    "appointments.manage",
    "appointments.overbook",
    "appointments.overrule",
    "appointments.read",
    "appointments.write",
    "audit.check",
    "audit.read",
    "consults.export",
    "consults.legacy",
    "consults.load",
    "consults.read",
    "consults.write",
    "interop.read",
    "interop.triage",
    "interop.write",
    "orders.attach",
    "orders.collect",
    "orders.draft",
    "orders.manage",
    "orders.read_chart",
    "orders.read_orders",
    "orders.read_prescriptions",
    "orders.result",
    "orders.search",
    "patients.export",
    "patients.read",
    "patients.read_record",
    "patients.read_sensitive",
    "patients.read_trail",
    "patients.write",
    "patients.write_record",
)
"""What a machine may be given. Never what a person answers for: signing, prescribing, attending,
breaking the glass, letting people in, merging, holds, destruction, administration."""
Scope = Annotated[
    str,
    StringConstraints(pattern=rf"^({'|'.join(re.escape(scope) for scope in MACHINE_SCOPES)})$"),
]
"""A right of a partner, such as `consults.write`; one of `MACHINE_SCOPES`."""
Scopes = Annotated[tuple[Scope, ...], Field(min_length=1, max_length=40), AfterValidator(_distinct)]


class Credentials(Contract):
    """What proves a user: asked for again before anything that changes how they log in."""

    tenant: TenantId
    user_name: UserName
    password: Password
    second_factor: SecondFactor | None = None
    """Required once the user has enrolled an authenticator app."""


class LogIn(Credentials):
    """Start a session."""

    refresh: Literal["cookie", "body"] = "cookie"
    """Where the refresh token goes: an HttpOnly cookie for browsers, or the answer's body."""


class Me(Contract):
    """The user of a session."""

    id: Id
    tenant: TenantId
    tenant_name: str
    user_name: str
    display_name: str
    roles: tuple[RoleName, ...]
    language: Language
    second_factor_enrolled: bool
    recovery_codes_left: int
    password_expires_at: Moment | None


class SessionStarted(Contract):
    """A session with its first access token."""

    session_id: Id
    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  # the scheme's name
    expires_in: int
    """Seconds."""
    refresh_token: str | None
    """Null when it went into the cookie."""
    user: Me


class AccessToken(Contract):
    """A fresh access token for a browser; its refresh token went into the cookie."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  # the scheme's name
    expires_in: int
    """Seconds."""


class TokenRequest(BaseModel):
    """Form of the token and revocation endpoints (RFC 6749 §4.4.2 and §6, RFC 7009 §2.1).

    Unknown parameters are ignored, as RFC 6749 §3.2 demands.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    grant_type: str = Field(default="", max_length=100)
    scope: str = Field(default="", max_length=2000)
    refresh_token: str = Field(default="", max_length=200)
    token: str = Field(default="", max_length=200)
    client_id: str = Field(default="", max_length=200)
    client_secret: str = Field(default="", max_length=200)


class TokenAnswer(Contract):
    """RFC 6749 §5.1; what is null here is left out on the wire."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  # the scheme's name
    expires_in: int
    """Seconds."""
    scope: str | None = None
    refresh_token: str | None = None


class Jwk(Contract):
    """A public key on P-256 for ES256 (RFC 7517, RFC 7518 §6.2)."""

    kty: str
    kid: str
    alg: str
    use: str
    crv: str
    x: str
    y: str


class Jwks(Contract):
    """The keys that verify our access tokens."""

    keys: tuple[Jwk, ...]


class Discovery(Contract):
    """Authorization server metadata (RFC 8414), also served as OpenID Connect discovery."""

    issuer: str
    jwks_uri: str
    token_endpoint: str
    revocation_endpoint: str
    grant_types_supported: tuple[str, ...]
    response_types_supported: tuple[str, ...]
    subject_types_supported: tuple[str, ...]
    id_token_signing_alg_values_supported: tuple[str, ...]
    token_endpoint_auth_methods_supported: tuple[str, ...]


class ChangePassword(Credentials):
    """Replace the password; ends every session of the user."""

    new_password: Password


class RedeemCode(Contract):
    """Set a password with the one-time code that an administrator handed over."""

    tenant: TenantId
    user_name: UserName
    code: OneTimeSecret
    new_password: Password


class Enrolment(Contract):
    """A secret for the authenticator app (RFC 6238), valid once a code of it is confirmed."""

    secret: str
    """Base32, for typing."""
    uri: str
    """`otpauth://totp/...`, for the QR code."""
    expires_at: Moment


class ConfirmEnrolment(Contract):
    """Prove that the authenticator app shows codes of the new secret."""

    tenant: TenantId
    user_name: UserName
    password: Password
    code: AppCode


class RecoveryCodes(Contract):
    """Each replaces one code of the authenticator app, once. Shown this one time."""

    codes: tuple[str, ...]


class NewUser(Contract):
    """Create a user."""

    user_name: NewUserName
    display_name: Line
    roles: Roles
    language: Language = "es"


class UserUpdate(Contract):
    """The whole of what an administrator may change about a user."""

    display_name: Line
    roles: Roles
    active: bool
    language: Language


class UserView(Contract):
    """A user as administrators see them."""

    id: Id
    user_name: str
    display_name: str
    roles: tuple[RoleName, ...]
    active: bool
    language: Language
    created_at: Moment


class UserPage(Contract):
    """Users in order of creation."""

    items: tuple[UserView, ...]
    cursor: str | None


class OneTimeCode(Contract):
    """With this the user sets their password; it is shown this one time."""

    code: str
    expires_at: Moment


class UserCreated(Contract):
    """A new user and the code with which they set their password."""

    user: UserView
    one_time_code: OneTimeCode


class ResetUser(Contract):
    """Take a user's password away and give them a one-time code."""

    second_factor: bool = False
    """Also forget their authenticator app and recovery codes."""


class SessionView(Contract):
    """A session that has not ended."""

    id: Id
    started_at: Moment
    last_used_at: Moment
    expires_at: Moment
    user_agent: str
    current: bool


class SessionList(Contract):
    """Sessions, the newest first."""

    items: tuple[SessionView, ...]


class NewClient(Contract):
    """Register a partner system."""

    name: Line
    scopes: Scopes


class ClientUpdate(Contract):
    """The whole of what may change about a partner system."""

    name: Line
    scopes: Scopes
    active: bool


class SecretView(Contract):
    """A client secret without the secret."""

    id: Id
    created_at: Moment


class ClientView(Contract):
    """A partner system."""

    id: Id
    client_id: str
    """What it presents at the token endpoint."""
    name: str
    scopes: tuple[str, ...]
    active: bool
    created_at: Moment
    secrets: tuple[SecretView, ...]


class ClientPage(Contract):
    """Partner systems in order of registration."""

    items: tuple[ClientView, ...]
    cursor: str | None


class ClientSecret(Contract):
    """A client secret, shown this one time."""

    id: Id
    secret: str


class ClientCreated(Contract):
    """A new partner system with its first secret."""

    client: ClientView
    secret: ClientSecret


class TenantUpdate(Contract):
    """An institution's name and its rules for logging in."""

    name: Line
    password_days: int = Field(default=180, ge=0, le=3650)
    """Days until a password must be changed; 0 never."""
    second_factor_roles: Annotated[tuple[RoleName, ...], AfterValidator(_distinct)] = (
        "administrator",
    )
    """Roles that must use an authenticator app."""


class TenantView(TenantUpdate):
    """An institution."""

    id: TenantId
    created_at: Moment


class NewTenant(TenantUpdate):
    """Create an institution."""

    id: TenantId

    @model_validator(mode="after")
    def _not_reserved(self) -> Self:
        if self.id in ("platform", "telesalud", "system", "anonymous"):
            raise ValueError("this id is reserved")
        return self


class AuditQuery(TrailFilter):
    """Entries about one subject: a user, a client, or `unknown` for failed log-ins."""

    subject: str = Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9._-]+$")


class AuditView(Contract):
    """One entry of the audit trail."""

    id: str
    actor: str
    actor_kind: str
    action: str
    resource: str
    outcome: OutcomeName
    reason: str
    at: Moment
    request_id: str


class AuditPage(Contract):
    """Entries, the newest first."""

    items: tuple[AuditView, ...]
    cursor: str | None


class PersonView(Contract):
    """Whom an id of the trail stands for."""

    id: Id
    display_name: str
    user_name: str


class PersonPage(Contract):
    """People in order of their accounts' creation, dismissed ones among them."""

    items: tuple[PersonView, ...]
    cursor: str | None


class UserChanged(Contract):
    """Data of `identity.user_created` and `identity.user_changed`."""

    user_id: Id
    roles: tuple[RoleName, ...]
    active: bool
    vouched_by: str = ""
    """Who handed over the code that the password is set with; empty for the operator."""
    vouched_at: Moment | None = None
    """When they did; null when it is not known."""
    ended_at: Moment | None = None
    """Tokens issued before no longer count; null when all do."""


EVENTS: dict[str, type[BaseModel]] = {
    "identity.user_created": UserChanged,
    "identity.user_changed": UserChanged,
}
"""Event types of this context and the models of their data."""
