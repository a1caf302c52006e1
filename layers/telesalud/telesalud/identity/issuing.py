"""Access tokens: their claims, and the keys that verify them."""

from collections.abc import Iterable
from datetime import timedelta

from schemas.identity import Discovery, Jwk, Jwks
from telesalud.identity.model import Client, IdentityServices, User
from telesalud.identity.policy import ACCESS_LIFETIME
from telesalud.platform.access import CallerKind
from telesalud.platform.tokens import AUDIENCE

LIFETIME_SECONDS = int(ACCESS_LIFETIME / timedelta(seconds=1))


def user_token(services: IdentityServices, user: User, session: str) -> str:
    """An access token for the user's session."""
    return _sign(
        services,
        sub=user.id,
        tenant=user.tenant,
        kind=CallerKind.USER.value,
        roles=sorted(user.roles),
        scope="",
        sid=session,
        name=user.profile.display_name,
    )


def client_token(services: IdentityServices, client: Client, scopes: Iterable[str]) -> str:
    """An access token for a partner system."""
    return _sign(
        services,
        sub=client.id,
        tenant=client.tenant,
        kind=CallerKind.PARTNER.value,
        roles=[],
        scope=" ".join(sorted(scopes)),
        client_id=client.client_id,
    )


def _sign(services: IdentityServices, **claims: str | list[str]) -> str:
    now = int(services.core.clock().timestamp())
    return services.signers[0].sign(
        {
            "iss": services.issuer,
            "aud": AUDIENCE,
            "iat": now,
            "nbf": now,
            "exp": now + LIFETIME_SECONDS,
            "jti": services.core.new_id(),
            **claims,
        }
    )


def jwks(services: IdentityServices) -> Jwks:
    """The public halves of all our keys, the present signer's first."""
    return Jwks(keys=tuple(Jwk(**signer.public_jwk) for signer in services.signers))


def discovery(services: IdentityServices) -> Discovery:
    """What a client must know to talk to us."""
    at = services.issuer
    return Discovery(
        issuer=at,
        jwks_uri=f"{at}/.well-known/jwks.json",
        token_endpoint=f"{at}/token",
        revocation_endpoint=f"{at}/token/revocation",
        grant_types_supported=("client_credentials", "refresh_token"),
        response_types_supported=(),
        subject_types_supported=("public",),
        id_token_signing_alg_values_supported=("ES256",),
        token_endpoint_auth_methods_supported=(
            "client_secret_basic",
            "client_secret_post",
            "none",
        ),
    )
