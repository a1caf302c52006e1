"""Messages that leave the process elsewhere, and here are only remembered."""

from telesalud.platform.ports.messages import Message


class MemoryChannel:
    """A `Channel` that remembers what it was given."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Message]] = []

    def send(self, tenant: str, message: Message) -> None:
        self.sent.append((tenant, message))


class MemoryPusher:
    """A `Pusher` to connections that a test opens and closes."""

    def __init__(self) -> None:
        self.open: dict[str, list[bytes]] = {}
        """What each open connection was sent."""

    def post(self, connection_id: str, message: bytes) -> bool:
        if connection_id not in self.open:
            return False
        self.open[connection_id].append(message)
        return True

    def close(self, connection_id: str) -> None:
        self.open.pop(connection_id, None)
