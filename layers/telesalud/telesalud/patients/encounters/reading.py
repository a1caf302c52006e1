"""Encounters: where their parts are kept, and reading them.

    ENCOUNTER#<t>#<id>  / ENCOUNTER            what it is; `patient` in clear, because it names
                                               the key that opens the rest
    ENCOUNTER#<t>#<id>  / NOTE#<note>#<nnnnnn> one version of a note; never changed
    ENCOUNTER#<t>#<id>  / CHAT#<nnnn>          a stretch of the chat
    ENCOUNTER#<t>#<id>  / CONNECTIONS          who joined and left, when
    ENCOUNTER#<t>#<id>  / DOCUMENT#<id>        a document; its content is in the blob store
    CHART#<t>#<patient> / ENCOUNTER#<start>#<id>  summary, for the patient's list
    IMPORT#<t>          / <consult>            the encounter that a teleconsultation became

Everything but ids and status is sealed with the patient's key. An encounter is one `query` of
its partition; a patient's list is one `query` of his chart (one more for each id that was merged
into his). Parts without the `ENCOUNTER` item belong to an import that has not finished; nobody
sees them.
"""

from collections.abc import Sequence
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from schemas.encounters import Amendment, Encounter, EncounterState, Sensitivity, Signature
from schemas.patients import (
    ChatLine,
    Connection,
    DocumentLink,
    EncounterDocument,
    EncounterKind,
    EncounterList,
    EncounterNote,
    EncounterPractitioner,
    EncounterQuery,
    EncounterStatus,
    EncounterSummary,
    NoteVersion,
    Soap,
)
from telesalud.patients.access.opening import chart_partition, open_chart
from telesalud.patients.policy import GRANTS, READ_RECORD
from telesalud.platform.access import require
from telesalud.platform.clock import to_text
from telesalud.platform.errors import NotFound
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.ports.blobs import DOWNLOAD_WITHIN, BlobKey, Blobs
from telesalud.platform.sealed import open_model
from telesalud.platform.store import Item, Key
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services

M = TypeVar("M", bound=BaseModel)

CONSULT_NOTE = "11488-4"
"""LOINC: consult note."""


