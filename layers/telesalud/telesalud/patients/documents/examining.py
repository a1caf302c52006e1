"""Examining an uploaded file: its size and hash, what it really is, and whether it is infected.

Runs from the queue, so it may run twice or be cut short anywhere: the version changes once, under
the condition that it was still waiting, after the clean copy was made. A cleared version becomes a
line of the timeline in the same transaction.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from schemas.documents import DocumentFact, FileStatus
from schemas.summary import TimelineEntry
from telesalud.patients.chart.timeline import note_line
from telesalud.patients.documents.repository import (
    LoadedDocument,
    announce,
    document_key,
    document_of,
    document_put,
)
from telesalud.platform.access import Caller
from telesalud.platform.events import Event, data_of
from telesalud.platform.media import Refused, examine
from telesalud.platform.ports.blobs import Area, Blobs, Changed
from telesalud.platform.ports.scanner import Quarantined, Scanner
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work, retrying


def inspect(
    services: Services, blobs: Blobs, scanner: Scanner, tenant: str, fact: DocumentFact
) -> None:
    """Clear or refuse a version that is waiting.

    Raises Unavailable when the scanner cannot tell: then the queue brings it back.
    """
    waiting = _load(services, tenant, fact)
    if waiting is None:
        return
    update: dict[str, object]
    try:
        media_type = _clear(blobs, scanner, tenant=tenant, found=waiting, fact=fact)
        update = {"status": FileStatus.READY, "media_type": media_type}
    except (Refused, Changed) as refused:
        code = refused.code if isinstance(refused, Refused) else "missing"
        update = {"status": FileStatus.REFUSED, "refusal": code}
    call = Call(Caller.system(tenant, "document-inspection"))

    def step() -> None:
        found = _load(services, tenant, fact)
        if found is not None:
            _settle(services, call, found, fact, update)

    retrying(step)
    blobs.delete(Area.QUARANTINE, waiting.blob(tenant, fact.number))


def handlers(
    services: Callable[[], Services], blobs: Callable[[], Blobs], scanner: Callable[[], Scanner]
) -> Mapping[str, Callable[[Event], None]]:
    """Examining what was uploaded. May be called again with the same event."""

    def examine_upload(event: Event) -> None:
        fact = data_of(event, DocumentFact)
        inspect(services(), blobs(), scanner(), event.tenant, fact)

    return {"patients.document_uploaded": examine_upload}


def _load(services: Services, tenant: str, fact: DocumentFact) -> LoadedDocument | None:
    """The document, while this version of it waits."""
    item = services.store.get(document_key(tenant, fact.patient_id, fact.document_id))
    if item is None:
        return None
    found = document_of(services.vault, tenant, item)
    version = found.stored.versions[fact.number - 1]
    return found if version.status is FileStatus.SCANNING else None


def _clear(
    blobs: Blobs, scanner: Scanner, *, tenant: str, found: LoadedDocument, fact: DocumentFact
) -> str:
    """The detected media type, once the clean copy exists. Raises Refused, Changed, Unavailable."""
    version = found.stored.versions[fact.number - 1]
    key, content = found.blob(tenant, fact.number), bytearray()
    read = blobs.examine(Area.QUARANTINE, key, content.extend)
    if read.size != version.size or read.sha256 != version.sha256:
        raise Refused("hash-mismatch")
    media_type = examine(version.name, bytes(content))
    if scanner.infected(Quarantined(key, read.etag, bytes(content))):
        raise Refused("infected")
    blobs.release(key, media_type, read.etag)
    return media_type


def _settle(
    services: Services,
    call: Call,
    found: LoadedDocument,
    fact: DocumentFact,
    update: dict[str, object],
) -> None:
    versions = list(found.stored.versions)
    versions[fact.number - 1] = version = versions[fact.number - 1].model_copy(update=update)
    stored = found.stored.model_copy(update={"versions": tuple(versions)})
    after = replace(found, version=found.version + 1, stored=stored)
    owner = found.patient
    scope = Scope(call.caller.tenant, owner)
    work = Work(services, call)
    work.add(document_put(services.vault, scope, found.id, stored, found.version))
    if version.status is FileStatus.READY:
        line = TimelineEntry(
            at=version.added_at,
            kind="documents",
            id=found.id,
            version=fact.number,
            text=stored.title,
            by=version.added_by,
        )
        work.add(note_line(work, scope, line, stored.sensitivity))
    announce(work, after, version.status.value, fact.number)
    work.audit(f"patients.document_{version.status.value}", owner, f"document/{found.id}")
    work.commit()
