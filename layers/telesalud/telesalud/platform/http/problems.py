"""Refusals and failures as problem+json (RFC 9457)."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field

from telesalud.platform.backend import backend
from telesalud.platform.errors import (
    Conflict,
    DomainError,
    FieldError,
    Invalid,
    TooMany,
    Unavailable,
)
from telesalud.platform.http.replies import Reply
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


class ProblemDetails(BaseModel):
    """The body of every answer that is not a success."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    instance: str
    """`urn:telesalud:request:<request id>`: quote it when asking for help."""
    errors: list[FieldProblem] = []


def of(error: Exception, request_id: str) -> ProblemDetails:
    """The problem that describes `error` without telling internals."""
    if isinstance(error, StoreBusy):
        error = Unavailable("many people are changing this at once; try again in a moment")
    if isinstance(error, ConditionFailed):
        error = _lost_race()
    if backend().passes(error):
        error = Unavailable("a service behind this one did not answer; try again in a moment")
    if not isinstance(error, DomainError):
        return ProblemDetails(
            type=TYPE_BASE + "internal",
            title="Something failed on our side",
            status=500,
            detail="Nothing you sent was lost by retrying: repeat the request; if it fails again, "
            "quote the instance to support.",
            instance=_instance(request_id),
        )
    fields = error.fields if isinstance(error, Invalid) else ()
    return ProblemDetails(
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


def reply(problem: ProblemDetails) -> Reply:
    """The HTTP answer that carries the problem."""
    headers = {
        "Content-Type": "application/problem+json",
        "Cache-Control": "no-store",
        "X-Request-Id": problem.instance.rpartition(":")[2],
    }
    if problem.status == TooMany.status and problem.model_extra:
        headers["Retry-After"] = str(problem.model_extra["retry_after"])
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Reply(problem.status, problem.model_dump_json(), headers)


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
