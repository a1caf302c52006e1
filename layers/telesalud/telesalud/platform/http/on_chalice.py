"""API Gateway's token authorizer, the same three lines in every app.

    @app.authorizer(ttl_seconds=CACHED_SECONDS)
    def authorizer(request: AuthRequest) -> AuthResponse:
        return authorize(request, verifier())

A valid token opens every route: the gateway caches the policy per token across routes, so what a
caller may do is decided in the domain. A bad token opens none; the gateway turns that denial into
401 (gateway response ACCESS_DENIED), because nothing else is ever denied here. When the issuer's
keys cannot be fetched the authorizer fails, which the gateway does not cache.
"""

from chalice.app import AuthRequest, AuthResponse

from telesalud.platform.claims import context_of
from telesalud.platform.logs import get_logger
from telesalud.platform.tokens import TokenRefused, Verifier

CACHED_SECONDS = 60
"""How long the gateway may reuse the answer, and so how long a token may outlive its expiry."""


def bearer(header: str) -> str:
    """The token of an Authorization header (RFC 6750 §2.1). Raises TokenRefused."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenRefused("scheme")
    return token.strip()


def authorize(request: AuthRequest, verifier: Verifier) -> AuthResponse:
    """Allow everything with the caller in the context, or nothing. Raises Unavailable."""
    try:
        caller = verifier.caller(bearer(request.token or ""))
    except TokenRefused as refused:
        get_logger().info("token refused", reason=refused.reason)
        return AuthResponse(routes=[], principal_id="nobody")
    return AuthResponse(routes=["*"], principal_id=caller.subject, context=context_of(caller))
