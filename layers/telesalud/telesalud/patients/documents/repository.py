"""Where a patient's documents are kept.

    CHART#<t>#<patient> / DOCUMENT#<id>   the document with all its versions, sealed
    CHART#<t>#<patient> / UPLOAD#<id>     a file that was announced; forgotten if not completed

One item a document: 50 versions of some 500 bytes are far from what an item may have, so that a
change is one conditional write and a list one query. A version's file is at `BlobKey(tenant, owner,
file)`: the owner is the patient, or the encounter whose teleconsultation it was shared in. Ids rise
with time, so the list's order is the order of uploads.
"""

from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict

from schemas.documents import (
    Document,
    DocumentCategory,
    DocumentFact,
    DocumentStatus,
    DocumentVersion,
    FileStatus,
    Voided,
)
from schemas.encounters import Sensitivity
from telesalud.patients.access.opening import Chart, chart_partition
from telesalud.patients.chart.timeline import owner_of, suffix_of
from telesalud.platform.errors import NotFound
from telesalud.platform.ports.blobs import BlobKey
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, Item, Key, Put, at_version
from telesalud.platform.vault import Scope, Vault
from telesalud.platform.work import Work

PREFIX: Final = "DOCUMENT#"
UPLOADS: Final = "UPLOAD#"


class StoredVersion(BaseModel):
    """One file of a document."""

    model_config = ConfigDict(frozen=True)

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

    model_config = ConfigDict(frozen=True)

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


class Shelved(BaseModel):
    """A document as it was read."""

    model_config = ConfigDict(frozen=True)

    id: str
    patient: str
    version: int
    stored: StoredDocument

    def blob(self, tenant: str, number: int) -> BlobKey:
        """Where a version's file is. Raises NotFound."""
        if not 1 <= number <= len(self.stored.versions):
            raise NotFound("the document has no such version")
        version = self.stored.versions[number - 1]
        # A replacement of a shared document is an upload to the patient's own chart.
        owner = self.stored.owner(self.patient) if version.file == self.id else self.patient
        return BlobKey(tenant, owner, version.file)

    @property
    def view(self) -> Document:
        """What callers see."""
        stored = self.stored
        return Document(
            id=self.id,
            patient=self.patient,
            version=self.version,
            title=stored.title,
            category=stored.category,
            encounter=stored.encounter,
            consult=stored.consult,
            status=DocumentStatus.ERROR if stored.voided else DocumentStatus.CURRENT,
            voided=stored.voided,
            sensitivity=stored.sensitivity,
            current=stored.current,
            versions=tuple(
                DocumentVersion(number=n, **v.model_dump(exclude={"file"}))
                for n, v in enumerate(stored.versions, 1)
            ),
        )


def document_key(tenant: str, patient: str, document: str) -> Key:
    """Where a document is."""
    return Key(chart_partition(tenant, patient), PREFIX + document)


def upload_key(tenant: str, patient: str, upload: str) -> Key:
    """Where an announced upload is."""
    return Key(chart_partition(tenant, patient), UPLOADS + upload)


def opened(vault: Vault, tenant: str, item: Item) -> Shelved:
    """The document in an item."""
    owner = owner_of(item)
    stored = open_model(vault, Scope(tenant, owner), item, StoredDocument)
    return Shelved(id=suffix_of(item), patient=owner, version=item.version, stored=stored)


def found_in(chart: Chart, sk: str) -> Item:
    """An item that came with the chart, in whichever of its members. Raises NotFound."""
    for member in chart.members:
        item = chart.items.get(Key(chart_partition(chart.tenant, member), sk))
        if item is not None:
            return item
    raise NotFound("there is no such document")


def document_in(chart: Chart, document: str) -> Shelved:
    """A document that came with the chart. Raises NotFound, Forbidden."""
    found = opened(chart.services.vault, chart.tenant, found_in(chart, PREFIX + document))
    chart.require(found.stored.sensitivity)
    return found


def kept(
    vault: Vault, owner: Scope, document: str, stored: StoredDocument, version: int = 0
) -> Put:
    """The write of a document; `version` is the one it replaces, 0 for a new one."""
    key = document_key(owner.tenant, owner.patient, document)
    when = at_version(version) if version else ABSENT
    return Put(key, {ATTRIBUTE: seal_model(vault, owner, key, stored)}, when=when)


def announce(work: Work, shelved: Shelved, verb: str, number: int = 0) -> None:
    """Collect `patients.document_<verb>` for a document as it will be."""
    fact = DocumentFact(document_id=shelved.id, patient_id=shelved.patient, number=number)
    data = fact.model_dump(mode="json")
    work.event(f"patients.document_{verb}", shelved.id, shelved.version, data)
