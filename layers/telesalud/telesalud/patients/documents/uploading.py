"""Adding a document and replacing its file: announced, uploaded to quarantine, completed.

What is kept is exactly what was examined (`examining`). Until an upload is completed, the document
is as it was; an upload that is never completed is forgotten by the store and by the bucket.
"""

from datetime import timedelta
from typing import Final

from schemas.documents import Document, DocumentUpload, FileStatus, NewDocument, NewFile
from telesalud.patients.access.opening import Chart, labels, open_chart
from telesalud.patients.documents.repository import (
    PREFIX,
    UPLOADS,
    LoadedDocument,
    announce,
    document_in,
    document_key,
    document_of,
    document_put,
    found_in,
    upload_key,
)
from telesalud.patients.documents.stored import StoredDocument, StoredUpload, StoredVersion
from telesalud.patients.encounters.references import check_encounter
from telesalud.patients.errors import UploadMissing
from telesalud.patients.policy import WRITE_RECORD
from telesalud.platform.errors import (
    Conflict,
    Gone,
    InvalidTransition,
    NotFound,
    StaleVersion,
)
from telesalud.platform.ports.blobs import Area, BlobKey, Blobs
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, Item, Put, Update, Value, at_version
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work, retrying

MOST: Final = 50
"""Versions of a document."""
UPLOAD: Final = timedelta(minutes=30)
"""How long an upload may take."""
_UPLOADED_AS: Final = "application/octet-stream"


def start(
    services: Services, blobs: Blobs, call: Call, patient: str, new: NewDocument
) -> DocumentUpload:
    """Leave to upload the first file of a document.

    Raises Forbidden, NotFound, Invalid for an encounter of somebody else.
    """
    chart = open_chart(services, call, patient, WRITE_RECORD)
    chart.require(new.sensitivity)
    check_encounter(chart, new.encounter)
    upload = services.new_id()
    stored = StoredDocument(
        title=new.title,
        category=new.category,
        encounter=new.encounter,
        sensitivity=labels(new.sensitivity),
        versions=(_version(chart, new, upload),),
    )
    announced = StoredUpload(document=upload, after=0, stored=stored)
    return _offer(chart, blobs, chart.patient, upload, announced)


def replace(
    services: Services,
    blobs: Blobs,
    call: Call,
    patient: str,
    document: str,
    *,
    new: NewFile,
    version: int,
) -> DocumentUpload:
    """Leave to upload the next version of a document that was read at `version`.

    Raises Forbidden, NotFound, StaleVersion, InvalidTransition for a voided document, Conflict
    beyond MOST versions.
    """
    chart = open_chart(services, call, patient, WRITE_RECORD, names=(PREFIX + document,))
    found = document_in(chart, document)
    if found.version != version:
        raise StaleVersion
    _must_be_current(found)
    if len(found.stored.versions) >= MOST:
        raise Conflict(f"a document takes at most {MOST} versions")
    upload = services.new_id()
    versions = (*found.stored.versions, _version(chart, new, upload))
    announced = StoredUpload(
        document=document,
        after=len(found.stored.versions),
        stored=found.stored.model_copy(update={"versions": versions}),
    )
    return _offer(chart, blobs, found.patient, upload, announced)


def complete(services: Services, blobs: Blobs, call: Call, patient: str, upload: str) -> Document:
    """The upload has arrived: it becomes the next version, and is examined. May be repeated.

    Raises Forbidden, NotFound, UploadMissing, Gone for an upload that was begun too long ago,
    StaleVersion when the document was replaced meanwhile, InvalidTransition when it was voided.
    """

    def step() -> Document:
        chart = open_chart(services, call, patient, WRITE_RECORD, names=(UPLOADS + upload,))
        item = found_in(chart, UPLOADS + upload)
        owner, announced = _read(chart, item)
        chart.require(announced.stored.sensitivity)
        present = _present(chart, owner, announced.document)
        if "completed" in item.attributes:
            return _existing(present).view
        new = announced.stored.versions[-1]
        if services.clock() >= new.added_at + UPLOAD:
            raise Gone("this upload was begun too long ago; begin again")
        if blobs.stat(Area.QUARANTINE, BlobKey(chart.tenant, owner, upload)) is None:
            raise UploadMissing
        return _commit(chart, item, owner, announced, present=present, new=new)

    return retrying(step)


def _commit(
    chart: Chart,
    item: Item,
    owner: str,
    announced: StoredUpload,
    *,
    present: LoadedDocument | None,
    new: StoredVersion,
) -> Document:
    """Add the version and have it examined. Raises StaleVersion, InvalidTransition."""
    before = present.version if present else 0
    stored = announced.stored
    if present is not None:
        _must_be_current(present)
        if len(present.stored.versions) != announced.after:
            raise StaleVersion
        stored = present.stored.model_copy(update={"versions": (*present.stored.versions, new)})
    after = LoadedDocument(id=announced.document, patient=owner, version=before + 1, stored=stored)
    work = Work(chart.services, chart.call)
    number = len(stored.versions)
    work.add(
        document_put(chart.services.vault, Scope(chart.tenant, owner), after.id, stored, before),
        Update(item.key, set={"completed": True}, when=at_version(item.version)),
    )
    announce(work, after, "uploaded", number)
    chart.audit(work, "patients.add_document", f"document/{after.id}")
    work.commit()
    return after.view


def _offer(
    chart: Chart, blobs: Blobs, owner: str, upload: str, announced: StoredUpload
) -> DocumentUpload:
    services, tenant = chart.services, chart.tenant
    size = announced.stored.versions[-1].size
    offer = blobs.upload(BlobKey(tenant, owner, upload), _UPLOADED_AS, size)
    key = upload_key(tenant, owner, upload)
    sealed = seal_model(services.vault, Scope(tenant, owner), key, announced)
    attributes: dict[str, Value] = {ATTRIBUTE: sealed, "by": chart.call.caller.subject}
    answer = DocumentUpload(
        upload_id=upload,
        document_id=announced.document,
        url=offer.url,
        fields=dict(offer.fields),
        expires_at=offer.expires,
    )
    work = Work(services, chart.call)
    work.add(Put(key, attributes, when=ABSENT, expires=services.clock() + UPLOAD))
    chart.audit(work, "patients.start_document", f"document/{announced.document}")
    work.commit(answer)
    return answer


def _read(chart: Chart, item: Item) -> tuple[str, StoredUpload]:
    """An announced upload of the caller's, and the patient in whose chart it is."""
    if item.text("by") != chart.call.caller.subject:
        raise NotFound("there is no such upload of yours")
    owner = item.key.pk.rpartition("#")[2]
    vault = chart.services.vault
    return owner, open_model(vault, Scope(chart.tenant, owner), item, StoredUpload)


def _present(chart: Chart, owner: str, document: str) -> LoadedDocument | None:
    item = chart.services.store.get(document_key(chart.tenant, owner, document))
    return document_of(chart.services.vault, chart.tenant, item) if item else None


def _existing(present: LoadedDocument | None) -> LoadedDocument:
    if present is None:
        raise NotFound("there is no such document")
    return present


def _version(chart: Chart, new: NewFile, file: str) -> StoredVersion:
    return StoredVersion(
        file=file,
        status=FileStatus.SCANNING,
        name=new.name,
        size=new.size,
        sha256=new.sha256,
        added_by=chart.call.caller.subject,
        added_at=chart.services.clock(),
    )


def _must_be_current(found: LoadedDocument) -> None:
    if found.stored.voided:
        raise InvalidTransition("entered-in-error", "replaced")
