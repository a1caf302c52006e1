"""Reading a patient's documents, and voiding one that was entered in error."""

from dataclasses import replace
from datetime import datetime

from schemas.documents import (
    Document,
    DocumentList,
    DocumentQuery,
    FileStatus,
    VersionQuery,
    Voided,
)
from schemas.patients import DocumentLink
from schemas.summary import TimelineEntry
from telesalud.patients.access.opening import open_chart
from telesalud.patients.access.paging import page
from telesalud.patients.chart.timeline import note_line
from telesalud.patients.documents.repository import (
    PREFIX,
    announce,
    document_in,
    document_of,
    document_put,
)
from telesalud.patients.policy import READ_RECORD, WRITE_RECORD
from telesalud.platform.errors import InvalidTransition, NotFound, StaleVersion
from telesalud.platform.ports.blobs import DOWNLOAD_WITHIN, Blobs
from telesalud.platform.store import ConditionFailed
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work


def listed(services: Services, call: Call, patient: str, query: DocumentQuery) -> DocumentList:
    """Documents, latest begun first, those of teleconsultations included; audited.

    Raises Forbidden, NotFound, Invalid.
    """
    chart = open_chart(services, call, patient, READ_RECORD)
    found = page(chart, (PREFIX,), query)
    chart.log("patients.list_documents", f"patient/{chart.patient}")
    every = [document_of(services.vault, chart.tenant, item) for item in found.items]
    wanted = [one for one in every if query.category in (None, one.stored.category)]
    shown = tuple(one.view for one in wanted if chart.sees(one.stored.sensitivity))
    return DocumentList(items=shown, withheld=len(wanted) - len(shown), cursor=found.cursor)


def read(services: Services, call: Call, patient: str, document: str) -> Document:
    """A document with its versions; audited. Raises Forbidden, NotFound."""
    chart = open_chart(services, call, patient, READ_RECORD, names=(PREFIX + document,))
    found = document_in(chart, document)
    chart.log("patients.read_document", f"document/{document}")
    return found.view


def link(
    services: Services,
    blobs: Blobs,
    call: Call,
    patient: str,
    document: str,
    *,
    query: VersionQuery,
) -> DocumentLink:
    """A link that answers with a cleared version for five minutes; audited.

    Voided documents still open, as every version of the record does. Raises Forbidden, NotFound.
    """
    chart = open_chart(services, call, patient, READ_RECORD, names=(PREFIX + document,))
    found = document_in(chart, document)
    number = query.version or found.stored.current or 0
    key = found.blob(chart.tenant, number)
    version = found.stored.versions[number - 1]
    if version.status is not FileStatus.READY or version.media_type is None:
        raise NotFound("this version has not been cleared")
    chart.log("patients.open_document", f"document/{document}/{number}")
    from telesalud.platform.media import download_name  # noqa: PLC0415  # only for links

    name = download_name(version.name, version.media_type)
    return DocumentLink(
        url=blobs.download(key, name, version.media_type),
        expires_at=services.clock() + DOWNLOAD_WITHIN,
    )


def void(
    services: Services, call: Call, patient: str, document: str, *, reason: str, version: int
) -> Document:
    """Mark a document as entered in error; it stays, with the reason.

    Raises Forbidden, NotFound, StaleVersion, InvalidTransition when it is voided.
    """
    chart = open_chart(services, call, patient, WRITE_RECORD, names=(PREFIX + document,))
    found = document_in(chart, document)
    if found.version != version:
        raise StaleVersion
    if found.stored.voided:
        raise InvalidTransition("entered-in-error", "entered-in-error")
    now: datetime = services.clock()
    by = call.caller.subject
    stored = found.stored.model_copy(update={"voided": Voided(reason=reason, by=by, at=now)})
    after = replace(found, version=version + 1, stored=stored)
    owner = Scope(chart.tenant, found.patient)
    put = document_put(services.vault, owner, document, stored, version)
    work = Work(services, call)
    said = f"{stored.title}: {reason}"
    line = TimelineEntry(at=now, kind="documents", id=document, version=0, text=said, by=by)
    work.add(put, note_line(work, owner, line, stored.sensitivity))
    announce(work, after, "voided")
    chart.audit(work, "patients.void_document", f"document/{document}")
    answer = after.view
    try:
        work.commit(answer, answer.version)
    except ConditionFailed as failed:
        raise StaleVersion from failed
    return answer
