"""Reading encounters: a patient's list, one with all its parts, a document of it."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel

from schemas.encounters import Encounter, EncounterState
from schemas.patients import (
    DocumentLink,
    EncounterList,
    EncounterNote,
    EncounterQuery,
    EncounterSummary,
    NoteVersion,
)
from telesalud.patients.access.opening import Chart, open_chart
from telesalud.patients.access.paging import owner_of, page
from telesalud.patients.encounters.opening import OpenEncounter, open_encounter
from telesalud.patients.encounters.repository import (
    blob_key,
    document_key,
    encounter_key,
    encounter_partition,
)
from telesalud.patients.encounters.stored import (
    StoredChat,
    StoredConnections,
    StoredEncounter,
    StoredFile,
    StoredNote,
)
from telesalud.patients.policy import GRANTS, READ_RECORD
from telesalud.platform.access import require
from telesalud.platform.errors import NotFound
from telesalud.platform.ports.blobs import DOWNLOAD_WITHIN, Blobs
from telesalud.platform.sealed import open_model
from telesalud.platform.store import Item, every
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services

M = TypeVar("M", bound=BaseModel)


def list_encounters(
    services: Services, call: Call, patient: str, query: EncounterQuery
) -> EncounterList:
    """A patient's encounters, latest first; the access is audited. Raises Forbidden, NotFound."""
    chart = open_chart(services, call, patient, READ_RECORD)
    found = page(chart, ("ENCOUNTER#",), query)
    chart.log("patients.list_encounters", f"patient/{chart.patient}")
    lines = [(item, _line(chart, item)) for item in found.items]
    shown = [(item, stored) for item, stored in lines if chart.sees(stored.sensitivity)]
    return EncounterList(
        items=tuple(_summary(item, stored) for item, stored in shown),
        withheld=len(lines) - len(shown),
        cursor=found.cursor,
    )


def read_encounter(services: Services, call: Call, encounter: str) -> Encounter:
    """An encounter with its notes, chat, connections and documents; audited.

    Raises Forbidden, NotFound.
    """
    require(call.caller, READ_RECORD, GRANTS)
    partition = encounter_partition(call.caller.tenant, encounter)
    items = {item.key.sk: item for item in every(services.store, partition, page_size=1000)}
    main = items.get("ENCOUNTER")
    if main is None:
        raise NotFound("there is no such encounter")
    opened = open_encounter(services, call, encounter, READ_RECORD, main)
    opened.chart.log("patients.read_encounter", f"encounter/{encounter}")
    fields = {name: getattr(opened.state, name) for name in EncounterState.model_fields}
    return Encounter(
        **fields,
        notes=_notes(opened, items),
        chat=tuple(
            line for chunk in _parts(opened, items, "CHAT#", StoredChat) for line in chunk.lines
        ),
        connections=tuple(
            entry
            for log in _parts(opened, items, "CONNECTIONS", StoredConnections)
            for entry in log.entries
        ),
        files=tuple(file.view for file in _parts(opened, items, "DOCUMENT#", StoredFile)),
    )


def link_document(
    services: Services, call: Call, blobs: Blobs, encounter: str, document: str
) -> DocumentLink:
    """A link that answers with the document for five minutes; audited.

    Raises Forbidden, NotFound.
    """
    require(call.caller, READ_RECORD, GRANTS)
    tenant = call.caller.tenant
    main, key = encounter_key(tenant, encounter), document_key(tenant, encounter, document)
    found = services.store.get_many([main, key])
    if main not in found or key not in found:
        raise NotFound("there is no such document")
    opened = open_encounter(services, call, encounter, READ_RECORD, found[main])
    described = open_model(services.vault, opened.scope, found[key], StoredFile)
    opened.chart.log("patients.read_document", f"document/{document}")
    at = blob_key(tenant, encounter, document)
    return DocumentLink(
        url=blobs.download(at, described.name, described.media_type),
        expires_at=services.clock() + DOWNLOAD_WITHIN,
    )


def _line(chart: Chart, item: Item) -> StoredEncounter:
    scope = Scope(chart.tenant, owner_of(item))
    return open_model(chart.services.vault, scope, item, StoredEncounter)


def _summary(item: Item, stored: StoredEncounter) -> EncounterSummary:
    encounter = item.key.sk.rpartition("#")[2]
    return stored.summary(encounter, owner_of(item), item.number("of_version"))


def _parts(
    opened: OpenEncounter, items: Mapping[str, Item], prefix: str, kind: type[M]
) -> Sequence[M]:
    vault = opened.chart.services.vault
    found = [item for sk, item in sorted(items.items()) if sk.startswith(prefix)]
    return [open_model(vault, opened.scope, item, kind) for item in found]


def _notes(opened: OpenEncounter, items: Mapping[str, Item]) -> tuple[EncounterNote, ...]:
    vault = opened.chart.services.vault
    notes: dict[str, list[NoteVersion]] = {}
    types: dict[str, str] = {}
    for sk, item in sorted(items.items()):
        if not sk.startswith("NOTE#"):
            continue
        _, note, version = sk.split("#")
        stored = open_model(vault, opened.scope, item, StoredNote)
        types[note] = stored.loinc
        notes.setdefault(note, []).append(
            NoteVersion(
                version=int(version),
                text=stored.text,
                soap=stored.soap,
                author=stored.author,
                written_at=stored.written_at,
                late=stored.late,
            )
        )
    return tuple(
        EncounterNote(id=note, loinc=types[note], versions=tuple(versions))
        for note, versions in notes.items()
    )
