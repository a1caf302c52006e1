"""What goes back to a client, whatever server carries it."""

from collections.abc import Mapping
from typing import NamedTuple


class Reply(NamedTuple):
    """Status, text and headers of an answer."""

    status: int
    body: str
    headers: Mapping[str, str]
