"""What is stored of encounters.

Signatures, amendments, practitioners, SOAP sections, chat messages and lines of the connection log
are stored as the contracts of these value objects have them.
"""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from schemas.encounters import Amendment, EncounterState, Sensitivity, Signature
from schemas.patients import (
    ChatLine,
    ConnectionEvent,
    EncounterDocument,
    EncounterKind,
    EncounterPractitioner,
    EncounterStatus,
    EncounterSummary,
    Soap,
)

CONSULT_NOTE = "11488-4"
"""LOINC: consult note."""


class StoredEncounter(BaseModel):
    """An encounter's own item."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    kind: EncounterKind
    status: EncounterStatus
    started_at: datetime
    ended_at: datetime | None
    practitioners: tuple[EncounterPractitioner, ...]
    reason: str | None
    consult: str | None
    appointment: str | None
    documents: int
    site: str | None = None
    sensitivity: tuple[Sensitivity, ...] = ()
    signatures: tuple[Signature, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    cosigner: str | None = None
    admission: str | None = None
    attended_by: tuple[str, ...] = ()
    """Accounts of the practitioners, in their order, where these are named by the agenda's ids."""

    def summary(self, encounter: str, patient: str, version: int) -> EncounterSummary:
        """What lists show."""
        own = EncounterSummary.model_fields.keys() & type(self).model_fields.keys()
        fields = {name: getattr(self, name) for name in own}
        return EncounterSummary(id=encounter, patient=patient, version=version, **fields)

    def is_account(self, user: str, named: str) -> bool:
        """Whether `named`, an author or practitioner, is this user."""
        people = zip(self.practitioners, self.attended_by, strict=False)
        return user == named or any(p.id == named and a == user for p, a in people)

    def state(self, encounter: str, patient: str, version: int) -> EncounterState:
        """What answers to changes show."""
        own = EncounterState.model_fields.keys() & type(self).model_fields.keys()
        fields = {name: getattr(self, name) for name in own}
        return EncounterState(id=encounter, patient=patient, version=version, **fields)


class StoredNote(BaseModel):
    """One version of a note."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    loinc: str = CONSULT_NOTE
    text: str
    soap: Soap | None = None
    author: str
    written_at: datetime
    late: bool = False


class StoredChat(BaseModel):
    """A stretch of the chat."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    lines: tuple[ChatLine, ...]


class StoredConnections(BaseModel):
    """The connection log."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    entries: tuple[ConnectionEvent, ...]


class StoredFile(BaseModel):
    """The description of a file that was shared in a teleconsultation."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    title: str
    name: str
    media_type: str
    size: int
    sha256: str
    author: str
    added_at: datetime

    @property
    def view(self) -> EncounterDocument:
        """What callers see."""
        fields = {name: getattr(self, name) for name in EncounterDocument.model_fields}
        return EncounterDocument(**fields)


class Attended(BaseModel):
    """Who attended an encounter, in the lists of those for whom it waits."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    names: tuple[str, ...]
    users: tuple[str, ...]
    """Ids by which any of them may be known: of the account, or of the agenda."""
