"""Wall-clock time and opening hours.

A site keeps wall-clock time of one IANA zone; appointments are stored in UTC. Daylight saving is
left to `zoneinfo`: slots keep their wall-clock times, a time that the clock skips has no slot,
and an hour that comes twice has its slots twice as far as they do not overlap.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from schemas.agendas import ExtraBlock, WeeklyBlock
from telesalud.appointments.agendas.stored import OpeningHours

_DAY_MINUTES = 24 * 60


class Span(NamedTuple):
    """A half-open interval of time in UTC."""

    start: datetime
    end: datetime

    def holds(self, other: "Span") -> bool:
        """Whether `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def meets(self, other: "Span") -> bool:
        """Whether the two have a moment in common."""
        return self.start < other.end and other.start < self.end


def span_of(start: datetime, minutes: int) -> Span:
    """The span that begins at `start`."""
    return Span(start, start + timedelta(minutes=minutes))


def to_utc(day: date, local: time | None, zone: ZoneInfo) -> datetime:
    """The first UTC moment at which the wall clock shows (or has passed) `local`.

    None is midnight at the end of the day. A skipped time gives the moment of the skip.
    """
    if local is None:
        day, local = day + timedelta(days=1), time(0)
    earlier = datetime.combine(day, local, zone)
    if _exists(earlier):
        return earlier.astimezone(UTC)
    # In a gap (PEP 495) fold=0 reads the old offset, so it lands after the skip; fold=1 before it.
    before = earlier.replace(fold=1).astimezone(UTC)
    after = earlier.astimezone(UTC)
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).replace(tzinfo=None) < earlier.replace(tzinfo=None):
            before = middle
        else:
            after = middle
    return after.replace(second=0, microsecond=0)


def _exists(wall: datetime) -> bool:
    round_trip = wall.astimezone(UTC).astimezone(wall.tzinfo)
    return round_trip.replace(tzinfo=None, fold=0) == wall.replace(tzinfo=None, fold=0)


def _span_on(day: date, start: time, end: time | None, zone: ZoneInfo) -> Span:
    """A block's span; its end is the last moment before the wall clock passes `end`."""
    finish = to_utc(day, end, zone)
    if end is not None:
        again = datetime.combine(day, end, zone).replace(fold=1)
        if _exists(again):
            finish = again.astimezone(UTC)
    return Span(to_utc(day, start, zone), finish)


def _valid_on(block: WeeklyBlock, day: date) -> bool:
    return (
        block.weekday == day.isoweekday()
        and (block.valid_from is None or block.valid_from <= day)
        and (block.valid_until is None or day <= block.valid_until)
    )


def blocks_on(hours: OpeningHours, day: date) -> Iterator[WeeklyBlock | ExtraBlock]:
    """The blocks that apply on a local date, closures not yet considered."""
    yield from (block for block in hours.weekly if _valid_on(block, day))
    yield from (block for block in hours.extra if block.date == day)


def closed_on(hours: OpeningHours, day: date, zone: ZoneInfo) -> list[Span]:
    """The closures of a local date."""
    return [
        _span_on(day, closure.start or time(0), closure.end, zone)
        for closure in hours.closures
        if closure.first <= day <= closure.last
    ]


def is_open(hours: OpeningHours, span: Span, site: str, category: str, zone: ZoneInfo) -> bool:
    """Whether `span` lies inside the open time of `site` that admits `category`.

    Blocks that meet are one open time: from morning into afternoon, and over midnight.
    """
    day = span.start.astimezone(zone).date()
    if any(
        closure.meets(span) for near in _around(day) for closure in closed_on(hours, near, zone)
    ):
        return False
    return any(whole.holds(span) for whole in _open_time(hours, day, site, category, zone))


def _around(day: date) -> tuple[date, ...]:
    return day - timedelta(days=1), day, day + timedelta(days=1)


def _open_time(
    hours: OpeningHours, day: date, site: str, category: str | None, zone: ZoneInfo
) -> list[Span]:
    """What is open around a date, with blocks that meet drawn together."""
    spans = sorted(
        _span_on(near, block.start, block.end, zone)
        for near in _around(day)
        for block in blocks_on(hours, near)
        if _admits(block, site, category)
    )
    found: list[Span] = []
    for span in spans:
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def _admits(block: WeeklyBlock | ExtraBlock, site: str, category: str | None) -> bool:
    wrong_kind = category is not None and block.categories and category not in block.categories
    return block.site == site and not wrong_kind


def starts_of(
    block: WeeklyBlock | ExtraBlock,
    day: date,
    zone: ZoneInfo,
    minutes: int,
    open_time: Sequence[Span] = (),
) -> Iterator[Span]:
    """The spans of `minutes` that a block offers on a date, by start, never overlapping.

    The last ones may end in a block that follows at once, if `open_time` says so.
    """
    whole = _span_on(day, block.start, block.end, zone)
    step = timedelta(minutes=block.slot_minutes)
    wall = datetime.combine(day, block.start)
    last = datetime.combine(day, block.end) if block.end else _midnight_after(day)
    found: set[datetime] = set()
    while wall < last:
        for fold in (0, 1):
            aware = wall.replace(tzinfo=zone, fold=fold)
            if _exists(aware):
                found.add(aware.astimezone(UTC))
        wall += step
    free_from = whole.start
    for start in sorted(found):
        span = span_of(start, minutes)
        inside = whole.holds(span) or any(each.holds(span) for each in open_time)
        if free_from <= start < whole.end and inside:
            free_from = start + step
            yield span


def _midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(0))


def open_spans(
    hours: OpeningHours,
    days: Iterable[date],
    zone: ZoneInfo,
    *,
    site: str,
    category: str | None,
    minutes: int | None,
) -> Iterator[Span]:
    """Every slot that opening hours and closures leave at a site on these dates."""
    for day in days:
        closures = [span for near in _around(day) for span in closed_on(hours, near, zone)]
        open_time = _open_time(hours, day, site, category, zone)
        for block in blocks_on(hours, day):
            if not _admits(block, site, category):
                continue
            for span in starts_of(block, day, zone, minutes or block.slot_minutes, open_time):
                if not any(closure.meets(span) for closure in closures):
                    yield span


def open_minutes(hours: OpeningHours, day: date, site: str) -> int:
    """How long a practitioner receives at a site on a date, by the clock on the wall.

    Blocks that overlap count once, and what a closure covers does not. An hour that daylight
    saving adds or takes is not seen.
    """
    blocks = [(b.start, b.end) for b in blocks_on(hours, day) if b.site == site]
    if not blocks:
        return 0
    closed = [(c.start, c.end) for c in hours.closures if c.first <= day <= c.last]
    return _covered([*blocks, *closed]) - _covered(closed)


def _covered(times: Iterable[tuple[time | None, time | None]]) -> int:
    """Minutes of a day that at least one of these covers; None begins or ends the day."""
    spans = sorted(
        (
            start.hour * 60 + start.minute if start else 0,
            end.hour * 60 + end.minute if end else _DAY_MINUTES,
        )
        for start, end in times
    )
    total, reached = 0, 0
    for start, end in spans:
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total
