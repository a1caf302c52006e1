"""Refusals and failures as problem+json (RFC 9457)."""

import sys
from collections.abc import Iterable

from chalice.app import Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from telesalud.platform.errors import (
    Conflict,
    DomainError,
    FieldError,
    Invalid,
    Malformed,
    TooMany,
    Unavailable,
)
from telesalud.platform.store import ConditionFailed, StoreBusy

TYPE_BASE = "urn:telesalud:problem:"


class UnsupportedMediaType(DomainError):
    """The body has another media type than the operation reads."""

    slug = "unsupported-media-type"
    status = 415
    title = "The media type is not supported"


class FieldProblem(BaseModel):
    """One refused field."""

    pointer: str
    """JSON Pointer (RFC 6901) into the body, or `/query/<name>`."""
    code: str
    detail: str
    params: dict[str, str | int | float | bool | None] = Field(
        default={}, exclude_if=lambda params: not params
    )
    """The limits and units that the detail names; left out when there are none."""


class Problem(BaseModel):
    """The body of every answer that is not a success."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    instance: str
    """`urn:telesalud:request:<request id>`: quote it when asking for help."""
    errors: list[FieldProblem] = []


def of(error: Exception, request_id: str) -> Problem:
    """The problem that describes `error` without telling internals."""
    if isinstance(error, StoreBusy):
        error = Unavailable("many people are changing this at once; try again in a moment")
    if isinstance(error, ConditionFailed):
        error = _lost_race()
    if _passes(error):
        error = Unavailable("a service behind this one did not answer; try again in a moment")
    if not isinstance(error, DomainError):
        return Problem(
            type=TYPE_BASE + "internal",
            title="Something failed on our side",
            status=500,
            detail="Nothing you sent was lost by retrying: repeat the request; if it fails again, "
            "quote the instance to support.",
            instance=_instance(request_id),
        )
    fields = error.fields if isinstance(error, Invalid) else ()
    return Problem(
        type=TYPE_BASE + error.slug,
        title=error.title,
        status=error.status,
        detail=error.detail,
        instance=_instance(request_id),
        errors=[
            FieldProblem(pointer=f.pointer, code=f.code, detail=f.detail, params=dict(f.params))
            for f in fields
        ],
        **error.extra,
    )


_THROTTLED = frozenset(
    {"ProvisionedThroughputExceededException", "RequestLimitExceeded", "SlowDown",
     "ThrottlingException", "TooManyRequestsException"}
)  # fmt: skip


def _passes(error: Exception) -> bool:
    """Whether AWS was out of reach, throttled us or failed, in spite of botocore's retries."""
    botocore = sys.modules.get("botocore.exceptions")  # not loaded: then it did not raise this
    if botocore is None:
        return False
    if isinstance(error, botocore.ClientError):
        answer = error.response
        status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        return status >= 500 or answer.get("Error", {}).get("Code") in _THROTTLED
    return isinstance(error, (botocore.HTTPClientError, botocore.ConnectionError))


def response(problem: Problem) -> Response:
    """The HTTP answer that carries the problem."""
    headers: dict[str, str | list[str]] = {
        "Content-Type": "application/problem+json",
        "Cache-Control": "no-store",
        "X-Request-Id": problem.instance.rpartition(":")[2],
    }
    if problem.status == TooMany.status and problem.model_extra:
        headers["Retry-After"] = str(problem.model_extra["retry_after"])
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(body=problem.model_dump_json(), status_code=problem.status, headers=headers)


def invalid(error: ValidationError, prefix: str = "") -> DomainError:
    """What pydantic refused, without echoing the input."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    if found and found[0]["type"] == "json_invalid":
        return Malformed("the body is not valid JSON")
    fields = [
        FieldError(prefix + _pointer(e["loc"]), str(e["type"]), _plain(e["msg"])) for e in found
    ]
    return Invalid("some fields are missing or invalid", fields)


def unknown_query(names: Iterable[str]) -> Invalid:
    """Query parameters that the operation does not have."""
    return Invalid(
        "unknown query parameters",
        [FieldError(f"/query/{n}", "extra_forbidden", "there is no such parameter") for n in names],
    )


def repeated_query(names: Iterable[str]) -> Invalid:
    """Query parameters that came more than once."""
    return Invalid(
        "repeated query parameters",
        [FieldError(f"/query/{n}", "repeated", "give this parameter once") for n in names],
    )


def _lost_race() -> DomainError:

    return Conflict("somebody else changed this at the same moment; read it again and retry")


def _instance(request_id: str) -> str:
    return f"urn:telesalud:request:{request_id}"


def _pointer(location: tuple[int | str, ...]) -> str:
    return "".join("/" + str(p).replace("~", "~0").replace("/", "~1") for p in location)


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")
