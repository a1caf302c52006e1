"""Operations: what an API promises, declared beside the functions that keep it.

    prescriptions = Group("/orders/prescriptions")

    @prescriptions.post("/{id}/stop", body=Stop, answer=Prescription, errors=(NotFound,))
    def stop_prescription(request: Request) -> Answer:
        \"\"\"Stop a prescription or some of its lines.\"\"\"

The function's name is the operation's id, the first line of its docstring the summary in the
OpenAPI document. Nothing here knows a server: `telesalud.platform.http.serving` serves groups.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, TypedDict, TypeVar, Unpack

from pydantic import BaseModel

from telesalud.platform.errors import DomainError, NotFound
from telesalud.platform.http.problems import ProblemDetails
from telesalud.platform.http.replies import Reply
from telesalud.platform.ids import is_id
from telesalud.platform.work import Call

MAX_BODY = 256 * 1024
"""Bytes of a JSON request body; files travel by presigned upload instead."""

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class Auth(StrEnum):
    """Who may call an operation at all; the domain decides the rest."""

    CALLER = "caller"
    """Somebody with a valid token."""
    PUBLIC = "public"
    """Anybody: log-in, link exchange, discovery documents."""


Dialect = Callable[[Exception, ProblemDetails], Reply]
"""How another protocol tells a refusal. Its operations read query and body themselves."""


class Promise(TypedDict, total=False):
    """What an operation promises beyond its method and path; see `Operation` for the fields."""

    answer: type[BaseModel] | None
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    status: int
    auth: Auth
    idempotent: bool
    versioned: bool
    errors: tuple[type[DomainError], ...]
    oauth: bool
    max_body: int
    dialect: Dialect | None


@dataclass(frozen=True, slots=True)
class Request:
    """A request that was understood. `body` and `query` are instances of the declared models."""

    call: Call
    path: Mapping[str, str]
    body: Any
    query: Any
    if_match: int
    """Version from If-Match; 0 when the operation is not versioned."""
    headers: Mapping[str, str]
    raw_body: bytes = b""
    source_ip: str = ""
    raw_query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Every parameter as it came; only operations of another dialect read it."""

    def id(self, name: str) -> str:
        """An id of the path. Raises NotFound: what is no id names nothing."""
        value = self.path[name]
        if not is_id(value):
            raise NotFound
        return value


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler returns when a bare model does not say enough."""

    body: BaseModel | None
    version: int = 0
    """Becomes the ETag when above zero."""
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 0
    """Another status than the declared one, when above zero."""
    text: str = ""
    """A body that is not JSON; `headers` then name its Content-Type."""


Handler = Callable[[Request], BaseModel | Answer | None]
H = TypeVar("H", bound=Handler)


@dataclass(frozen=True, slots=True)
class Operation:
    """What one route promises and who keeps it; OpenAPI documents are generated from these."""

    method: Method
    path: str
    handler: Handler
    name: str
    """The operation's id, unique within its API."""
    summary: str
    answer: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    status: int = 200
    auth: Auth = Auth.CALLER
    idempotent: bool = False
    """Takes (and requires) an Idempotency-Key."""
    versioned: bool = False
    """Requires If-Match."""
    errors: tuple[type[DomainError], ...] = ()
    oauth: bool = False
    """Speaks OAuth's dialect: a form for a body, RFC 6749 error objects instead of problems."""
    max_body: int = MAX_BODY
    dialect: Dialect | None = None
    """Speaks another protocol: query and body are the handler's, refusals are told this way."""

    def __post_init__(self) -> None:
        if self.idempotent and self.auth is Auth.PUBLIC:
            raise ValueError("an Idempotency-Key needs a known caller")
        if not self.summary:
            raise ValueError(f"{self.name} needs a docstring: it becomes the operation's summary")


class Group:
    """The operations of one subject, below one path."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.operations: list[Operation] = []

    def get(self, path: str = "", **promise: Unpack[Promise]) -> Callable[[H], H]:
        """Declare the decorated function as what GET does."""
        return self._declared("GET", path, promise)

    def post(self, path: str = "", **promise: Unpack[Promise]) -> Callable[[H], H]:
        """Declare the decorated function as what POST does."""
        return self._declared("POST", path, promise)

    def put(self, path: str = "", **promise: Unpack[Promise]) -> Callable[[H], H]:
        """Declare the decorated function as what PUT does."""
        return self._declared("PUT", path, promise)

    def patch(self, path: str = "", **promise: Unpack[Promise]) -> Callable[[H], H]:
        """Declare the decorated function as what PATCH does."""
        return self._declared("PATCH", path, promise)

    def delete(self, path: str = "", **promise: Unpack[Promise]) -> Callable[[H], H]:
        """Declare the decorated function as what DELETE does."""
        return self._declared("DELETE", path, promise)

    def add(
        self,
        method: Method,
        path: str,
        handler: Handler,
        *,
        name: str,
        summary: str,
        **promise: Unpack[Promise],
    ) -> None:
        """Declare an operation of a family: one function, bound to each of several subjects."""
        self.operations.append(
            Operation(method, self.path + path, handler, name, summary, **promise)
        )

    def _declared(self, method: Method, path: str, promise: Promise) -> Callable[[H], H]:
        def declare(handler: H) -> H:
            summary = (handler.__doc__ or "").partition("\n")[0].removesuffix(".")
            self.add(method, path, handler, name=handler.__name__, summary=summary, **promise)
            return handler

        return declare
