"""Contracts of writing encounters: notes, signatures, amendments."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field, model_validator

from schemas.common import Contract, Id, Line, Moment, PageQuery, Text
from schemas.patients import (
    ChatLine,
    ConnectionEvent,
    EncounterDocument,
    EncounterKind,
    EncounterNote,
    EncounterStatus,
    EncounterSummary,
    Soap,
)


class Sensitivity(StrEnum):
    """Information that fewer people may see (HL7 v3 ActCode, InformationSensitivityPolicy)."""

    SUBSTANCE_USE = "ETH"
    HIV = "HIV"
    PSYCHIATRY = "PSY"
    SEXUAL_HEALTH = "SEX"
    VIOLENCE = "SDV"


class NoteType(StrEnum):
    """Type of a clinical note (LOINC document ontology)."""

    PROGRESS = "11506-3"
    CONSULTATION = "11488-4"
    HISTORY_AND_PHYSICAL = "34117-2"
    PROCEDURE = "28570-0"
    DISCHARGE_SUMMARY = "18842-5"
    NURSING = "34746-8"
    TELEPHONE = "34748-4"
    REFERRAL = "57133-1"


ADDENDUM = "55107-7"
"""LOINC: addendum document."""


class NoteContent(Contract):
    """What a note says: narrative, SOAP sections, or both."""

    text: Text = ""
    soap: Soap | None = None


class NewNote(NoteContent):
    """A note to begin."""

    type: NoteType = NoteType.PROGRESS


class NoteSave(NoteContent):
    """The note as it is in the editor.

    An autosave may be replaced by its author's next save; any other version is kept for ever.
    """

    autosave: bool = False


class NoteSaved(Contract):
    """Which version the save became; send it as If-Match with the next."""

    note: str
    version: int
    saved_at: Moment
    author: str


class EncounterBody(Contract):
    """What may be corrected until the encounter is signed."""

    kind: EncounterKind
    reason: Line | None = None
    started_at: Moment
    ended_at: Moment | None = None
    site: Id | None = None
    sensitivity: tuple[Sensitivity, ...] = Field(default=(), max_length=5)

    @model_validator(mode="after")
    def _ordered(self) -> "EncounterBody":
        if self.ended_at is not None and self.ended_at < self.started_at:
            raise ValueError("an encounter ends after it begins")
        return self


class NewEncounter(EncounterBody):
    """An encounter to begin; the caller attends."""

    practitioner_name: Line | None = None
    """Who attends, of a partner system. A user attends under the name of their account; another
    name is refused."""
    appointment: Id | None = None
    """At which it takes place. An appointment has one encounter: beginning another answers with
    the one that there is."""
    admission: Id | None = None
    """The patient's admission during which it takes place (FHIR Encounter.partOf)."""


class ConsultEncounter(Contract):
    """The teleconsultation whose encounter is asked for."""

    consult: Id


class EncounterReference(Contract):
    """An encounter of a patient, or one that their teleconsultation will become."""

    patient: Id
    """The registration that survived, where some were merged."""
    encounter: Id


class SignatureBody(Contract):
    """A signature, which carries the name of the signer's account."""

    name: Line | None = None
    """How the client shows the signer: refused when it is not that name."""


class AuthorSignature(SignatureBody):
    """The author's signature, who may ask a colleague to stand for the content besides."""

    cosigner: Id | None = None
    """Whom the author asks to co-sign; the patient is referred to them, which lets them read."""


class Signature(Contract):
    """Somebody stands for the content; `digest` is the SHA-256 of what was signed, in hex."""

    by: str
    name: str
    at: Moment
    digest: str
    role: str
    """`author` or `co-signer`."""


class AmendmentBody(Contract):
    """A new version of a note of a finalised encounter."""

    note: str = Field(min_length=1, max_length=64)
    note_version: int = Field(ge=1)
    """The version that was read."""
    content: NoteContent
    reason: Line = Field(min_length=5)


class AddendumBody(Contract):
    """A text added after signing; what was signed stays as it is."""

    text: Text = Field(min_length=1)


class Amendment(Contract):
    """Why and by whom a finalised encounter was changed."""

    note: str
    version: int
    reason: str
    by: str
    at: Moment


class EncounterState(EncounterSummary):
    """An encounter without its notes, as answers to changes show it."""

    site: Id | None
    sensitivity: tuple[Sensitivity, ...]
    signatures: tuple[Signature, ...]
    amendments: tuple[Amendment, ...]
    cosigner: str | None = None
    """Who was asked to co-sign, whether or not they have."""
    admission: Id | None = None
    """During which it takes place."""


class Encounter(EncounterState):
    """An encounter with everything that belongs to it."""

    notes: tuple[EncounterNote, ...]
    chat: tuple[ChatLine, ...]
    connections: tuple[ConnectionEvent, ...]
    files: tuple[EncounterDocument, ...]


class PendingTask(StrEnum):
    """What somebody has to do in an encounter."""

    SIGN = "sign"
    FINALISE = "finalise"
    COSIGN = "cosign"


class PendingScope(StrEnum):
    """Whose encounters."""

    MINE = "mine"
    INSTITUTION = "institution"
    """Everybody's that nobody has signed."""


class PendingQuery(PageQuery):
    """Pages through encounters that wait, the oldest first."""

    limit: int = Field(default=50, ge=1, le=90)
    scope: PendingScope = PendingScope.MINE


class PendingEncounter(Contract):
    """An encounter that waits for somebody."""

    encounter: Id
    patient: Id
    patient_name: str
    """Empty when the record has been destroyed."""
    record_number: str
    kind: EncounterKind
    started_at: Moment
    task: PendingTask
    imported: bool
    """Whether it came from a teleconsultation and has to be completed."""
    practitioners: tuple[str, ...]
    """Names of those who attended."""


class PendingList(Contract):
    """The oldest first."""

    items: tuple[PendingEncounter, ...]
    cursor: str | None = None


class EncounterFact(Contract):
    """Data of `patients.encounter_opened|changed|signed|finalised|amended`."""

    encounter_id: Id
    patient_id: Id
    kind: EncounterKind
    status: EncounterStatus
    started_at: datetime
    practitioner_ids: tuple[str, ...]
    site_id: Id | None = None
    admission_id: Id | None = None


EVENTS: dict[str, type[Contract]] = {
    f"patients.encounter_{verb}": EncounterFact
    for verb in ("opened", "changed", "signed", "finalised", "amended")
}
"""Event types and the models of their `data`."""
