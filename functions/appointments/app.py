"""appointments: agendas, free slots, bookings, and their teleconsultations."""

from typing import Any

from chalice.app import AuthRequest, AuthResponse, Chalice

from telesalud.appointments import wiring
from telesalud.appointments.routes import (
    bookings,
    groups,
    places,
    reminders,
    series,
    teleconsultations,
    waiting,
)
from telesalud.platform.http.on_chalice import CACHED_SECONDS, authorize
from telesalud.platform.http.operations import Edge
from telesalud.platform.reports import routes_of
from telesalud.platform.trail import routes_of as check_routes

app = Chalice(app_name="appointments")
settings = wiring.settings()


@app.authorizer(ttl_seconds=CACHED_SECONDS)
def authorizer(request: AuthRequest) -> AuthResponse:
    """Lets valid tokens in; what they may do is decided in the domain."""
    return authorize(request, wiring.verifier())


edge = Edge(
    app, wiring.services, authorizer=authorizer, front_door_sha256=settings.front_door_sha256
)

for group in (places, bookings, series, waiting, groups, reminders, teleconsultations):
    group.register(edge)
edge.deferred("telesalud.appointments.routes.reports", routes_of("appointments"))
edge.deferred("telesalud.appointments.routes.audit", check_routes("appointments"))


# --- queues and streams -------------------------------------------------------------------------


@app.lambda_function(name="on_events")
def on_events(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Events of this context and of patients, from the queue."""
    from telesalud.appointments.handlers import handlers  # noqa: PLC0415  # this function only
    from telesalud.platform.aws import clients  # noqa: PLC0415  # this function only
    from telesalud.platform.consumer import consume  # noqa: PLC0415  # this function only

    return consume(event, handlers(wiring.services(), wiring.consults), clients.sqs)


@app.lambda_function(name="make_reports")
def make_reports(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Reports that were asked for, from the queue."""
    from telesalud.appointments.reports import reports  # noqa: PLC0415  # this function only
    from telesalud.platform.aws import clients  # noqa: PLC0415  # this function only
    from telesalud.platform.consumer import consume  # noqa: PLC0415  # this function only
    from telesalud.platform.reports.working import handlers  # noqa: PLC0415  # likewise

    return consume(event, handlers(reports, "appointments"), clients.sqs)


@app.lambda_function(name="due")
def due(_: object, context: Any) -> dict[str, int]:
    """Every minute: reminders, offers that run out, work that broke off."""
    from telesalud.appointments.timer_handlers import sweep  # noqa: PLC0415  # this function only

    return {"done": sweep(wiring.sending(), str(getattr(context, "aws_request_id", "")))}


@app.lambda_function(name="relay")
def relay(event: dict[str, Any], _: object) -> dict[str, Any]:
    """New outbox items go to the event bus."""
    from telesalud.platform import relay as outbox  # noqa: PLC0415  # this function only
    from telesalud.platform.aws import clients  # noqa: PLC0415  # this function only

    return outbox.relay(event["Records"], outbox.EventBridgeBus(settings.bus, clients.events))


@app.lambda_function(name="seal_audit")
def seal_audit(event: dict[str, Any], _: object) -> dict[str, Any]:
    """New audit entries go into the tenant's hash chain; its head is archived once a day."""
    from telesalud.platform.trail.keeping import keep_trail  # noqa: PLC0415  # this function only

    return keep_trail(event, wiring.services())
