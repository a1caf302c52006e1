"""The port of the queue from which notifications are delivered."""

from typing import Protocol


class DeliveryQueue(Protocol):
    """The two things that can happen to a message that is not simply done."""

    def postpone(self, receipt: str, seconds: int) -> None:
        """Deliver the message again after `seconds`."""

    def bury(self, body: str) -> None:
        """Put the message's body into the dead-letter queue."""
