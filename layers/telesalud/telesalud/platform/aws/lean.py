"""The requests that nearly every operation makes, as botocore's clients make them, at a tenth of
the processor time: six of DynamoDB, four of KMS.

Each client has the methods, arguments, answers and errors of boto3's that the adapters use. In
answers of DynamoDB binary attributes stay in base64, as they travel.
"""

import base64
import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from telesalud.platform.aws.credentials import source
from telesalud.platform.aws.kept_connections import Kept
from telesalud.platform.aws.sigv4 import Signer
from telesalud.platform.aws.wire import Answer, AwsError, Connections, Service

CONNECT_SECONDS = 2
READ_SECONDS = 5
"""A healthy call takes milliseconds; waiting longer than this only holds up the caller."""
ATTEMPTS = 3


class ConditionalCheckFailedException(AwsError):
    """DynamoDB: a condition of one write did not hold."""


class TransactionCanceledException(AwsError):
    """DynamoDB: a transaction changed nothing, for the reasons that it lists."""


class InvalidCiphertextException(AwsError):
    """KMS: this is no ciphertext of ours, or not under this context."""


class IncorrectKeyException(AwsError):
    """KMS: another key encrypted this."""


class Exceptions:
    """What the adapters catch, under the names that boto3's clients give them."""

    ClientError = AwsError
    ConditionalCheckFailedException = ConditionalCheckFailedException
    TransactionCanceledException = TransactionCanceledException
    InvalidCiphertextException = InvalidCiphertextException
    IncorrectKeyException = IncorrectKeyException


ERRORS: dict[str, type[AwsError]] = {
    each.__name__: each
    for each in (
        ConditionalCheckFailedException,
        TransactionCanceledException,
        InvalidCiphertextException,
        IncorrectKeyException,
    )
}

"""The errors with a class of their own, by the code that the service gives."""


class _Pages:
    """A paginator of Scan."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def paginate(self, **request: Any) -> Any:
        """Answers until one has no LastEvaluatedKey."""
        while True:
            answer = self._service.call("Scan", request)
            yield answer
            if not answer.get("LastEvaluatedKey"):
                return
            request = request | {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


class LeanDynamoDB:
    """DynamoDB's reads and writes of items."""

    exceptions = Exceptions

    def __init__(self, service: Service) -> None:
        self._service = service
        self._call = service.call

    def get_item(self, **request: Any) -> Answer:
        return self._call("GetItem", request)

    def batch_get_item(self, **request: Any) -> Answer:
        return self._call("BatchGetItem", request)

    def query(self, **request: Any) -> Answer:
        return self._call("Query", request)

    def put_item(self, **request: Any) -> Answer:
        return self._call("PutItem", request)

    def transact_write_items(self, **request: Any) -> Answer:
        return self._call("TransactWriteItems", request)

    def get_paginator(self, operation: str) -> _Pages:
        """Only of `scan`."""
        if operation != "scan":
            raise ValueError(f"{operation} has no pages here")
        return _Pages(self._service)


class LeanKms:
    """KMS's data keys and signatures."""

    exceptions = Exceptions

    def __init__(self, service: Service) -> None:
        self._service = service

    def _bytes(self, operation: str, request: Answer, *names: str) -> Answer:
        answer = self._service.call(operation, request)
        return answer | {name: base64.b64decode(answer[name]) for name in names}

    def generate_data_key(self, **request: Any) -> Answer:
        return self._bytes("GenerateDataKey", request, "Plaintext", "CiphertextBlob")

    def decrypt(self, **request: Any) -> Answer:
        return self._bytes("Decrypt", request, "Plaintext")

    def get_public_key(self, **request: Any) -> Answer:
        return self._bytes("GetPublicKey", request, "PublicKey")

    def sign(self, **request: Any) -> Answer:
        return self._bytes("Sign", request, "Signature")


_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")


def suits(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether these clients do in this environment; boto3's are for all others.

    TELESALUD_AWS_TRANSPORT=boto3 asks for those. They also know other partitions, FIPS and
    dual-stack addresses and proxies.
    """
    if environment.get("TELESALUD_AWS_TRANSPORT") == "boto3":
        return False
    region = _region(environment)
    if not region or region.startswith(("cn-", "us-iso", "eu-isoe", "eusc-")):
        return False
    addresses = [urlsplit(_address(name, environment)) for name in _PROTOCOLS]
    local = all(each.hostname in ("127.0.0.1", "localhost") for each in addresses)
    proxied = any(environment.get(name) for name in _PROXIES)
    if any(each.path.strip("/") for each in addresses):
        return False
    special = ("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT")
    return (local or not proxied) and not any(
        environment.get(name, "").lower() == "true" for name in special
    )


def _region(environment: Mapping[str, str]) -> str | None:
    return environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")


def _address(name: str, environment: Mapping[str, str]) -> str:
    """As botocore reads it: a variable of the service's own, one for all, else AWS itself."""
    usual = f"https://{name}.{_region(environment)}.amazonaws.com"
    if environment.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return usual
    own = environment.get(f"AWS_ENDPOINT_URL_{name.upper()}")
    return own or environment.get("AWS_ENDPOINT_URL") or usual


def _authorities(environment: Mapping[str, str]) -> str | None:
    """The file of the authorities that botocore trusts, without importing it."""
    named = environment.get("AWS_CA_BUNDLE") or environment.get("REQUESTS_CA_BUNDLE")
    if named:
        return named
    spec = find_spec("botocore")
    places = list(spec.submodule_search_locations or ()) if spec else []
    files = [Path(place) / "cacert.pem" for place in places]
    return next((str(file) for file in files if file.is_file()), None)


_PROTOCOLS = {"dynamodb": ("DynamoDB_20120810", "1.0"), "kms": ("TrentService", "1.1")}
"""What stands before an operation's name, and the version of awsJson."""


def service(
    name: str,
    environment: Mapping[str, str] = os.environ,
    *,
    connections: Connections | None = None,
) -> Service:
    """DynamoDB or KMS as the environment names it, or at the end of `connections`."""
    prefix, version = _PROTOCOLS[name]
    return Service(
        connections
        or Kept(
            _address(name, environment),
            connect=CONNECT_SECONDS,
            read=READ_SECONDS,
            authorities=_authorities(environment),
        ),
        Signer(name, _region(environment) or ""),
        source(environment),
        prefix=prefix,
        version=version,
        attempts=ATTEMPTS,
        errors=ERRORS,
    )


def dynamodb() -> LeanDynamoDB:
    """A client of DynamoDB in this process's region, or at the address that it was given."""
    return LeanDynamoDB(service("dynamodb"))


def kms() -> LeanKms:
    """A client of KMS, as `dynamodb`."""
    return LeanKms(service("kms"))
