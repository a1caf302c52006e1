"""The agenda function and the scaler against the consults app itself, with its own tokens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import boto3
import httpx
import pytest
import respx
from moto import mock_aws

from functions.bridges import app
from jitsi_cluster.autoscaler.adapters import aws
from jitsi_cluster.autoscaler.adapters.aws import DynamoMemory
from jitsi_cluster.autoscaler.agenda import AgendaPlan
from jitsi_cluster.autoscaler.ports import BookingsUnavailable
from jitsi_cluster.autoscaler.rule import AGENDA_AWARE_RULE
from jitsi_cluster.autoscaler.usecases import scale
from telesalud.consults import wiring
from tests.bridges.conftest import World
from tests.bridges.fakes import policy
from tests.worlds.consults.wire import ORIGIN, Wire
from tests.worlds.world import partner

OPERATOR = "operator"
AGENDA, TOKEN = f"{ORIGIN}/api/consults/agenda-load", f"{ORIGIN}/api/identity/token"
AWARE = policy(rule=AGENDA_AWARE_RULE, plan=AgendaPlan(calls_per_bridge=2))
SECRET = {"client_id": "bridges", "client_secret": "not-a-real-secret"}
SETTINGS: dict[str, Any] = {
    "policy": AWARE.model_dump(mode="json"),
    "table": "video",
    "group": "bridges",
    "cluster": "video",
    "launch_hook": "ready",
    "terminate_hook": "drain",
    "status_parameter": "/status",
    "health_urls": [],
    "agenda_url": AGENDA,
    "token_url": TOKEN,
    "agenda_secret": "agenda-client",
}


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    made = Wire(monkeypatch)
    settings = wiring.settings().model_copy(update={"load_tenant": OPERATOR})
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    return made


@pytest.fixture
def functions(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoMemory]:
    """The bridges' functions with a table and a secret; the memory that they share."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("TELESALUD_BRIDGES", json.dumps(SETTINGS))
    monkeypatch.setattr(app, "utc_now", wire.world.clock)
    for cached in (app.settings, app.bookings, aws.client):
        cached.cache_clear()
    with mock_aws():
        boto3.client("dynamodb").create_table(
            TableName="video",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        )
        boto3.client("secretsmanager").create_secret(
            Name="agenda-client", SecretString=json.dumps(SECRET)
        )
        yield DynamoMemory("video")
    for cached in (app.settings, app.bookings, aws.client):
        cached.cache_clear()


def serve(wire: Wire, tenant: str = OPERATOR) -> None:
    """Route the functions' requests to the consults app, and to an identity service's answer."""

    def token(request: httpx.Request) -> httpx.Response:
        asked = parse_qs(request.content.decode())
        assert asked == {"grant_type": ["client_credentials"], "scope": ["consults.load"]}
        given = wire.token(partner("consults.load", tenant=tenant, subject="bridges"))
        return httpx.Response(200, json={"access_token": given, "expires_in": 300})

    def load(request: httpx.Request) -> httpx.Response:
        bearer = request.headers["authorization"].removeprefix("Bearer ")
        query = dict(request.url.params)
        answer = wire.api.get("/consults/agenda-load", query=query, token=bearer)
        return httpx.Response(answer.status, text=answer.body)

    respx.post(TOKEN).mock(side_effect=token)
    respx.get(AGENDA).mock(side_effect=load)


@respx.mock
def test_what_is_booked_in_consults_raises_the_bridges_before_it_starts(
    wire: Wire, functions: DynamoMemory, world: World
) -> None:
    serve(wire)
    for number in range(7):
        start = wire.world.clock() + timedelta(minutes=45)
        scopes = partner("consults.write", tenant=f"clinic-{number % 2}")
        body = {
            "start": start.isoformat(),
            "planned_minutes": 20,
            "practitioners": [{"id": "user-1", "display_name": "Profesional Demostración"}],
            "patient": {"id": f"DOC-{number}", "display_name": "Paciente Demostración Uno"},
        }
        made = wire.api.post(
            "/consults", json=body, key=f"create-{number}-0001", token=wire.token(scopes)
        )
        assert made.status == 201, made.json
    app.agenda({}, None)  # type: ignore[arg-type]  # the context is not used
    outside = replace(world.outside, memory=functions)
    scale(AWARE, outside, wire.world.clock())
    assert world.group.desired == 0
    wire.world.clock.advance(minutes=31)
    scale(AWARE, outside, wire.world.clock())
    # Seven calls at two a bridge.
    assert (world.group.desired, world.group.minimum) == (4, 4)


@respx.mock
def test_a_client_of_another_institution_learns_nothing_and_the_ordinary_minimum_holds(
    wire: Wire, functions: DynamoMemory, world: World
) -> None:
    serve(wire, tenant="clinic-1")
    with pytest.raises(BookingsUnavailable, match="403"):
        app.agenda({}, None)  # type: ignore[arg-type]  # the context is not used
    scale(AWARE, replace(world.outside, memory=functions), wire.world.clock())
    assert world.group.desired == AWARE.plan.minimum
