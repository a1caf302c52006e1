"""patients: people, and the encounters of their records."""

from pathlib import Path
from typing import Any

from chalice.app import AuthRequest, AuthResponse, Chalice

from telesalud.patients import wiring
from telesalud.platform.http.on_chalice import CACHED_SECONDS, authorize, serve
from telesalud.platform.http.serving import Api, routes_in

app = Chalice(app_name="patients")


@app.authorizer(ttl_seconds=CACHED_SECONDS)
def authorizer(request: AuthRequest) -> AuthResponse:
    """Lets valid tokens in; what they may do is decided in the domain."""
    return authorize(request, wiring.verifier())


api = Api(
    "patients",
    routes_in("telesalud.patients.routes", Path(__file__).with_name("operations.json")),
    wiring.services,
    front_door_sha256=wiring.settings().front_door_sha256,
)
serve(app, api, authorizer)


# --- queues and streams -------------------------------------------------------------------------


@app.lambda_function(name="on_events")
def on_events(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Finished teleconsultations, from the queue."""
    from telesalud.patients.handlers import handlers  # noqa: PLC0415  # this function only
    from telesalud.platform.aws import lambdas  # noqa: PLC0415  # this function only

    return lambdas.consume(event, handlers(wiring.filing))


@app.lambda_function(name="on_uploads")
def on_uploads(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Uploaded documents are examined."""
    from telesalud.patients.documents import examining  # noqa: PLC0415  # this function only
    from telesalud.platform.aws import lambdas  # noqa: PLC0415  # this function only

    return lambdas.consume(event, examining.handlers(wiring.services, wiring.blobs, wiring.scanner))


@app.lambda_function(name="on_custody")
def on_custody(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Exports are built and destroyed records are erased."""
    from telesalud.patients.custody import erasing, export_parts  # noqa: PLC0415  # likewise
    from telesalud.platform.aws import lambdas  # noqa: PLC0415  # this function only

    handlers = export_parts.handlers(wiring.services, wiring.blobs, wiring.other_contexts)
    return lambdas.consume(
        event, {**handlers, **erasing.handlers(wiring.services, wiring.blobs)}, hastened=False
    )


@app.lambda_function(name="make_reports")
def make_reports(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Reports that were asked for, from the queue."""
    from telesalud.patients.reports import reports  # noqa: PLC0415  # this function only
    from telesalud.platform.aws import lambdas  # noqa: PLC0415  # this function only
    from telesalud.platform.reports.working import handlers  # noqa: PLC0415  # likewise

    return lambdas.consume(event, handlers(reports, "patients"))


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
