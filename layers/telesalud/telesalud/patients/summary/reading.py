"""The chart's first screen in one read: see `parts` for how its items are kept up."""

from collections.abc import Iterable
from typing import TypeVar

from pydantic import BaseModel

from schemas.chart import EntryKind
from schemas.encounters import EncounterState
from schemas.summary import ActiveEntry, Summary
from schemas.vitals import LastVital
from telesalud.patients.access.opening import Chart, open_chart
from telesalud.patients.people import repository
from telesalud.patients.policy import READ_RECORD
from telesalud.patients.summary import parts
from telesalud.patients.summary.stored import Active, Encounters, Vitals
from telesalud.platform.work import Call, Services

P = TypeVar("P", bound=BaseModel)

IN_FORCE = (EntryKind.PROBLEM, EntryKind.ALLERGY, EntryKind.MEDICATION)
"""Kinds of which the summary shows what is in force."""


def summary(services: Services, call: Call, patient: str) -> Summary:
    """Allergies, problems, medications in force, last vital signs, last encounters; audited.

    One read, two for a patient who absorbed another, whatever the length of the record. Raises
    Forbidden, NotFound.
    """
    names = (parts.ENCOUNTERS, parts.VITALS, *(parts.active(kind) for kind in IN_FORCE))
    chart = open_chart(services, call, patient, READ_RECORD, names=names)
    chart.log("patients.read_summary", f"patient/{chart.patient}")
    lists = {kind: _active(chart, kind) for kind in IN_FORCE}
    encounters = _encounters(chart)
    shown = {
        kind: tuple(e for e in all_ if chart.sees(e.sensitivity)) for kind, all_ in lists.items()
    }
    seen = tuple(one for one in encounters if chart.sees(one.sensitivity))
    hidden = sum(len(lists[kind]) - len(shown[kind]) for kind in IN_FORCE)
    return Summary(
        patient=repository.summary_of(chart.found),
        problems=shown[EntryKind.PROBLEM],
        allergies=shown[EntryKind.ALLERGY],
        medications=shown[EntryKind.MEDICATION],
        vitals=_vitals(chart),
        encounters=seen,
        withheld=hidden + len(encounters) - len(seen),
        relations=tuple(sorted(chart.kinds)),
    )


def _active(chart: Chart, kind: EntryKind) -> list[ActiveEntry]:
    found = _parts(chart, parts.active(kind), Active)
    entries = [entry for part in found for entry in part.items]
    # After a merge one registration may say "none known" beside an allergy of the other.
    known = [entry for entry in entries if not entry.none_known]
    return known or entries


def _encounters(chart: Chart) -> list[EncounterState]:
    found = [one.view for part in _parts(chart, parts.ENCOUNTERS, Encounters) for one in part.items]
    return sorted(found, key=lambda one: one.started_at, reverse=True)[: parts.LAST_ENCOUNTERS]


def _vitals(chart: Chart) -> tuple[LastVital, ...]:
    last: dict[str, LastVital] = {}
    for part in _parts(chart, parts.VITALS, Vitals):
        for one in part.items:
            known = last.get(one.finding.vital)
            if known is None or known.measured_at < one.measured_at:
                last[one.finding.vital] = one
    return tuple(last.values())


def _parts(chart: Chart, name: str, kind: type[P]) -> Iterable[P]:
    vault = chart.services.vault
    return [parts.part_in(chart, one, name).read(vault, kind) for one in chart.members]
