"""The HTTP edge: everything that every operation of every app does the same way.

Parsing is strict (unknown fields, wrong types and oversized bodies are refused), every refusal is
problem+json (RFC 9457), path parameters are decoded here and nowhere else, updates carry
If-Match, creating POSTs carry Idempotency-Key, and each answer carries its request id.
"""

import hashlib
import hmac
import importlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal
from urllib.parse import unquote

from chalice.app import Chalice, Response
from pydantic import BaseModel, ValidationError

from telesalud.platform.access import Caller, CallerKind
from telesalud.platform.audit import Outcome
from telesalud.platform.claims import caller_from_context
from telesalud.platform.errors import (
    DomainError,
    Forbidden,
    Malformed,
    NotFound,
    TooLarge,
    VersionRequired,
)
from telesalud.platform.http import oauth, problems
from telesalud.platform.logs import get_logger, where
from telesalud.platform.work import AnsweredBefore, Call, Once, Remembered, Services, Work, recall

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

MAX_BODY = 256 * 1024
"""Bytes of a JSON request body; files travel by presigned upload instead."""
FRONT_DOOR_HEADER = "x-telesalud-front-door"

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class Auth(StrEnum):
    """Who may call an operation at all; the domain decides the rest."""

    CALLER = "caller"
    """Somebody with a valid token."""
    PUBLIC = "public"
    """Anybody: log-in, link exchange, discovery documents."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What one route promises; the OpenAPI document is generated from these."""

    method: Method
    path: str
    summary: str
    answer: type[BaseModel] | None
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
    name: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """A request that passed the edge. `body` and `query` are instances of the declared models."""

    call: Call
    path: Mapping[str, str]
    body: Any
    query: Any
    if_match: int
    """Version from If-Match; 0 when the operation is not versioned."""
    headers: Mapping[str, str]
    raw_body: bytes = b""
    source_ip: str = ""

    def id(self, name: str) -> str:
        """An id of the path. Raises NotFound: what is no id names nothing."""
        value = self.path[name]
        if not _ID.fullmatch(value):
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


