"""Alarms, of two severities: a page wakes whoever is on call, a ticket waits for the morning.

A page says that people are kept from their work or that it is being lost; everything else that
wants a look, such as a worker's single error that its queue repeats, is a ticket.
"""

from __future__ import annotations

from typing import Any

Template = dict[str, Any]

BEHIND = 60_000
"""Milliseconds that a stream may be behind: partial failures hold up a shard without an error."""


def sub(text: str) -> dict[str, str]:
    return {"Fn::Sub": text}


def alarm(
    description: str,
    namespace: str,
    metric: str,
    dimensions: dict[str, Any],
    threshold: int = 0,
    *,
    page: bool = False,
) -> Template:
    """Notifies when the metric's sum (or age, or depth) over five minutes exceeds `threshold`."""
    topic = {"Ref": "PagesTopicArn" if page else "AlarmsTopicArn"}
    highest = metric.startswith("Approximate") or metric.endswith("Age")
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": sub(description) if "${" in description else description,
            "Namespace": namespace,
            "MetricName": metric,
            "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
            "Statistic": "Maximum" if highest else "Sum",
            "Period": 300,
            "EvaluationPeriods": 1,
            "Threshold": threshold,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [topic],
            "OKActions": [topic],
        },
    }


def of_stream(_logical_id: str, mapping: Template, stack: str) -> dict[str, Template]:
    """A mapping that reads a table's stream: while it is stuck, nothing it announces happens."""
    source = mapping["Properties"]["EventSourceArn"]
    if not (isinstance(source, dict) and source.get("Fn::GetAtt", ["", ""])[1] == "StreamArn"):
        return {}
    function = mapping["Properties"]["FunctionName"]["Fn::GetAtt"][0]
    name = f"telesalud-${{Stage}}-{stack}: {function} is a minute behind its stream"
    dimensions = {"FunctionName": {"Ref": function}}
    age = alarm(name, "AWS/Lambda", "IteratorAge", dimensions, BEHIND, page=True)
    age["Properties"] |= {"Period": 60, "EvaluationPeriods": 3}
    return {f"{function}Behind": age}


def of_rule(logical_id: str, rule: Template, stack: str) -> dict[str, Template]:
    """A schedule whose target refuses it. Rules on our bus have dead letters that tell."""
    if "ScheduleExpression" not in rule["Properties"]:
        return {}
    name = f"telesalud-${{Stage}}-{stack}: the schedule {logical_id} does not reach its target"
    dimensions = {"RuleName": {"Ref": logical_id}}
    return {f"{logical_id}Fails": alarm(name, "AWS/Events", "FailedInvocations", dimensions)}
