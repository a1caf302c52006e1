"""A patient's documents over HTTP."""

from schemas import documents as contract
from schemas.patients import DocumentLink
from telesalud.patients import wiring
from telesalud.patients.documents import reading, uploading
from telesalud.patients.errors import UploadMissing
from telesalud.platform.errors import (
    Conflict,
    Gone,
    Invalid,
    InvalidTransition,
    NotFound,
    StaleVersion,
)
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/patients")


@group.get(
    "/{patient_id}/documents",
    query=contract.DocumentQuery,
    answer=contract.DocumentList,
    errors=(Invalid, NotFound),
)
def list_documents(request: Request) -> contract.DocumentList:
    """A patient's documents, latest first, those of teleconsultations included."""
    who = request.id("patient_id")
    return reading.listed(wiring.services(), request.call, who, request.query)


@group.get("/{patient_id}/documents/{document_id}", answer=contract.Document, errors=(NotFound,))
def read_document(request: Request) -> Answer:
    """A document with all its versions."""
    who, which = request.id("patient_id"), request.id("document_id")
    found = reading.read(wiring.services(), request.call, who, which)
    return Answer(found, found.version)


@group.get(
    "/{patient_id}/documents/{document_id}/link",
    query=contract.VersionQuery,
    answer=DocumentLink,
    errors=(NotFound,),
)
def link_version(request: Request) -> DocumentLink:
    """A short-lived link to a version of a document."""
    who, which = request.id("patient_id"), request.id("document_id")
    services, blobs = wiring.services(), wiring.blobs()
    return reading.link(services, blobs, request.call, who, which, query=request.query)


@group.post(
    "/{patient_id}/documents",
    body=contract.NewDocument,
    answer=contract.DocumentUpload,
    status=201,
    idempotent=True,
    errors=(Invalid, NotFound),
)
def start_document(request: Request) -> contract.DocumentUpload:
    """Announce a document; answers with leave to upload its file."""
    who = request.id("patient_id")
    services, blobs = wiring.services(), wiring.blobs()
    return uploading.start(services, blobs, request.call, who, request.body)


@group.post(
    "/{patient_id}/documents/{document_id}/versions",
    body=contract.NewFile,
    answer=contract.DocumentUpload,
    status=201,
    idempotent=True,
    versioned=True,
    errors=(NotFound, Conflict, StaleVersion, InvalidTransition),
)
def replace_document(request: Request) -> contract.DocumentUpload:
    """Announce the next version of a document; answers with leave to upload its file."""
    who, which = request.id("patient_id"), request.id("document_id")
    return uploading.replace(
        wiring.services(),
        wiring.blobs(),
        request.call,
        who,
        which,
        new=request.body,
        version=request.if_match,
    )


@group.post(
    "/{patient_id}/documents/uploads/{upload_id}/complete",
    answer=contract.Document,
    errors=(NotFound, UploadMissing, Gone, StaleVersion, InvalidTransition),
)
def complete_document(request: Request) -> Answer:
    """The file has been uploaded; may be repeated."""
    who, which = request.id("patient_id"), request.id("upload_id")
    services, blobs = wiring.services(), wiring.blobs()
    made = uploading.complete(services, blobs, request.call, who, which)
    return Answer(made, made.version)


@group.post(
    "/{patient_id}/documents/{document_id}/void",
    body=contract.VoidBody,
    answer=contract.Document,
    idempotent=True,
    versioned=True,
    errors=(NotFound, StaleVersion, InvalidTransition),
)
def void_document(request: Request) -> Answer:
    """Mark a document as entered in error; it is kept with the reason."""
    who, which = request.id("patient_id"), request.id("document_id")
    voided = reading.void(
        wiring.services(),
        request.call,
        who,
        which,
        reason=request.body.reason,
        version=request.if_match,
    )
    return Answer(voided, voided.version)
