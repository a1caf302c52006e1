"""identity: sessions, users, second factors, partner systems, and the keys that verify tokens."""

from functools import cache
from typing import TYPE_CHECKING, Any

from chalice.app import AuthRequest, AuthResponse, Chalice

from schemas import identity as contract
from schemas.common import PageQuery
from telesalud.identity import account as accounts
from telesalud.identity import (
    browser,
    clients,
    issuing,
    refreshing,
    sessions,
    tenants,
    trail,
    users,
)
from telesalud.identity.errors import (
    ClientRefused,
    EnrolmentRequired,
    GrantRefused,
    GrantTypeRefused,
    LogInRefused,
    PasswordChangeRequired,
    ScopeRefused,
    SecondFactorRequired,
)
from telesalud.identity.model import Client, Device, User
from telesalud.identity.settings import IdentitySettings
from telesalud.identity.wiring import services_from
from telesalud.platform import clients as aws
from telesalud.platform.authorizer import CACHED_SECONDS, authorize
from telesalud.platform.edge import Answer, Auth, Edge, Request
from telesalud.platform.errors import Conflict, Malformed, NotFound, TooMany
from telesalud.platform.oauth import basic_credentials
from telesalud.platform.work import Services

if TYPE_CHECKING:
    from telesalud.identity.model import IdentityServices
    from telesalud.platform.tokens import TokenVerifier

app = Chalice(app_name="identity")
settings = IdentitySettings.load()

PUBLIC_DOCUMENT = {"Cache-Control": "public, max-age=300"}
PROOF_ERRORS = (LogInRefused, SecondFactorRequired, TooMany, Conflict)


@cache
def services() -> "IdentityServices":
    """The process's services, made at the first request."""
    return services_from(settings)


@cache
def verifier() -> "TokenVerifier":
    """The process's verifier, which keeps the issuers' keys."""
    from telesalud.platform.tokens import TokenVerifier  # noqa: PLC0415  # authorizer only

    return TokenVerifier(settings.trusted_issuers)


@app.authorizer(ttl_seconds=CACHED_SECONDS)
def authorizer(request: AuthRequest) -> AuthResponse:
    """Lets valid tokens in; what they may do is decided in the domain."""
    return authorize(request, verifier())


def core() -> Services:
    """What the edge itself needs."""
    return services().core


edge = Edge(app, core, authorizer=authorizer, front_door_sha256=settings.front_door_sha256)


def id_in(request: Request, name: str) -> str:
    """An id of the path. What is no id names nothing."""
    value = request.path[name]
    if len(value) != 36 or not value.isascii() or not value.replace("-", "").isalnum():
        raise NotFound
    return value


# --- sessions ----------------------------------------------------------------------------------


@edge.operation(
    "POST",
    "/identity/sessions",
    summary="Log in with password and, once enrolled, second factor",
    auth=Auth.PUBLIC,
    body=contract.LogIn,
    answer=contract.SessionStarted,
    status=201,
    errors=(*PROOF_ERRORS, PasswordChangeRequired, EnrolmentRequired),
)
def log_in(request: Request) -> Answer:
    device = Device(
        user_agent=browser.printable(request.headers.get("user-agent", "")),
        source=request.source_ip,
    )
    command: contract.LogIn = request.body
    issued = sessions.log_in(services(), request.call, command, device)
    in_cookie = command.refresh == "cookie"
    body = contract.SessionStarted(
        session_id=issued.session.id,
        access_token=issued.access_token,
        expires_in=issuing.LIFETIME_SECONDS,
        refresh_token=None if in_cookie else issued.refresh_token,
        user=sessions.view_me(issued.user, issued.tenant, issued.secrets),
    )
    headers = browser.keep(settings, issued.refresh_token) if in_cookie else {}
    return Answer(body, headers=headers)


