"""consults: teleconsultations over HTTP, their live channel, their session limit and their files.

Routes for staff and partners take an access token; routes of a consult's participants take the
session token that a link was exchanged for. Both pass the same authorizer.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chalice.app import AuthRequest, AuthResponse, Chalice

from telesalud.consults import wiring
from telesalud.consults.visit import limit, sessions, websocket
from telesalud.platform.http.on_chalice import CACHED_SECONDS, authorize, serve
from telesalud.platform.http.serving import Api, routes_in

app = Chalice(app_name="consults")


@app.authorizer(ttl_seconds=CACHED_SECONDS)
def authorizer(request: AuthRequest) -> AuthResponse:
    """Access tokens of staff and partners, and session tokens of participants."""
    return authorize(request, sessions.EitherToken(wiring.tokens(), wiring.verifier()))


api = Api(
    "consults",
    routes_in("telesalud.consults.routes", Path(__file__).with_name("operations.json")),
    wiring.services,
    front_door_sha256=wiring.settings().front_door_sha256,
)
serve(app, api, authorizer)


# --- the live channel's WebSocket API ------------------------------------------------------------


@app.lambda_function(name="ws_connect")
def ws_connect(event: Mapping[str, Any], _context: Any) -> dict[str, int]:
    """`$connect`: uses up the ticket in the query string; anything but 200 refuses."""
    return {"statusCode": websocket.connect(wiring.services(), _socket_event(event))}


@app.lambda_function(name="ws_disconnect")
def ws_disconnect(event: Mapping[str, Any], _context: Any) -> dict[str, int]:
    """`$disconnect`: API Gateway calls it at least for every orderly close."""
    websocket.disconnect(wiring.services(), _socket_event(event))
    return {"statusCode": 200}


@app.lambda_function(name="ws_message")
def ws_message(event: Mapping[str, Any], _context: Any) -> dict[str, int]:
    """`$default`: a ping or a signalling message; refusals are told to the sender."""
    websocket.receive(wiring.services(), wiring.pusher(), _socket_event(event))
    return {"statusCode": 200}


def _socket_event(event: Mapping[str, Any]) -> websocket.SocketEvent:
    context = event["requestContext"]
    return websocket.SocketEvent(
        context["connectionId"],
        context.get("requestId", ""),
        ticket=(event.get("queryStringParameters") or {}).get("ticket", ""),
        text=event.get("body") or "",
    )


# --- workers -------------------------------------------------------------------------------------


@app.lambda_function(name="limit")
def limit_due(event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
    """The session limit's workflow asks what is due."""
    due = limit.due(wiring.services(), event["tenant"], event["consult_id"], int(event["schedule"]))
    return {"done": due.done, "next_at": due.next_at}


@app.lambda_function(name="sweep")
def sweep(_event: Mapping[str, Any], _context: Any) -> dict[str, int]:
    """Every minute: what the session limits' workflows left undone is done."""
    return {"late": limit.sweep(wiring.services())}


@app.lambda_function(name="reconcile_rooms")
def reconcile_rooms(_event: Mapping[str, Any], _context: Any) -> dict[str, int]:
    """Every minute: open video rooms are compared with their consults and with their server."""
    from telesalud.consults.video import reconciliation  # noqa: PLC0415  # this function only

    return {"visited": reconciliation.sweep(wiring.services(), wiring.cluster())}


@app.lambda_function(name="relay")
def relay(event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
    """The table's stream: events go to the bus, changes to the open channels."""
    from telesalud.consults import handlers  # noqa: PLC0415  # not for requests
    from telesalud.platform.aws import lambdas  # noqa: PLC0415  # this function only

    return lambdas.relay(event, wiring.settings(), then=handlers.push)


@app.lambda_function(name="seal_audit")
def seal_audit(event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
    """The table's stream: audit entries go into the tenant's hash chain, archived once a day."""
    from telesalud.platform.aws import lambdas  # noqa: PLC0415  # this function only

    return lambdas.seal_audit(event, wiring.settings(), wiring.services())


@app.lambda_function(name="deliver")
def deliver(event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
    """The queue of notifications: signs and sends them, and tries again for 24 hours."""
    from telesalud.consults import handlers  # noqa: PLC0415  # not for requests
    from telesalud.platform.aws import lambdas  # noqa: PLC0415  # this function only

    return lambdas.deliver(event, handlers.deliver)


@app.lambda_function(name="on_events")
def on_events(event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
    """The queue of our own events: session limits start, files are examined, rooms end."""
    from telesalud.consults import handlers  # noqa: PLC0415  # not for requests
    from telesalud.platform.aws import lambdas  # noqa: PLC0415  # this function only

    return lambdas.consume(event, handlers.handlers())
