"""Lean clients of AWS without AWS: on moto, and on a server that answers from a script."""

import socket
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from telesalud.platform.aws.kept_connections import Reply
from telesalud.platform.aws.lean import ERRORS, LeanDynamoDB, LeanKms, service
from telesalud.platform.aws.wire import AwsError


class Moto:
    """Connections whose far end is moto; mocking must be on when they are used."""

    def __init__(self, name: str) -> None:
        self.host = f"{name}.us-east-1.amazonaws.com"

    def post(self, headers: Mapping[str, str], body: bytes) -> Reply:
        """The answer of moto's backend."""
        from botocore.awsrequest import AWSPreparedRequest, HeadersDict  # noqa: PLC0415
        from moto.core.models import botocore_stubber  # noqa: PLC0415

        url = f"https://{self.host}/"
        sent: Any = HeadersDict(headers)
        request = AWSPreparedRequest("POST", url, sent, body, False)
        answer = botocore_stubber.process_request(request)
        assert answer is not None, url
        status, told, content = answer
        data = content.encode() if isinstance(content, str) else content
        return Reply(status, {k.lower(): str(v) for k, v in told.items()}, data)


ENVIRONMENT = {
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}


def moto_dynamodb() -> LeanDynamoDB:
    """A lean client of moto's DynamoDB."""
    return LeanDynamoDB(service("dynamodb", ENVIRONMENT, connections=Moto("dynamodb")))


def moto_kms() -> LeanKms:
    """A lean client of moto's KMS."""
    return LeanKms(service("kms", ENVIRONMENT, connections=Moto("kms")))


@dataclass
class Script:
    """What a server will do with each request in turn, and what it was sent."""

    steps: list[bytes | None]
    """An answer as it travels; None to hang up without one."""
    address: str = ""
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0


def answer(
    status: int, body: bytes, headers: Sequence[str] = (), *, crc: int | None = None
) -> bytes:
    """An HTTP answer with DynamoDB's checksum, or another."""
    checksum = zlib.crc32(body) if crc is None else crc
    lines = [
        f"HTTP/1.1 {status} X",
        f"Content-Length: {len(body)}",
        f"x-amz-crc32: {checksum}",
        "x-amzn-requestid: R1",
        *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


@contextmanager
def scripted(*steps: bytes | None) -> Iterator[Script]:
    """A server on the loopback that follows the script; a request beyond its end is hung up on."""
    script = Script(list(steps))
    listener = socket.create_server(("127.0.0.1", 0))
    script.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    thread = threading.Thread(target=_serve, args=(listener, script), daemon=True)
    thread.start()
    yield script
    listener.close()


def _serve(listener: socket.socket, script: Script) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        script.connections += 1
        with connection:
            _converse(connection, script)


def _converse(connection: socket.socket, script: Script) -> None:
    while request := _request(connection.recv):
        script.requests.append(request)
        step = script.steps.pop(0) if script.steps else None
        if step is None:
            return
        connection.sendall(step)


def _request(receive: Callable[[int], bytes]) -> bytes:
    """A whole request with its body, or nothing when the other side went."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = receive(65536)
        if not more:
            return b""
        data += more
    head, body = data.split(b"\r\n\r\n", 1)
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    )
    while len(body) < length:
        body += receive(65536)
    return head + b"\r\n\r\n" + body


class StubbedService:
    """Answers from a list, as botocore's Stubber does, and checks what it is asked."""

    def __init__(self) -> None:
        self._steps: list[tuple[str, dict[str, Any] | AwsError]] = []

    def add_response(self, method: str, answered: dict[str, Any], _: object = None) -> None:
        """The answer to the next request."""
        self._steps.append((method, answered))

    def add_client_error(
        self, method: str, code: str, modeled_fields: dict[str, Any] | None = None
    ) -> None:
        """The refusal of the next request."""
        response = (modeled_fields or {}) | {"Error": {"Code": code, "Message": ""}}
        self._steps.append((method, ERRORS.get(code, AwsError)(method, response)))

    def assert_no_pending_responses(self) -> None:
        assert self._steps == []

    def call(self, operation: str, _: dict[str, Any]) -> dict[str, Any]:
        """As `Service.call`."""
        method, step = self._steps.pop(0)
        assert method.replace("_", "") == operation.lower()
        if isinstance(step, AwsError):
            raise step
        return step
