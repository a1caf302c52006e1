"""Whoever is called finds what to look at, without knowing names of queues and functions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.dashboards import QUERIES
from infra.stages import load_stage
from tests.infra.conftest import Rendered, rendered
from tests.support.some import some

APPS = load_stage("prod").apps()


def widgets(stack: Rendered) -> list[dict[str, Any]]:
    body = stack.resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    return some(json.loads(body)["widgets"])


@pytest.mark.parametrize("app", APPS)
def test_every_function_and_queue_of_a_context_is_on_its_dashboard(app: str) -> None:
    stack = rendered("prod", app)
    shown = json.dumps(widgets(stack))
    for name in some(stack.of_type("AWS::Serverless::Function")):
        assert f'"${{{name}}}"' in shown, name
    for name in stack.of_type("AWS::SQS::Queue"):
        assert f"${{{name}.QueueName}}" in shown, name


@pytest.mark.parametrize("app", APPS)
def test_each_context_has_its_log_queries_saved(app: str) -> None:
    stack = rendered("prod", app)
    groups = set(stack.of_type("AWS::Logs::LogGroup"))
    for title in QUERIES:
        query = stack.resources[f"{title}Query"]["Properties"]
        assert {each["Ref"] for each in query["LogGroupNames"]} == groups


def test_the_first_dashboard_shows_the_door_and_every_context() -> None:
    shown = json.dumps(widgets(rendered("prod", "front_door")))
    assert "${Distribution}" in shown
    for app in APPS:
        assert f"telesalud-${{Stage}}-{app}" in shown


def test_dashboards_fit_what_cloudwatch_takes() -> None:
    for name in (*APPS, "front_door"):
        for widget in widgets(rendered("prod", name)):
            assert 0 < len(widget["properties"]["metrics"]) <= 100


def test_the_local_cloud_has_no_dashboards() -> None:
    assert "Dashboard" not in rendered("local", "identity").resources
