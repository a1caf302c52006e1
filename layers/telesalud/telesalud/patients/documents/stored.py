"""What is stored of documents: one with its versions, and a file that is to come.

Why one was voided is stored as the contract of this value object has it.
"""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from schemas.documents import DocumentCategory, FileStatus, Voided
from schemas.encounters import Sensitivity


class StoredVersion(BaseModel):
    """One file of a document."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    file: str
    """Last part of its blob's key."""
    status: FileStatus
    refusal: str | None = None
    name: str
    size: int
    sha256: str
    media_type: str | None = None
    added_by: str
    added_at: datetime


class StoredDocument(BaseModel):
    """A document."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    title: str
    category: DocumentCategory
    encounter: str | None = None
    consult: str | None = None
    sensitivity: tuple[Sensitivity, ...] = ()
    voided: Voided | None = None
    versions: tuple[StoredVersion, ...]

    @property
    def current(self) -> int | None:
        """Number of the latest version that was cleared."""
        cleared = [n for n, v in enumerate(self.versions, 1) if v.status is FileStatus.READY]
        return cleared[-1] if cleared else None

    def owner(self, patient: str) -> str:
        """What its files' blobs belong to: teleconsultations' are their encounter's."""
        return self.encounter if self.consult and self.encounter else patient


class StoredUpload(BaseModel):
    """A file that is to come: the document as it will be, and how many versions it had."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    document: str
    after: int
    stored: StoredDocument
