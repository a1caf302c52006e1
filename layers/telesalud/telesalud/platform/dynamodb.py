"""The store on one DynamoDB table with string keys `pk` and `sk`.

Reserved attributes: `v` (version) and `expires_at` (TTL in epoch seconds).
"""

import random
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from telesalud.platform.store import (
    MAX_OPERATIONS,
    Attributes,
    Check,
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
        return bytes(raw)
    if kind == "L":
        return tuple(element["S"] for element in raw)
    raise TypeError(f"unexpected DynamoDB type {kind}")


def item_of(wire: Mapping[str, Any]) -> Item:
    """The port's item from DynamoDB's image of it (a read or a stream record)."""
    return Item(
        Key(wire["pk"]["S"], wire["sk"]["S"]),
        int(wire["v"]["N"]),
        {name: decode(raw) for name, raw in wire.items() if name not in ("pk", "sk", "v")},
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
        expression = _Expression()
        condition = f"{expression.name('pk')} = {expression.value(pk)}"
        if until is not None:
            if newest_first:
                raise ValueError("until needs ascending order")
            low, high = expression.value(prefix or "\x00"), expression.value(until)
            condition += f" AND {expression.name('sk')} BETWEEN {low} AND {high}"
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
        keys = {operation.key for operation in operations}
        if not operations or len(operations) > MAX_OPERATIONS or len(keys) != len(operations):
            raise ValueError("a transaction needs 1 to 100 operations on distinct keys")
        if len(operations) == 1 and not isinstance(operations[0], Check):
            self._write_one(operations[0])
        else:
            self._write_all(operations)

    def _write_one(self, operation: Operation) -> None:
        client = self._client()
        action, request = request_of(operation, self._table)
        call: Any = {
            "Put": client.put_item,
            "Update": client.update_item,
            "Delete": client.delete_item,
        }[action]
        for attempt in range(_TRANSACTION_TRIES):
            try:
                call(**request)
            except client.exceptions.ConditionalCheckFailedException as error:
                wire: Any = error.response.get("Item")
                if wire and wire == request.get("Item"):
                    return  # our own write, whose first answer was lost
                found = item_of(wire) if wire else None
                raise ConditionFailed([Failure(operation, found)]) from error
            except client.exceptions.ClientError as error:
                if error.response["Error"]["Code"] not in _BUSY_CODES:
                    raise
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
                    raise
                # A cancelled try changed nothing; a new token has the next one judged afresh.
                token = str(uuid.uuid4())
                _pause(attempt)
            except client.exceptions.ClientError as error:
                if error.response["Error"]["Code"] not in _BUSY_CODES:
                    raise
                _pause(attempt)
            else:
                return
        raise StoreBusy("other transactions kept touching these items")


def _pause(attempt: int) -> None:
    """Full-jitter exponential backoff, 25 ms doubling."""
    time.sleep(random.uniform(0, 0.025 * 2**attempt))  # noqa: S311  # jitter, not a secret
