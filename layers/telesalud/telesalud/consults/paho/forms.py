"""Reading fields as the earlier module's framework did: from JSON, or a form in PHP's style."""

import json
from typing import Any
from urllib.parse import parse_qsl

from telesalud.platform.errors import Malformed

_MAX_FIELDS = 200


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
    return {name: value for name, value in fields.items() if value not in (None, "")}


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
