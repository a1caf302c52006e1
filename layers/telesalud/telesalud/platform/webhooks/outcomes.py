"""How many deliveries of each day arrived, failed, or are still due, per target.

    OUTCOMES#<tenant>#<target> / <day>#<shard>    what began to be delivered on a day (UTC), and
                                                  what became of it

Each number moves in the transaction that moves a delivery, under its condition, and so exactly
once. A replay counts on the day on which it begins; one of a delivery that was still due takes it
from the day before.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from telesalud.platform.clock import to_text
from telesalud.platform.store import Key, Store, Update, every
from telesalud.platform.webhooks.delivery_records import Delivery, Ref, Status

KEPT: Final = timedelta(days=60)
"""Longer than a delivery can be replayed."""
BEGUN: Final = "begun"
_SHARDS: Final = 8


def moved(
    ref: Ref, since: datetime, *, more: tuple[str, ...] = (), fewer: tuple[str, ...] = ()
) -> Update:
    """The write that counts a delivery which began to be delivered at `since`."""
    shard = hashlib.sha256(ref.id.encode()).digest()[0] % _SHARDS
    add = {**dict.fromkeys(more, 1), **dict.fromkeys(fewer, -1)}
    key = Key(_partition(ref.tenant, ref.target), f"{to_text(since)[:10]}#{shard}")
    return Update(key, add=add, expires=since + KEPT)


def replayed(delivery: Delivery, now: datetime) -> list[Update]:
    """The writes that count a delivery anew; two rows at most, and one where they are the same."""
    again = moved(delivery.ref, now, more=(BEGUN,))
    if delivery.status is not Status.PENDING:
        return [again]
    before = moved(delivery.ref, delivery.since, fewer=(BEGUN,))
    return [] if before.key == again.key else [before, again]


def read(
    store: Store, tenant: str, target: str, first: date, last: date
) -> Mapping[date, Mapping[str, int]]:
    """By day: `begun`, `delivered`, `failed`; whatever is in neither of the two is still due."""
    days: dict[date, Counter[str]] = {}
    partition, until = _partition(tenant, target), f"{last.isoformat()}#~"
    for item in every(store, partition, after=first.isoformat(), until=until):
        day = date.fromisoformat(item.key.sk.partition("#")[0])
        for name in (BEGUN, Status.DELIVERED.value, Status.FAILED.value):
            amount = item.attributes.get(name, 0)
            days.setdefault(day, Counter())[name] += amount if isinstance(amount, int) else 0
    return {day: days[day] for day in sorted(days)}


def _partition(tenant: str, target: str) -> str:
    return f"OUTCOMES#{tenant}#{target}"
