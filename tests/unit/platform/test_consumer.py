"""Events that come twice, late, broken or unknown have their effect once or are kept for us."""

import io
import json
from typing import Any

import boto3
import pytest
from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError
from moto import mock_aws

from telesalud.platform import consumer
from telesalud.platform.aws import sqs
from telesalud.platform.aws.sqs import consume, redrive
from telesalud.platform.consumer import apply_once
from telesalud.platform.events import Event
from telesalud.platform.logs import Log
from telesalud.platform.store import ABSENT, ConditionFailed, Key, Put, Update
from tests.support.crashes import crash_everywhere
from tests.worlds.world import START, TENANT, World

COUNT = Key("COUNT", "1")


def event(number: int = 1, type_: str = "consults.consult_finished") -> Event:
    return Event(
        id=f"event-{number}",
        type=type_,
        tenant=TENANT,
        subject="c-1",
        sequence=number,
        at=START,
        data={"consult": "c-1"},
    )


def record(body: str, message_id: str = "m-1") -> dict[str, Any]:
    return {"messageId": message_id, "body": body}


def envelope(of: Event) -> str:
    detail = of.model_dump(mode="json")
    return json.dumps({"version": "0", "detail-type": of.type, "detail": detail})


def counter(world: World) -> Any:
    return lambda e: apply_once(world.store, "counter", e, [Update(COUNT, add={"n": 1})])


def counted(world: World) -> int:
    item = world.store.get(COUNT)
    return item.number("n") if item else 0


def test_an_event_goes_to_the_handler_of_its_type() -> None:
    got: list[Event] = []
    other: list[Event] = []
    batch = {"Records": [record(envelope(event()))]}
    handlers = {"consults.consult_finished": got.append, "consults.other": other.append}
    assert consume(batch, handlers) == {"batchItemFailures": []}
    assert (got, other) == ([event()], [])


def test_an_event_delivered_many_times_has_its_effect_once() -> None:
    world = World()
    batch = {"Records": [record(envelope(event()), f"m-{n}") for n in range(5)]}
    for _ in range(3):
        answer = consume(batch, {"consults.consult_finished": counter(world)})
        assert answer == {"batchItemFailures": []}
    assert counted(world) == 1


def test_two_consumers_each_see_the_same_event() -> None:
    world = World()
    assert apply_once(world.store, "one", event(), [Update(COUNT, add={"n": 1})])
    assert apply_once(world.store, "two", event(), [Update(COUNT, add={"n": 1})])
    assert counted(world) == 2


def test_a_refusal_for_another_reason_is_not_taken_for_seen() -> None:
    world = World()
    world.store.transact([Put(COUNT, {"n": 0})])
    with pytest.raises(ConditionFailed):
        apply_once(world.store, "counter", event(), [Put(COUNT, {"n": 1}, when=ABSENT)])


def test_one_failing_message_does_not_hold_up_the_others() -> None:
    world = World()
    count = counter(world)

    def handler(e: Event) -> None:
        if e.sequence == 2:
            raise RuntimeError("Paciente Demostración Uno")
        count(e)

    batch = {"Records": [record(envelope(event(n)), f"m-{n}") for n in (1, 2, 3)]}
    answer = consume(batch, {"consults.consult_finished": handler})
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m-2"}]}
    assert counted(world) == 2


class Queue:
    """What SQS is told of messages that failed."""

    def __init__(self, error: Exception | None = None) -> None:
        self.delays: list[tuple[str, str, int]] = []
        self._error = error

    def get_queue_url(self, QueueName: str) -> dict[str, str]:  # noqa: N803  # the API's name
        return {"QueueUrl": f"https://sqs.example/{QueueName}"}

    def change_message_visibility(self, **asked: Any) -> None:
        if self._error:
            raise self._error
        self.delays.append((asked["QueueUrl"], asked["ReceiptHandle"], asked["VisibilityTimeout"]))


def failing(tries: int, queue: Queue) -> dict[str, Any]:
    """The answer to a message that fails at its `tries`th delivery."""
    message = record("broken") | {
        "receiptHandle": "r-1",
        "eventSourceARN": "arn:aws:sqs:sa-east-1:111122223333:telesalud-test-events",
        "attributes": {"ApproximateReceiveCount": str(tries)},
    }
    as_sqs: Any = lambda: queue  # noqa: E731  # typed as the client's factory
    return dict(consume({"Records": [message]}, {}, as_sqs))


