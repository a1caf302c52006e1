"""Records of a DynamoDB stream, as Lambda hands them over."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from telesalud.platform.aws.dynamodb import item_of
from telesalud.platform.relay import NewItem

BatchAnswer = dict[str, list[dict[str, str]]]
"""What Lambda reads with ReportBatchItemFailures; an empty list is a batch that went well."""


def inserted(records: Iterable[Mapping[str, Any]]) -> Iterator[NewItem]:
    """The new items that say their kind among a stream event's records.

    Expiries, deletions and changes are passed over: what is read here is only ever inserted.
    """
    for record in records:
        image = record["dynamodb"].get("NewImage", {})
        if record["eventName"] == "INSERT" and "kind" in image:
            yield NewItem(str(record["dynamodb"]["SequenceNumber"]), item_of(image))


def answer(again_from: str | None) -> BatchAnswer:
    """The answer that has the stream come back from this record, or go on."""
    failed = [] if again_from is None else [{"itemIdentifier": again_from}]
    return {"batchItemFailures": failed}
