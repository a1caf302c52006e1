"""A ward that keeps files: uploading, examining and reading a patient's documents."""

import hashlib
from typing import Any

from schemas.documents import (
    Document,
    DocumentCategory,
    DocumentFact,
    DocumentQuery,
    DocumentUpload,
    NewDocument,
    NewFile,
    VersionQuery,
)
from telesalud.patients.documents import examining, reading, uploading
from telesalud.platform.access import Caller
from telesalud.platform.memory.files import MemoryBlobs
from telesalud.platform.scanners import EicarScanner
from tests.worlds.patients.ward import Ward
from tests.worlds.world import TENANT

PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer << >>\n%%EOF\n"
OTHER = PDF.replace(b"<< >>", b"<< /A 1 >>")


class Desk(Ward):
    """A ward with a place for files."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.blobs = MemoryBlobs(self.world.clock)

    def start(self, content: bytes = PDF, by: Caller | None = None, **more: Any) -> DocumentUpload:
        fields: dict[str, Any] = {
            "title": "Ecografía",
            "category": DocumentCategory.IMAGING,
            "name": "informe.pdf",
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        new = NewDocument(**fields | more)
        return uploading.start(self.services, self.blobs, self.by(by), self.patient, new)

    def next(self, document: Document, content: bytes = OTHER) -> DocumentUpload:
        digest = hashlib.sha256(content).hexdigest()
        new = NewFile(name="segunda.pdf", size=len(content), sha256=digest)
        return uploading.replace(
            self.services,
            self.blobs,
            self.by(),
            self.patient,
            document.id,
            new=new,
            version=document.version,
        )

    def finish(self, offer: DocumentUpload, content: bytes = PDF) -> Document:
        """Upload, complete, examine."""
        self.blobs.receive(offer.fields, content)
        self.complete(offer)
        self.examine(offer.document_id)
        return self.read(offer.document_id)

    def complete(self, offer: DocumentUpload) -> Document:
        by = self.by()
        return uploading.complete(self.services, self.blobs, by, self.patient, offer.upload_id)

    def examine(self, document: str) -> None:
        """The queue brings every announcement of the document again."""
        for event in self.world.events():
            if event.type == "patients.document_uploaded" and event.subject == document:
                told = DocumentFact.model_validate(event.data)
                examining.inspect(self.services, self.blobs, EicarScanner(), TENANT, told)

    def read(self, document: str, by: Caller | None = None) -> Document:
        return reading.read(self.services, self.by(by), self.patient, document)

    def link(self, document: str, version: int | None = None, by: Caller | None = None) -> str:
        query = VersionQuery(version=version)
        return reading.link(
            self.services, self.blobs, self.by(by), self.patient, document, query=query
        ).url

    def listed(self, by: Caller | None = None, **query: Any) -> tuple[Document, ...]:
        asked = DocumentQuery(**query)
        return reading.listed(self.services, self.by(by), self.patient, asked).items

    def types(self) -> list[str]:
        return [e.type for e in self.world.events() if "document" in e.type]
