"""Queues on SQS: what Lambda hands over of them, when it comes again, and dead letters."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from telesalud.platform import consumer
from telesalud.platform.aws.eventbridge import event_in
from telesalud.platform.aws.streams import BatchAnswer
from telesalud.platform.consumer import Handler, Received
from telesalud.platform.events import Event
from telesalud.platform.logs import get_logger

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_LOOKS_EVERYWHERE = 1
"""Seconds of waiting with which SQS asks all its servers; without, it may say empty too early."""
SOONER = (5, 20, 60)
"""Seconds before the second, third and fourth try; later ones wait as the queue says."""


def received(batch: Mapping[str, Any]) -> list[Received]:
    """The messages of a batch; what cannot be read is logged without its content."""
    return [
        Received(
            str(record["messageId"]),
            record["body"],
            _event_of(record),
            record.get("receiptHandle", ""),
        )
        for record in batch["Records"]
    ]


def _event_of(record: Mapping[str, Any]) -> Event | None:
    try:
        return event_in(record["body"])
    except (ValueError, KeyError, TypeError) as error:
        get_logger().error(
            "message unreadable", message_id=str(record["messageId"]), error=type(error).__name__
        )
        return None


def consume(
    batch: Mapping[str, Any],
    handlers: Mapping[str, Handler],
    sqs: "Callable[[], SQSClient] | None" = None,
) -> BatchAnswer:
    """Handle a batch by event type; the answer names the messages that must come again.

    With `sqs`, the first tries follow each other after `SOONER`: most failures pass in seconds.
    """
    failed = consumer.consume(received(batch), handlers)
    if sqs is not None:
        names = {message.id for message in failed}
        for record in batch["Records"]:
            if str(record["messageId"]) in names:
                _try_sooner(record, sqs)
    return answer(failed)


def answer(again: Iterable[Received]) -> BatchAnswer:
    """The answer that has these messages come again, and the others forgotten."""
    return {"batchItemFailures": [{"itemIdentifier": message.id} for message in again]}


def _try_sooner(record: Mapping[str, Any], sqs: "Callable[[], SQSClient]") -> None:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  # after failures

    tries = int(record["attributes"]["ApproximateReceiveCount"])
    if tries > len(SOONER):
        return
    try:
        queue = sqs().get_queue_url(QueueName=record["eventSourceARN"].rpartition(":")[2])
        sqs().change_message_visibility(
            QueueUrl=queue["QueueUrl"],
            ReceiptHandle=record["receiptHandle"],
            VisibilityTimeout=SOONER[tries - 1],
        )
    except (BotoCoreError, ClientError) as error:  # it comes back all the same, only later
        get_logger().warning("retry not hastened", error=type(error).__name__)


class SqsDeliveryQueue:
    """A `DeliveryQueue` on SQS."""

    def __init__(
        self, queue_url: str, dead_letters_url: str, client: "Callable[[], SQSClient]"
    ) -> None:
        self._queue_url = queue_url
        self._dead_letters_url = dead_letters_url
        self._client = client

    def postpone(self, receipt: str, seconds: int) -> None:
        self._client().change_message_visibility(
            QueueUrl=self._queue_url, ReceiptHandle=receipt, VisibilityTimeout=seconds
        )

    def bury(self, body: str) -> None:
        self._client().send_message(QueueUrl=self._dead_letters_url, MessageBody=body)


def redrive(client: "SQSClient", dead_letters: str) -> int:
    """Send a DLQ's messages (by its ARN) back to the queue it belongs to; how many were moved.

    Each is deleted only after it was sent, and consumers ignore what they know. SQS's own move task
    is not used: it fails, after it was started, at the first message that SQS itself did not bury,
    and rules and `bury` put theirs there. Raises LookupError.
    """
    source = client.get_queue_url(QueueName=dead_letters.rpartition(":")[2])["QueueUrl"]
    target = _source_of(client, dead_letters)
    moved = 0
    for message in _drain(client, source):
        client.send_message(
            QueueUrl=target,
            MessageBody=message["Body"],
            MessageAttributes=message.get("MessageAttributes", {}),
        )
        client.delete_message(QueueUrl=source, ReceiptHandle=message["ReceiptHandle"])
        moved += 1
    return moved


def _source_of(client: "SQSClient", dead_letters: str) -> str:
    """URL of the queue that hands its failures to `dead_letters`, by every queue's policy.

    Raises LookupError. The local cloud cannot list a DLQ's source queues.
    """
    for page in client.get_paginator("list_queues").paginate():
        for url in page.get("QueueUrls", []):
            answer = client.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])
            policy = json.loads(answer.get("Attributes", {}).get("RedrivePolicy", "{}"))
            if policy.get("deadLetterTargetArn") == dead_letters:
                return url
    raise LookupError(f"no queue hands its failures to {dead_letters}")


def _drain(client: "SQSClient", queue: str) -> Iterator[Any]:
    while True:
        answer = client.receive_message(
            QueueUrl=queue,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            WaitTimeSeconds=_LOOKS_EVERYWHERE,
        )
        messages = answer.get("Messages", [])
        if not messages:
            return
        yield from messages
