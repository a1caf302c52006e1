"""OAuth 2.0 tokens and the keys that verify them, over HTTP."""

from schemas import identity as contract
from telesalud.identity import clients, issuing, refreshing, wiring
from telesalud.identity.errors import ClientRefused, GrantRefused, GrantTypeRefused, ScopeRefused
from telesalud.platform.errors import Malformed
from telesalud.platform.http.oauth import basic_credentials
from telesalud.platform.http.operations import Answer, Auth, Group, Request

PUBLIC_DOCUMENT = {"Cache-Control": "public, max-age=300"}


group = Group("/identity")


@group.post(
    "/token",
    auth=Auth.PUBLIC,
    oauth=True,
    body=contract.TokenRequest,
    answer=contract.TokenAnswer,
    errors=(ClientRefused, GrantRefused, GrantTypeRefused, ScopeRefused),
)
def token(request: Request) -> contract.TokenAnswer:
    """OAuth 2.0 token endpoint: client_credentials and refresh_token."""
    form: contract.TokenRequest = request.body
    if form.grant_type == "refresh_token":
        issued = refreshing.refresh(wiring.services(), request.call, form.refresh_token)
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
    return clients.token(wiring.services(), request.call, client_id, secret, form.scope)


@group.post("/token/revocation", auth=Auth.PUBLIC, oauth=True, body=contract.TokenRequest)
def revoke_token(request: Request) -> None:
    """OAuth 2.0 revocation endpoint: ends the session of a refresh token."""
    refreshing.end(wiring.services(), request.call, request.body.token)


@group.get("/.well-known/jwks.json", auth=Auth.PUBLIC, answer=contract.Jwks)
def read_jwks(_: Request) -> Answer:
    """The public keys of our access tokens."""
    return Answer(issuing.jwks(wiring.services()), headers=PUBLIC_DOCUMENT)


@group.get("/.well-known/openid-configuration", auth=Auth.PUBLIC, answer=contract.Discovery)
def read_discovery(_: Request) -> Answer:
    """Where the token endpoint and the keys are."""
    return Answer(issuing.discovery(wiring.services()), headers=PUBLIC_DOCUMENT)
