"""Which of AWS's failures pass by themselves."""

import sys
from collections.abc import Mapping
from typing import Any

from telesalud.platform.aws.wire import AwsError, Unreachable

_THROTTLED = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "SlowDown",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)


def passes(error: Exception) -> bool:
    """Whether AWS was out of reach, throttled us or failed, in spite of the client's retries."""
    if isinstance(error, Unreachable):
        return True
    if isinstance(error, AwsError):
        return _may_pass(error.response)
    botocore = sys.modules.get("botocore.exceptions")  # not loaded: then it did not raise this
    if botocore is None:
        return False
    if isinstance(error, botocore.ClientError):
        return _may_pass(error.response)
    return isinstance(error, (botocore.HTTPClientError, botocore.ConnectionError))


def _may_pass(answer: Mapping[str, Any]) -> bool:
    status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    return status >= 500 or answer.get("Error", {}).get("Code") in _THROTTLED
