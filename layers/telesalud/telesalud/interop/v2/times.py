"""Times of HL7 v2 (data types DT and TS): `YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]`."""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Final, Literal, NamedTuple

from telesalud.interop.v2.errors import WrongValue

Precision = Literal["year", "month", "day", "hour", "minute", "second", "fraction"]
_TIME: Final = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})?(?P<day>\d{2})?"
    r"(?P<hour>\d{2})?(?P<minute>\d{2})?(?P<second>\d{2})?(?P<fraction>\.\d{1,4})?"
    r"(?P<zone>[+-]\d{4})?"
)
_PARTS: Final[tuple[Precision, ...]] = (
    "year",
    "month",
    "day",
    "hour",
    "minute",
    "second",
    "fraction",
)
_LAST_OF_DAY: Final = 24
_LAST_MINUTE: Final = 59


class Time(NamedTuple):
    """A moment in UTC, or the first one of a day, month or year that is all that was said."""

    at: datetime
    day: date
    """In the zone of the message."""
    precision: Precision

    @property
    def is_moment(self) -> bool:
        """Whether hours were said, too."""
        return self.precision not in ("year", "month", "day")


def time(text: str, zone: tzinfo, location: str = "") -> Time:
    """Read a time; without an offset it is of the institution's `zone`. Raises WrongValue."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise WrongValue("not a time as HL7 writes it: YYYYMMDDHHMMSS+ZZZZ", location)
    precision = [part for part in _PARTS if match[part]][-1]
    given = _offset(match["zone"], location) if match["zone"] else zone
    hour = int(match["hour"] or 0)
    try:
        at = datetime(
            int(match["year"]),
            int(match["month"] or 1),
            int(match["day"] or 1),
            0 if hour == _LAST_OF_DAY else hour,
            int(match["minute"] or 0),
            int(match["second"] or 0),
            round(float(match["fraction"] or 0) * 1_000_000),
            tzinfo=given,
        )
        if hour == _LAST_OF_DAY:  # midnight at the end of a day
            if at.minute or at.second:
                raise WrongValue("no such day or hour", location)
            at += timedelta(days=1)
        return Time(at.astimezone(UTC), at.date(), precision)
    except (ValueError, OverflowError) as error:
        raise WrongValue("no such day or hour", location) from error


def _offset(text: str, location: str) -> timezone:
    hours, minutes = int(text[1:3]), int(text[3:5])
    if minutes > _LAST_MINUTE or hours >= _LAST_OF_DAY:
        raise WrongValue("no such offset from UTC", location)
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(-ahead if text[0] == "-" else ahead)


def written_time(at: datetime, zone: tzinfo) -> str:
    """A moment in an institution's zone with its offset, to the second."""
    return at.astimezone(zone).strftime("%Y%m%d%H%M%S%z")


def written_day(day: date) -> str:
    """A day, `YYYYMMDD`."""
    return f"{day.year:04}{day:%m%d}"  # %Y does not pad