@edge.operation(
    "POST",
    "/identity/sessions/refresh",
    summary="A fresh access token for a browser, by its cookie",
    auth=Auth.PUBLIC,
    answer=contract.AccessToken,
    errors=(GrantRefused,),
)
def refresh_session(request: Request) -> Answer:
    token = browser.refresh_token(settings, request.headers)
    issued = refreshing.refresh(services(), request.call, token)
    body = contract.AccessToken(
        access_token=issued.access_token, expires_in=issuing.LIFETIME_SECONDS
    )
    return Answer(body, headers=browser.keep(settings, issued.refresh_token))


@edge.operation(
    "POST",
    "/identity/sessions/end",
    summary="Log a browser out, by its cookie",
    auth=Auth.PUBLIC,
    answer=None,
    status=204,
)
def end_session(request: Request) -> Answer:
    token = browser.refresh_token(settings, request.headers)
    refreshing.end(services(), request.call, token)
    return Answer(None, headers=browser.forget(settings))


@edge.operation(
    "GET",
    "/identity/sessions",
    summary="The caller's sessions that have not ended",
    answer=contract.SessionList,
    errors=(NotFound,),
)
def list_sessions(request: Request) -> contract.SessionList:
    return sessions.listed(services(), request.call)


@edge.operation(
    "DELETE",
    "/identity/sessions/{session}",
    summary="End one of the caller's sessions",
    answer=None,
    status=204,
    errors=(NotFound,),
)
def revoke_session(request: Request) -> None:
    sessions.revoke(services(), request.call, id_in(request, "session"))


# --- one's own account -------------------------------------------------------------------------


@edge.operation(
    "GET", "/identity/me", summary="The caller's profile", answer=contract.Me, errors=(NotFound,)
)
def read_me(request: Request) -> contract.Me:
    return sessions.me(services(), request.call)


@edge.operation(
    "POST",
    "/identity/password-changes",
    summary="Replace the password, also an expired one; ends all sessions",
    auth=Auth.PUBLIC,
    body=contract.ChangePassword,
    answer=None,
    status=204,
    errors=PROOF_ERRORS,
)
def change_password(request: Request) -> None:
    accounts.change_password(services(), request.call, request.body, request.source_ip)


@edge.operation(
    "POST",
    "/identity/password-resets",
    summary="Set a password with an administrator's one-time code",
    auth=Auth.PUBLIC,
    body=contract.RedeemCode,
    answer=None,
    status=204,
    errors=PROOF_ERRORS,
)
def redeem_code(request: Request) -> None:
    accounts.redeem_code(services(), request.call, request.body, request.source_ip)


@edge.operation(
    "POST",
    "/identity/second-factor",
    summary="Start enrolling an authenticator app",
    auth=Auth.PUBLIC,
    body=contract.Credentials,
    answer=contract.Enrolment,
    errors=PROOF_ERRORS,
)
def start_enrolment(request: Request) -> contract.Enrolment:
    return accounts.start_enrolment(services(), request.call, request.body, request.source_ip)


@edge.operation(
    "POST",
    "/identity/second-factor/confirmation",
    summary="Finish enrolling with a code of the app; answers the recovery codes",
    auth=Auth.PUBLIC,
    body=contract.ConfirmEnrolment,
    answer=contract.RecoveryCodes,
    errors=PROOF_ERRORS,
)
def confirm_enrolment(request: Request) -> contract.RecoveryCodes:
    return accounts.confirm_enrolment(services(), request.call, request.body, request.source_ip)


# --- administration of users -------------------------------------------------------------------


def _user(user: User) -> Answer:
    return Answer(users.view(user), version=user.version)


@edge.operation(
    "POST",
    "/identity/users",
    summary="Create a user; answers the one-time code for his password",
    body=contract.NewUser,
    answer=contract.UserCreated,
    status=201,
    idempotent=True,
    errors=(Conflict,),
)
def create_user(request: Request) -> Answer:
    return Answer(users.create(services(), request.call, request.body), version=1)


