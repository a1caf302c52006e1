"""What the canary's function says of a journey: metrics that alarms read, and no names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

import boto3
import pytest
from moto import mock_aws

from functions.canary import app
from functions.canary.journey import Place, StepFailed

PLACE = Place("hospital-canario", "canary.a1", "a long password", "patient-1", "practitioner-1")


@pytest.fixture(autouse=True)
def configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "TELESALUD_ORIGIN": "https://clinic.example",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(app.metrics.provider, "namespace", "telesalud-test")
    with mock_aws():
        secret = boto3.client("secretsmanager").create_secret(
            Name="canary", SecretString=json.dumps(vars(PLACE))
        )
        monkeypatch.setenv("TELESALUD_CANARY_PLACE", secret["ARN"])
        yield


def visited(capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, Any], str]:
    """The metrics of one visit, and everything that it wrote."""
    app.visit({}, cast("Any", None))
    written = capsys.readouterr().out
    lines = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
    [metrics] = [line for line in lines if "_aws" in line]
    return metrics, written


def test_a_journey_that_went_well_is_one_with_the_seconds_of_each_step(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    walked = []

    def walk(_: object, place: Place) -> Iterator[tuple[str, float]]:
        walked.append(place)
        yield "log_in", 0.5
        yield "call", 2.0

    monkeypatch.setattr(app, "walk", walk)
    metrics, _ = visited(capsys)
    assert walked == [PLACE]
    assert metrics["service"] == "canary"
    said = {name: metrics[name] for name in ("Completed", "Seconds_log_in", "Seconds_call")}
    assert said == {"Completed": [1.0], "Seconds_log_in": [0.5], "Seconds_call": [2.0]}


def test_a_journey_that_ended_early_is_a_zero_and_names_its_step_alone(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    def walk(*_: object) -> Iterator[tuple[str, float]]:
        yield "log_in", 0.5
        raise StepFailed("book: 503 urn:telesalud:problem:unavailable")

    monkeypatch.setattr(app, "walk", walk)
    metrics, written = visited(capsys)
    assert metrics["Completed"] == [0.0]
    [line] = [record.__dict__ for record in caplog.records if record.name == "canary"]
    assert line["error"].startswith("book: 503")
    for secret in (PLACE.password, PLACE.patient):
        assert secret not in written + str(line)
