"""What operators look at: a dashboard per context, one of the whole, and saved log queries.

Made from the stacks' own resources, so that a new queue or function is on it by itself.
"""

from __future__ import annotations

import json
from typing import Any

Template = dict[str, Any]
Metric = list[Any]

WIDTH, HEIGHT = 12, 6
QUERIES = {
    "Failures": "filter level = 'ERROR' | fields @timestamp, message, operation, error, where"
    " | sort @timestamp desc | limit 100",
    "SlowRoutes": "filter ispresent(route) | stats count(*), pct(latency_ms, 99) as p99"
    " by route, method | sort p99 desc | limit 30",
    "OneRequest": "filter request_id = 'THE-ID-OF-THE-ANSWER' | sort @timestamp",
}
"""Name to query; `OneRequest` follows the id that a person reads out from an error page."""


def of_app(template: Template, stack: str) -> dict[str, Template]:
    """The context's dashboard and its saved queries."""
    resources = template["Resources"]
    name = f"telesalud-${{Stage}}-{stack}"
    of = _by_type(resources)
    api = [["AWS/ApiGateway", metric, "ApiName", name] for metric in ("Count", "4XXError")]
    functions = [f"${{{each}}}" for each in of.get("AWS::Serverless::Function", [])]
    streams = [f"${{{each}}}" for each in ("Relay", "SealAudit") if each in resources]
    queues = [f"${{{each}.QueueName}}" for each in of.get("AWS::SQS::Queue", [])]
    dead = [each for each in queues if each.endswith("DeadLetters.QueueName}")]
    live = [each for each in queues if each not in dead]
    widgets = [
        _widget("Requests", "Sum", api),
        _widget("Answers 5xx", "Sum", [["AWS/ApiGateway", "5XXError", "ApiName", name]]),
        _widget("Latency, p99", "p99", [["AWS/ApiGateway", "Latency", "ApiName", name]]),
        _widget("Errors of functions", "Sum", _lambda("Errors", functions)),
        _widget("At the same time", "Maximum", _lambda("ConcurrentExecutions", functions)),
        _widget("Throttled", "Sum", _lambda("Throttles", functions)),
        _widget("Behind its stream, ms", "Maximum", _lambda("IteratorAge", streams)),
        _widget("Oldest message, s", "Maximum", _sqs("ApproximateAgeOfOldestMessage", live)),
        _widget("Dead letters", "Maximum", _sqs("ApproximateNumberOfMessagesVisible", dead)),
    ]
    made = {"Dashboard": _dashboard(name, widgets)}
    for title, query in QUERIES.items():
        made[f"{title}Query"] = {
            "Type": "AWS::Logs::QueryDefinition",
            "Properties": {
                "Name": {"Fn::Sub": f"{name}/{title}"},
                "LogGroupNames": [{"Ref": group} for group in of["AWS::Logs::LogGroup"]],
                "QueryString": query,
            },
        }
    return made


def of_whole(apps: tuple[str, ...]) -> dict[str, Template]:
    """What whoever is on call opens first, in the front door's stack."""
    names = [f"telesalud-${{Stage}}-{app}" for app in apps]
    there = {"region": "us-east-1"}
    failing: Metric = ["AWS/CloudFront", "5xxErrorRate", "DistributionId", "${Distribution}"]
    refused: Metric = ["AWS/WAFV2", "BlockedRequests", "WebACL", "telesalud-${Stage}"]
    door, wall = [[*failing, "Region", "Global", there]], [[*refused, "Rule", "ALL", there]]
    workers = [f"{name}-{worker}" for name in names for worker in ("relay", "seal_audit")]
    widgets = [
        _widget("Front door, 5xx in percent", "Average", door, "${ApiRegion}"),
        _widget("Refused by the firewall", "Sum", wall, "${ApiRegion}"),
        _widget("Answers 5xx", "Sum", _api("5XXError", names), "${ApiRegion}"),
        _widget("Latency, p99", "p99", _api("Latency", names), "${ApiRegion}"),
        _widget("Requests", "Sum", _api("Count", names), "${ApiRegion}"),
        _widget(
            "Behind the streams, ms", "Maximum", _lambda("IteratorAge", workers), "${ApiRegion}"
        ),
    ]
    return {"Dashboard": _dashboard("telesalud-${Stage}", widgets)}


def _by_type(resources: Template) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for logical_id, resource in resources.items():
        found.setdefault(resource["Type"], []).append(logical_id)
    return found


def _api(metric: str, names: list[str]) -> list[Metric]:
    return [["AWS/ApiGateway", metric, "ApiName", name] for name in names]


def _lambda(metric: str, names: list[str]) -> list[Metric]:
    return [["AWS/Lambda", metric, "FunctionName", name] for name in names]


def _sqs(metric: str, names: list[str]) -> list[Metric]:
    return [["AWS/SQS", metric, "QueueName", name] for name in names]


def _widget(
    title: str, statistic: str, metrics: list[Metric], region: str = "${AWS::Region}"
) -> Template | None:
    if not metrics:
        return None
    properties = {"title": title, "region": region, "stat": statistic, "period": 60}
    return {"type": "metric", "properties": {**properties, "metrics": metrics}}


def _dashboard(name: str, widgets: list[Template | None]) -> Template:
    placed = [
        {**widget, "width": WIDTH, "height": HEIGHT, "x": n % 2 * WIDTH, "y": n // 2 * HEIGHT}
        for n, widget in enumerate(each for each in widgets if each)
    ]
    body = json.dumps({"widgets": placed}, separators=(",", ":"))
    return {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {"DashboardName": {"Fn::Sub": name}, "DashboardBody": {"Fn::Sub": body}},
    }
