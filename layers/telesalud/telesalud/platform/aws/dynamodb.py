"""The store on one DynamoDB table with string keys `pk` and `sk`.

Attributes of the adapter's own: `v` (version), `w` (which call wrote, see `_put_one`) and
`expires_at` (TTL in epoch seconds, which readers see as a number).
"""

import base64
import random
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from telesalud.platform.errors import TooLarge
from telesalud.platform.store import (
    MAX_OPERATIONS,
    MAX_PAGE,
    RESERVED,
    Attributes,
    ConditionFailed,
    Delete,
    Failure,
    Item,
    Key,
    Operation,
    Page,
    Put,
    StoreBusy,
    Update,
    Value,
    When,
    checked,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Wire = dict[str, Any]

_TRANSACTION_TRIES = 6
_BATCH_TRIES = 6
_RETRIABLE = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "None"}
_BUSY_CODES = {"TransactionInProgressException", "TransactionConflictException"}


def encode(value: Value) -> Wire:
    """One attribute in DynamoDB's JSON."""
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, bytes):
        return {"B": value}
    return {"L": [{"S": text} for text in value]}


def decode(wire: Mapping[str, Any]) -> Value:
    """The value of one attribute; TypeError for a type that the port does not have."""
    [(kind, raw)] = wire.items()
    if kind in ("S", "BOOL"):
        return raw  # type: ignore[no-any-return]  # botocore gives str and bool for these two
    if kind == "N":
        return int(raw)
    if kind == "B":
        # In JSON, which streams and the lean client deliver, bytes are in base64.
        return base64.b64decode(raw) if isinstance(raw, str) else bytes(raw)
    if kind == "L":
        return tuple(element["S"] for element in raw)
    raise TypeError(f"unexpected DynamoDB type {kind}")


def item_of(wire: Mapping[str, Any]) -> Item:
    """The port's item from DynamoDB's image of it (a read or a stream record)."""
    return Item(
        Key(wire["pk"]["S"], wire["sk"]["S"]),
        int(wire["v"]["N"]),
        {name: decode(raw) for name, raw in wire.items() if name not in RESERVED},
    )