@edge.operation(
    "GET",
    "/identity/users",
    summary="The institution's users",
    query=PageQuery,
    answer=contract.UserPage,
)
def list_users(request: Request) -> contract.UserPage:
    return users.listed(services(), request.call, request.query)


@edge.operation(
    "GET",
    "/identity/users/{user}",
    summary="One user",
    answer=contract.UserView,
    errors=(NotFound,),
)
def read_user(request: Request) -> Answer:
    return _user(users.read(services(), request.call, id_in(request, "user")))


@edge.operation(
    "PUT",
    "/identity/users/{user}",
    summary="Change a user's name, roles, language or state; disabling ends his sessions",
    body=contract.UserUpdate,
    answer=contract.UserView,
    versioned=True,
    errors=(NotFound, Conflict),
)
def update_user(request: Request) -> Answer:
    user, command = id_in(request, "user"), request.body
    return _user(users.update(services(), request.call, user, request.if_match, command))


@edge.operation(
    "POST",
    "/identity/users/{user}/reset",
    summary="Take a user's password away and answer a one-time code; ends his sessions",
    body=contract.ResetUser,
    answer=contract.OneTimeCode,
    idempotent=True,
    errors=(NotFound, Conflict),
)
def reset_user(request: Request) -> contract.OneTimeCode:
    return users.reset(services(), request.call, id_in(request, "user"), request.body)


# --- partner systems ---------------------------------------------------------------------------


def _client(client: Client) -> Answer:
    return Answer(clients.view(client), version=client.version)


@edge.operation(
    "POST",
    "/identity/clients",
    summary="Register a partner system; answers its first secret",
    body=contract.NewClient,
    answer=contract.ClientCreated,
    status=201,
    idempotent=True,
    errors=(Conflict,),
)
def register_client(request: Request) -> Answer:
    return Answer(clients.register(services(), request.call, request.body), version=1)


@edge.operation(
    "GET",
    "/identity/clients",
    summary="The institution's partner systems",
    query=PageQuery,
    answer=contract.ClientPage,
)
def list_clients(request: Request) -> contract.ClientPage:
    return clients.listed(services(), request.call, request.query)


@edge.operation(
    "GET",
    "/identity/clients/{client}",
    summary="One partner system",
    answer=contract.ClientView,
    errors=(NotFound,),
)
def read_client(request: Request) -> Answer:
    return _client(clients.read(services(), request.call, id_in(request, "client")))


@edge.operation(
    "PUT",
    "/identity/clients/{client}",
    summary="Change a partner system's name, scopes or state",
    body=contract.ClientUpdate,
    answer=contract.ClientView,
    versioned=True,
    errors=(NotFound, Conflict),
)
def update_client(request: Request) -> Answer:
    client, command = id_in(request, "client"), request.body
    return _client(clients.update(services(), request.call, client, request.if_match, command))


@edge.operation(
    "POST",
    "/identity/clients/{client}/secrets",
    summary="A second secret for a partner system, to change over",
    answer=contract.ClientSecret,
    status=201,
    idempotent=True,
    errors=(NotFound, Conflict),
)
def add_client_secret(request: Request) -> contract.ClientSecret:
    return clients.add_secret(services(), request.call, id_in(request, "client"))


@edge.operation(
    "DELETE",
    "/identity/clients/{client}/secrets/{secret}",
    summary="Remove a secret of a partner system",
    answer=contract.ClientView,
    versioned=True,
    errors=(NotFound, Conflict),
)
def remove_client_secret(request: Request) -> Answer:
    client, secret = id_in(request, "client"), id_in(request, "secret")
    return _client(
        clients.remove_secret(services(), request.call, client, request.if_match, secret)
    )


# --- tokens ------------------------------------------------------------------------------------


