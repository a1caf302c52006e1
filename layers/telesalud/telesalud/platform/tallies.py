"""Sums kept by each change: how much there was of what, week by week.

Whatever is counted (an appointment, a consult) tells where it counts: its *share*, amounts by row.
The share that it has now is kept beside the sums, so that a change adds exactly the difference, and
an event that comes twice, late or after a newer one adds nothing. Both are one transaction.

    TALLIED#<t>#<n>#<source> / TALLIED              the source's version and its share
    TALLY#<t>#<n>#<series>#<year> / <row>#<shard>   sums of a week; a reader adds the shards up
    TALLY#<t> / IN_USE                              which set `n` is read, and which is being built

Rows that many sources meet at are split into shards, so that their changes seldom hinder each
other. A set can be built anew beside the one in use: see `rebuild`.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Final, NamedTuple

from telesalud.platform.store import (
    ABSENT,
    Delete,
    Item,
    Key,
    Operation,
    Put,
    Store,
    SweepableStore,
    Update,
    at_version,
    every,
)
from telesalud.platform.work import retrying

SHARDS: Final = 8
_PAGE: Final = 1000


class Row(NamedTuple):
    """A row of sums: of which series, of which week, of what in it."""

    series: str
    """Its name, without `#`."""
    week: date
    """The week's Monday."""
    names: tuple[str, ...] = ()
    """What the row is about, such as a site and a category; texts without `#`."""


Share = Mapping[Row, Mapping[str, int]]
"""Where a source counts, and how much of what."""
Sums = Mapping[Row, Mapping[str, int]]
"""Rows in order, with what all sources together amount to."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A source as it stands: its share is that of this version."""

    source: str
    version: int
    share: Share


class _Sets(NamedTuple):
    """Which sets there are."""

    read: int
    building: int | None
    item: Item | None

    @property
    def written(self) -> tuple[int, ...]:
        """Those that a change has to reach."""
        return (self.read,) if self.building is None else (self.read, self.building)


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def count(store: Store, tenant: str, counted: Counted) -> None:
    """Bring the sums up to a source's version; what is older than what they know changes nothing.

    May be repeated. Raises StoreBusy when others keep changing the same rows.
    """
    retrying(lambda: _count(store, tenant, counted))


def _count(store: Store, tenant: str, counted: Counted) -> None:
    for number in _sets(store, tenant).written:
        _count_in(store, tenant, number, counted)


def _count_in(store: Store, tenant: str, number: int, counted: Counted) -> None:
    key = _counted_key(tenant, number, counted.source)
    known = store.get(key)
    if known is not None and known.number("of_version") >= counted.version:
        return
    before = _share_of(known) if known else {}
    put = Put(
        key,
        {"of_version": counted.version, "share": _text_of(counted.share)},
        when=at_version(known.version) if known else ABSENT,
    )
    shard = hashlib.sha256(counted.source.encode()).digest()[0] % SHARDS
    operations: list[Operation] = [put]
    for row in sorted({*before, *counted.share}):
        added = Counter(counted.share.get(row, {}))
        added.subtract(before.get(row, {}))
        changed = {name: amount for name, amount in added.items() if amount}
        if changed:
            operations.append(Update(_row_key(tenant, number, row, shard), add=changed))
    store.transact(operations)


def read(store: Store, tenant: str, series: str, first: date, weeks: int) -> Sums:
    """The sums of a series in `weeks` weeks from that of `first` on, by week and names."""
    since = week_of(first)
    last = since + timedelta(weeks=weeks - 1)
    while True:
        number = _sets(store, tenant).read
        sums: dict[Row, Mapping[str, int]] = {}
        for year in range(since.year, last.year + 1):
            sums |= _read_in(store, _partition(tenant, number, series, year), since, last)
        if _sets(store, tenant).read == number:  # else it may have been removed while it was read
            return sums


def _read_in(store: Store, partition: str, since: date, last: date) -> Sums:
    sums: dict[Row, Counter[str]] = {}
    until = f"{last.isoformat()}#~"
    for item in every(store, partition, after=since.isoformat(), until=until, page_size=_PAGE):
        week, *names = item.key.sk.split("#")[:-1]
        row = Row(partition.split("#")[3], date.fromisoformat(week), tuple(names))
        for name, amount in item.attributes.items():
            if isinstance(amount, int):
                sums.setdefault(row, Counter())[name] += amount
    return {row: sums[row] for row in sorted(sums)}


def rebuild(store: SweepableStore, tenant: str, sources: Iterable[Counted]) -> int:
    """Build a new set from all sources, put it into use and remove the old one; how many counted.

    Changes that happen meanwhile reach both sets. `sources` is read only once that is so: a change
    that did not know yet that a set was being built had happened before, and is in what is read.
    May be interrupted: the next call begins again.
    """
    sets = _sets(store, tenant)
    if sets.building is not None:
        _remove(store, tenant, sets.building)
    number = max(sets.written) + 1
    _switch(store, tenant, sets, {"read": sets.read, "building": number})
    found = 0
    for counted in sources:
        retrying(partial(_count_in, store, tenant, number, counted))
        found += 1
    _switch(store, tenant, _sets(store, tenant), {"read": number})
    _remove(store, tenant, sets.read)
    return found


def _switch(store: Store, tenant: str, sets: _Sets, fields: Mapping[str, int]) -> None:
    when = at_version(sets.item.version) if sets.item else ABSENT
    store.transact([Put(_sets_key(tenant), fields, when=when)])


def _remove(store: SweepableStore, tenant: str, number: int) -> None:
    for prefix in (f"TALLY#{tenant}#{number}#", f"TALLIED#{tenant}#{number}#"):
        for item in store.sweep(prefix):
            store.transact([Delete(item.key)])


def _sets(store: Store, tenant: str) -> _Sets:
    item = store.get(_sets_key(tenant))
    if item is None:
        return _Sets(1, None, None)
    building = item.attributes.get("building")
    return _Sets(item.number("read"), building if isinstance(building, int) else None, item)


def _sets_key(tenant: str) -> Key:
    return Key(f"TALLY#{tenant}", "IN_USE")


def _counted_key(tenant: str, number: int, source: str) -> Key:
    return Key(f"TALLIED#{tenant}#{number}#{source}", "TALLIED")


def _row_key(tenant: str, number: int, row: Row, shard: int) -> Key:
    sk = "#".join([row.week.isoformat(), *row.names, str(shard)])
    return Key(_partition(tenant, number, row.series, row.week.year), sk)


def _partition(tenant: str, number: int, series: str, year: int) -> str:
    return f"TALLY#{tenant}#{number}#{series}#{year}"


def _text_of(share: Share) -> str:
    rows = [[r.series, r.week.isoformat(), r.names, dict(share[r])] for r in sorted(share)]
    return json.dumps(rows, separators=(",", ":"))


def _share_of(item: Item) -> dict[Row, dict[str, int]]:
    rows = json.loads(item.text("share"))
    return {
        Row(series, date.fromisoformat(week), tuple(names)): amounts
        for series, week, names, amounts in rows
    }
