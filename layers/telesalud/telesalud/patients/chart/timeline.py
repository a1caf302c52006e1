"""The chart by time.

    CHART#<t>#<patient> / TIME#<at>#<kind>#<id>#<version>    what was added or changed, sealed

Encounters are in the timeline by their own lines (`ENCOUNTER#<start>#<id>`): both kinds of sort key
begin with a time, so that one cursor, what follows the prefix, pages through both.
"""

from collections.abc import Sequence
from decimal import Decimal

from schemas.chart import ChartQuery
from schemas.encounters import Sensitivity
from schemas.summary import Timeline, TimelineEntry
from schemas.vitals import MeasuredValue
from telesalud.patients.access.opening import Chart, chart_partition, open_chart
from telesalud.patients.access.paging import owner_of, page, suffix_of
from telesalud.patients.chart.stored import TimelineLine
from telesalud.patients.encounters.stored import StoredEncounter
from telesalud.patients.policy import READ_RECORD
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import Item, Key, Put
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

TIME = "TIME#"
ENCOUNTER = "ENCOUNTER#"
_LONGEST = 160


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
