"""Clients cost nothing before they are needed and are made once."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from telesalud.platform.aws import clients


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4799")
    _forget()
    yield
    _forget()


def _forget() -> None:
    for made in (clients._session, clients.dynamodb, clients.s3):
        made.cache_clear()


def test_a_client_is_made_once_and_gives_up_soon() -> None:
    client = clients.dynamodb()
    assert clients.dynamodb() is client
    config: Any = client.meta.config
    assert (config.connect_timeout, config.read_timeout) == (2, 5)
    assert config.retries == {"mode": "standard", "total_max_attempts": 3}


def test_the_endpoint_comes_from_the_environment() -> None:
    assert clients.dynamodb().meta.endpoint_url == "http://127.0.0.1:4799"


def test_s3_signs_with_version_four() -> None:
    """Version 2 cannot presign uploads that are encrypted with KMS."""
    assert "X-Amz-Signature=" in clients.s3().generate_presigned_url(
        "get_object", Params={"Bucket": "b", "Key": "k"}
    )


HEAVY = ("boto3", "botocore", "httpx", "aws_lambda_powertools", "chalice")


@pytest.mark.parametrize(
    "module",
    [
        "store",
        "aws.dynamodb",
        "vault",
        "aws.kms",
        "aws.clients",
        "aws.backend",
        "aws.lambdas",
        "backend",
        "parts",
        "memory.backend",
        "ports.blobs",
        "relay",
        "consumer",
        "trail.chain",
        "logs",
        "trail.digests",
        "events",
        "work",
    ],
)
def test_importing_the_platform_loads_nothing_heavy(module: str) -> None:
    """The cold start pays for what the first request needs, not for what some request may need."""
    code = (
        f"import sys, telesalud.platform.{module}; "
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
