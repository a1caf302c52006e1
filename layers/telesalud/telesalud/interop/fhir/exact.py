"""JSON in which nothing is lost: decimals keep their digits, and doubtful texts are refused.

Python's own reader reads decimals exactly but its writer cannot write them, hence the small writer
here. A number keeps the text it came with: `1.50`, `1.0e2` and `0.000` come back as they were.
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, Final

from telesalud.platform.errors import Malformed

Json = Any
Object = dict[str, Any]

MAX_DEPTH: Final = 50
_SHORT = 18
"""Digits of a whole number that Python's integers keep as they are written."""


class Exact(Decimal):
    """A number with the text that it came with."""

    text: str

    def __new__(cls, text: str) -> "Exact":
        """Raise Malformed for a number that is too long to be meant."""
        if len(text) > 200:
            raise Malformed("a number has more than 200 characters")
        made = super().__new__(cls, text)
        made.text = text
        return made


def read(body: bytes | str) -> Json:
    """The value that a JSON text stands for.

    Raises Malformed for what is no JSON, keys that appear twice, and nesting beyond MAX_DEPTH.
    """
    try:
        text = body if isinstance(body, str) else body.decode("utf-8-sig")
        value = json.loads(
            text,
            parse_float=Exact,
            parse_int=_whole,
            parse_constant=_no_number,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError:
        raise Malformed("the body is not UTF-8") from None
    except RecursionError:
        raise Malformed("the body is nested too deeply") from None
    except ValueError as error:
        raise Malformed(f"the body is not JSON: {error}") from None
    _check_depth(value)
    return value


def write(value: Json) -> str:
    """The JSON text of a value, its numbers as they came."""
    return "".join(_parts(value))


def _parts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield encode_basestring(value)
    elif isinstance(value, dict):
        separator = "{"
        for name, inner in value.items():
            yield separator + encode_basestring(name) + ":"
            yield from _parts(inner)
            separator = ","
        yield "}" if value else "{}"
    elif isinstance(value, list | tuple):
        separator = "["
        for inner in value:
            yield separator
            yield from _parts(inner)
            separator = ","
        yield "]" if value else "[]"
    else:
        yield _scalar(value)


def _scalar(value: Json) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.text if isinstance(value, Exact) else str(value)


def _whole(text: str) -> int | Exact:
    return Exact(text) if len(text) > _SHORT or text == "-0" else int(text)


def _no_number(text: str) -> Json:
    raise ValueError(f"{text} is no number")


def _object(pairs: list[tuple[str, Json]]) -> Object:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key appears more than once in one object")
    return made


def _check_depth(value: Json) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise Malformed(f"the body is nested more than {MAX_DEPTH} levels deep")
        level = (
            [
                inner
                for outer in level
                for inner in (outer.values() if isinstance(outer, dict) else outer)
                if isinstance(inner, dict | list)
            ]
            if depth > 1 or isinstance(value, dict | list)
            else []
        )


def utf8(text: str) -> bytes:
    """The text's bytes. Raises Malformed for half a surrogate pair, which is no character."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise Malformed("the body has half a surrogate pair") from None
