"""Recurring appointments: RFC 5545 recurrence expanded in the time zone of the site.

A series is kept as wall-clock time, so "Tuesdays at 9" stays at 9 when clocks change. Where the
clock jumps over a local time, the appointment takes place as long after the jump as it would have
begun after its start (02:30 becomes 03:30); where a local time happens twice, the first one is
meant (both: RFC 5545 section 3.3.5). No frequency is shorter than a day, so a date names an
occurrence for ever, also after its time was edited.

Months without the day asked for are skipped (RFC 5545 section 3.3.10); the last day is asked for
as -1. A count includes the dates that were excluded later. Nothing recurs without an end.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from itertools import islice
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule, weekday
from pydantic import BaseModel, ConfigDict, Field, NaiveDatetime, field_validator, model_validator

from telesalud.platform.errors import FieldError, Invalid, NotFound

MAX_OCCURRENCES: Final = 400
"""Daily for a year, with room; a booking transaction per occurrence has to stay affordable."""

HORIZON: Final = timedelta(days=10 * 366)
"""No series reaches further from its start than this."""


class Frequency(StrEnum):
    """The unit that `Rule.interval` counts. Workdays are Monday to Friday."""

    DAYS = "days"
    WORKDAYS = "workdays"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


class Weekday(IntEnum):
    """ISO 8601 numbers."""

    MONDAY = 1
    TUESDAY = 2
    WEDNESDAY = 3
    THURSDAY = 4
    FRIDAY = 5
    SATURDAY = 6
    SUNDAY = 7


_WORKDAYS: Final = tuple(Weekday(number) for number in range(1, 6))
_UNITS: Final[Mapping[Frequency, Literal[0, 1, 2, 3]]] = {
    Frequency.DAYS: DAILY,
    Frequency.WORKDAYS: DAILY,
    Frequency.WEEKS: WEEKLY,
    Frequency.MONTHS: MONTHLY,
    Frequency.YEARS: YEARLY,
}


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(_Model):
    """How a series repeats and when it ends: exactly one of `until` and `count`.

    `weekdays` belong to weeks (several) or, with `nth`, to months (one): `nth` 1..4 counts from
    the beginning of the month, -1 is the last. `month_day` belongs to months, -1 is the last day.
    What is not given comes from the start of the series.
    """

    frequency: Frequency
    interval: Annotated[int, Field(ge=1, le=6)] = 1
    weekdays: Annotated[tuple[Weekday, ...], Field(max_length=7)] = ()
    nth: Annotated[int, Field(ge=-1, le=4)] | None = None
    month_day: Annotated[int, Field(ge=-1, le=31)] | None = None
    until: date | None = None
    count: Annotated[int, Field(ge=1, le=MAX_OCCURRENCES)] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.until is None) == (self.count is None):
            raise ValueError("give either the last date or the number of occurrences")
        if self.nth == 0 or self.month_day == 0:
            raise ValueError("a month has no zeroth day")
        if len(set(self.weekdays)) != len(self.weekdays):
            raise ValueError("a weekday is given twice")
        months = self.frequency is Frequency.MONTHS
        if not months and (self.nth is not None or self.month_day is not None):
            raise ValueError("a position in the month needs a monthly frequency")
        if months and (self.nth is None) != (not self.weekdays):
            raise ValueError("a monthly weekday needs its position, and a position its weekday")
        if months and (len(self.weekdays) > 1 or (self.nth and self.month_day)):
            raise ValueError("a month is counted by one weekday or by one day")
        if self.weekdays and self.frequency not in (Frequency.WEEKS, Frequency.MONTHS):
            raise ValueError("weekdays are chosen within weeks or months")
        return self


class Override(_Model):
    """One occurrence that was moved: its own local start and minutes."""

    start: NaiveDatetime
    minutes: Annotated[int, Field(ge=1, le=24 * 60)]


class Series(_Model):
    """A recurring appointment. `start` is wall-clock time in `zone` (IANA).

    `excluded` are dates of the rule that do not take place; `overrides` are those that were moved,
    by the date that the rule gives them.
    """

    start: NaiveDatetime
    zone: str
    minutes: Annotated[int, Field(ge=1, le=24 * 60)]
    rule: Rule
    excluded: frozenset[date] = frozenset()
    overrides: Mapping[date, Override] = Field(default_factory=dict)

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"{zone!r} is not an IANA time zone") from error
        return zone


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One appointment of a series, in UTC; `date` is its name within the series.

    `shifted` says that the local time asked for does not exist on that day.
    """

    date: date
    start: datetime
    end: datetime
    shifted: bool


@dataclass(frozen=True, slots=True)
class Edited:
    """The outcome of an edit: what remains as it was, and what takes the place of the rest.

    `dropped` are the dates of single edits that the new rule no longer contains; they are
    reported because whoever moved them has to be told.
    """

    kept: Series | None
    changed: Series | None
    dropped: tuple[date, ...] = ()


def expand(series: Series) -> list[Occurrence]:
    """Every occurrence in the order of the rule.

    Raises Invalid when the series reaches beyond HORIZON or MAX_OCCURRENCES, or holds nothing.
    """
    zone = ZoneInfo(series.zone)
    found = []
    for day in _dates(series):
        if day in series.excluded:
            continue
        moved = series.overrides.get(day)
        local = moved.start if moved else datetime.combine(day, series.start.time())
        minutes = moved.minutes if moved else series.minutes
        start = to_utc(local, zone)
        shifted = start.astimezone(zone).replace(tzinfo=None) != local
        found.append(Occurrence(day, start, start + timedelta(minutes=minutes), shifted))
    if not found:
        raise _invalid("empty", "no date is left in this series")
    return found


