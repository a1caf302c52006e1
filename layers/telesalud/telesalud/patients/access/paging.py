"""Pages over the partitions of a chart: the patient's own, and those of who was merged into them.

What is listed has a sort key that ends in what orders it, a time or an id that rises with time.
"""

from collections.abc import Sequence
from heapq import merge
from itertools import islice
from typing import NamedTuple

from schemas.common import PageQuery
from schemas.vitals import TrendQuery
from telesalud.patients.access.opening import Chart, chart_partition
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.store import Item


class Paged(NamedTuple):
    """Items of all partitions of a chart, newest first, and the cursor of the next page."""

    items: Sequence[Item]
    cursor: str | None


def owner_of(item: Item) -> str:
    """The patient id whose chart an item is in."""
    return item.key.pk.rpartition("#")[2]


def suffix_of(item: Item) -> str:
    """A sort key without its prefix."""
    return item.key.sk.partition("#")[2]


def page(chart: Chart, prefixes: Sequence[str], query: PageQuery | TrendQuery) -> Paged:
    """One page over sort keys with these prefixes, by what follows them, newest first.

    One query for each prefix and each patient whose chart this is. Raises Invalid.
    """
    after = from_cursor(query.cursor)
    pages = [
        chart.services.store.query(
            chart_partition(chart.tenant, one),
            prefix,
            after=prefix + after if after else None,
            limit=query.limit,
            newest_first=True,
        )
        for one in chart.members
        for prefix in prefixes
    ]
    [hashes] = {prefix.count("#") for prefix in prefixes}

    def rest(item: Item) -> str:
        return item.key.sk.split("#", hashes)[hashes]

    merged = merge(*(p.items for p in pages), key=rest, reverse=True)
    items = list(islice(merged, query.limit))
    more = any(p.next_after for p in pages) or sum(len(p.items) for p in pages) > len(items)
    return Paged(items, to_cursor(rest(items[-1])) if more and items else None)
