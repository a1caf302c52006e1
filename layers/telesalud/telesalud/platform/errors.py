"""The ways in which a use case may refuse.

Each class has a stable `slug`, which becomes the last part of the problem `type` (RFC 9457),
and an HTTP status, which only the edge reads. Messages are for people and say what to do next;
they never contain clinical content, names or secrets.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar, NamedTuple


class FieldError(NamedTuple):
    """One refused field: its JSON Pointer (RFC 6901), a stable code and a sentence.

    `params` are the limits and units that the sentence names, for clients that say it in
    another language; which there are belongs to the code.
    """

    pointer: str
    code: str
    detail: str
    params: Mapping[str, str | int | float | bool | None] = MappingProxyType({})


class DomainError(Exception):
    """A refusal that the caller can understand and act on."""

    slug: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "The request was refused"

    def __init__(self, detail: str = "", **extra: str | int | Sequence[str]) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.extra: Mapping[str, str | int | Sequence[str]] = extra


class Invalid(DomainError):
    """The request is well-formed JSON but its content breaks a rule; `fields` says where."""

    slug = "invalid"
    status = 422
    title = "The request has invalid content"

    def __init__(self, detail: str = "", fields: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.fields = tuple(fields)


class Malformed(DomainError):
    """The request cannot be read at all: not JSON, wrong media type, bad header."""

    slug = "malformed"
    status = 400
    title = "The request cannot be read"


class TooLarge(DomainError):
    """The request or file exceeds its limit."""

    slug = "too-large"
    status = 413
    title = "The request is too large"


class Unauthenticated(DomainError):
    """Nobody, or somebody whose proof has expired, was revoked or is forged."""

    slug = "unauthenticated"
    status = 401
    title = "Authentication is required"


class SessionExpired(Unauthenticated):
    """The session ended between log-in and this signature; nothing was signed."""

    slug = "session-expired"
    title = "Log in again to sign"


class Forbidden(DomainError):
    """The caller is known but may not do this."""

    slug = "forbidden"
    status = 403
    title = "You may not do this"


class NotFound(DomainError):
    """There is no such thing for this caller; things of other tenants do not exist either."""

    slug = "not-found"
    status = 404
    title = "There is no such resource"


class Conflict(DomainError):
    """The request is valid but the present state of the resource does not allow it."""

    slug = "conflict"
    status = 409
    title = "The request conflicts with the present state"


class InvalidTransition(Conflict):
    """A state machine refused; both states are named."""

    slug = "invalid-transition"
    title = "The present state does not allow this transition"

    def __init__(self, current: str, requested: str) -> None:
        super().__init__(
            f"it is {current} and cannot become {requested}", current=current, requested=requested
        )


class Gone(DomainError):
    """It existed and was ended, revoked or used up on purpose."""

    slug = "gone"
    status = 410
    title = "This is no longer available"


class StaleVersion(DomainError):
    """Somebody else changed the resource since it was read (lost race on If-Match)."""

    slug = "stale-version"
    status = 412
    title = "The resource has changed since you read it"


class VersionRequired(DomainError):
    """An update came without If-Match."""

    slug = "version-required"
    status = 428
    title = "Send If-Match with the ETag you read"


class KeyReused(DomainError):
    """An Idempotency-Key came back with another payload."""

    slug = "idempotency-key-reused"
    status = 422
    title = "This Idempotency-Key was used with another payload"


class TooMany(DomainError):
    """A limit of attempts or rate was reached; `retry_after` is in seconds."""

    slug = "too-many"
    status = 429
    title = "Too many attempts"

    def __init__(self, detail: str, retry_after: int) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """A dependency did not answer; nothing was changed and the request may be repeated."""

    slug = "unavailable"
    status = 503
    title = "Temporarily unavailable"