@edge.operation(
    "POST",
    "/identity/token",
    summary="OAuth 2.0 token endpoint: client_credentials and refresh_token",
    auth=Auth.PUBLIC,
    oauth=True,
    body=contract.TokenRequest,
    answer=contract.TokenAnswer,
    errors=(ClientRefused, GrantRefused, GrantTypeRefused, ScopeRefused),
)
def token(request: Request) -> contract.TokenAnswer:
    form: contract.TokenRequest = request.body
    if form.grant_type == "refresh_token":
        issued = refreshing.refresh(services(), request.call, form.refresh_token)
        return contract.TokenAnswer(
            access_token=issued.access_token,
            expires_in=issuing.LIFETIME_SECONDS,
            refresh_token=issued.refresh_token,
        )
    if form.grant_type != "client_credentials":
        raise GrantTypeRefused
    basic = basic_credentials(request.headers)
    if basic and form.client_secret:
        raise Malformed("authenticate the client in one way only")
    client_id, secret = basic or (form.client_id, form.client_secret)
    return clients.token(services(), request.call, client_id, secret, form.scope)


@edge.operation(
    "POST",
    "/identity/token/revocation",
    summary="OAuth 2.0 revocation endpoint: ends the session of a refresh token",
    auth=Auth.PUBLIC,
    oauth=True,
    body=contract.TokenRequest,
    answer=None,
)
def revoke_token(request: Request) -> None:
    refreshing.end(services(), request.call, request.body.token)


@edge.operation(
    "GET",
    "/identity/.well-known/jwks.json",
    summary="The public keys of our access tokens",
    auth=Auth.PUBLIC,
    answer=contract.Jwks,
)
def read_jwks(_: Request) -> Answer:
    return Answer(issuing.jwks(services()), headers=PUBLIC_DOCUMENT)


@edge.operation(
    "GET",
    "/identity/.well-known/openid-configuration",
    summary="Where the token endpoint and the keys are",
    auth=Auth.PUBLIC,
    answer=contract.Discovery,
)
def read_discovery(_: Request) -> Answer:
    return Answer(issuing.discovery(services()), headers=PUBLIC_DOCUMENT)


# --- the institution ---------------------------------------------------------------------------


@edge.operation(
    "GET",
    "/identity/tenant",
    summary="The institution and its rules for logging in",
    answer=contract.TenantView,
    errors=(NotFound,),
)
def read_tenant(request: Request) -> Answer:
    tenant = tenants.read(services(), request.call)
    return Answer(tenants.view(tenant), version=tenant.version)


@edge.operation(
    "PUT",
    "/identity/tenant",
    summary="Change the institution's name or rules",
    body=contract.TenantUpdate,
    answer=contract.TenantView,
    versioned=True,
    errors=(NotFound, Conflict),
)
def update_tenant(request: Request) -> Answer:
    tenant = tenants.update(services(), request.call, request.if_match, request.body)
    return Answer(tenants.view(tenant), version=tenant.version)


@edge.operation(
    "GET",
    "/identity/audit",
    summary="The audit trail about one user, partner system or institution",
    query=contract.AuditQuery,
    answer=contract.AuditPage,
)
def read_audit(request: Request) -> contract.AuditPage:
    return trail.read(services(), request.call, request.query)


# --- what the table's stream calls -------------------------------------------------------------


@app.lambda_function(name="relay")
def relay(event: dict[str, Any], _: object) -> dict[str, Any]:
    """New outbox items go to the event bus."""
    from telesalud.platform import relay as outbox  # noqa: PLC0415  # this function only

    bus = outbox.EventBridgeBus(settings.bus, aws.events)
    return outbox.relay(event["Records"], bus)


@app.lambda_function(name="seal_audit")
def seal_audit(event: dict[str, Any], _: object) -> dict[str, Any]:
    """New audit entries go into the tenant's hash chain; its head is archived once a day."""
    from telesalud.platform.trail import keep_trail  # noqa: PLC0415  # this function only

    return keep_trail(event, core().store, core().clock)
