"""What the chart holds of an encounter, gathered for whoever reads or signs it.

What belongs to an encounter names it and is kept by kind in the chart of the patient, so this reads
every entry, set, form and document of the chart once. Nothing of it is copied into the encounter:
each has versions, an author and a time of its own (docs/decisions/0764).
"""

from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel

from schemas.chart import EntryKind
from schemas.visit import EncounterContents
from telesalud.patients.access.opening import Chart, chart_partition
from telesalud.patients.access.paging import owner_of
from telesalud.patients.chart.kinds import KINDS
from telesalud.patients.documents.repository import PREFIX as DOCUMENTS
from telesalud.patients.documents.repository import document_of
from telesalud.patients.encounters.opening import open_encounter
from telesalud.patients.measurements.recording import PREFIX as VITALS
from telesalud.patients.measurements.stored import StoredVitals
from telesalud.patients.policy import READ_RECORD
from telesalud.patients.questionnaires.filling import PREFIX as FORMS
from telesalud.patients.questionnaires.stored import StoredForm
from telesalud.platform.sealed import open_model
from telesalud.platform.store import MAX_PAGE, Item, every
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services

M = TypeVar("M", bound=BaseModel)


def contents(services: Services, call: Call, encounter: str) -> EncounterContents:
    """Present versions, the first recorded first; audited. Raises Forbidden, NotFound."""
    chart = open_encounter(services, call, encounter, READ_RECORD).chart
    entries = {
        kind: [
            one
            for one in _all(chart, KINDS[kind].prefix, KINDS[kind].stored)
            if one.encounter == encounter
        ]
        for kind in EntryKind
    }
    vitals = [one for one in _all(chart, VITALS, StoredVitals) if one.encounter == encounter]
    forms = [one for one in _all(chart, FORMS, StoredForm) if one.encounter == encounter]
    vault, tenant = services.vault, chart.tenant
    uploaded = (document_of(vault, tenant, item) for item in _items(chart, DOCUMENTS))
    documents = [one for one in uploaded if one.stored.encounter == encounter]
    labelled = [
        *(one.sensitivity for kept in entries.values() for one in kept),
        *(one.sensitivity for one in forms),
        *(one.stored.sensitivity for one in documents),
    ]
    chart.log("patients.read_encounter_contents", f"encounter/{encounter}")
    shown: dict[str, tuple[Any, ...]] = {
        kind.value.replace("-", "_"): tuple(
            KINDS[kind].shown(one) for one in kept if chart.sees(one.sensitivity)
        )
        for kind, kept in entries.items()
    }
    return EncounterContents(
        **shown,
        vitals=tuple(one.view for one in vitals),
        forms=tuple(one.view for one in forms if chart.sees(one.sensitivity)),
        documents=tuple(one.view for one in documents if chart.sees(one.stored.sensitivity)),
        withheld=sum(not chart.sees(labels) for labels in labelled),
    )


def _all(chart: Chart, prefix: str, model: type[M]) -> Iterator[M]:
    for item in _items(chart, prefix):
        scope = Scope(chart.tenant, owner_of(item))
        yield open_model(chart.services.vault, scope, item, model)


def _items(chart: Chart, prefix: str) -> Iterator[Item]:
    for member in chart.members:
        partition = chart_partition(chart.tenant, member)
        yield from every(chart.services.store, partition, prefix, page_size=MAX_PAGE)
