"""The delivery log of a target: what was sent, when, and how it ended."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from telesalud.platform.store import Store
from telesalud.platform.webhooks.delivery_records import Delivery, Status, delivery_of, log_pk

_READ_AT_ONCE = 200
_READ_AT_MOST = 2000
"""Deliveries looked at for one page of a filter that few of them pass."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which deliveries; what is not said lets all through."""

    subject: str = ""
    type: str = ""
    status: Status | None = None
    since: datetime | None = None
    """Inclusive; by when it happened."""
    until: datetime | None = None
    """Exclusive."""

    def passes(self, delivery: Delivery) -> bool:
        """Whether the delivery is one of those."""
        return (
            self.subject in ("", delivery.subject)
            and self.type in ("", delivery.type)
            and self.status in (None, delivery.status)
            and (self.since is None or delivery.at >= self.since)
            and (self.until is None or delivery.at < self.until)
        )


class LogPage(NamedTuple):
    """Deliveries, newest first, and where the next page begins (None at the end)."""

    deliveries: list[Delivery]
    next_after: str | None


def first_id_at(moment: datetime) -> str:
    """Text that sorts before every UUIDv7 made at or after the moment (RFC 9562 §5.7)."""
    milliseconds = f"{int(moment.timestamp() * 1000):012x}"
    return f"{milliseconds[:8]}-{milliseconds[8:]}"


_SKEW = timedelta(minutes=1)
"""Between the clock that made an id and the moment that its event names."""


def read_log(
    store: Store,
    tenant: str,
    target: str,
    wanted: Filter,
    *,
    after: str | None = None,
    limit: int = 50,
) -> LogPage:
    """One page. It may hold fewer than `limit` and still have a next when the filter is narrow."""
    if after is None and wanted.until is not None:
        after = first_id_at(wanted.until + _SKEW)
    oldest = first_id_at(wanted.since - _SKEW) if wanted.since is not None else ""
    found: list[Delivery] = []
    for _ in range(_READ_AT_MOST // _READ_AT_ONCE):
        page = store.query(
            log_pk(tenant, target), after=after, limit=_READ_AT_ONCE, newest_first=True
        )
        for item in page.items:
            if item.key.sk < oldest:
                return LogPage(found, None)
            after = item.key.sk
            delivery = delivery_of(item)
            if wanted.passes(delivery):
                found.append(delivery)
                if len(found) == limit:
                    return LogPage(found, after)
        if page.next_after is None:
            return LogPage(found, None)
        after = page.next_after
    return LogPage(found, after)


def all_matching(store: Store, tenant: str, target: str, wanted: Filter) -> Iterator[Delivery]:
    """Every delivery that passes, oldest first, as a replay by filter sends them."""
    after = first_id_at(wanted.since - _SKEW) if wanted.since is not None else None
    until = first_id_at(wanted.until + _SKEW) if wanted.until is not None else None
    while True:
        page = store.query(log_pk(tenant, target), after=after, until=until, limit=_READ_AT_ONCE)
        yield from (d for d in map(delivery_of, page.items) if wanted.passes(d))
        if page.next_after is None:
            return
        after = page.next_after
