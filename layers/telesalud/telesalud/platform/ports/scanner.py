"""The port of the virus scanner."""

from typing import Protocol


class Scanner(Protocol):
    """Tells clean content from infected."""

    def infected(self, content: bytes) -> str:
        """The name of what was found, or nothing. Raises Unavailable when it cannot tell."""
