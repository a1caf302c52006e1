"""Contracts of a patient's documents: files with versions (FHIR DocumentReference)."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.common import Contract, Id, Line, Moment, PageQuery, Query
from schemas.encounters import Sensitivity

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class DocumentCategory(StrEnum):
    """What kind of document it is (DocumentReference.type, LOINC document ontology)."""

    NOTE = "34109-9"
    LABORATORY = "11502-2"
    IMAGING = "18748-4"
    PATHOLOGY = "11526-1"
    ELECTROCARDIOGRAM = "11524-6"
    DISCHARGE_SUMMARY = "18842-5"
    OPERATIVE_NOTE = "11504-8"
    REFERRAL = "57133-1"
    PRESCRIPTION = "57833-6"
    IMMUNIZATIONS = "11369-6"
    CONSENT = "59284-0"
    ADVANCE_DIRECTIVE = "42348-3"
    PHOTOGRAPH = "72170-4"
    ADMINISTRATIVE = "51851-4"
    OTHER = "OTH"
    """None of these (HL7 v3 NullFlavor)."""


class DocumentStatus(StrEnum):
    """DocumentReference.status; an earlier version is superseded by the next."""

    CURRENT = "current"
    ERROR = "entered-in-error"


class FileStatus(StrEnum):
    """Where a version's file is on its way. Only a ready one can be fetched."""

    SCANNING = "scanning"
    READY = "ready"
    REFUSED = "refused"


class NewFile(Contract):
    """A file that is about to be uploaded: an image, a PDF, an office document."""

    name: Line
    size: int = Field(ge=1, le=33_554_432)
    sha256: Sha256


class NewDocument(NewFile):
    """A document with its first file."""

    title: Line
    category: DocumentCategory
    encounter: Id | None = None
    sensitivity: tuple[Sensitivity, ...] = Field(default=(), max_length=5)


class DocumentUpload(Contract):
    """A presigned POST (S3): send `fields` and then `file` as multipart form data to `url`, then
    complete the upload. What is not completed in 30 minutes is forgotten."""

    upload_id: Id
    document_id: Id
    url: str
    fields: dict[str, str]
    expires_at: Moment


class DocumentVersion(Contract):
    """One file of a document. `media_type` is detected from the content, never claimed."""

    number: int
    status: FileStatus
    refusal: str | None = None
    """Code: `type-not-allowed`, `type-mismatch`, `active-content` (macros, scripts, programs),
    `encrypted` (a password), `photo-format` (of a telephone; a JPEG is taken), `hash-mismatch`,
    `infected`, `missing`."""
    name: str
    size: int
    sha256: str
    media_type: str | None = None
    added_by: str
    added_at: Moment


class Voided(Contract):
    """Why, by whom and when a document was marked as entered in error."""

    reason: str
    by: str
    at: Moment


class Document(Contract):
    """A document with all its versions, oldest first. Nothing of it is erased by users."""

    id: Id
    patient: Id
    """The id under which it was added; merged patients keep theirs."""
    version: int
    title: str
    category: DocumentCategory
    encounter: Id | None
    consult: Id | None
    """The teleconsultation that it was shared in."""
    status: DocumentStatus
    voided: Voided | None
    sensitivity: tuple[Sensitivity, ...]
    current: int | None
    """Number of the latest ready version; none while the first is examined, or was refused."""
    versions: tuple[DocumentVersion, ...]


class DocumentList(Contract):
    """A patient's documents, latest begun first."""

    items: tuple[Document, ...]
    withheld: int = 0
    """How many on this page the caller may not see, because they are sensitive."""
    cursor: str | None = None


class DocumentQuery(PageQuery):
    """Pages through documents; with a category, a page may hold fewer than there are to come."""

    category: DocumentCategory | None = None


class VersionQuery(Query):
    """Which version of a document; the current one unless given."""

    version: int | None = Field(default=None, ge=1)


class VoidBody(Contract):
    """Why a document was entered in error."""

    reason: Line = Field(min_length=5)


class DocumentFact(Contract):
    """Data of `patients.document_*`; the subject is the document."""

    document_id: Id
    patient_id: Id
    number: int
    """The version that it is about; 0 when it is the whole document."""


EVENTS: dict[str, type[Contract]] = {
    f"patients.document_{verb}": DocumentFact for verb in ("uploaded", "ready", "refused", "voided")
}
"""Event types and the models of their `data`."""
