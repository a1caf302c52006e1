"""What the lean clients do when a service is down, slow, in the way, or damaged."""

import json
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from telesalud.platform.aws import faults, lean, wire
from telesalud.platform.aws.lean import LeanDynamoDB, service
from telesalud.platform.aws.wire import AwsError, Quota, Unreachable
from tests.support.aws_doubles import ENVIRONMENT, Script, answer, scripted

ITEM = {"Item": {"pk": {"S": "a"}, "sk": {"S": "b"}, "v": {"N": "1"}}}
GOOD = answer(200, json.dumps(ITEM).encode())
WANTED: dict[str, Any] = {"TableName": "t", "Key": {"pk": {"S": "a"}, "sk": {"S": "b"}}}


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long it would have waited; it does not."""
    found: list[float] = []
    monkeypatch.setattr(time, "sleep", found.append)
    return found


def client(script: Script) -> LeanDynamoDB:
    return LeanDynamoDB(service("dynamodb", ENVIRONMENT | {"AWS_ENDPOINT_URL": script.address}))


def refusal(status: int, code: str, **more: Any) -> bytes:
    said = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "no", **more}
    return answer(status, json.dumps(said).encode())


@pytest.mark.parametrize(
    "failure",
    [
        refusal(500, "InternalServerError"),
        answer(503, b"<html>unavailable</html>"),
        refusal(400, "ProvisionedThroughputExceededException"),
        refusal(400, "ThrottlingException"),
        answer(429, b""),
        answer(200, b'{"Item": {}}', crc=1),
        None,
    ],
    ids=["failed", "not JSON", "capacity", "throttled", "429", "damaged", "hung up"],
)
def test_what_passes_is_asked_again(failure: bytes | None, pauses: list[float]) -> None:
    with scripted(failure, failure, GOOD) as script:
        assert client(script).get_item(**WANTED) == ITEM
    assert len(script.requests) == 3
    assert len(pauses) == 2


@pytest.mark.parametrize(
    ("failure", "kind"),
    [(refusal(500, "InternalServerError"), AwsError), (None, Unreachable)],
)
def test_what_does_not_pass_is_given_up_and_known_to_be_passing(
    failure: bytes | None, kind: type[Exception]
) -> None:
    with scripted(*[failure] * 5) as script, pytest.raises(kind) as caught:
        client(script).get_item(**WANTED)
    assert len(script.requests) == 3
    assert faults.passes(caught.value)


def test_a_refusal_is_told_at_once_with_all_that_the_service_said() -> None:
    failed = refusal(400, "ConditionalCheckFailedException", Item=ITEM["Item"])
    with scripted(failed) as script:
        dynamodb = client(script)
        with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException) as caught:
            dynamodb.put_item(TableName="t", Item=ITEM["Item"])
    assert len(script.requests) == 1
    response = caught.value.response
    assert response["Error"] == {"Code": "ConditionalCheckFailedException", "Message": "no"}
    assert response["ResponseMetadata"] == {"HTTPStatusCode": 400, "RequestId": "R1"}
    assert response["Item"] == ITEM["Item"]
    assert not faults.passes(caught.value)


def test_nobody_listening_is_out_of_reach() -> None:
    with scripted() as script:
        pass
    with pytest.raises(Unreachable) as caught:
        client(script).get_item(**WANTED)
    assert faults.passes(caught.value)


def test_a_service_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lean, "READ_SECONDS", 0.05)
    with scripted(b"", b"", b"") as script, pytest.raises(Unreachable, match="TimeoutError"):
        client(script).get_item(**WANTED)


def test_a_wrong_clock_is_corrected_and_stays_so() -> None:
    theirs = datetime.now(UTC) + timedelta(minutes=20)
    date = [f"Date: {format_datetime(theirs, usegmt=True)}"]
    said = json.dumps({"__type": "InvalidSignatureException", "message": "too old"}).encode()
    with scripted(answer(400, said, date), GOOD, GOOD) as script:
        dynamodb = client(script)
        dynamodb.get_item(**WANTED)
        dynamodb.get_item(**WANTED)
    moments = [_signed_at(request) for request in script.requests]
    assert abs(moments[0] - theirs) > timedelta(minutes=19)
    assert all(abs(moment - theirs) < timedelta(minutes=1) for moment in moments[1:])


def test_a_wrong_key_is_no_wrong_clock() -> None:
    date = [f"Date: {format_datetime(datetime.now(UTC), usegmt=True)}"]
    said = json.dumps({"__type": "InvalidSignatureException", "message": "no"}).encode()
    with scripted(answer(400, said, date), GOOD) as script, pytest.raises(AwsError):
        client(script).get_item(**WANTED)
    assert len(script.requests) == 1


def _signed_at(request: bytes) -> datetime:
    head = request.split(b"\r\n\r\n")[0].decode()
    [line] = [line for line in head.split("\r\n") if line.lower().startswith("x-amz-date:")]
    return datetime.strptime(line.split(":")[1].strip(), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def test_a_connection_is_kept_and_one_that_was_closed_is_replaced() -> None:
    with scripted(GOOD, GOOD, None, GOOD) as script:
        dynamodb = client(script)
        for _ in range(3):
            dynamodb.get_item(**WANTED)
    assert script.connections == 2


def test_retries_stop_adding_to_an_outage() -> None:
    with scripted(*[None] * 40) as script:
        asked = service("dynamodb", ENVIRONMENT | {"AWS_ENDPOINT_URL": script.address})
        asked._quota = Quota(20)
        for _ in range(10):
            with pytest.raises(Unreachable):
                asked.call("GetItem", WANTED)
    assert len(script.requests) == 10 + 4


def test_what_is_no_attribute_is_not_sent() -> None:
    with scripted(GOOD) as script, pytest.raises(TypeError):
        client(script).put_item(TableName="t", Item={"at": {"S": datetime.now(UTC)}})
    assert script.requests == []


@pytest.mark.parametrize(
    ("change", "suits"),
    [
        ({}, True),
        ({"AWS_REGION": "sa-east-1"}, True),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}, True),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:4566", "HTTPS_PROXY": "http://p"}, True),
        ({"HTTPS_PROXY": "http://p"}, False),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:4566/aws"}, False),
        ({"TELESALUD_AWS_TRANSPORT": "boto3"}, False),
        ({"AWS_REGION": "cn-north-1"}, False),
        ({"AWS_REGION": ""}, False),
        ({"AWS_USE_FIPS_ENDPOINT": "true"}, False),
    ],
)
def test_where_the_lean_clients_do(change: dict[str, str], suits: bool) -> None:
    assert lean.suits(ENVIRONMENT | change) is suits


def test_the_quota_is_that_of_all_threads_and_comes_back_with_successes() -> None:
    quota = Quota(10)
    assert [quota.take(5), quota.take(5), quota.take(5)] == [True, True, False]
    quota.give(5)
    assert quota.take(5)
    quota.give(1000)
    assert not quota.take(11)


def test_attempts_are_those_of_boto3s_clients() -> None:
    assert (lean.ATTEMPTS, lean.CONNECT_SECONDS, lean.READ_SECONDS) == (3, 2, 5)
    assert wire._LONGEST_PAUSE < lean.READ_SECONDS
