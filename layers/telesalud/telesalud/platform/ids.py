"""Identifiers: UUIDv7 (RFC 9562), ordered by time and free of any meaning."""

import re
import secrets
from collections.abc import Callable

import uuid6

NewId = Callable[[], str]
"""Returns a new identifier as lower-case text."""

PATTERN = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""A UUID in its canonical lower-case form."""
_ID = re.compile(PATTERN)


def new_id() -> str:
    """A UUIDv7 in its canonical 36 characters."""
    return str(uuid6.uuid7())


def new_secret(bits: int = 256) -> str:
    """URL-safe random text carrying at least `bits` of entropy from the operating system."""
    return secrets.token_urlsafe((bits + 7) // 8)


def is_id(text: str) -> bool:
    """Whether the text has the form of an identifier of ours."""
    return _ID.fullmatch(text) is not None
