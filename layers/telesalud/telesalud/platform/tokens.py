"""Access tokens: who may sign them, how they are verified, whom they prove.

Tokens are JWTs (RFC 7519) in the access-token profile of RFC 9068, signed with ES256 or RS256 and
nothing else (RFC 8725 §3.1). Issuers are listed in the settings; each has its own JWKS, so a key
of one issuer never vouches for another. Only our own identity service is believed when it speaks
of scopes or partners; from an external OpenID Connect issuer only mapped roles are taken.
"""

import json
import math
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from telesalud.platform.access import Caller, CallerKind, Role
from telesalud.platform.clock import Clock, utc_now
from telesalud.platform.errors import Unauthenticated, Unavailable
from telesalud.platform.ports.keys import ACCESS_TOKEN, Claims
from telesalud.platform.settings import TrustedIssuer

if TYPE_CHECKING:
    import jwt

# PyJWT is imported where it is used: it costs a fifth of an app's cold start, and of an app's
# functions only the authorizer verifies tokens.

AUDIENCE = "telesalud"
MAX_TOKEN = 8 * 1024
"""Characters of a token; API Gateway's limit of all headers together is 10 KB."""
LEEWAY = timedelta(seconds=30)
"""How far apart the issuer's clock and ours may be."""
MAX_JWKS = 256 * 1024
_KEYS_FRESH = timedelta(minutes=10)
_KEYS_USABLE = timedelta(hours=24)
"""Known keys still verify while the issuer's JWKS endpoint is down."""
_FETCH_PAUSE = timedelta(seconds=30)
"""Least time between two fetches, so that forged key ids cannot make us hammer an issuer."""
_FIRST_PAUSE = timedelta(seconds=2)
"""The same while no usable key is known: everybody is refused until the next fetch goes well."""
_FETCH_TIMEOUT = 6.0
"""Seconds; the issuer's own function may have to start first."""
_TENANT = re.compile(r"^[a-z0-9][a-z0-9-]{0,62}$")
_TOKEN = re.compile(r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$")

Fetch = Callable[[str], bytes]
"""Returns the document at a URL. Raises Unavailable."""


class Verifier(Protocol):
    """Turns a token into whom it proves."""

    def caller(self, token: str) -> Caller:
        """Whom the token proves. Raises TokenRefused, Unavailable."""


class TokenRefused(Unauthenticated):
    """The token proves nothing; `reason` is a code for our logs, the caller learns no details."""

    slug: ClassVar[str] = "unauthenticated"

    def __init__(self, reason: str) -> None:
        super().__init__("the access token is not valid; log in or refresh it")
        self.reason = reason


def bearer(header: str) -> str:
    """The token of an Authorization header (RFC 6750 §2.1). Raises TokenRefused."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenRefused("scheme")
    return token.strip()


def fetch_document(url: str) -> bytes:
    """GET a small public document: no redirects, at most MAX_JWKS bytes. Raises Unavailable."""
    # The standard library, because botocore has loaded it already and httpx costs 0.1 s of a cold
    # start in every app's authorizer.
    from http.client import HTTPException  # noqa: PLC0415
    from urllib.request import HTTPRedirectHandler, Request, build_opener  # noqa: PLC0415

    class NoRedirects(HTTPRedirectHandler):
        def redirect_request(self, *_: Any, **__: Any) -> None:
            return None

    request = Request(url, headers={"Accept": "application/json"})  # noqa: S310  # from settings
    try:
        with build_opener(NoRedirects).open(request, timeout=_FETCH_TIMEOUT) as answer:
            document: bytes = answer.read(MAX_JWKS + 1)
    except (OSError, HTTPException) as error:  # URLError is an OSError
        raise Unavailable("the keys of an identity provider cannot be fetched") from error
    if len(document) > MAX_JWKS:
        raise Unavailable("the key document of an identity provider is too large")
    return document


class IssuerKeys:
    """The public keys of one issuer: cached, refetched for an unknown key id, rarely."""

    def __init__(self, issuer: TrustedIssuer, fetch: Fetch, clock: Clock) -> None:
        self._url = issuer.jwks_url
        self._fetch = fetch
        self._clock = clock
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = self._tried_at = clock() - _KEYS_USABLE - _FETCH_PAUSE

    def get(self, kid: str) -> "jwt.PyJWK | None":
        """The key, or None when the issuer has no such key. Raises Unavailable when unknowable."""
        age = self._clock() - self._fetched_at
        if kid in self._keys and age < _KEYS_FRESH:
            return self._keys[kid]
        usable = age < _KEYS_USABLE
        if self._clock() - self._tried_at >= (_FETCH_PAUSE if usable else _FIRST_PAUSE):
            self._refetch(keep=usable)
        elif not usable:
            raise Unavailable("the keys of an identity provider cannot be fetched")
        return self._keys.get(kid)

    def _refetch(self, *, keep: bool) -> None:
        self._tried_at = self._clock()
        try:
            self._keys = usable_keys(self._fetch(self._url))
        except Unavailable:
            if not keep:
                raise
        else:
            self._fetched_at = self._tried_at


def usable_keys(document: bytes) -> "dict[str, jwt.PyJWK]":
    """Key id to key: those of a JWKS that may verify signatures here. Raises Unavailable."""
    try:
        listed = json.loads(document)["keys"]
        keys = [_usable_key(jwk) for jwk in listed]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unavailable("an identity provider published no readable keys") from error
    return {key.key_id: key for key in keys if key is not None and key.key_id}


def _usable_key(jwk: Mapping[str, Any]) -> "jwt.PyJWK | None":
    """ES256 on P-256, or RS256 with at least 2048 bits (NIST SP 800-131A); else None."""
    import jwt  # noqa: PLC0415

    algorithm = {"EC": "ES256", "RSA": "RS256"}.get(str(jwk.get("kty")))
    if (
        algorithm is None
        or jwk.get("use", "sig") != "sig"
        or jwk.get("alg", algorithm) != algorithm
    ):
        return None
    if algorithm == "ES256" and jwk.get("crv") != "P-256":
        return None
    try:
        key = jwt.PyJWK(dict(jwk), algorithm)
    except jwt.PyJWTError:
        return None
    return None if algorithm == "RS256" and key.key.key_size < 2048 else key


class TokenVerifier:
    """Turns an access token into a Caller, or refuses it."""

    def __init__(
        self,
        issuers: Sequence[TrustedIssuer],
        fetch: Fetch = fetch_document,
        clock: Clock = utc_now,
    ) -> None:
        self._clock = clock
        self._issuers = {i.issuer: (i, IssuerKeys(i, fetch, clock)) for i in issuers}

    def caller(self, token: str) -> Caller:
        """Whom the token proves. Raises TokenRefused, or Unavailable when keys are unreachable."""
        issuer, claims = self._verified(token)
        return _own_caller(claims) if issuer.ours else _external_caller(issuer, claims)

    def _verified(self, token: str) -> tuple[TrustedIssuer, Claims]:
        import jwt  # noqa: PLC0415

        if len(token) > MAX_TOKEN or not _TOKEN.match(token):
            raise TokenRefused("shape")
        try:
            unverified = jwt.decode_complete(token, options={"verify_signature": False})
        except (jwt.PyJWTError, RecursionError) as error:  # deeply nested JSON
            raise TokenRefused("unreadable") from error
        issuer, key = self._issuer_and_key(unverified)
        # PyJWT has no clock to inject: it verifies signature, issuer and audience, we the times.
        options: Any = {
            "require": ["iss", "sub", "exp", "iat"],
            "verify_exp": False,
            "verify_nbf": False,
            "verify_iat": False,
            "verify_aud": issuer.audience_claim == "aud",
        }
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=[key.algorithm_name],
                audience=issuer.audience if issuer.audience_claim == "aud" else None,
                issuer=issuer.issuer,
                options=options,
            )
        except jwt.PyJWTError as error:
            raise TokenRefused(type(error).__name__) from error
        if issuer.audience_claim != "aud" and claims.get(issuer.audience_claim) != issuer.audience:
            raise TokenRefused("audience")
        self._check_times(claims, nbf_required=issuer.ours)
        return issuer, claims

    def _issuer_and_key(self, unverified: Mapping[str, Any]) -> "tuple[TrustedIssuer, jwt.PyJWK]":
        header, payload = unverified["header"], unverified["payload"]
        name = payload.get("iss")
        known = self._issuers.get(name) if isinstance(name, str) else None
        if known is None:
            raise TokenRefused("issuer")
        issuer, keys = known
        if issuer.ours and header.get("typ") != ACCESS_TOKEN:
            raise TokenRefused("typ")
        kid, algorithm = header.get("kid"), header.get("alg")
        if not isinstance(kid, str) or not 0 < len(kid) <= 256:
            raise TokenRefused("kid")
        if algorithm not in ("ES256", "RS256"):
            raise TokenRefused("alg")
        key = keys.get(kid)
        if key is None or key.algorithm_name != algorithm:
            raise TokenRefused("key")
        return issuer, key

    def _check_times(self, claims: Claims, *, nbf_required: bool) -> None:
        now, leeway = self._clock().timestamp(), LEEWAY.total_seconds()
        if _seconds(claims["exp"]) + leeway <= now:
            raise TokenRefused("expired")
        if _seconds(claims["iat"]) - leeway > now:
            raise TokenRefused("issued in the future")
        if (nbf_required or "nbf" in claims) and _seconds(claims.get("nbf")) - leeway > now:
            raise TokenRefused("not yet valid")


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TokenRefused("time")
    return float(value)


def _text(claims: Claims, name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 256:
        raise TokenRefused(name)
    return value


def _name(claims: Claims) -> str:
    """The name (OpenID Connect's claim) in one line; empty when none is vouched for."""
    value = claims.get("name", "")
    return " ".join(value.split())[:200] if isinstance(value, str) else ""


def _tenant(value: object) -> str:
    if not isinstance(value, str) or not _TENANT.match(value):
        raise TokenRefused("tenant")
    return value


def _own_caller(claims: Claims) -> Caller:
    kind = claims.get("kind")
    if kind not in (CallerKind.USER, CallerKind.PARTNER):
        raise TokenRefused("kind")
    names = claims.get("roles", [])
    if not isinstance(names, list) or not all(name in list(Role) for name in names):
        raise TokenRefused("roles")
    scope = claims.get("scope", "")
    if not isinstance(scope, str):
        raise TokenRefused("scope")
    return Caller(
        tenant=_tenant(claims.get("tenant")),
        subject=_text(claims, "sub"),
        kind=CallerKind(kind),
        roles=frozenset(Role(name) for name in names),
        scopes=frozenset(scope.split()),
        session=_text(claims, "sid") if kind == CallerKind.USER else "",
        expires=int(_seconds(claims["exp"])),
        issued=int(_seconds(claims["iat"])),
        name=_name(claims) if kind == CallerKind.USER else "",
    )


def _external_caller(issuer: TrustedIssuer, claims: Claims) -> Caller:
    """A user of another identity provider: its mapped roles, never scopes, never our user ids."""
    tenant = _tenant(issuer.tenant or _claim(claims, issuer.tenant_claim))
    if not issuer.tenant and tenant not in issuer.tenants:
        raise TokenRefused("tenant")
    given = _claim(claims, issuer.roles_claim)
    names = given.split() if isinstance(given, str) else given if isinstance(given, list) else []
    known = {issuer.roles[name] for name in names if isinstance(name, str) and name in issuer.roles}
    return Caller(
        tenant=tenant,
        subject=external_subject(issuer.issuer, _text(claims, "sub")),
        kind=CallerKind.USER,
        roles=frozenset(known),
        expires=int(_seconds(claims["exp"])),
        issued=int(_seconds(claims["iat"])),
        name=_name(claims),
    )


def external_subject(issuer: str, subject: str) -> str:
    """An id for an issuer's user: stable, not a name, and unlike any UUIDv7 of ours."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{issuer}\x00{subject}"))


def _claim(claims: Claims, path: str) -> object:
    """A claim by name, or by dotted path such as Keycloak's `realm_access.roles`."""
    if path in claims:
        return claims[path]
    found: object = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