class Edge:
    """Registers operations on a Chalice app. `services` is called lazily, once per request.

    A large app declares its groups of operations as `deferred`: a cold function then imports only
    the group that the request needs, with the contracts and rules behind it.
    """

    def __init__(
        self,
        app: Chalice,
        services: Callable[[], Services],
        *,
        authorizer: Any = None,
        front_door_sha256: str = "",
    ) -> None:
        self._app = app
        self._services = services
        self._authorizer = authorizer
        self._front_door = front_door_sha256
        self._served: dict[tuple[str, str], tuple[Operation, Handler]] = {}
        self._deferred: dict[tuple[str, str], tuple[str, Auth]] = {}

    @property
    def operations(self) -> list[Operation]:
        """Every operation, those of deferred groups included."""
        for module in dict.fromkeys(module for module, _ in self._deferred.values()):
            self._load(module)
        return [operation for operation, _ in self._served.values()]

    def deferred(self, module: str, routes: Sequence[str], auth: Auth = Auth.CALLER) -> None:
        """Declare routes (`GET /patients`) whose operations `register(edge)` of `module` registers
        when one of them is first called."""
        for route in routes:
            method, _, path = route.partition(" ")
            self._deferred[method, path] = module, auth
            self._route(method, path, route, auth)

    def operation(self, method: Method, path: str, **promise: Any) -> Callable[[Handler], Handler]:
        """Decorate a handler with its route; keyword arguments are `Operation`'s fields."""

        def register(handler: Handler) -> Handler:
            operation = Operation(method, path, name=handler.__name__, **promise)
            if operation.idempotent and operation.auth is Auth.PUBLIC:
                raise ValueError("an Idempotency-Key needs a known caller")
            self._served[method, path] = (operation, handler)
            declared = self._deferred.get((method, path))
            if declared is None:
                self._route(method, path, handler.__name__, operation.auth)
            elif declared[1] is not operation.auth:
                raise ValueError(f"{method} {path} was declared for other callers")
            return handler

        return register

    def _route(self, method: str, path: str, name: str, auth: Auth) -> None:
        def view(**_: str) -> Response:
            return self._serve(*self._operation(method, path))

        view.__name__ = name
        options: dict[str, Any] = {"methods": [method], "content_types": []}
        if auth is Auth.CALLER:
            options["authorizer"] = self._authorizer
        self._app.route(path, **options)(view)

    def _operation(self, method: str, path: str) -> tuple[Operation, Handler]:
        if (method, path) not in self._served:
            self._load(self._deferred[method, path][0])
        return self._served[method, path]

    def _load(self, module: str) -> None:
        """Register a deferred group. Raises ValueError when it is not what was declared."""
        declared = {route for route, (where, _) in self._deferred.items() if where == module}
        if declared <= self._served.keys():
            return
        before = set(self._served)
        importlib.import_module(module).register(self)
        if set(self._served) - before != declared:
            raise ValueError(f"{module} registers other routes than were declared for it")

    def _serve(self, operation: Operation, handler: Handler) -> Response:
        raw: Any = self._app.current_request
        request_id = str(raw.context.get("requestId", ""))
        try:
            response = self._answer(operation, handler, raw, request_id)
        except Exception as error:  # noqa: BLE001  # the one place where everything becomes an answer
            problem = problems.of(error, request_id)
            if problem.status >= 500:
                get_logger().error(
                    "request failed",
                    request_id=request_id,
                    operation=operation.name,
                    error=type(error).__name__,
                    where=where(error),
                )
            response = (
                oauth.response(error, problem) if operation.oauth else problems.response(problem)
            )
        get_logger().info(
            "request", request_id=request_id, operation=operation.name, status=response.status_code
        )
        return response

    def _answer(
        self, operation: Operation, handler: Handler, raw: Any, request_id: str
    ) -> Response:
        self._check_front_door(raw.headers)
        request = _parse(operation, raw, request_id, behind_door=bool(self._front_door))
        remembered = self._remembered(request.call)
        if remembered is not None:
            return _replay(operation, remembered, request_id)
        try:
            return _respond(operation, handler(request), request_id)
        except AnsweredBefore as before:
            return _replay(operation, before.answer, request_id)
        except Forbidden as denial:
            self._audit_denial(operation, request, denial)
            raise

    def _audit_denial(self, operation: Operation, request: Request, denial: Forbidden) -> None:
        """Every denial to a known caller leaves an entry under the caller's own trail."""
        caller = request.call.caller
        if caller.kind is CallerKind.ANONYMOUS:
            return
        work = Work(self._services(), Call(caller, request.call.request_id))
        resource = "/".join([operation.name, *request.path.values()])
        reason = str(denial.extra.get("right", denial.slug))
        action = f"{self._app.app_name}.{operation.name}"
        work.audit(action, caller.subject, resource, Outcome.DENIED, reason)
        work.commit()

    def _check_front_door(self, headers: Mapping[str, str]) -> None:
        if not self._front_door:
            return
        given = hashlib.sha256(headers.get(FRONT_DOOR_HEADER, "").encode()).hexdigest()
        if not hmac.compare_digest(given, self._front_door):
            raise Forbidden("requests come in through the front door only")

    def _remembered(self, call: Call) -> Remembered | None:
        if call.once is None:
            return None
        services = self._services()
        found = services.store.get(call.once.store_key(call.caller))
        return recall(services.vault, call.caller, call.once, found) if found else None


def _parse(operation: Operation, raw: Any, request_id: str, *, behind_door: bool) -> Request:
    body = _raw_body(raw, operation.max_body)
    path = {name: _decode(value) for name, value in (raw.uri_params or {}).items()}
    caller = (
        caller_from_context(raw.context) if operation.auth is Auth.CALLER else Caller.anonymous()
    )
    once = _once(operation, raw, body) if operation.idempotent else None
    return Request(
        call=Call(caller, request_id, once),
        path=path,
        body=_read(operation, raw.headers, body),
        query=_read_query(operation.query, raw.query_params),
        if_match=_if_match(raw.headers) if operation.versioned else 0,
        headers=raw.headers,
        raw_body=body,
        source_ip=_source(raw, behind_door=behind_door),
    )


