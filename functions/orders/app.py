"""orders: prescriptions, tests and services with their results, referrals, certificates."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chalice.app import AuthRequest, AuthResponse, Chalice

from telesalud.orders import wiring
from telesalud.platform.http.on_chalice import CACHED_SECONDS, authorize, serve
from telesalud.platform.http.serving import Api, routes_in

app = Chalice(app_name="orders")


@app.authorizer(ttl_seconds=CACHED_SECONDS)
def authorizer(request: AuthRequest) -> AuthResponse:
    """Lets valid tokens in; what they may do is decided in the domain."""
    return authorize(request, wiring.verifier())


api = Api(
    "orders",
    routes_in("telesalud.orders.routes", Path(__file__).with_name("operations.json")),
    wiring.services,
    front_door_sha256=wiring.settings().front_door_sha256,
)
serve(app, api, authorizer)


# --- queues, streams, deadlines -----------------------------------------------------------------


@app.lambda_function(name="on_events")
def on_events(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Facts of the record that checks need; our own that set deadlines or bring files."""
    from telesalud.orders.handlers import handlers  # noqa: PLC0415  # this function only
    from telesalud.platform.aws import lambdas  # noqa: PLC0415  # this function only

    known = handlers(
        wiring.of_workers, wiring.blobs, wiring.scanner, wiring.deadlines, wiring.alarms
    )
    return lambdas.consume(event, known)


@app.lambda_function(name="deadline")
def deadline(event: Mapping[str, Any], _: object) -> dict[str, Any]:
    """An order's workflow asks what is due."""
    from telesalud.orders.requests import deadlines  # noqa: PLC0415  # this function only

    tenant, order, schedule = event["tenant"], event["order_id"], int(event["schedule"])
    following = deadlines.check(wiring.of_workers(), tenant, order, schedule)
    return {"done": following.done, "next_at": following.next_at}


@app.lambda_function(name="alarm")
def alarm(event: Mapping[str, Any], _: object) -> dict[str, Any]:
    """An alarm's workflow tells whoever is next, or tests whether somebody is reached."""
    from telesalud.orders.alarms import trying  # noqa: PLC0415  # this function only

    tenant, subject, number = event["tenant"], event["subject"], int(event["number"])
    following = trying.step(wiring.telling(), tenant, subject, number)
    return {"done": following.done, "next_at": following.next_at}


@app.lambda_function(name="sweep")
def sweep(_event: Mapping[str, Any], _: object) -> dict[str, int]:
    """Every minute: what the workflows of deadlines and alarms left undone is done."""
    from telesalud.orders import second_hand  # noqa: PLC0415  # this function only

    return {"late": second_hand.sweep(wiring.of_workers(), wiring.telling())}


@app.lambda_function(name="sign_papers")
def sign_papers(_event: Mapping[str, Any], _: object) -> dict[str, int]:
    """Every minute: papers that wait for a qualified signature go a step further."""
    from telesalud.orders import second_hand  # noqa: PLC0415  # this function only

    if not wiring.settings().signing_url:
        return {"waiting": 0}
    return {"waiting": second_hand.sign_papers(wiring.finishing())}


@app.lambda_function(name="make_reports")
def make_reports(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Reports that were asked for, from the queue."""
    from telesalud.orders.reports import reports  # noqa: PLC0415  # this function only
    from telesalud.platform.aws import lambdas  # noqa: PLC0415  # this function only
    from telesalud.platform.reports.working import handlers  # noqa: PLC0415  # likewise

    return lambdas.consume(event, handlers(reports, "orders"))


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
