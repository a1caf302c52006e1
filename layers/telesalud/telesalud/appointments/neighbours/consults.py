"""What this context asks of the consults service."""

from datetime import datetime
from typing import NamedTuple, Protocol

from schemas.consults import CreatedConsult


class Move(NamedTuple):
    """A new time for a consult."""

    start: datetime
    minutes: int
    sequence: int


class Consults(Protocol):
    """What this context asks of the consults service. Repeating a call has one effect.

    Every method raises Refused, or Unavailable when it may be repeated.
    """

    def create(self, tenant: str, key: str, body: str) -> CreatedConsult:
        """A new consult from the JSON of a `NewConsult`; `key` makes a repetition harmless."""

    def reschedule(self, tenant: str, key: str, consult: str, move: Move) -> CreatedConsult:
        """Move the consult; its links are replaced."""

    def cancel(self, tenant: str, key: str, consult: str, sequence: int) -> None:
        """Call the consult off; done if it is."""

    def target(self, tenant: str) -> str | None:
        """The notification target that was registered for this tenant, if any."""