@pytest.mark.parametrize(("tries", "delay"), [(1, 5), (2, 20), (3, 60)])
def test_the_first_tries_of_a_failed_message_follow_soon(tries: int, delay: int) -> None:
    queue = Queue()
    assert failing(tries, queue) == {"batchItemFailures": [{"itemIdentifier": "m-1"}]}
    assert queue.delays == [("https://sqs.example/telesalud-test-events", "r-1", delay)]


def test_later_tries_wait_as_long_as_the_queue_says() -> None:
    queue = Queue()
    assert failing(4, queue)["batchItemFailures"]
    assert queue.delays == []


def test_a_message_that_cannot_be_hastened_still_comes_again() -> None:
    refused = ClientError({"Error": {"Code": "AccessDenied"}}, "ChangeMessageVisibility")
    assert failing(1, Queue(refused))["batchItemFailures"]


@pytest.mark.parametrize(
    "body",
    ["", "not json", "[]", "null", "{}", '{"detail": 1}', '{"detail": {"id": "x"}}'],
)
def test_a_message_that_cannot_be_read_is_kept_for_the_dlq(body: str) -> None:
    answer = consume({"Records": [record(body)]}, {})
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m-1"}]}


def test_an_unknown_type_is_acknowledged() -> None:
    batch = {"Records": [record(envelope(event(type_="consults.unheard_of")))]}
    assert consume(batch, {}) == {"batchItemFailures": []}


def test_a_failed_event_leaves_no_content_in_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    log = Log(Logger(service="consumer-test", stream=stream))
    for module in (consumer, sqs):
        monkeypatch.setattr(module, "get_logger", lambda: log)

    def handler(_: Event) -> None:
        raise RuntimeError("Paciente Demostración Uno")

    consume({"Records": [record(envelope(event()))]}, {"consults.consult_finished": handler})
    consume({"Records": [record('{"detail": {"id": "Paciente"}}')]}, {})
    assert "event failed" in stream.getvalue()
    assert "message unreadable" in stream.getvalue()
    assert "Paciente" not in stream.getvalue()


def test_a_crash_while_handling_counts_once_after_redelivery() -> None:
    def check(world: World) -> None:
        assert counted(world) == 1

    crashes = crash_everywhere(
        World, lambda world: world.store, lambda world: counter(world)(event()), check
    )
    assert crashes == 2


@pytest.fixture
def queues() -> Any:
    with mock_aws():
        client = boto3.client(
            "sqs", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        dlq = client.create_queue(QueueName="dead")["QueueUrl"]
        arn = client.get_queue_attributes(QueueUrl=dlq, AttributeNames=["QueueArn"])
        policy = {"deadLetterTargetArn": arn["Attributes"]["QueueArn"], "maxReceiveCount": 1}
        source = client.create_queue(
            QueueName="live", Attributes={"RedrivePolicy": json.dumps(policy)}
        )["QueueUrl"]
        for number in range(25):
            client.send_message(QueueUrl=dlq, MessageBody=f"body {number}")
        yield client, dlq, source, arn["Attributes"]["QueueArn"]


def waiting(client: Any, url: str) -> int:
    wanted = ["ApproximateNumberOfMessages"]
    found = client.get_queue_attributes(QueueUrl=url, AttributeNames=wanted)
    return int(found["Attributes"]["ApproximateNumberOfMessages"])


def test_dead_letters_that_no_queue_buried_return_too(queues: Any) -> None:
    """Rules and `deliver` bury messages themselves, and SQS knows no source queue of those."""
    client, dlq, source, arn = queues
    assert redrive(client, arn) == 25
    assert (waiting(client, dlq), waiting(client, source)) == (0, 25)


class Refusing:
    """SQS for somebody who may not send."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def send_message(self, **_: Any) -> Any:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": ""}}, "SendMessage")


def test_a_refused_redrive_is_an_error_and_loses_nothing(queues: Any) -> None:
    client, _, source, arn = queues
    denied: Any = Refusing(client)
    with pytest.raises(ClientError):
        redrive(denied, arn)
    assert waiting(client, source) == 0
    visible = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = client.get_queue_attributes(QueueUrl=queues[1], AttributeNames=visible)["Attributes"]
    assert sum(int(found[name]) for name in visible) == 25
