"""What the delivery of notifications needs from whoever sends them."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol


class Attempt(NamedTuple):
    """What came of it: an HTTP status, or 0 and a code."""

    status: int
    code: str = ""

    @property
    def delivered(self) -> bool:
        """Whether the receiver took it."""
        return 200 <= self.status < 300


class Sender(Protocol):
    """Sends one notification once."""

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Attempt:
        """POST `body`; every failure is an Attempt, nothing is raised."""
