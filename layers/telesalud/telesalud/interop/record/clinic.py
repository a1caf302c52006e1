"""The contexts that keep the record, as this one asks them: with the caller's own token."""

from collections.abc import Iterator
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel

MAX_PAGES = 50
"""Of one list: 200 entries each."""

Listed = TypeVar("Listed", bound=BaseModel)


class Clinic(Protocol):
    """The public APIs of the other contexts, in the name of one caller."""

    def get(self, path: str) -> bytes:
        """The body of an answer. Raises NotFound, Forbidden, Gone, Unauthenticated, Unavailable."""

    def post(self, path: str, body: str, key: str) -> bytes:
        """The same of a write, made repeatable by the key. Raises Conflict, Invalid besides."""


def pages(clinic: Clinic, path: str, model: type[Listed], **query: str) -> Iterator[Any]:
    """Every item of a list, following its cursors."""
    cursor: str | None = ""
    for _ in range(MAX_PAGES):
        asked = {**query, **({"cursor": cursor} if cursor else {}), "limit": "200"}
        page: Any = model.model_validate_json(clinic.get(f"{path}?{urlencode(asked)}"))
        yield from page.items
        cursor = page.cursor
        if not cursor:
            return
