"""The backends that the contract suites run over."""

import os
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from localstack.cloud import default_cloud
from telesalud.platform.aws.dynamodb import DynamoStore
from telesalud.platform.aws.lean import LeanDynamoDB, service
from telesalud.platform.embedded.database import Database
from telesalud.platform.embedded.store import EmbeddedStore
from telesalud.platform.memory.store import MemoryStore
from telesalud.platform.store import SweepableStore
from tests.support.aws_doubles import moto_dynamodb
from tests.support.tables import make_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

REGION = "us-east-1"


def cloud_client(service: str) -> Any:
    """A client of the local cloud; skips loudly when none is running.

    TELESALUD_TEST_ENDPOINT_<SERVICE> names another place for one service.
    """
    own = os.environ.get(f"TELESALUD_TEST_ENDPOINT_{service.upper()}")
    endpoint = own or os.environ.get("TELESALUD_TEST_ENDPOINT")
    if not endpoint:
        pytest.skip("no local cloud: set TELESALUD_TEST_ENDPOINT")
    key_id, secret = default_cloud().access_key()
    session: Any = boto3.session.Session()
    return session.client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
        config=Config(signature_version="s3v4") if service == "s3" else None,
    )


@pytest.fixture
def moto_cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every AWS client talks to moto."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("TELESALUD_AWS_TRANSPORT", "boto3")  # what moto stands in for
    with mock_aws():
        yield


class IsolatedWrites:
    """A DynamoDB client whose writes happen one at a time: moto's transactions are not isolated."""

    def __init__(self, client: "DynamoDBClient | LeanDynamoDB") -> None:
        self._client = client
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)
        if name not in ("transact_write_items", "put_item"):
            return method

        def locked(**request: Any) -> Any:
            with self._lock:
                return method(**request)

        return locked


BACKENDS = ["memory", "embedded", "moto", pytest.param("cloud", marks=pytest.mark.cloud)]
"""What the adapters run over."""
WITH_LEAN = [*BACKENDS, "lean-moto", pytest.param("lean-cloud", marks=pytest.mark.cloud)]
"""The stores and keys also where our own clients stand before the service."""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database of a site."""
    database = Database(tmp_path / "items.db", os.urandom(32))
    yield database
    database.close()


def lean_environment(client: Any) -> dict[str, str]:
    """Variables by which a lean client reaches what a boto3 client reaches."""
    key_id, secret = default_cloud().access_key()
    return {
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": key_id,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_ENDPOINT_URL": client.meta.endpoint_url,
    }


@pytest.fixture(params=WITH_LEAN)
def store(request: pytest.FixtureRequest) -> Iterator[SweepableStore]:
    """An empty store."""
    if request.param == "memory":
        yield MemoryStore()
        return
    if request.param == "embedded":
        yield EmbeddedStore(request.getfixturevalue("database"), "contract")
        return
    asked: Any
    if request.param.endswith("moto"):
        request.getfixturevalue("moto_cloud")
        client = boto3.client("dynamodb")
        asked = IsolatedWrites(client if request.param == "moto" else moto_dynamodb())
    else:
        client = asked = cloud_client("dynamodb")
        if request.param == "lean-cloud":
            asked = LeanDynamoDB(service("dynamodb", lean_environment(client)))
    table = make_table(client, f"contract-{uuid.uuid4().hex[:12]}")
    yield DynamoStore(table, lambda: asked)
    client.delete_table(TableName=table)
