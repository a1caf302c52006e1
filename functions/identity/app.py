"""identity: sessions, users, second factors, partner systems, and the keys that verify tokens."""

from typing import Any

from chalice.app import AuthRequest, AuthResponse, Chalice

from telesalud.identity import wiring
from telesalud.identity.routes import account, clients, sessions, tenant, tokens, users
from telesalud.platform.http.on_chalice import CACHED_SECONDS, authorize
from telesalud.platform.http.operations import Edge
from telesalud.platform.trail import routes_of

app = Chalice(app_name="identity")
settings = wiring.settings()


@app.authorizer(ttl_seconds=CACHED_SECONDS)
def authorizer(request: AuthRequest) -> AuthResponse:
    """Lets valid tokens in; what they may do is decided in the domain."""
    return authorize(request, wiring.verifier())


edge = Edge(app, wiring.core, authorizer=authorizer, front_door_sha256=settings.front_door_sha256)

for group in (sessions, account, users, clients, tokens, tenant):
    group.register(edge)
edge.deferred("telesalud.identity.routes.audit", routes_of("identity"))


# --- what the table's stream calls -------------------------------------------------------------


@app.lambda_function(name="relay")
def relay(event: dict[str, Any], _: object) -> dict[str, Any]:
    """New outbox items go to the event bus."""
    from telesalud.platform.aws import lambdas  # noqa: PLC0415  # this function only

    return lambdas.relay(event, settings)


@app.lambda_function(name="seal_audit")
def seal_audit(event: dict[str, Any], _: object) -> dict[str, Any]:
    """New audit entries go into the tenant's hash chain, which is archived daily and checked."""
    from telesalud.platform.aws import lambdas  # noqa: PLC0415  # this function only

    return lambdas.seal_audit(event, settings, wiring.core())
