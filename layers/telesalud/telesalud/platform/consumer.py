"""Queue consumers: events that EventBridge put on an SQS queue, at least once and in any order.

A handler makes each event count once by adding `seen` to the transaction of its effect. What a
handler cannot do goes back to the queue and, after the queue's redrive policy gives up, to its DLQ.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from telesalud.platform.events import Event
from telesalud.platform.logs import get_logger, where
from telesalud.platform.store import ABSENT, ConditionFailed, Key, Operation, Put, Store

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

Handler = Callable[[Event], object]

SEEN_KEPT = timedelta(days=60)
"""Longer than the outbox (30 days) and a DLQ (14 days) together can bring an event back."""


SOONER = (5, 20, 60)
"""Seconds before the second, third and fourth try; later ones wait as the queue says."""


def event_in(body: str) -> Event:
    """The event in an EventBridge envelope.

    Raises ValueError (json.JSONDecodeError, pydantic.ValidationError), KeyError or TypeError.
    """
    return Event.model_validate(json.loads(body)["detail"])


def consume(
    batch: Mapping[str, Any],
    handlers: Mapping[str, Handler],
    sqs: "Callable[[], SQSClient] | None" = None,
) -> dict[str, list[dict[str, str]]]:
    """Handle an SQS batch by event type; the answer names the messages that must come again.

    With `sqs`, the first tries follow each other after `SOONER`: most failures pass in seconds.

    A type without a handler is acknowledged: a rule that lets too much through must not fill the
    DLQ. A message that cannot be read fails each time and so ends in the DLQ, where it is kept.
    """
    failed = [record for record in batch["Records"] if not _handled(record, handlers)]
    if sqs is not None:
        for record in failed:
            _try_sooner(record, sqs)
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in failed]}


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


def _handled(record: Mapping[str, Any], handlers: Mapping[str, Handler]) -> bool:
    message_id = str(record["messageId"])
    try:
        event = event_in(record["body"])
    except (ValueError, KeyError, TypeError) as error:
        get_logger().error("message unreadable", message_id=message_id, error=type(error).__name__)
        return False
    handler = handlers.get(event.type)
    if handler is None:
        get_logger().info("event type not handled here", event_type=event.type, event_id=event.id)
        return True
    try:
        handler(event)
    except Exception as error:  # noqa: BLE001  # one bad message must not stop the others
        get_logger().error(
            "event failed",
            event_type=event.type,
            event_id=event.id,
            tenant=event.tenant,
            message_id=message_id,
            error=type(error).__name__,
            where=where(error),
        )
        return False
    get_logger().info("event handled", event_type=event.type, event_id=event.id)
    return True


def seen(consumer: str, event: Event) -> Put:
    """The marker to put in the same transaction as the event's effect."""
    return Put(
        Key(f"SEEN#{consumer}#{event.tenant}", event.id),
        {"type": event.type},
        when=ABSENT,
        expires=event.at + SEEN_KEPT,
    )


def was_seen(failed: ConditionFailed, consumer: str, event: Event) -> bool:
    """Whether the transaction was refused because this event already had its effect."""
    return failed.at(seen(consumer, event).key) is not None


def apply_once(store: Store, consumer: str, event: Event, operations: Sequence[Operation]) -> bool:
    """Write the event's effect unless it has been written; False when it had been.

    Raises ConditionFailed when another condition of the operations does not hold.
    """
    try:
        store.transact([*operations, seen(consumer, event)])
    except ConditionFailed as failed:
        if was_seen(failed, consumer, event):
            return False
        raise
    return True


def redrive(client: "SQSClient", dead_letters: str) -> str:
    """Send a DLQ's messages (by its ARN) back to their source queue; returns what was done.

    AWS moves them by itself; where the local cloud has no such task, they are moved here, each
    deleted only after it was sent.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415  # only the command line needs it

    try:
        task = client.start_message_move_task(SourceArn=dead_letters)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _NO_MOVE_TASK:
            raise
    else:
        return f"started {task.get('TaskHandle', '')}"
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
    return f"moved {moved}"


def _source_of(client: "SQSClient", dead_letters: str) -> str:
    """URL of the queue that hands its failures to `dead_letters`, by every queue's policy.

    Raises LookupError. The local cloud cannot list a DLQ's source queues either.
    """
    for url in client.list_queues().get("QueueUrls", []):
        answer = client.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])
        policy = json.loads(answer.get("Attributes", {}).get("RedrivePolicy", "{}"))
        if policy.get("deadLetterTargetArn") == dead_letters:
            return url
    raise LookupError(f"no queue hands its failures to {dead_letters}")


_NO_MOVE_TASK = frozenset(
    {"InvalidAction", "UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation",
     "UnknownOperationException", "501", "NotImplemented"}
)  # fmt: skip


def _drain(client: "SQSClient", queue: str) -> Iterator[Any]:
    while True:
        answer = client.receive_message(
            QueueUrl=queue, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        )
        messages = answer.get("Messages", [])
        if not messages:
            return
        yield from messages
