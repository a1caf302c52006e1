"""Somebody is told, at the right urgency, before patients tell."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from infra.package import BASES
from infra.stages import load_stage
from tests.infra.conftest import Installation, Rendered, rendered
from tests.support.some import some

PAGE, TICKET = {"Ref": "PagesTopicArn"}, {"Ref": "AlarmsTopicArn"}


def urgency(stack: Rendered, name: str) -> Any:
    [action] = stack.resources[name]["Properties"]["AlarmActions"]
    return action


def test_a_stream_that_is_stuck_pages_within_minutes(installation: Installation) -> None:
    """Partial failures hold up a shard for hours and never count as a function's errors."""
    of_streams = some(
        (stack, properties["FunctionName"]["Fn::GetAtt"][0])
        for stack, _, properties in installation.each("AWS::Lambda::EventSourceMapping")
        if properties["EventSourceArn"]["Fn::GetAtt"][1] == "StreamArn"
    )
    for stack, function in of_streams:
        alarm = stack.resources[f"{function}Behind"]["Properties"]
        assert (alarm["MetricName"], alarm["Threshold"]) == ("IteratorAge", 60_000), function
        assert alarm["Period"] * alarm["EvaluationPeriods"] <= 300
        assert alarm["AlarmActions"] == [PAGE]


def test_every_context_has_both_readers_of_its_stream_watched() -> None:
    for app in some(app for app in load_stage("prod").apps() if app not in BASES):
        assert {"RelayBehind", "SealAuditBehind"} <= set(rendered("prod", app).resources), app


def test_what_keeps_people_from_their_work_pages_and_the_rest_waits() -> None:
    consults = rendered("prod", "consults")
    for name in (
        "RestAPIServerErrors",
        "APIHandlerThrottles",
        "AuthorizerThrottles",
        "RelayDeadLettersDepth",
        "SessionLimitExecutionsFailed",
    ):
        assert urgency(consults, name) == PAGE, name
    for name in ("DeliverErrors", "DeliverThrottles", "ConsultEventsLag", "DeliveriesLag"):
        assert urgency(consults, name) == TICKET, name


def test_a_partner_that_does_not_answer_raises_no_alarm_for_a_day() -> None:
    """Notifications wait for it by design; given up, they are dead letters."""
    alarm = rendered("prod", "consults").resources["DeliveriesLag"]["Properties"]
    assert alarm["Threshold"] > 24 * 3600


def test_schedules_that_do_not_reach_their_target_are_told(installation: Installation) -> None:
    schedules = some(
        (stack, name)
        for stack, name, properties in installation.each("AWS::Events::Rule")
        if "ScheduleExpression" in properties
    )
    for stack, name in schedules:
        assert stack.resources[f"{name}Fails"]["Properties"]["MetricName"] == "FailedInvocations"


def test_production_does_not_deploy_without_somebody_to_tell() -> None:
    foundation = rendered("prod", "foundation").template
    assert "Default" not in foundation["Parameters"]["AlarmEmail"]
    assert "AlarmEmail" not in load_stage("prod").parameters, "each installation names its own"
    assert rendered("local", "foundation").template["Parameters"]["AlarmEmail"]["Default"] == ""
    for topic in ("AlarmsByEmail", "PagesByEmail", "PagesByPager"):
        assert foundation["Resources"][topic]["Type"] == "AWS::SNS::Subscription"


def test_the_front_door_has_alarms_where_it_measures() -> None:
    door = rendered("prod", "front_door")
    assert door.stage.region_of("front_door") == "us-east-1"
    alarms = {
        each["Properties"]["MetricName"] for each in door.of_type("AWS::CloudWatch::Alarm").values()
    }
    assert alarms == {"5xxErrorRate", "BlockedRequests"}
    for name in door.of_type("AWS::CloudWatch::Alarm"):
        assert urgency(door, name) == {"Ref": "PagesTopic"}


def test_a_canary_that_fails_or_stays_away_pages_within_a_quarter_of_an_hour() -> None:
    canary = rendered("prod", "canary")
    alarm = canary.resources["PeopleCannotWork"]["Properties"]
    assert alarm["TreatMissingData"] == "breaching", "silence is no good sign"
    assert alarm["Period"] * alarm["EvaluationPeriods"] <= 900
    assert urgency(canary, "PeopleCannotWork") == PAGE
    assert canary.resources["Visit"]["Properties"]["Timeout"] < alarm["Period"]


def test_a_stage_has_a_canary_once_it_is_prepared() -> None:
    stage = load_stage("prod")
    assert "canary" not in stage.stacks()
    arn = {"CanarySecretArn": "arn:aws:secretsmanager:sa-east-1:1:secret:telesalud-prod-canary-x"}
    assert replace(stage, parameters={**stage.parameters, **arn}).stacks()[-1] == "canary"
