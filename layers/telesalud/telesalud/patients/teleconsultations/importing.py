"""Filing a finished teleconsultation as an encounter, once however often it is announced.

1. The consult's IMPORT item reserves the encounter's id, so every try builds the same encounter.
   Who writes something during the consult has reserved it already (`reserving`).
2. Documents are copied to our own store under that id and checked against their hashes; notes,
   chat and connections are written as parts that nobody sees yet. Doing this again changes nothing.
3. One transaction adds the encounter itself, its line in the chart, the event and the audit entry,
   and marks the consult as filed.

What was decided about it is filed first, if it is not there yet (`consents`).

A crash before 3 leaves no encounter; the retry continues with the same id. Notes that reached the
consult after its end are announced again and are added as further versions.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from pydantic import BaseModel

from schemas.appointments import TeleconsultationConsented, TeleconsultationFinished
from schemas.care import RelationKind
from schemas.consult_content import Export, ExportedFile
from schemas.consults import ConsultStatus, Participant
from schemas.documents import DocumentCategory, FileStatus
from schemas.patients import (
    ChatLine,
    ConnectionEvent,
    EncounterFiled,
    EncounterKind,
    EncounterPractitioner,
    EncounterStatus,
)
from telesalud.patients.documents.repository import document_put
from telesalud.patients.documents.stored import StoredDocument, StoredVersion
from telesalud.patients.encounters import changing
from telesalud.patients.encounters.repository import (
    blob_key,
    document_key,
    encounter_partition,
    import_key,
    note_key,
)
from telesalud.patients.encounters.stored import (
    StoredChat,
    StoredConnections,
    StoredEncounter,
    StoredFile,
    StoredNote,
)
from telesalud.patients.people import repository
from telesalud.patients.people.relations import TREATED_FOR, granted
from telesalud.patients.people.repository import Found
from telesalud.patients.summary import parts
from telesalud.patients.teleconsultations import consents
from telesalud.patients.teleconsultations.reserving import reservation
from telesalud.patients.teleconsultations.source import ImportRefused, Teleconsultations
from telesalud.platform.access import CallerKind
from telesalud.platform.errors import Forbidden
from telesalud.platform.ports.blobs import Blobs
from telesalud.platform.sealed import ATTRIBUTE, seal_model
from telesalud.platform.store import ConditionFailed, Item, Key, Put, Update, When
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

CHAT_CHUNK = 200_000
"""Bytes of chat in one item; an item may have 400 KB."""
PARTS_AT_ONCE = 10
"""Ten parts of the largest size stay under the 4 MB of a transaction."""


class Filing(NamedTuple):
    """What an import needs."""

    services: Services
    blobs: Blobs
    source: Teleconsultations


def file_teleconsultation(filing: Filing, call: Call, fact: TeleconsultationFinished) -> str:
    """The id of the encounter that the teleconsultation became.

    Raises Forbidden, ImportRefused, NotFound for an unknown patient, Refused and Unavailable of
    the source, ConditionFailed when another try is at it.
    """
    if call.caller.kind is not CallerKind.SYSTEM:
        raise Forbidden("only our own worker files what took place elsewhere")
    tenant = call.caller.tenant
    export = filing.source.export(tenant, fact.consult_id)
    patient = repository.load(filing.services, tenant, fact.patient_id)
    _check(export, fact, patient)
    consented = TeleconsultationConsented(
        appointment_id=fact.appointment_id,
        consult_id=fact.consult_id,
        patient_id=fact.patient_id,
    )
    consents.file_all(filing.services, call, patient, consented, export.consents)
    reserved = _reserve(filing.services, tenant, fact, patient.id)
    if reserved.text("patient") not in (patient.id, *patient.absorbed):
        raise ImportRefused("another-patient")
    target = _Target(tenant, reserved.text("patient"), reserved.text("encounter"))
    if "filed" in reserved.attributes:
        _add_late_notes(filing, call, target, export, reserved)
        return target.encounter
    documents = [_copy(filing, target, file) for file in export.files]
    _write_parts(filing.services, target, export, documents)
    _commit(
        filing.services, call, target, export, documents=documents, fact=fact, reserved=reserved
    )
    return target.encounter


class _Target(NamedTuple):
    tenant: str
    patient: str
    encounter: str

    @property
    def scope(self) -> Scope:
        return Scope(self.tenant, self.patient)


def _check(export: Export, fact: TeleconsultationFinished, patient: Found) -> None:
    consult = export.consult
    if consult.id != fact.consult_id or consult.external_reference != fact.appointment_id:
        raise ImportRefused("another-consult")
    if consult.patient.id not in (fact.patient_id, patient.id, *patient.absorbed):
        raise ImportRefused("another-patient")
    if consult.status is not ConsultStatus.FINISHED:
        raise ImportRefused("not-finished")


def _reserve(services: Services, tenant: str, fact: TeleconsultationFinished, patient: str) -> Item:
    """The consult's IMPORT item, made during the consult or at the first try."""
    key = import_key(tenant, fact.consult_id)
    found = services.store.get(key)
    if found is None:
        found = Item(key, 1, {"encounter": services.new_id(), "patient": patient})
        try:
            services.store.transact(list(reservation(found)))
        except ConditionFailed as failed:
            other = failed.failures[0].found or services.store.get(key)
            if other is None:
                raise
            found = other
    return found


