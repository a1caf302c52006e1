"""What of a person decides which vaccines are for them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from telesalud.patients.immunization.schedules import Vaccine

_WEEK: Final = timedelta(days=7)
LIVE_APART: Final = timedelta(days=28)
"""Between two injected live vaccines that were not given on the same day."""


@dataclass(frozen=True, slots=True)
class Given:
    """A dose that was given."""

    entry: str
    vaccine: Vaccine
    first: date
    """The earliest day that is meant: doses on a card may have a month or a year only."""
    last: date
    """The latest day that is meant."""

    @property
    def exact(self) -> bool:
        """Whether the day is known."""
        return self.first == self.last


@dataclass(frozen=True, slots=True)
class Refused:
    """A dose that was offered and not given."""

    entry: str
    vaccine: Vaccine
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Bar:
    """Why vaccines are not given, or only after thought, as the record says it."""

    code: str
    """`pregnant`, `immunosuppressed`, `allergy` or `reaction`."""
    entry: str | None
    """The entry of the chart that says so."""
    text: str
    """That entry in its own words."""
    antigens: frozenset[str] = frozenset()
    """Against vaccines with one of these."""
    live: bool = False
    """Against every live vaccine."""

    def stands_against(self, vaccine: Vaccine) -> bool:
        """Whether it concerns a vaccine."""
        return bool(self.antigens & vaccine.antigens) or (self.live and vaccine.live is not None)


@dataclass(frozen=True, slots=True)
class Person:
    """Who is vaccinated."""

    born: date
    born_latest: date
    """The same as `born` where the birth date is known."""
    sex: str
    today: date
    gestation_days: int | None = None
    given: Sequence[Given] = field(default=())
    refused: Sequence[Refused] = field(default=())
    bars: Sequence[Bar] = field(default=())

    @property
    def pregnancy_began(self) -> date | None:
        """The day from which the present pregnancy is counted."""
        if self.gestation_days is None:
            return None
        return self.today - timedelta(days=self.gestation_days)

    @property
    def weeks(self) -> int:
        """Completed weeks of the present pregnancy."""
        return (self.gestation_days or 0) // _WEEK.days
