"""Reference ranges by age, sex and circumstance: what fits a person, and how it is found.

A value below `low` or above `high` is abnormal (L, H); at or beyond the critical limits it is
critical (LL, HH). Limits are inclusive for normal: `low <= normal <= high`. Ages are in completed
months, from inclusive, to exclusive; the first weeks also in days. The ranges that are shipped
stand in `shipped_ranges`, each with its source; an institution may put its own before them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Literal

from telesalud.patients.measurements.catalogue import Vital
from telesalud.patients.people.births import Age

Sex = Literal["male", "female", "other", "unknown"]

OLDEST_MONTHS: Final = 200 * 12


@dataclass(frozen=True, slots=True)
class Range:
    """The reference range of one vital sign for one group of people; None means no limit."""

    vital: Vital
    from_months: int
    to_months: int
    low: Decimal | None
    high: Decimal | None
    critical_low: Decimal | None
    critical_high: Decimal | None
    source: str
    sex: Sex | None = None
    from_days: int = 0
    to_days: int | None = None
    from_altitude: int | None = None
    to_altitude: int | None = None
    """Metres above the sea; None where the altitude does not matter."""
    pregnant: bool | None = None
    """For pregnant people only (True), for all others only (False), or for both."""
    axillary: bool | None = None
    """Of a temperature: whether it is meant of the armpit (True) or of the body's core (False)."""

    def fits(self, vital: Vital, age: Age) -> bool:
        """Whether it is of this vital sign and age."""
        return (
            self.vital is vital
            and self.from_months <= age.total_months < self.to_months
            and self.from_days <= age.total_days
            and (self.to_days is None or age.total_days < self.to_days)
        )

    def shifted(self, by: Decimal) -> "Range":
        """The same range for an instrument that reads `by` more."""
        moved = (
            None if limit is None else limit + by
            for limit in (self.low, self.high, self.critical_low, self.critical_high)
        )
        low, high, critical_low, critical_high = moved
        return replace(
            self, low=low, high=high, critical_low=critical_low, critical_high=critical_high
        )


def make_range(
    vital: Vital,
    months: tuple[int, int],
    limits: tuple[float | None, float | None, float | None, float | None],
    source: str,
    sex: Sex | None = None,
    *,
    days: tuple[int, int | None] = (0, None),
    axillary: bool | None = None,
) -> Range:
    """A range; `limits` are critically low, low, high, critically high."""
    critical_low, low, high, critical_high = (
        None if limit is None else Decimal(str(limit)) for limit in limits
    )
    return Range(
        vital,
        *months,
        low,
        high,
        critical_low,
        critical_high,
        source,
        sex,
        *days,
        axillary=axillary,
    )


def find_range(vital: Vital, age: Age, sex: Sex, ranges: Sequence[Range]) -> Range | None:
    """The first range for this age and sex.

    Where ranges differ by sex and the sex is neither, the one with the lower upper limit applies,
    which flags sooner.
    """
    fitting = [one for one in ranges if one.fits(vital, age)]
    own = [one for one in fitting if one.sex in (None, sex)]
    if own:
        return own[0]
    return min(fitting, key=lambda r: r.high or Decimal("Infinity"), default=None)


def find_own(
    vital: Vital,
    age: Age,
    sex: Sex,
    ranges: Sequence[Range],
    *,
    altitude_m: int | None,
    pregnant: bool,
) -> Range | None:
    """The first of an institution's ranges that is meant for this person at this place."""
    return find_range(
        vital,
        age,
        sex,
        [
            one
            for one in ranges
            if one.pregnant in (None, pregnant)
            and (
                (one.from_altitude is None and one.to_altitude is None)
                or (
                    altitude_m is not None
                    and (one.from_altitude is None or one.from_altitude <= altitude_m)
                    and (one.to_altitude is None or altitude_m < one.to_altitude)
                )
            )
        ],
    )