def _copy(filing: Filing, target: _Target, file: ExportedFile) -> StoredFile:
    """Copy a file to our own store, checked against size and hash. Raises ImportRefused."""
    at = blob_key(target.tenant, target.encounter, file.id)
    body = filing.source.content(file)
    if len(body) != file.size or hashlib.sha256(body).hexdigest() != file.sha256:
        raise ImportRefused("file-differs")
    filing.blobs.put(at, file.media_type, body)
    return StoredFile(
        id=file.id,
        title=file.description or file.name,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        author=file.participant,
        added_at=file.at,
    )


def _write_parts(
    services: Services, target: _Target, export: Export, documents: list[StoredFile]
) -> None:
    puts = [_sealed(services, target, key, part) for key, part in _parts(target, export, documents)]
    for first in range(0, len(puts), PARTS_AT_ONCE):
        services.store.transact(puts[first : first + PARTS_AT_ONCE])


def _parts(
    target: _Target, export: Export, documents: list[StoredFile]
) -> Iterator[tuple[Key, BaseModel]]:
    tenant, encounter = target.tenant, target.encounter
    partition = encounter_partition(tenant, encounter)
    yield from _note_parts(target, export)
    for number, chunk in enumerate(_chunks(export)):
        yield Key(partition, f"CHAT#{number:04d}"), chunk
    log = tuple(
        ConnectionEvent(
            at=c.at, participant=_who(export, c.participant), kind=c.kind, cause=c.cause
        )
        for c in export.connections
    )
    yield Key(partition, "CONNECTIONS"), StoredConnections(entries=log)
    for document in documents:
        yield document_key(tenant, encounter, document.id), document


def _note_parts(target: _Target, export: Export) -> Iterator[tuple[Key, StoredNote]]:
    note = export.consult.id
    for version in export.note_versions:
        stored = StoredNote(
            text=version.text,
            author=_who(export, version.author),
            written_at=version.saved_at,
            late=version.after_end,
        )
        yield note_key(target.tenant, target.encounter, note, version.version), stored


def _chunks(export: Export) -> Iterator[StoredChat]:
    lines: list[ChatLine] = []
    size = 0
    for message in export.chat:
        line = ChatLine(at=message.at, author=_who(export, message.participant), text=message.text)
        length = len(line.model_dump_json().encode())
        if lines and size + length > CHAT_CHUNK:
            yield StoredChat(lines=tuple(lines))
            lines, size = [], 0
        lines.append(line)
        size += length
    if lines:
        yield StoredChat(lines=tuple(lines))


