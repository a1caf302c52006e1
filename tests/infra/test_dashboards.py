"""Whoever is called finds what to look at, without knowing names of queues and functions."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from infra.dashboards import QUERIES
from infra.openapi import load_app
from infra.stages import load_stage
from schemas.consults import EventType
from telesalud.appointments.timers.buckets import SWEPT
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


def test_what_people_meet_is_counted_from_log_lines_that_are_written() -> None:
    """A filter on a line that no code writes counts nothing, for ever."""
    operations = {each.name for each in load_app("identity").api.operations}
    events = {each.value for each in EventType}
    for app, known in (("identity", operations), ("consults", events)):
        stack = rendered("prod", app)
        filters = some(stack.of_type("AWS::Logs::MetricFilter").values())
        for each in filters:
            pattern = each["Properties"]["FilterPattern"]
            [named] = re.findall(r'\$\.(?:operation|event_type) = "([^"]+)"', pattern)
            assert named in known, pattern
        shown = json.dumps(widgets(stack))
        for each in filters:
            [made] = each["Properties"]["MetricTransformations"]
            assert f'"{made["MetricName"]}"' in shown


def test_late_reminders_are_read_from_the_line_that_the_runner_writes() -> None:
    stack = rendered("prod", "appointments")
    counted = stack.resources["TimersLate"]["Properties"]
    assert counted["FilterPattern"] == f'{{ $.message = "{SWEPT}" }}'
    assert counted["LogGroupName"] == {"Ref": "DueLogs"}
    [made] = counted["MetricTransformations"]
    alarm = stack.resources["RemindersLate"]["Properties"]
    assert (made["MetricName"], made["MetricValue"]) == (alarm["MetricName"], "$.seconds")
    assert alarm["TreatMissingData"] == "breaching", "a runner that does not run is late too"
    assert '"TimersLate"' in json.dumps(widgets(stack))


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
