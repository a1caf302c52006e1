"""The port of open connections."""

from typing import Protocol


class Pusher(Protocol):
    """Sends to an open WebSocket connection."""

    def post(self, connection_id: str, message: bytes) -> bool:
        """Whether it was sent; False when the connection is gone. Raises Unavailable."""

    def close(self, connection_id: str) -> None:
        """End the connection; one that is gone is ended. Raises Unavailable."""
