"""The port of messages to people outside.

A message that has left cannot be called back and must not leave twice, so an adapter says exactly
what it knows: it was taken, it was refused for good, nothing has left, or nobody can tell.
"""

from typing import NamedTuple, Protocol


class Message(NamedTuple):
    """A text to one address (an e-mail address, or a telephone number in E.164)."""

    id: str
    to: str
    subject: str
    text: str


class Undeliverable(Exception):
    """The channel refuses this message for good; the argument is a code, never an address."""


class Unconfirmed(Exception):
    """The channel did not answer: the message may have left or not."""


class Channel(Protocol):
    """A way to reach somebody. SMS and WhatsApp providers implement this."""

    def send(self, tenant: str, message: Message) -> None:
        """Hand it over, once. Raises Undeliverable, Unconfirmed, Unavailable (nothing has left)."""
