"""Searching the entries of one subject by time, person, action and outcome.

Sort keys of entries are UUIDv7, so a search begins where its time does; the rest is looked through.
"""

from datetime import datetime, timedelta

from schemas.trail import TrailFilter
from telesalud.platform.clock import from_text
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.store import Item, Store

_READS = 5
_AT_ONCE = 500
"""At most this many entries a read, and so many reads a page: some hundred milliseconds."""
_SLACK = timedelta(minutes=1)
"""An entry's id is made a moment after its time was read, perhaps on another machine."""


def search(store: Store, partition: str, query: TrailFilter) -> tuple[tuple[Item, ...], str | None]:
    """Entries that fit, newest first, and the cursor to go on from. Raises Invalid."""
    narrow = any((query.since, query.until, query.actor, query.action, query.outcome))
    after = from_cursor(query.cursor)
    if after is None and query.until is not None:
        after = _key_at(query.until + _SLACK)
    found: list[Item] = []
    for _ in range(_READS):
        page = store.query(
            partition,
            after=after,
            limit=_AT_ONCE if narrow else query.limit,
            newest_first=True,
        )
        for item in page.items:
            if _over(query, item):
                return tuple(found), None
            if _fits(query, item):
                found.append(item)
                if len(found) == query.limit:
                    more = page.next_after is not None or item is not page.items[-1]
                    return tuple(found), to_cursor(item.key.sk if more else None)
        after = page.next_after
        if after is None:
            return tuple(found), None
    return tuple(found), to_cursor(after)


def _over(query: TrailFilter, item: Item) -> bool:
    """Whether this entry and all older ones are before the time that is asked for."""
    return query.since is not None and _at(item) < query.since - _SLACK


def _fits(query: TrailFilter, item: Item) -> bool:
    at = _at(item)
    return (
        (query.since is None or at >= query.since)
        and (query.until is None or at < query.until)
        and (query.actor is None or item.text("actor") == query.actor)
        and (query.action is None or item.text("action") == query.action)
        and (query.outcome is None or item.text("outcome") == query.outcome)
    )


def _at(item: Item) -> datetime:
    return from_text(item.text("at"))


def _key_at(moment: datetime) -> str:
    """What is above every UUIDv7 made before the moment, and below those made after it."""
    millis = f"{max(0, int(moment.timestamp() * 1000)):012x}"
    return f"{millis[:8]}-{millis[8:]}"
