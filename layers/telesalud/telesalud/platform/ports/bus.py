"""The port of the event bus."""

from collections.abc import Sequence
from typing import Protocol

from telesalud.platform.events import Event


class Bus(Protocol):
    """Where events are published."""

    def publish(self, events: Sequence[Event]) -> int:
        """How many events, counted from the first, were surely taken; all of them if all was well.

        More may have been taken than is told. Raises nothing for a bus that is down: it took none.
        """