class StoredEncounter(BaseModel):
    """An encounter's own item."""

    model_config = ConfigDict(frozen=True)

    kind: EncounterKind
    status: EncounterStatus
    started_at: datetime
    ended_at: datetime | None
    practitioners: tuple[EncounterPractitioner, ...]
    reason: str | None
    consult: str | None
    appointment: str | None
    documents: int
    site: str | None = None
    sensitivity: tuple[Sensitivity, ...] = ()
    signatures: tuple[Signature, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    cosigner: str | None = None
    attended_by: tuple[str, ...] = ()
    """Accounts of the practitioners, in their order, where these are named by the agenda's ids."""

    def summary(self, encounter: str, patient: str, version: int) -> EncounterSummary:
        """What lists show."""
        own = EncounterSummary.model_fields.keys() & type(self).model_fields.keys()
        fields = {name: getattr(self, name) for name in own}
        return EncounterSummary(id=encounter, patient=patient, version=version, **fields)

    def is_account(self, user: str, named: str) -> bool:
        """Whether `named`, an author or practitioner, is this user."""
        people = zip(self.practitioners, self.attended_by, strict=False)
        return user == named or any(p.id == named and a == user for p, a in people)

    def state(self, encounter: str, patient: str, version: int) -> EncounterState:
        """What answers to changes show."""
        own = EncounterState.model_fields.keys() & type(self).model_fields.keys()
        fields = {name: getattr(self, name) for name in own}
        return EncounterState(id=encounter, patient=patient, version=version, **fields)


class StoredNote(BaseModel):
    """One version of a note."""

    loinc: str = CONSULT_NOTE
    text: str
    soap: Soap | None = None
    author: str
    written_at: datetime
    late: bool = False


class StoredChat(BaseModel):
    """A stretch of the chat."""

    lines: tuple[ChatLine, ...]


class StoredConnections(BaseModel):
    """The connection log."""

    entries: tuple[Connection, ...]


def encounter_partition(tenant: str, encounter: str) -> str:
    """Where an encounter and its parts are."""
    return f"ENCOUNTER#{tenant}#{encounter}"


def encounter_key(tenant: str, encounter: str) -> Key:
    """Where an encounter's own item is."""
    return Key(encounter_partition(tenant, encounter), "ENCOUNTER")


def chart_key(tenant: str, patient: str, started_at: datetime, encounter: str) -> Key:
    """Where an encounter's summary is in the patient's chart."""
    line = f"ENCOUNTER#{to_text(started_at)}#{encounter}"
    return Key(chart_partition(tenant, patient), line)


def note_key(tenant: str, encounter: str, note: str, version: int) -> Key:
    """Where a version of a note is."""
    return Key(encounter_partition(tenant, encounter), f"NOTE#{note}#{version:06d}")


def document_key(tenant: str, encounter: str, document: str) -> Key:
    """Where a document's description is."""
    return Key(encounter_partition(tenant, encounter), f"DOCUMENT#{document}")


def blob_key(tenant: str, encounter: str, document: str) -> BlobKey:
    """Where a document's content is."""
    return BlobKey(tenant, encounter, document)


def list_encounters(
    services: Services, call: Call, patient: str, query: EncounterQuery
) -> EncounterList:
    """A patient's encounters, latest first; the access is audited. Raises Forbidden, NotFound."""
    chart = open_chart(services, call, patient, READ_RECORD)
    tenant = chart.tenant
    after = from_cursor(query.cursor)
    pages = [
        services.store.query(
            chart_partition(tenant, one),
            "ENCOUNTER#",
            after=after,
            limit=query.limit,
            newest_first=True,
        )
        for one in chart.members
    ]
    merged = merge(*(page.items for page in pages), key=lambda i: i.key.sk, reverse=True)
    items = list(islice(merged, query.limit))
    more = any(page.next_after for page in pages) or sum(len(p.items) for p in pages) > len(items)
    chart.log("patients.list_encounters", f"patient/{chart.patient}")
    lines = [(item, _opened_line(services, tenant, item)) for item in items]
    shown = [(item, stored) for item, stored in lines if chart.sees(stored.sensitivity)]
    return EncounterList(
        items=tuple(_summary(item, stored) for item, stored in shown),
        withheld=len(lines) - len(shown),
        cursor=to_cursor(items[-1].key.sk) if more else None,
    )


def read_encounter(services: Services, call: Call, encounter: str) -> Encounter:
    """An encounter with its notes, chat, connections and documents; audited.

    Raises Forbidden, NotFound.
    """
    require(call.caller, READ_RECORD, GRANTS)
    tenant = call.caller.tenant
    items = everything(services, encounter_partition(tenant, encounter))
    main = items.get("ENCOUNTER")
    if main is None:
        raise NotFound("there is no such encounter")
    patient = main.text("patient")
    chart = open_chart(services, call, patient, READ_RECORD)
    stored = _opened(services, tenant, patient, main, StoredEncounter)
    chart.require(stored.sensitivity)
    chart.log("patients.read_encounter", f"encounter/{encounter}")
    state = stored.state(encounter, patient, main.version)
    fields = {name: getattr(state, name) for name in EncounterState.model_fields}
    return Encounter(
        **fields,
        notes=_notes(services, tenant, patient, items),
        chat=tuple(
            line
            for chunk in _parts(services, tenant, patient, items, prefix="CHAT#", kind=StoredChat)
            for line in chunk.lines
        ),
        connections=tuple(
            entry
            for log in _parts(
                services, tenant, patient, items, prefix="CONNECTIONS", kind=StoredConnections
            )
            for entry in log.entries
        ),
        files=tuple(
            _parts(services, tenant, patient, items, prefix="DOCUMENT#", kind=EncounterDocument)
        ),
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
    patient = found[main].text("patient")
    chart = open_chart(services, call, patient, READ_RECORD)
    stored = _opened(services, tenant, patient, found[main], StoredEncounter)
    chart.require(stored.sensitivity)
    described = _opened(services, tenant, patient, found[key], EncounterDocument)
    chart.log("patients.read_document", f"document/{document}")
    at = blob_key(tenant, encounter, document)
    return DocumentLink(
        url=blobs.download(at, described.name, described.media_type),
        expires_at=services.clock() + DOWNLOAD_WITHIN,
    )


def everything(services: Services, partition: str) -> dict[str, Item]:
    """A whole partition by sort key, a thousand items a round trip."""
    items: dict[str, Item] = {}
    after: str | None = None
    while True:
        page = services.store.query(partition, after=after, limit=1000)
        items |= {item.key.sk: item for item in page.items}
        after = page.next_after
        if after is None:
            return items


def _opened_line(services: Services, tenant: str, item: Item) -> StoredEncounter:
    patient = item.key.pk.rpartition("#")[2]
    return _opened(services, tenant, patient, item, StoredEncounter)


def _summary(item: Item, stored: StoredEncounter) -> EncounterSummary:
    patient, encounter = (key.rpartition("#")[2] for key in item.key)
    return stored.summary(encounter, patient, item.number("of_version"))


def _opened(services: Services, tenant: str, patient: str, item: Item, kind: type[M]) -> M:
    return open_model(services.vault, Scope(tenant, patient), item, kind)


def _parts(
    services: Services,
    tenant: str,
    patient: str,
    items: dict[str, Item],
    *,
    prefix: str,
    kind: type[M],
) -> Sequence[M]:
    found = [item for sk, item in sorted(items.items()) if sk.startswith(prefix)]
    return [_opened(services, tenant, patient, item, kind) for item in found]


def _notes(
    services: Services, tenant: str, patient: str, items: dict[str, Item]
) -> tuple[EncounterNote, ...]:
    notes: dict[str, list[NoteVersion]] = {}
    types: dict[str, str] = {}
    for sk, item in sorted(items.items()):
        if not sk.startswith("NOTE#"):
            continue
        _, note, version = sk.split("#")
        stored = _opened(services, tenant, patient, item, StoredNote)
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
