"""appointments: agendas, free slots, bookings, and their teleconsultations."""

from pathlib import Path
from typing import Any

from chalice.app import AuthRequest, AuthResponse, Chalice

from telesalud.appointments import wiring
from telesalud.platform.http.on_chalice import CACHED_SECONDS, authorize, serve
from telesalud.platform.http.serving import Api, routes_in

app = Chalice(app_name="appointments")


@app.authorizer(ttl_seconds=CACHED_SECONDS)
def authorizer(request: AuthRequest) -> AuthResponse:
    """Lets valid tokens in; what they may do is decided in the domain."""
    return authorize(request, wiring.verifier())


api = Api(
    "appointments",
    routes_in("telesalud.appointments.routes", Path(__file__).with_name("operations.json")),
    wiring.services,
    front_door_sha256=wiring.settings().front_door_sha256,
)
serve(app, api, authorizer)


# --- queues and streams -------------------------------------------------------------------------


@app.lambda_function(name="on_events")
def on_events(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Events of this context and of patients, from the queue."""
    from telesalud.appointments.handlers import handlers  # noqa: PLC0415  # this function only
    from telesalud.platform.aws import lambdas  # noqa: PLC0415  # this function only

    return lambdas.consume(event, handlers(wiring.services(), wiring.consults, wiring.patients))


@app.lambda_function(name="make_reports")
def make_reports(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Reports that were asked for, from the queue."""
    from telesalud.appointments.reports import reports  # noqa: PLC0415  # this function only
    from telesalud.platform.aws import lambdas  # noqa: PLC0415  # this function only
    from telesalud.platform.reports.working import handlers  # noqa: PLC0415  # likewise

    return lambdas.consume(event, handlers(reports, "appointments"))


@app.lambda_function(name="due")
def due(_: object, context: Any) -> dict[str, int]:
    """Every minute: reminders, offers that run out, work that broke off."""
    from telesalud.appointments.timer_handlers import sweep  # noqa: PLC0415  # this function only

    return {"done": sweep(wiring.sending(), str(getattr(context, "aws_request_id", "")))}


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