def _who(export: Export, participant: Participant) -> str:
    """`patient`, or the practitioner's id in our own system."""
    if participant == "patient":
        return participant
    number = int(participant.removeprefix("practitioner-")) - 1
    people = export.consult.practitioners
    return people[number].external_id or people[number].id if number < len(people) else participant


def _sealed(services: Services, target: _Target, key: Key, part: BaseModel) -> Put:
    return Put(key, {ATTRIBUTE: seal_model(services.vault, target.scope, key, part)})


def _commit(
    services: Services,
    call: Call,
    target: _Target,
    export: Export,
    *,
    documents: list[StoredFile],
    fact: TeleconsultationFinished,
    reserved: Item,
) -> None:
    consult = export.consult
    stored = _encounter(export, fact)
    work = Work(services, call)
    latest = parts.load(services, target.tenant, target.patient)
    changing.add(
        work, target.scope, stored, stored.state(target.encounter, target.patient, 1), latest
    )
    treated = services.clock() + TREATED_FOR
    work.add(
        *(
            granted(target.tenant, target.patient, user, RelationKind.TREATED, treated)
            for user in dict.fromkeys(stored.attended_by)
        ),
        *(_as_document(services, target, consult.id, document) for document in documents),
        Update(
            reserved.key,
            set={"filed": True, "notes": len(export.note_versions)},
            when=When(exists=True, lacks=("filed",)),
        ),
    )
    filed = EncounterFiled(
        encounter_id=target.encounter,
        patient_id=target.patient,
        consult_id=consult.id,
        appointment_id=fact.appointment_id,
        documents=len(export.files),
    )
    work.event("patients.encounter_filed", target.encounter, 1, filed.model_dump(mode="json"))
    work.audit("patients.file_encounter", target.patient, f"encounter/{target.encounter}")
    work.commit()


def _encounter(export: Export, fact: TeleconsultationFinished) -> StoredEncounter:
    consult = export.consult
    started = consult.started_at or consult.waiting_since or consult.start
    return StoredEncounter(
        kind=EncounterKind.TELEMEDICINE,
        status=EncounterStatus.OPEN,
        started_at=started,
        ended_at=_end(consult.ended_at, started),
        practitioners=tuple(
            EncounterPractitioner(id=p.external_id or p.id, name=p.display_name)
            for p in consult.practitioners
        ),
        reason=None,
        consult=consult.id,
        appointment=fact.appointment_id,
        documents=len(export.files),
        attended_by=tuple(p.id for p in consult.practitioners),
    )


def _as_document(services: Services, target: _Target, consult: str, document: StoredFile) -> Put:
    """The write that shows a shared file among the patient's documents: at most 50 a consult."""
    cleared = StoredVersion(
        file=document.id,
        status=FileStatus.READY,
        name=document.name,
        size=document.size,
        sha256=document.sha256,
        media_type=document.media_type,
        added_by=document.author,
        added_at=document.added_at,
    )
    stored = StoredDocument(
        title=document.title,
        category=DocumentCategory.OTHER,
        encounter=target.encounter,
        consult=consult,
        versions=(cleared,),
    )
    return document_put(services.vault, target.scope, document.id, stored)


def _end(ended: datetime | None, started: datetime) -> datetime | None:
    return max(ended, started) if ended is not None else None


def _add_late_notes(
    filing: Filing, call: Call, target: _Target, export: Export, reserved: Item
) -> None:
    """Add the versions of the note that were not there when the encounter was filed."""
    known = reserved.number("notes")
    versions = list(_note_parts(target, export))
    if len(versions) <= known:
        return
    services = filing.services
    work = Work(services, call)
    work.add(*(_sealed(services, target, key, part) for key, part in versions[known:]))
    when = When(equals={"notes": known})
    work.add(Update(reserved.key, set={"notes": len(versions)}, when=when))
    work.audit("patients.file_late_note", target.patient, f"encounter/{target.encounter}")
    work.commit()
