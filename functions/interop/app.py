"""interop: FHIR, HL7 v2 and channels between other systems and the record."""

from pathlib import Path
from typing import Any

from chalice.app import AuthRequest, AuthResponse, Chalice

from telesalud.interop import wiring
from telesalud.platform.http.on_chalice import CACHED_SECONDS, authorize, serve
from telesalud.platform.http.serving import Api, routes_in

app = Chalice(app_name="interop")
# Bytes of other character sets than UTF-8 come through the gateway unharmed only as these.
app.api.binary_types += ["application/hl7-v2", "x-application/hl7-v2+er7"]


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


# --- queues, streams ----------------------------------------------------------------------------


@app.lambda_function(name="on_events")
def on_events(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Who works here, what became of appointments, and whose record was destroyed."""
    from telesalud.interop.handlers import handlers  # noqa: PLC0415  # this function only
    from telesalud.platform.aws import lambdas  # noqa: PLC0415  # this function only

    return lambdas.consume(event, handlers(wiring.services))


@app.lambda_function(name="alert")
def alert(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Tells people that somebody with signs of danger waits, until one of them takes it."""
    from telesalud.interop.handlers import alerts  # noqa: PLC0415  # this function only
    from telesalud.platform.aws import lambdas  # noqa: PLC0415  # this function only

    return lambdas.consume(event, alerts(wiring.services), hastened=False)


@app.lambda_function(name="deliver")
def deliver(event: dict[str, Any], _: object) -> dict[str, Any]:
    """The queue of notifications: signs and sends them, and tries again for 24 hours."""
    from telesalud.interop import handlers  # noqa: PLC0415  # not for requests
    from telesalud.platform.aws import lambdas  # noqa: PLC0415  # this function only

    return lambdas.deliver(event, handlers.deliver)


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
