"""Reading fields as the earlier module's framework did: from JSON, or a form in PHP's style."""

import json
from typing import Any
from urllib.parse import parse_qsl

from telesalud.platform.errors import Malformed

_MAX_FIELDS = 200
_MAX_DEPTH = 20
"""Of lists and objects in each other; what is read here is written again by others."""


def fields_of(content_type: str, body: bytes) -> dict[str, Any]:
    """The fields of a body. Raises Malformed.

    `extra[key]=value` in a form becomes `{"extra": {"key": value}}`; empty values are absent.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == "application/x-www-form-urlencoded":
        return _form(body)
    if media_type not in ("", "application/json"):
        raise Malformed("send application/json or application/x-www-form-urlencoded")
    try:
        fields = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise Malformed("the body is not valid JSON") from None
    if not isinstance(fields, dict):
        raise Malformed("the body is not an object")
    _check_writable(fields)
    return {name: value for name, value in fields.items() if value not in (None, "")}


def _check_writable(fields: dict[str, Any]) -> None:
    """Raise Malformed for what could be kept, but never be sent on: half characters, towers."""
    level: list[Any] = [fields]
    for _ in range(_MAX_DEPTH):
        inner: list[Any] = []
        for part in level:
            inner += part.values() if isinstance(part, dict) else part
        level = [each for each in inner if isinstance(each, dict | list)]
    if level:
        raise Malformed("the body has lists or objects too deep in each other")
    try:
        json.dumps(fields, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Malformed("the body has half a character (a lone surrogate)") from None


def _form(body: bytes) -> dict[str, Any]:
    try:
        pairs = parse_qsl(body.decode(), max_num_fields=_MAX_FIELDS, errors="strict")
    except (ValueError, UnicodeDecodeError):
        raise Malformed("the body is not a form") from None
    fields: dict[str, Any] = {}
    for name, value in pairs:
        outer, bracket, inner = name.partition("[")
        if not bracket:
            fields[name] = value
            continue
        group = fields.setdefault(outer, {})
        if not inner.endswith("]") or not isinstance(group, dict):
            raise Malformed("the form has a field that cannot be read")
        group[inner[:-1]] = value
    return fields
