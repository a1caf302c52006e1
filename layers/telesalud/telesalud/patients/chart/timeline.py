"""Pages over the chart's partitions, and the lines of the timeline.

    CHART#<t>#<patient> / TIME#<at>#<kind>#<id>#<version>    what was added or changed, sealed

Encounters are in the timeline by their own lines (`ENCOUNTER#<start>#<id>`): both kinds of sort key
begin with a time, so that one cursor, what follows the prefix, pages through both.
"""

from collections.abc import Sequence
from decimal import Decimal
from heapq import merge
from itertools import islice
from typing import NamedTuple

from schemas.chart import ChartQuery
from schemas.common import PageQuery
from schemas.encounters import Sensitivity
from schemas.summary import Timeline, TimelineEntry
from schemas.vitals import MeasuredValue, TrendQuery
from telesalud.patients.access.opening import Chart, chart_partition, open_chart
from telesalud.patients.chart.stored import TimelineLine
from telesalud.patients.encounters.stored import StoredEncounter
from telesalud.patients.policy import READ_RECORD
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import Item, Key, Put
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

TIME = "TIME#"
ENCOUNTER = "ENCOUNTER#"
_LONGEST = 160


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


def note_line(work: Work, owner: Scope, entry: TimelineEntry, labels: Sequence[Sensitivity]) -> Put:
    """The write of a line of the timeline."""
    sort = f"{TIME}{to_text(entry.at)}#{entry.kind}#{entry.id}#{entry.version:06d}"
    key = Key(chart_partition(owner.tenant, owner.patient), sort)
    line = TimelineLine(
        text=entry.text[:_LONGEST],
        by=entry.by,
        sensitivity=tuple(labels),
        measured=entry.measured,
    )
    return Put(key, {ATTRIBUTE: seal_model(work.services.vault, owner, key, line)})


def timeline(services: Services, call: Call, patient: str, query: ChartQuery) -> Timeline:
    """The chart by time, newest first; audited. Raises Forbidden, NotFound, Invalid."""
    chart = open_chart(services, call, patient, READ_RECORD)
    found = page(chart, (TIME, ENCOUNTER), query)
    chart.log("patients.read_timeline", f"patient/{chart.patient}")
    lines = [_line(chart, item) for item in found.items]
    shown = tuple(line for line in lines if line is not None)
    return Timeline(items=shown, withheld=len(lines) - len(shown), cursor=found.cursor)


def _line(chart: Chart, item: Item) -> TimelineEntry | None:
    vault, scope = chart.services.vault, Scope(chart.tenant, owner_of(item))
    if item.key.sk.startswith(ENCOUNTER):
        encounter = open_model(vault, scope, item, StoredEncounter)
        at, which = suffix_of(item).split("#")
        if not chart.sees(encounter.sensitivity):
            return None
        return TimelineEntry(
            at=from_text(at),
            kind="encounters",
            id=which,
            version=item.number("of_version"),
            text=encounter.reason or "",
            by=encounter.practitioners[0].id if encounter.practitioners else "",
        )
    stored = open_model(vault, scope, item, TimelineLine)
    if not chart.sees(stored.sensitivity):
        return None
    at, kind, which, version = suffix_of(item).split("#")
    measured = stored.measured or (_measured(stored.text) if kind == "vitals" else ())
    return TimelineEntry(
        at=from_text(at),
        kind=kind,
        id=which,
        version=int(version),
        text="" if measured else stored.text,
        by=stored.by,
        measured=measured,
    )


def _measured(text: str) -> tuple[MeasuredValue, ...]:
    """The values in a line as it was written before they were kept apart: `pulse 72 /min, …`.

    Such a line was cut at its longest, so that its last value may be incomplete and is left out.
    """
    parts = [part.split(" ") for part in text.split(", ")]
    whole = parts[:-1] if len(text) >= _LONGEST else parts
    return tuple(
        MeasuredValue.model_validate({"vital": vital, "value": Decimal(value), "unit": unit})
        for vital, value, unit in whole
    )
