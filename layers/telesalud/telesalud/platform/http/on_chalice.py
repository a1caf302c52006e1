"""The one place where Chalice is known: an `Api` served by API Gateway, and its authorizer.

    app = Chalice(app_name="orders")

    @app.authorizer(ttl_seconds=CACHED_SECONDS)
    def authorizer(request: AuthRequest) -> AuthResponse:
        return authorize(request, verifier())

    serve(app, api, authorizer)

A valid token opens every route: the gateway caches the policy per token across routes, so what a
caller may do is decided in the domain. A bad token opens none; the gateway turns that denial into
401 (gateway response ACCESS_DENIED), because nothing else is ever denied here. When the issuer's
keys cannot be fetched the authorizer fails, which the gateway does not cache.
"""

from typing import Any

from chalice.app import AuthRequest, AuthResponse, Chalice, Response

from telesalud.platform.claims import context_of
from telesalud.platform.http.operations import Auth
from telesalud.platform.http.parsing import Raw
from telesalud.platform.http.replies import Reply
from telesalud.platform.http.serving import Api, Route
from telesalud.platform.logs import get_logger
from telesalud.platform.tokens import TokenRefused, Verifier, bearer

CACHED_SECONDS = 60
"""How long the gateway may reuse the answer, and so how long a token may outlive its expiry."""


def serve(app: Chalice, api: Api, authorizer: Any) -> None:
    """Route every operation of the API to it."""
    for route in api.routes:
        _add(app, api, route, authorizer)


def authorize(request: AuthRequest, verifier: Verifier) -> AuthResponse:
    """Allow everything with the caller in the context, or nothing. Raises Unavailable."""
    try:
        caller = verifier.caller(bearer(request.token or ""))
    except TokenRefused as refused:
        get_logger().info("token refused", reason=refused.reason)
        return AuthResponse(routes=[], principal_id="nobody")
    return AuthResponse(routes=["*"], principal_id=caller.subject, context=context_of(caller))


def raw_of(request: Any) -> Raw:
    """Chalice's request as the operations read it."""
    params = request.query_params
    return Raw(
        headers=request.headers,
        path=request.uri_params or {},
        query={name: params.getlist(name) for name in params} if params else {},
        body=request.raw_body or b"",
        peer=str(request.context.get("identity", {}).get("sourceIp", "")),
        request_id=str(request.context.get("requestId", "")),
        vouched=request.context.get("authorizer", {}),
    )


def response_of(reply: Reply) -> Response:
    """The reply as Chalice sends it."""
    return Response(body=reply.body, status_code=reply.status, headers=dict(reply.headers))


def _add(app: Chalice, api: Api, route: Route, authorizer: Any) -> None:
    def view(**_: str) -> Response:
        return response_of(api.serve(route.method, route.path, raw_of(app.current_request)))

    view.__name__ = f"{route.method} {route.path}"
    options: dict[str, Any] = {"methods": [route.method], "content_types": []}
    if route.auth is Auth.CALLER:
        options["authorizer"] = authorizer
    app.route(route.path, **options)(view)
