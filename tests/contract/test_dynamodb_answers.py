"""What the DynamoDB adapter does when answers get lost or others are in its way."""

import time
import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber

from telesalud.platform.aws.dynamodb import DynamoStore
from telesalud.platform.aws.lean import LeanDynamoDB, service
from telesalud.platform.aws.wire import AwsError
from telesalud.platform.store import (
    ABSENT,
    ConditionFailed,
    Key,
    Operation,
    Put,
    StoreBusy,
    Update,
    at_version,
)
from tests.contract.conftest import cloud_client, lean_environment
from tests.support.aws_doubles import StubbedService, moto_dynamodb
from tests.support.tables import make_table

A, B = Key("A", "1"), Key("B", "1")


class Repeating:
    """A client whose first answer to each write is lost, so the SDK sends the request again."""

    def __init__(self, client: Any) -> None:
        self._client = client

    @property
    def typed(self) -> Any:
        """Itself, where a real client's type is asked for."""
        return self

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)
        if name not in ("put_item", "transact_write_items"):
            return method

        def twice(**request: Any) -> Any:
            method(**request)
            return method(**request)

        return twice


@pytest.fixture(params=["boto3", "lean"])
def cloud_table(request: pytest.FixtureRequest) -> Iterator[tuple[str, Any]]:
    client = cloud_client("dynamodb")
    table = make_table(client, f"answers-{uuid.uuid4().hex[:12]}")
    lean = LeanDynamoDB(service("dynamodb", lean_environment(client)))
    yield table, client if request.param == "boto3" else lean
    client.delete_table(TableName=table)


@pytest.mark.parametrize(
    "operations",
    [
        [Put(A, {"n": 1}, when=ABSENT)],
        [Put(A, {"n": 1}, when=ABSENT), Put(B, {}, when=ABSENT)],
        [Update(A, add={"n": 1})],
    ],
    ids=["put", "transaction", "addition"],
)
@pytest.mark.cloud
def test_a_write_whose_answer_was_lost_takes_effect_once(
    cloud_table: tuple[str, Any], operations: list[Operation]
) -> None:
    table, client = cloud_table
    store = DynamoStore(table, lambda: Repeating(client).typed)
    store.transact(operations)
    item = store.get(A)
    assert item is not None
    assert (item.version, item.attributes) == (1, {"n": 1})


@pytest.mark.parametrize("made", ["boto3", "lean"])
def test_a_single_put_whose_answer_was_lost_succeeds_but_a_rivals_equal_one_does_not(
    moto_cloud: None, made: str
) -> None:
    table = make_table(boto3.client("dynamodb"), "t")
    client: Any = boto3.client("dynamodb") if made == "boto3" else moto_dynamodb()
    mine = DynamoStore(table, lambda: Repeating(client).typed)
    mine.transact([Put(A, {"n": 1}, when=ABSENT)])
    mine.transact([Put(A, {"n": 2}, when=at_version(1))])
    rival = DynamoStore(table, lambda: client)
    with pytest.raises(ConditionFailed):
        rival.transact([Put(A, {"n": 2}, when=at_version(1))])
    item = rival.get(A)
    assert item is not None
    assert (item.version, item.attributes) == (2, {"n": 2})


@pytest.fixture(params=["boto3", "lean"])
def stubbed(
    moto_cloud: None, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[tuple[DynamoStore, Any]]:
    """A store on a client that answers from a script, without pauses."""
    monkeypatch.setattr(time, "sleep", lambda _: None)
    if request.param == "lean":
        script: Any = StubbedService()
        asked: Any = LeanDynamoDB(script)
        yield DynamoStore("t", lambda: asked), script
        return
    client = boto3.client("dynamodb")
    with Stubber(client) as script:
        yield DynamoStore("t", lambda: client), script


def cancelled(script: Any, *codes: str) -> None:
    script.add_client_error(
        "transact_write_items",
        "TransactionCanceledException",
        modeled_fields={"CancellationReasons": [{"Code": code} for code in codes]},
    )


TWO: list[Operation] = [Put(A, {}, when=ABSENT), Put(B, {}, when=ABSENT)]


def test_a_transaction_that_met_another_is_tried_again(
    stubbed: tuple[DynamoStore, Any],
) -> None:
    store, script = stubbed
    cancelled(script, "None", "TransactionConflict")
    script.add_client_error("transact_write_items", "TransactionInProgressException")
    script.add_response(
        "transact_write_items", {}, {"TransactItems": ANY, "ClientRequestToken": ANY}
    )
    store.transact(TWO)
    script.assert_no_pending_responses()


def test_endless_contention_ends_as_busy(stubbed: tuple[DynamoStore, Any]) -> None:
    store, script = stubbed
    for _ in range(6):
        cancelled(script, "TransactionConflict", "None")
    with pytest.raises(StoreBusy):
        store.transact(TWO)


def test_an_unclear_outcome_is_never_called_busy(stubbed: tuple[DynamoStore, Any]) -> None:
    """StoreBusy promises that nothing was written; a transaction still in progress may be."""
    store, script = stubbed
    for _ in range(6):
        script.add_client_error("transact_write_items", "TransactionInProgressException")
    with pytest.raises((ClientError, AwsError)):
        store.transact(TWO)


def test_a_condition_that_failed_beside_a_conflict_is_reported(
    stubbed: tuple[DynamoStore, Any],
) -> None:
    store, script = stubbed
    cancelled(script, "TransactionConflict", "ConditionalCheckFailed")
    with pytest.raises(ConditionFailed) as caught:
        store.transact(TWO)
    assert [f.operation.key for f in caught.value.failures] == [B]


def test_unprocessed_keys_are_asked_for_again_and_then_given_up(
    stubbed: tuple[DynamoStore, Any],
) -> None:
    store, script = stubbed
    left = {"t": {"Keys": [{"pk": {"S": "A"}, "sk": {"S": "1"}}], "ConsistentRead": True}}
    image = {"pk": {"S": "A"}, "sk": {"S": "1"}, "v": {"N": "1"}}
    script.add_response("batch_get_item", {"Responses": {}, "UnprocessedKeys": left})
    script.add_response("batch_get_item", {"Responses": {"t": [image]}, "UnprocessedKeys": {}})
    assert set(store.get_many([A])) == {A}
    for _ in range(6):
        script.add_response("batch_get_item", {"Responses": {}, "UnprocessedKeys": left})
    with pytest.raises(StoreBusy):
        store.get_many([A])
