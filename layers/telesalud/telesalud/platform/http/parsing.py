"""From a raw request to a `Request`: strict about everything that somebody can get wrong.

Unknown fields, wrong types and oversized bodies are refused, path parameters are decoded here and
nowhere else, updates carry If-Match, creating POSTs carry Idempotency-Key.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from pydantic import BaseModel, ValidationError

from telesalud.platform.access import Caller
from telesalud.platform.claims import caller_from_context
from telesalud.platform.errors import Malformed, TooLarge, VersionRequired
from telesalud.platform.http import oauth, problems
from telesalud.platform.http.operations import Auth, Operation, Request
from telesalud.platform.validation import check_days, invalid
from telesalud.platform.work import Call, Once


@dataclass(frozen=True, slots=True)
class Raw:
    """A request as some server received and routed it."""

    headers: Mapping[str, str]
    """Looked up by names in lower case."""
    path: Mapping[str, str] = field(default_factory=dict)
    """Path parameters, still percent-encoded."""
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    body: bytes = b""
    peer: str = ""
    """Address of whoever opened the connection."""
    request_id: str = ""
    vouched: Mapping[str, str] = field(default_factory=dict)
    """What the authorizer says of the caller (`telesalud.platform.claims`)."""


def parse(operation: Operation, raw: Raw, *, behind_door: bool) -> Request:
    """The request as the operation's models. Raises DomainError."""
    if len(raw.body) > operation.max_body:
        raise TooLarge(
            f"the body may have at most {operation.max_body} bytes", limit=operation.max_body
        )
    path = {name: _decode(value) for name, value in raw.path.items()}
    known = operation.auth is Auth.CALLER
    caller = caller_from_context(raw.vouched) if known else Caller.anonymous()
    once = _once(operation, raw) if operation.idempotent else None
    return Request(
        call=Call(caller, raw.request_id, once),
        path=path,
        body=_read(operation, raw),
        query=None if operation.dialect else _read_query(operation.query, raw.query),
        if_match=_if_match(raw.headers) if operation.versioned else 0,
        headers=raw.headers,
        raw_body=raw.body,
        source_ip=source(raw, behind_door=behind_door),
        raw_query=raw.query,
    )


def source(raw: Raw, *, behind_door: bool) -> str:
    """The client's address: the gateway itself sees only that of the front door.

    Each hop appends the address it was called from to X-Forwarded-For, so what the front door
    appended is the last one that is not the gateway's; anything before it may be the client's lie.
    """
    if not behind_door:
        return raw.peer
    hops = [hop.strip() for hop in raw.headers.get("x-forwarded-for", "").split(",")]
    if len(hops) > 1 and hops[-1] == raw.peer:
        hops.pop()
    return hops[-1][:45] or raw.peer


def _read(operation: Operation, raw: Raw) -> BaseModel | None:
    if operation.body is None:
        return None
    read = oauth.read_form if operation.oauth else _read_json
    return read(operation.body, raw.headers, raw.body)


def _decode(value: str) -> str:
    try:
        decoded = unquote(value, errors="strict")
    except UnicodeDecodeError:
        raise Malformed("the path is not UTF-8") from None
    if len(value) > 512 or "\x00" in decoded:  # it may become part of a key, which counts bytes
        raise Malformed("a path parameter is too long or has control characters")
    return decoded


def _once(operation: Operation, raw: Raw) -> Once:
    key = raw.headers.get("idempotency-key", "")
    if not 8 <= len(key) <= 128 or not key.isascii() or not key.isprintable():
        raise Malformed("send an Idempotency-Key of 8 to 128 printable ASCII characters")
    parameters = dict(raw.path) or None
    target = json.dumps([operation.method, operation.path, parameters], sort_keys=True)
    fingerprint = hashlib.sha256(target.encode() + b"\x00" + raw.body).hexdigest()
    return Once(key, fingerprint)


def _read_json(model: type[BaseModel], headers: Mapping[str, str], body: bytes) -> BaseModel:
    media_type = headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if media_type != "application/json":
        raise problems.UnsupportedMediaType("send application/json")
    try:
        read = model.model_validate_json(body)
    except ValidationError as error:
        raise invalid(error) from None
    check_days(read)
    return read


def _read_query(
    model: type[BaseModel] | None, given: Mapping[str, Sequence[str]]
) -> BaseModel | None:
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
        read = model.model_validate(flat)
    except ValidationError as error:
        raise invalid(error, prefix="/query") from None
    check_days(read, prefix="/query")
    return read


def _if_match(headers: Mapping[str, str]) -> int:
    text = headers.get("if-match", "")
    if not text:
        raise VersionRequired
    digits = text.strip().removeprefix('"').removesuffix('"')
    if not digits.isascii() or not digits.isdigit() or len(digits) > 15:
        raise Malformed('If-Match must be one strong ETag such as "3"')
    return int(digits)
