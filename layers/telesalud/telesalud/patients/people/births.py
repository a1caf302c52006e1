"""Dates of a life: birth, age, and what may not lie before or after it."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Final

from dateutil.relativedelta import relativedelta

from telesalud.platform.errors import FieldError, Invalid

OLDEST_YEARS: Final = 125
"""Longest documented human life: 122 years."""


@dataclass(frozen=True, slots=True)
class Age:
    """Completed years, months of the next year, days of the next month; and days in all."""

    years: int
    months: int
    days: int
    total_days: int

    @property
    def total_months(self) -> int:
        """Completed months since birth."""
        return self.years * 12 + self.months


def age_on(birth: date, day: date) -> Age:
    """The age on `day`. Somebody born on 29 February ages on the 28th in other years.

    Raises Invalid when `day` is before the birth.
    """
    if day < birth:
        raise Invalid(fields=[FieldError("/date", "before-birth", "the date is before birth")])
    passed = relativedelta(day, birth)
    return Age(passed.years, passed.months, passed.days, (day - birth).days)


def known(birth: date, precision: str | None) -> dict[str, object]:
    """The fields of a birth of which a year or a month is known: its first day, as an estimate.

    The release before, which knows no precision, marks an estimate, too.
    """
    if precision is None:
        return {}
    first = birth.replace(day=1) if precision == "month" else birth.replace(month=1, day=1)
    return {"birth_date": first, "birth_date_estimated": True}


def latest(birth: date, precision: str | None) -> date:
    """The latest day that a birth may have been on by what is known of it."""
    if precision == "year":
        return birth.replace(month=12, day=31)
    if precision == "month":
        return birth.replace(day=monthrange(birth.year, birth.month)[1])
    return birth


def check_birth_date(birth: date, today: date, field: str = "/birth_date") -> date:
    """`birth` when a living person may have it; `today` is the date at the site.

    Raises Invalid for a date in the future or longer ago than anybody has lived.
    """
    if birth > today:
        raise Invalid(fields=[FieldError(field, "in-future", "the birth is in the future")])
    if relativedelta(today, birth).years > OLDEST_YEARS:
        detail = f"the birth is more than {OLDEST_YEARS} years ago"
        raise Invalid(fields=[FieldError(field, "too-old", detail)])
    return birth


def check_life_date(
    day: date, birth: date | None, today: date, field: str, *, died: date | None = None
) -> date:
    """`day` when it lies between birth and death, or today: onset, immunization, procedure.

    Raises Invalid.
    """
    if day > today:
        raise Invalid(fields=[FieldError(field, "in-future", "the date is in the future")])
    if birth is not None and day < birth:
        raise Invalid(fields=[FieldError(field, "before-birth", "the date is before birth")])
    if died is not None and day > died:
        raise Invalid(fields=[FieldError(field, "after-death", "the date is after the death")])
    return day
