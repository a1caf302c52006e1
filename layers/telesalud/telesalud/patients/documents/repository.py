"""Where a patient's documents are kept.

    CHART#<t>#<patient> / DOCUMENT#<id>   the document with all its versions, sealed
    CHART#<t>#<patient> / UPLOAD#<id>     a file that was announced; forgotten if not completed

One item a document: 50 versions of some 500 bytes are far from what an item may have, so that a
change is one conditional write and a list one query. A version's file is at `BlobKey(tenant, owner,
file)`: the owner is the patient, or the encounter whose teleconsultation it was shared in. Ids rise
with time, so the list's order is the order of uploads.
"""

from dataclasses import dataclass
from typing import Final

from schemas.documents import (
    Document,
    DocumentFact,
    DocumentStatus,
    DocumentVersion,
)
from telesalud.patients.access.opening import Chart, chart_partition
from telesalud.patients.access.paging import owner_of, suffix_of
from telesalud.patients.documents.stored import StoredDocument
from telesalud.platform.errors import NotFound
from telesalud.platform.ports.blobs import BlobKey
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, Item, Key, Put, at_version
from telesalud.platform.vault import Scope, Vault
from telesalud.platform.work import Work

PREFIX: Final = "DOCUMENT#"
UPLOADS: Final = "UPLOAD#"


@dataclass(frozen=True, slots=True)
class LoadedDocument:
    """A document as it was read."""

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


def document_of(vault: Vault, tenant: str, item: Item) -> LoadedDocument:
    """The document in an item."""
    owner = owner_of(item)
    stored = open_model(vault, Scope(tenant, owner), item, StoredDocument)
    return LoadedDocument(id=suffix_of(item), patient=owner, version=item.version, stored=stored)


def found_in(chart: Chart, sk: str) -> Item:
    """An item that came with the chart, in whichever of its members. Raises NotFound."""
    for member in chart.members:
        item = chart.items.get(Key(chart_partition(chart.tenant, member), sk))
        if item is not None:
            return item
    raise NotFound("there is no such document")


def document_in(chart: Chart, document: str) -> LoadedDocument:
    """A document that came with the chart. Raises NotFound, Forbidden."""
    found = document_of(chart.services.vault, chart.tenant, found_in(chart, PREFIX + document))
    chart.require(found.stored.sensitivity)
    return found


def document_put(
    vault: Vault, owner: Scope, document: str, stored: StoredDocument, version: int = 0
) -> Put:
    """The write of a document; `version` is the one it replaces, 0 for a new one."""
    key = document_key(owner.tenant, owner.patient, document)
    when = at_version(version) if version else ABSENT
    return Put(key, {ATTRIBUTE: seal_model(vault, owner, key, stored)}, when=when)


def announce(work: Work, document: LoadedDocument, verb: str, number: int = 0) -> None:
    """Collect `patients.document_<verb>` for a document as it will be."""
    fact = DocumentFact(document_id=document.id, patient_id=document.patient, number=number)
    data = fact.model_dump(mode="json")
    work.event(f"patients.document_{verb}", document.id, document.version, data)
