"""The port of what is kept for ever: written once, never changed."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol


class Kept(NamedTuple):
    """What was written first under a name."""

    name: str
    body: bytes


class Archive(Protocol):
    """Storage that takes each name once and gives everything back as it was first written."""

    def write(self, name: str, body: bytes) -> None:
        """Keep `body` under `name`; a name that exists stays as it is."""

    def read(self, prefix: str, after: str = "") -> Iterator[Kept]:
        """All whose names start with `prefix` and sort after `after`, in order of names."""
