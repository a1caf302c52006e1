"""The port of what wakes up later: executions under a name that says what they are for."""

from collections.abc import Mapping
from typing import Protocol


class Workflows(Protocol):
    """One kind of execution: it asks its step what is due, and again when that said."""

    def start(self, name: str, data: Mapping[str, str | int]) -> None:
        """Start the execution `name` unless there is or was one of that name."""
