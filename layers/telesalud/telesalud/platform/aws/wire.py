"""Calls of AWS services that speak JSON (protocols awsJson1.0 and 1.1), without botocore.

Behaves as botocore's standard retry mode: at most three attempts, what is down or slow or throttles
is asked again after a pause with jitter, and a quota keeps retries from adding to an outage. A
clock that is wrong is told by the service's own and corrected. Errors have botocore's `response`.
"""

import base64
import json
import random
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Protocol

from telesalud.platform.aws.kept_connections import FAILURES, Reply
from telesalud.platform.aws.sigv4 import Credentials, Signer

Answer = dict[str, Any]

_THROTTLING = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
_SKEW = frozenset(
    {"InvalidSignatureException", "RequestExpired", "RequestTimeTooSkewed", "SignatureDoesNotMatch"}
)
_SKEW_LEAST = timedelta(minutes=4)
"""AWS refuses a request that is five minutes off; a smaller difference is not why it refused."""
_DOWN = frozenset({500, 502, 503, 504})
_PAUSE = 0.05
_LONGEST_PAUSE = 2.0


class AwsError(Exception):
    """A service refused or failed; `response` is what botocore's ClientError has by that name."""

    def __init__(self, operation: str, response: Answer) -> None:
        said = response["Error"]
        super().__init__(f"{said['Code']} when calling {operation}: {said['Message']}")
        self.response = response


class Unreachable(Exception):
    """No answer came from the service, or one that was damaged on its way."""


class Connections(Protocol):
    """Where a service is."""

    @property
    def host(self) -> str:
        """As the Host header has it."""

    def post(self, headers: Mapping[str, str], body: bytes) -> Reply:
        """The answer to a POST to the root. Raises FAILURES."""


class Quota:
    """How many retries a process may have ahead of its successes; several threads may share one."""

    def __init__(self, most: int = 500) -> None:
        self._most = self._left = most
        self._lock = threading.Lock()

    def take(self, cost: int) -> bool:
        """Whether a retry of this cost may be made; then it counts."""
        with self._lock:
            if self._left < cost:
                return False
            self._left -= cost
            return True

    def give(self, back: int) -> None:
        """After a success."""
        with self._lock:
            self._left = min(self._most, self._left + back)


class Service:
    """One service at one address."""

    def __init__(
        self,
        connections: Connections,
        signer: Signer,
        credentials: Callable[[], Credentials],
        *,
        prefix: str,
        version: str,
        attempts: int,
        errors: dict[str, type[AwsError]],
    ) -> None:
        """`prefix` stands before an operation in X-Amz-Target, `version` is that of awsJson.

        `errors` has the classes to raise for some codes.
        """
        self._connections = connections
        self._signer = signer
        self._credentials = credentials
        self._prefix = prefix
        self._content = f"application/x-amz-json-{version}"
        self._attempts = attempts
        self._errors = errors
        self._ahead = timedelta()
        self._quota = Quota()

    def call(self, operation: str, request: Answer) -> Answer:
        """The service's answer; bytes of the request travel in base64, as those of the answer do.

        Raises AwsError and Unreachable.
        """
        body = json.dumps(request, separators=(",", ":"), default=_base64).encode()
        paid = 0
        for attempt in range(1, self._attempts + 1):
            failed = self._once(operation, body)
            if isinstance(failed, dict):
                self._quota.give(paid or 1)
                return failed
            error, cost, pause = failed
            if cost == 0 or attempt == self._attempts or not self._quota.take(cost):
                raise error
            paid = cost
            time.sleep(min(_LONGEST_PAUSE, pause * 2 ** (attempt - 1)) * random.random())  # noqa: S311  # jitter
        raise AssertionError("the last attempt returns or raises")

    def _once(self, operation: str, body: bytes) -> Answer | tuple[Exception, int, float]:
        """The answer, or the error, what a retry costs (0: none helps) and the pause before it."""
        headers = self._signer.headers(
            self._credentials(),
            datetime.now(UTC) + self._ahead,
            self._connections.host,
            {"content-type": self._content, "x-amz-target": f"{self._prefix}.{operation}"},
            body,
        )
        headers["user-agent"] = "telesalud"
        try:
            answer = self._connections.post(headers, body)
        except TimeoutError as error:
            return _unreachable(operation, error), 10, _PAUSE
        except FAILURES as error:
            return _unreachable(operation, error), 5, _PAUSE
        data = answer.data
        if answer.status == HTTPStatus.OK:
            sum_ = answer.headers.get("x-amz-crc32")
            if sum_ is None or int(sum_) == zlib.crc32(data):
                return json.loads(data)  # type: ignore[no-any-return]  # both protocols answer objects
            return Unreachable(f"the answer to {operation} was damaged"), 5, _PAUSE
        return self._refused(operation, answer.status, answer.headers, data)

    def _refused(
        self, operation: str, status: int, headers: Any, data: bytes
    ) -> tuple[AwsError, int, float]:
        said = _object(data)
        code = str(said.get("__type") or status).rpartition("#")[2]
        message = str(said.get("message") or said.get("Message") or "")
        metadata = {"HTTPStatusCode": status, "RequestId": headers.get("x-amzn-requestid", "")}
        response = said | {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": metadata,
        }
        error = self._errors.get(code, AwsError)(operation, response)
        if code in _THROTTLING or status == HTTPStatus.TOO_MANY_REQUESTS:
            return error, 5, 4 * _PAUSE
        if status in _DOWN:
            return error, 5, _PAUSE
        if code in _SKEW and self._corrected(headers.get("date")):
            return error, 5, 0.0
        return error, 0, 0.0

    def _corrected(self, date: str | None) -> bool:
        """Whether the service's clock says that ours is wrong; from then on its time is signed."""
        try:
            theirs = parsedate_to_datetime(date or "")
        except ValueError:
            return False
        ahead = theirs - datetime.now(UTC)
        if abs(ahead - self._ahead) < _SKEW_LEAST:
            return False
        self._ahead = ahead
        return True


def _unreachable(operation: str, cause: Exception) -> Unreachable:
    error = Unreachable(f"{operation} was not answered: {type(cause).__name__}")
    error.__cause__ = cause
    return error


def _object(data: bytes) -> Answer:
    """What a service said with its refusal; nothing where something between wrote a page."""
    try:
        said = json.loads(data)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _base64(value: object) -> str:
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} is not sent to AWS")
