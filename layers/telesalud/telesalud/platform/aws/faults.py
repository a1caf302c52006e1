"""Which of AWS's failures pass by themselves."""

import sys

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
    """Whether AWS was out of reach, throttled us or failed, in spite of botocore's retries."""
    botocore = sys.modules.get("botocore.exceptions")  # not loaded: then it did not raise this
    if botocore is None:
        return False
    if isinstance(error, botocore.ClientError):
        answer = error.response
        status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        return status >= 500 or answer.get("Error", {}).get("Code") in _THROTTLED
    return isinstance(error, (botocore.HTTPClientError, botocore.ConnectionError))
