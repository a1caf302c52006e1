"""Ages and intervals as schedules write them: `0d`, `6w`, `18m`, `4y`."""

import re
from datetime import date
from typing import Final, NamedTuple

from dateutil.relativedelta import relativedelta

_SPAN: Final = re.compile(r"(\d{1,3})([dwmy])")
_UNITS: Final = {"d": "days", "w": "weeks", "m": "months", "y": "years"}


class Span(NamedTuple):
    """A length of time by the calendar: three months after 30 November end on 28 February."""

    number: int
    unit: str

    def after(self, day: date) -> date:
        """The day that is so long after another."""
        return day + relativedelta(**{_UNITS[self.unit]: self.number})  # type: ignore[arg-type]  # names by unit

    def before(self, day: date) -> date:
        """The day that is so long before another."""
        return day - relativedelta(**{_UNITS[self.unit]: self.number})  # type: ignore[arg-type]  # names by unit


NONE: Final = Span(0, "d")


def span(text: str) -> Span:
    """Read a length such as `18m`. Raises ValueError."""
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no length of time such as 6w or 18m")
    return Span(int(match[1]), match[2])