def _source(raw: Any, *, behind_door: bool) -> str:
    """The client's address: the gateway itself sees only that of the front door.

    Each hop appends the address it was called from to X-Forwarded-For, so what the front door
    appended is the last one that is not the gateway's; anything before it may be the client's lie.
    """
    peer = str(raw.context.get("identity", {}).get("sourceIp", ""))
    if not behind_door:
        return peer
    hops = [hop.strip() for hop in raw.headers.get("x-forwarded-for", "").split(",")]
    if len(hops) > 1 and hops[-1] == peer:
        hops.pop()
    return hops[-1][:45] or peer


def _read(operation: Operation, headers: Mapping[str, str], body: bytes) -> BaseModel | None:
    if operation.body is None:
        return None
    read = oauth.read_form if operation.oauth else _read_body
    return read(operation.body, headers, body)


def _raw_body(raw: Any, limit: int) -> bytes:
    body: bytes = raw.raw_body or b""
    if len(body) > limit:
        raise TooLarge(f"the body may have at most {limit} bytes", limit=limit)
    return body


def _decode(value: str) -> str:
    try:
        decoded = unquote(value, errors="strict")
    except UnicodeDecodeError:
        raise Malformed("the path is not UTF-8") from None
    if len(decoded) > 512 or "\x00" in decoded:
        raise Malformed("a path parameter is too long or has control characters")
    return decoded


def _once(operation: Operation, raw: Any, body: bytes) -> Once:
    key = raw.headers.get("idempotency-key", "")
    if not 8 <= len(key) <= 128 or not key.isascii() or not key.isprintable():
        raise Malformed("send an Idempotency-Key of 8 to 128 printable ASCII characters")
    target = json.dumps([operation.method, operation.path, raw.uri_params], sort_keys=True)
    fingerprint = hashlib.sha256(target.encode() + b"\x00" + body).hexdigest()
    return Once(key, fingerprint)


def _read_body(model: type[BaseModel], headers: Mapping[str, str], body: bytes) -> BaseModel:
    media_type = headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if media_type != "application/json":
        raise problems.UnsupportedMediaType("send application/json")
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise problems.invalid(error) from None


def _read_query(model: type[BaseModel] | None, params: Any) -> BaseModel | None:
    given = {name: params.getlist(name) for name in params} if params else {}
    if model is None:
        if given:
            raise problems.unknown_query(given)
        return None
    lists = {name for name, info in model.model_fields.items() if "tuple" in str(info.annotation)}
    repeated = [name for name, values in given.items() if len(values) > 1 and name not in lists]
    if repeated:
        raise problems.repeated_query(repeated)
    flat = {name: v if name in lists else v[0] for name, v in given.items()}
    try:
        return model.model_validate(flat)
    except ValidationError as error:
        raise problems.invalid(error, prefix="/query") from None


def _if_match(headers: Mapping[str, str]) -> int:
    text = headers.get("if-match", "")
    if not text:
        raise VersionRequired
    digits = text.strip().removeprefix('"').removesuffix('"')
    if not digits.isascii() or not digits.isdigit() or len(digits) > 15:
        raise Malformed('If-Match must be one strong ETag such as "3"')
    return int(digits)


def _respond(operation: Operation, result: BaseModel | Answer | None, request_id: str) -> Response:
    answer = result if isinstance(result, Answer) else Answer(result)
    # OAuth leaves a parameter out rather than have it null (RFC 6749 §5.1).
    body = answer.body.model_dump_json(exclude_none=operation.oauth) if answer.body else answer.text
    headers = dict(answer.headers)
    return _response(answer.status or operation.status, body, answer.version, headers, request_id)


def _replay(operation: Operation, remembered: Remembered, request_id: str) -> Response:
    headers = {"Idempotency-Replayed": "true"}
    return _response(operation.status, remembered.body, remembered.version, headers, request_id)


def _response(
    status: int, body: str, version: int, headers: dict[str, str], request_id: str
) -> Response:
    sent: dict[str, str | list[str]] = {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        "X-Request-Id": request_id,
        **headers,
    }
    if version > 0:
        sent["ETag"] = f'"{version}"'
    return Response(body=body, status_code=status, headers=sent)
