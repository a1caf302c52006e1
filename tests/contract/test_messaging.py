"""From outbox to bus to queue and back from the DLQ, on moto and on the local cloud."""

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from telesalud.platform.consumer import consume, event_in, redrive
from telesalud.platform.events import Event
from telesalud.platform.relay import EventBridgeBus
from telesalud.platform.trail.digests import S3Archive
from telesalud.platform.webhooks.queue import SqsDeliveryQueue
from tests.contract.conftest import cloud_client
from tests.worlds.world import START, TENANT


@dataclass
class Plumbing:
    """A bus whose events of consults go to a queue with a DLQ."""

    client: Callable[[str], Any]
    bus: str
    queue: str
    dead: str
    dead_arn: str

    def receive(self, url: str, seconds: float = 8.0) -> list[Any]:
        """Messages that come within the time; stops at the first that do."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            answer = self.client("sqs").receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1
            )
            if answer.get("Messages"):
                return list(answer["Messages"])
        return []


@pytest.fixture(params=["moto", pytest.param("cloud", marks=pytest.mark.cloud)])
def plumbing(request: pytest.FixtureRequest) -> Plumbing:
    if request.param == "moto":
        request.getfixturevalue("moto_cloud")
        made: dict[str, Any] = {"sqs": boto3.client("sqs"), "events": boto3.client("events")}
    else:
        made = {name: cloud_client(name) for name in ("sqs", "events")}
    name = f"contract-{uuid.uuid4().hex[:12]}"
    sqs, events = made["sqs"], made["events"]

    def arn(url: str) -> str:
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return str(found["Attributes"]["QueueArn"])

    dead = sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
    policy = json.dumps({"deadLetterTargetArn": arn(dead), "maxReceiveCount": 1000})
    queue = sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": policy})["QueueUrl"]
    events.create_event_bus(Name=name)
    events.put_rule(
        Name=name, EventBusName=name, EventPattern=json.dumps({"source": ["telesalud.consults"]})
    )
    events.put_targets(Rule=name, EventBusName=name, Targets=[{"Id": "q", "Arn": arn(queue)}])
    return Plumbing(made.__getitem__, name, queue, dead, arn(dead))


def event(number: int, type_: str = "consults.finished") -> Event:
    return Event(
        id=f"event-{number}", type=type_, tenant=TENANT, subject="c-1", sequence=number, at=START,
        data={"consult": "c-1", "ñ": "é"},
    )  # fmt: skip


def test_a_published_event_reaches_its_consumer_unchanged(plumbing: Plumbing) -> None:
    bus = EventBridgeBus(plumbing.bus, lambda: plumbing.client("events"))
    assert bus.publish([event(1), event(2, "patients.patient_registered")]) == 2
    [message] = plumbing.receive(plumbing.queue)
    assert event_in(message["Body"]) == event(1)
    got: list[Event] = []
    record = {"messageId": message["MessageId"], "body": message["Body"]}
    assert consume({"Records": [record]}, {"consults.finished": got.append}) == {
        "batchItemFailures": []
    }
    assert got == [event(1)]
    assert plumbing.receive(plumbing.queue, 1.5) == []


def test_a_postponed_message_comes_back_and_a_buried_one_waits_in_the_dlq(
    plumbing: Plumbing,
) -> None:
    sqs = plumbing.client("sqs")
    queue = SqsDeliveryQueue(plumbing.queue, plumbing.dead, lambda: sqs)
    sqs.send_message(QueueUrl=plumbing.queue, MessageBody="later")
    [message] = plumbing.receive(plumbing.queue)
    queue.postpone(message["ReceiptHandle"], 2)
    assert plumbing.receive(plumbing.queue, 1.0) == []
    [again] = plumbing.receive(plumbing.queue)
    assert again["Body"] == "later"
    sqs.delete_message(QueueUrl=plumbing.queue, ReceiptHandle=again["ReceiptHandle"])
    queue.bury("later")
    assert [m["Body"] for m in plumbing.receive(plumbing.dead)] == ["later"]


def test_dead_letters_go_back_to_their_queue(
    plumbing: Plumbing, request: pytest.FixtureRequest
) -> None:
    if "moto" in request.node.name:
        pytest.skip("moto has no message move tasks")
    sqs = plumbing.client("sqs")
    for number in range(3):
        sqs.send_message(QueueUrl=plumbing.dead, MessageBody=f"dead {number}")
    assert redrive(sqs, plumbing.dead_arn)
    bodies: set[str] = set()
    while len(bodies) < 3:
        messages = plumbing.receive(plumbing.queue)
        assert messages, f"only {bodies} came back"
        bodies |= {m["Body"] for m in messages}
    assert plumbing.receive(plumbing.dead, 1.0) == []


@pytest.mark.cloud
def test_the_local_cloud_keeps_the_first_digest_too() -> None:
    client = cloud_client("s3")
    bucket = f"digests-{uuid.uuid4().hex[:12]}"
    client.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    archive = S3Archive(bucket, lambda: client)
    for body in (b"first", b"second"):
        archive.write("audit-digests/t/x/2026-11-21.json", body)
    client.put_object(Bucket=bucket, Key="audit-digests/t/x/2026-11-21.json", Body=b"forged")
    client.delete_object(Bucket=bucket, Key="audit-digests/t/x/2026-11-21.json")
    archive.write("audit-digests/t/x/2026-11-22.json", b"next")
    [older, newer] = archive.read("audit-digests/t/x/")
    assert (older.body, newer.body) == (b"first", b"next")
    assert [*archive.read("audit-digests/t/x/", after=older.name)] == [newer]
