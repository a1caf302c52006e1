"""What a workflow of this context should have done by when, kept so that a clock finds it.

    DUE#<last digit of the subject> / <at>#<what>#<tenant>#<subject>#<number>
    SIGN#<last digit of the subject> / likewise: papers that wait for a qualified signature

Ids only. `second_hand` visits what is late. Signatures have lists of their own, because their
service may be slow, and no alarm waits for it.
"""

from datetime import datetime
from typing import Final, NamedTuple

from telesalud.platform.clock import to_text
from telesalud.platform.store import Delete, Item, Key, Operation, Put

DIGITS: Final = "0123456789abcdef"
"""The last digit of an id spreads what is due."""
DEADLINE: Final = "deadline"
"""Of an order; the number is its schedule."""
ALARM: Final = "alarm"
"""Of an alarm: the next person is told."""
SIGNATURE: Final = "signature"
"""Of a paper that waits for its qualified signature; the number says of which kind."""


class Due(NamedTuple):
    """Something that a workflow does at a moment."""

    what: str
    tenant: str
    subject: str
    number: int
    at: datetime

    @property
    def key(self) -> Key:
        """Where it is listed."""
        place = f"{to_text(self.at)}#{self.what}#{self.tenant}#{self.subject}#{self.number}"
        return Key(partition(self.subject[-1], signs=self.what == SIGNATURE), place)

    @property
    def listed(self) -> Put:
        """List it."""
        values = {"what": self.what, "tenant": self.tenant, "subject": self.subject}
        return Put(self.key, {**values, "number": self.number})


def partition(digit: str, *, signs: bool = False) -> str:
    """What is due of subjects whose ids end in a digit, by time."""
    return f"SIGN#{digit}" if signs else f"DUE#{digit}"


def moved(before: Due | None, after: Due | None) -> list[Operation]:
    """The writes that list `after` in the place of `before`."""
    if before is not None and after is not None and before.key == after.key:
        return []
    gone: list[Operation] = [Delete(before.key)] if before else []
    return [*gone, *([after.listed] if after else [])]


def what_of(item: Item) -> tuple[str, str, str, int]:
    """What is listed: what, tenant, subject, number."""
    return item.text("what"), item.text("tenant"), item.text("subject"), item.number("number")