def to_utc(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment of a wall-clock time by the rules of this module."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def edit_following(
    series: Series,
    day: date,
    *,
    at: time | None = None,
    minutes: int | None = None,
    rule: Rule | None = None,
) -> Edited:
    """Give this and all later occurrences another time, length or rule; earlier ones stay.

    A new rule counts from `day`. Raises NotFound for a date that is not in the series, Invalid
    when the outcome would not be a series.
    """
    _require(series, day)
    before, after = _split(series, day)
    tail = _with(
        series,
        start=datetime.combine(day, at or series.start.time()),
        minutes=minutes or series.minutes,
        rule=rule or after,
        excluded=frozenset(d for d in series.excluded if d >= day),
        overrides={d: moved for d, moved in series.overrides.items() if d >= day},
    )
    changed, dropped = _settled(tail)
    return Edited(before, changed, dropped)


def cancel_following(series: Series, day: date) -> Edited:
    """End the series before `day`. Raises NotFound for a date that is not in it."""
    _require(series, day)
    return Edited(_split(series, day)[0], None)


def edit_all(
    series: Series,
    *,
    start: datetime | None = None,
    minutes: int | None = None,
    rule: Rule | None = None,
) -> Edited:
    """Give every occurrence another start, length or rule.

    Excluded dates and single edits stay where the new rule still has their dates.
    """
    whole = _with(
        series,
        start=start or series.start,
        minutes=minutes or series.minutes,
        rule=rule or series.rule,
    )
    changed, dropped = _settled(whole)
    return Edited(None, changed, dropped)


def _dates(series: Series) -> list[date]:
    """The dates of the rule, excluded ones among them."""
    rule = series.rule
    limit = series.start + HORIZON
    if rule.until is not None and rule.until > limit.date():
        raise _invalid("too-far", f"a series ends by {limit.date()}, ten years after its start")
    if rule.until is not None and rule.until < series.start.date():
        raise _invalid("ends-before-start", "the last date is before the first")
    wanted = rule.count or MAX_OCCURRENCES + 1
    dates = list(islice(_endless(series.start.date(), rule, limit.date()), wanted))
    if len(dates) > MAX_OCCURRENCES:
        raise _invalid("too-many", f"a series has at most {MAX_OCCURRENCES} occurrences")
    if rule.count is not None and len(dates) < rule.count:
        raise _invalid("too-far", f"only {len(dates)} occurrences fit in ten years")
    return dates


def _endless(start: date, rule: Rule, limit: date) -> Iterator[date]:
    """The dates from `start` to the end of the rule or `limit`, whatever the count."""
    workdays = rule.frequency is Frequency.WORKDAYS
    days = _WORKDAYS if workdays else rule.weekdays
    midnight = datetime.combine(start, time())
    moments = rrule(
        _UNITS[rule.frequency],
        dtstart=midnight,
        # RFC 5545 filters workdays after counting days; "every 2nd workday" counts workdays.
        interval=1 if workdays else rule.interval,
        byweekday=[weekday(day - 1)(rule.nth) if rule.nth else weekday(day - 1) for day in days]
        or None,
        bymonthday=rule.month_day,
        until=datetime.combine(min(rule.until or limit, limit), time()),
    )
    step = rule.interval if workdays else 1
    return (moment.date() for moment in islice(moments, 0, None, step))


def _split(series: Series, day: date) -> tuple[Series | None, Rule]:
    """The series before `day` (None when nothing is before it) and the rule from `day` on."""
    dates = _dates(series)
    earlier = [d for d in dates if d < day]
    counted = series.rule.count is not None
    later = {"count": len(dates) - len(earlier)} if counted else {}
    after = series.rule.model_copy(update=later)
    if not set(earlier) - series.excluded:
        return None, after
    ends = {"count": len(earlier)} if counted else {"until": earlier[-1]}
    head = _with(
        series,
        rule=series.rule.model_copy(update=ends),
        excluded=frozenset(d for d in series.excluded if d < day),
        overrides={d: moved for d, moved in series.overrides.items() if d < day},
    )
    return head, after


def _settled(series: Series) -> tuple[Series, tuple[date, ...]]:
    """`series` without exceptions to dates that its rule does not have, and the edits dropped."""
    dates = frozenset(_dates(series))
    dropped = tuple(sorted(series.overrides.keys() - dates))
    settled = _with(
        series,
        excluded=series.excluded & dates,
        overrides={d: moved for d, moved in series.overrides.items() if d in dates},
    )
    expand(settled)
    return settled, dropped


def _require(series: Series, day: date) -> None:
    if day in series.excluded or day not in _dates(series):
        raise NotFound(f"the series has no occurrence on {day}")


def _with(series: Series, **changes: object) -> Series:
    """A validated copy, which pydantic's own `model_copy` is not, with what is unknown here."""
    values = {name: getattr(series, name) for name in Series.model_fields}
    checked = Series(**{**values, **changes})
    return series.model_copy(update={name: getattr(checked, name) for name in values})


def _invalid(code: str, detail: str) -> Invalid:
    return Invalid("this recurrence cannot be booked", [FieldError("/rule", code, detail)])