class _Expression:
    """Collects the names and values of one request's expressions."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.values: dict[str, Wire] = {}

    def name(self, attribute: str) -> str:
        """The placeholder for an attribute name."""
        return self.names.setdefault(attribute, f"#{len(self.names)}")

    def value(self, value: Value) -> str:
        """The placeholder for a value."""
        placeholder = f":{len(self.values)}"
        self.values[placeholder] = encode(value)
        return placeholder

    def condition(self, when: When) -> str | None:
        """ConditionExpression for `when`, or None for the empty condition."""
        parts: list[str] = []
        if when.exists is not None:
            function = "attribute_exists" if when.exists else "attribute_not_exists"
            parts.append(f"{function}({self.name('pk')})")
        if when.version is not None:
            parts.append(f"{self.name('v')} = {self.value(when.version)}")
        parts += [f"{self.name(n)} = {self.value(v)}" for n, v in when.equals.items()]
        parts += [f"{self.name(n)} < {self.value(v)}" for n, v in when.below.items()]
        parts += [f"attribute_not_exists({self.name(n)})" for n in when.lacks]
        return " AND ".join(parts) or None

    def update(self, operation: Update) -> str:
        """UpdateExpression that also raises the version."""
        changes = dict(operation.set)
        if operation.expires is not None:
            changes["expires_at"] = int(operation.expires.timestamp())
        version, zero = self.name("v"), self.value(0)
        sets = [f"{self.name(n)} = {self.value(v)}" for n, v in changes.items()]
        sets.append(f"{version} = if_not_exists({version}, {zero}) + {self.value(1)}")
        sets += [
            f"{self.name(n)} = if_not_exists({self.name(n)}, {zero}) + {self.value(v)}"
            for n, v in operation.add.items()
        ]
        text = "SET " + ", ".join(sets)
        if operation.remove:
            text += " REMOVE " + ", ".join(self.name(n) for n in operation.remove)
        return text

    def finish(self, request: Wire) -> Wire:
        """The request with the placeholders that were used."""
        if self.names:
            request["ExpressionAttributeNames"] = {v: k for k, v in self.names.items()}
        if self.values:
            request["ExpressionAttributeValues"] = self.values
        return request


def _wire_key(key: Key) -> Wire:
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def _wire_item(operation: Put) -> Wire:
    attributes: Attributes = operation.attributes
    wire = {name: encode(value) for name, value in attributes.items()}
    wire |= _wire_key(operation.key)
    wire["v"] = {"N": str((operation.when.version or 0) + 1)}
    if operation.expires is not None:
        wire["expires_at"] = {"N": str(int(operation.expires.timestamp()))}
    return wire


def request_of(operation: Operation, table: str) -> tuple[str, Wire]:
    """The action's name in TransactWriteItems and its parameters."""
    expression = _Expression()
    request: Wire = {"TableName": table, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    condition = expression.condition(operation.when)
    if condition:
        request["ConditionExpression"] = condition
    if isinstance(operation, Put):
        request["Item"] = _wire_item(operation)
        return "Put", expression.finish(request)
    request["Key"] = _wire_key(operation.key)
    if isinstance(operation, Update):
        request["UpdateExpression"] = expression.update(operation)
        return "Update", expression.finish(request)
    action = "Delete" if isinstance(operation, Delete) else "ConditionCheck"
    return action, expression.finish(request)


def _bounds(
    prefix: str, after: str | None, until: str | None, newest_first: bool
) -> tuple[str | None, str | None] | None:
    """`after` and `until` where they narrow the prefix's range, or None when nothing can match.

    DynamoDB refuses a start or a bound outside the range that the key condition asks for.
    """
    if until is not None and not until.startswith(prefix):
        if until < prefix:
            return None
        until = None
    if after is not None and until is not None and after >= until:
        return None
    if after is not None and not after.startswith(prefix):
        if (after < prefix) == newest_first:
            return None
        after = None
    return after, until


class DynamoStore:
    """A `telesalud.platform.store.Store` on the table `table`."""

    def __init__(self, table: str, client: Callable[[], "DynamoDBClient"]) -> None:
        self._table = table
        self._client = client

    def get(self, key: Key) -> Item | None:
        answer = self._client().get_item(
            TableName=self._table, Key=_wire_key(key), ConsistentRead=True
        )
        wire = answer.get("Item")
        return item_of(wire) if wire else None

    def get_many(self, keys: Sequence[Key]) -> dict[Key, Item]:
        if len(keys) > MAX_OPERATIONS:
            raise ValueError(f"at most {MAX_OPERATIONS} keys at once")
        if not keys:
            return {}
        wanted: Any = {
            self._table: {
                "Keys": [_wire_key(k) for k in dict.fromkeys(keys)],
                "ConsistentRead": True,
            }
        }
        found: dict[Key, Item] = {}
        for attempt in range(_BATCH_TRIES):
            answer = self._client().batch_get_item(RequestItems=wanted)
            for wire in answer["Responses"].get(self._table, ()):
                item = item_of(wire)
                found[item.key] = item
            wanted = answer.get("UnprocessedKeys")
            if not wanted:
                return found
            _pause(attempt)
        raise StoreBusy("the table kept returning unprocessed keys")

    def query(
        self,
        pk: str,
        prefix: str = "",
        *,
        after: str | None = None,
        until: str | None = None,
        limit: int = 100,
        newest_first: bool = False,
    ) -> Page:
        if not 1 <= limit <= MAX_PAGE:
            raise ValueError(f"limit must be 1 to {MAX_PAGE}")
        if until is not None and newest_first:
            raise ValueError("until needs ascending order")
        bounds = _bounds(prefix, after, until, newest_first)
        if bounds is None:
            return Page([], None)
        after, until = bounds
        expression = _Expression()
        condition = f"{expression.name('pk')} = {expression.value(pk)}"
        if until is not None and prefix:
            low, high = expression.value(prefix), expression.value(until)
            condition += f" AND {expression.name('sk')} BETWEEN {low} AND {high}"
        elif until is not None:
            condition += f" AND {expression.name('sk')} <= {expression.value(until)}"
        elif prefix:
            condition += f" AND begins_with({expression.name('sk')}, {expression.value(prefix)})"
        request = expression.finish(
            {
                "TableName": self._table,
                "KeyConditionExpression": condition,
                "ConsistentRead": True,
                "Limit": limit,
                "ScanIndexForward": not newest_first,
            }
        )
        if after is not None:
            request["ExclusiveStartKey"] = _wire_key(Key(pk, after))
        answer = self._client().query(**request)
        last = answer.get("LastEvaluatedKey")
        items = [item_of(wire) for wire in answer["Items"]]
        return Page(items, last["sk"]["S"] if last else None)

    def transact(self, operations: Sequence[Operation]) -> None:
        checked(operations)
        [first, *others] = operations
        if isinstance(first, Put) and not others:
            self._put_one(first)
        else:
            self._write_all(operations)

    def sweep(self, prefix: str) -> Iterator[Item]:
        expression = _Expression()
        wanted = f"begins_with({expression.name('pk')}, {expression.value(prefix)})"
        request = expression.finish({"TableName": self._table, "FilterExpression": wanted})
        for page in self._client().get_paginator("scan").paginate(**request, ConsistentRead=True):
            yield from (item_of(wire) for wire in page["Items"])

    def _put_one(self, operation: Put) -> None:
        """PutItem at half the price of a transaction of one.

        It has no request token, so a repetition by the SDK after a lost answer is told from a
        rival's equal write by a mark of this call's own.
        """
        client = self._client()
        _, request = request_of(operation, self._table)
        mark = uuid.uuid4().bytes
        request["Item"]["w"] = encode(mark)
        for attempt in range(_TRANSACTION_TRIES):
            try:
                client.put_item(**request)
            except client.exceptions.ConditionalCheckFailedException as error:
                wire: Any = error.response.get("Item")
                if wire and "w" in wire and decode(wire["w"]) == mark:
                    return
                found = item_of(wire) if wire else None
                raise ConditionFailed([Failure(operation, found)]) from error
            except client.exceptions.ClientError as error:
                if error.response["Error"]["Code"] not in _BUSY_CODES:
                    raise _explained(error) from error
                _pause(attempt)
            else:
                return
        raise StoreBusy("other transactions kept touching this item")

    def _write_all(self, operations: Sequence[Operation]) -> None:
        client = self._client()
        actions: Any = [dict([request_of(o, self._table)]) for o in operations]
        # One token for every try: a try whose answer was lost is not applied twice.
        token = str(uuid.uuid4())
        for attempt in range(_TRANSACTION_TRIES):
            try:
                client.transact_write_items(TransactItems=actions, ClientRequestToken=token)
            except client.exceptions.TransactionCanceledException as error:
                reasons: list[Any] = list(error.response.get("CancellationReasons", []))
                failures = [
                    Failure(operation, item_of(reason["Item"]) if reason.get("Item") else None)
                    for operation, reason in zip(operations, reasons, strict=False)
                    if reason.get("Code") == "ConditionalCheckFailed"
                ]
                if failures:
                    raise ConditionFailed(failures) from error
                if not {reason.get("Code", "None") for reason in reasons} <= _RETRIABLE:
                    raise _explained(error) from error
                # A cancelled try changed nothing; a new token has the next one judged afresh.
                token = str(uuid.uuid4())
                _pause(attempt)
            except client.exceptions.ClientError as error:
                code = error.response["Error"]["Code"]
                # Still in progress at the last try: it may yet be written, so it is not "busy".
                if code not in _BUSY_CODES or attempt == _TRANSACTION_TRIES - 1:
                    raise _explained(error) from error
                _pause(attempt)
            else:
                return
        raise StoreBusy("other transactions kept touching these items")


def _explained(error: Exception) -> Exception:
    """TooLarge for DynamoDB's limits of 400 KB an item and 4 MB a transaction, or the same."""
    response: Any = getattr(error, "response", {})
    messages = [response.get("Error", {}).get("Message", "")]
    messages += [reason.get("Message") or "" for reason in response.get("CancellationReasons", [])]
    if any("size" in message and "exceed" in message for message in messages):
        return TooLarge("a stored item may have at most 400 KB")
    return error


def _pause(attempt: int) -> None:
    """Full-jitter exponential backoff, 25 ms doubling."""
    time.sleep(random.uniform(0, 0.025 * 2**attempt))  # noqa: S311  # jitter, not a secret
