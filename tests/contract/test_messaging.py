"""From bus to queue, over memory, EventBridge with SQS on moto, and the local cloud."""

import json
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import boto3
import pytest

from telesalud.platform.aws.eventbridge import EventBridgeBus
from telesalud.platform.aws.s3 import S3Archive
from telesalud.platform.aws.sqs import SqsDeliveryQueue, received, redrive
from telesalud.platform.consumer import Received, consume
from telesalud.platform.embedded.database import Database
from telesalud.platform.embedded.queues import EmbeddedBus, EmbeddedQueue
from telesalud.platform.events import Event
from telesalud.platform.memory.queues import MemoryBus, MemoryQueue
from telesalud.platform.ports.bus import Bus
from telesalud.platform.ports.deliveries import DeliveryQueue
from tests.contract.conftest import cloud_client
from tests.worlds.world import START, TENANT, FrozenClock

CLOUDS = ["moto", pytest.param("cloud", marks=pytest.mark.cloud)]


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


def plumbed(request: pytest.FixtureRequest) -> Plumbing:
    if "moto" in request.node.name:
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
        id=f"event-{number}",
        type=type_,
        tenant=TENANT,
        subject="c-1",
        sequence=number,
        at=START,
        data={"consult": "c-1", "ñ": "é"},
    )


class Rig(Protocol):
    """A bus whose events of consults go to a queue, and the workers' side of that queue."""

    @property
    def bus(self) -> Bus:
        """Where events are published."""

    @property
    def queue(self) -> DeliveryQueue:
        """What workers tell the queue."""

    def take(self, seconds: float) -> list[Received]:
        """What the queue hands over within the time."""

    def dead(self) -> list[str]:
        """Bodies that were given up."""


class MemoryRig:
    """The memory backend's, where time passes only when something is awaited."""

    def __init__(self) -> None:
        self._clock = FrozenClock()
        self.bus = MemoryBus()
        self.queue = MemoryQueue(self._clock)
        self.bus.subscribe(self.queue, "consults")

    def take(self, seconds: float) -> list[Received]:
        taken: list[Received] = []

        def work(messages: Sequence[Received]) -> Sequence[Received]:
            taken.extend(messages)
            return messages

        self._clock.advance(seconds=seconds)
        self.queue.hand_over(work)
        return taken

    def dead(self) -> list[str]:
        return self.queue.dead


class EmbeddedRig:
    """A site's."""

    def __init__(self, database: Database) -> None:
        self._clock = FrozenClock()
        self.bus = EmbeddedBus(database, self._clock)
        self.queue = EmbeddedQueue(database, "queue", self._clock)
        self.bus.subscribe("queue", "consults")

    def take(self, seconds: float) -> list[Received]:
        taken: list[Received] = []

        def work(messages: Sequence[Received]) -> Sequence[Received]:
            taken.extend(messages)
            return messages

        self._clock.advance(seconds=seconds)
        self.queue.hand_over(work)
        return taken

    def dead(self) -> list[str]:
        return self.queue.dead()


class CloudRig:
    """EventBridge's and SQS's."""

    def __init__(self, plumbing: Plumbing) -> None:
        self._plumbing = plumbing
        self.bus = EventBridgeBus(plumbing.bus, lambda: plumbing.client("events"))
        self.queue = SqsDeliveryQueue(plumbing.queue, plumbing.dead, lambda: plumbing.client("sqs"))

    def take(self, seconds: float) -> list[Received]:
        records = [
            {"messageId": m["MessageId"], "body": m["Body"], "receiptHandle": m["ReceiptHandle"]}
            for m in self._plumbing.receive(self._plumbing.queue, seconds)
        ]
        return received({"Records": records})

    def dead(self) -> list[str]:
        return [m["Body"] for m in self._plumbing.receive(self._plumbing.dead)]


@pytest.fixture(params=["memory", "embedded", *CLOUDS])
def rig(request: pytest.FixtureRequest) -> Rig:
    if request.param == "embedded":
        return EmbeddedRig(request.getfixturevalue("database"))
    return MemoryRig() if request.param == "memory" else CloudRig(plumbed(request))


def test_a_published_event_reaches_its_consumer_unchanged(rig: Rig) -> None:
    assert rig.bus.publish([event(1), event(2, "patients.patient_registered")]) == 2
    [message] = rig.take(8)
    assert message.event == event(1)
    got: list[Event] = []
    assert consume([message], {"consults.finished": got.append}) == []
    assert got == [event(1)]


def test_a_postponed_message_comes_back_and_a_buried_one_waits_with_the_dead(rig: Rig) -> None:
    rig.bus.publish([event(1)])
    [message] = rig.take(8)
    rig.queue.postpone(message.receipt, 2)
    assert rig.take(1) == []
    [again] = rig.take(8)
    assert (again.id, again.event) == (message.id, event(1))
    rig.queue.bury(again.body)
    assert rig.dead() == [again.body]


@pytest.mark.cloud
def test_dead_letters_go_back_to_their_queue(request: pytest.FixtureRequest) -> None:
    plumbing = plumbed(request)
    sqs = plumbing.client("sqs")
    for number in range(3):
        sqs.send_message(QueueUrl=plumbing.dead, MessageBody=f"dead {number}")
    assert redrive(sqs, plumbing.dead_arn) == 3
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
