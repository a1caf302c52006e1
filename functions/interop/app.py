"""interop: FHIR, HL7 v2 and channels between other systems and the record."""

from pathlib import Path
from typing import Any

from chalice.app import AuthRequest, AuthResponse, Chalice

from telesalud.interop import wiring
from telesalud.platform.http.on_chalice import CACHED_SECONDS, authorize, serve
from telesalud.platform.http.serving import Api, routes_in

app = Chalice(app_name="interop")


@app.authorizer(ttl_seconds=CACHED_SECONDS)
def authorizer(request: AuthRequest) -> AuthResponse:
    """Lets valid tokens in; what they may do is decided in the domain."""
    return authorize(request, wiring.verifier())


api = Api(
    "interop",
    routes_in("telesalud.interop.routes", Path(__file__).with_name("operations.json")),
    wiring.services,
    front_door_sha256=wiring.settings().front_door_sha256,
)
serve(app, api, authorizer)


# --- streams ------------------------------------------------------------------------------------


@app.lambda_function(name="relay")
def relay(event: dict[str, Any], _: object) -> dict[str, Any]:
    """New outbox items go to the event bus."""
    from telesalud.platform.aws import lambdas  # noqa: PLC0415  # this function only

    return lambdas.relay(event, wiring.settings())


@app.lambda_function(name="seal_audit")
def seal_audit(event: dict[str, Any], _: object) -> dict[str, Any]:
    """New audit entries go into the tenant's hash chain, which is archived daily and checked."""
    from telesalud.platform.aws import lambdas  # noqa: PLC0415  # this function only

    return lambdas.seal_audit(event, wiring.settings(), wiring.services())
