"""Messages to people and open connections, neither of which leave a site."""

from typing import NoReturn

from telesalud.platform.ports.messages import Message, Undeliverable


class NoChannel:
    """A `Channel` where nobody can be reached: the centre reminds people, a site does not."""

    def send(self, tenant: str, message: Message) -> NoReturn:  # noqa: ARG002  # nothing is sent
        raise Undeliverable("no-channel")


class NoPusher:
    """A `Pusher` without connections: pages ask again by themselves."""

    def post(self, connection_id: str, message: bytes) -> bool:  # noqa: ARG002  # as above
        return False

    def close(self, connection_id: str) -> None:
        """There is none to end."""
