"""Contracts of the patients context: people, encounters and their documents."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from schemas.common import (
    Contract,
    DatePrecision,
    Id,
    Language,
    Line,
    Moment,
    PageQuery,
    Query,
    Text,
)

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""
Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9 ()-]{5,24}$")]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]{1,64}@[^@\s]{1,190}$")]


class Sex(StrEnum):
    """Administrative sex (FHIR administrative-gender)."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class Channel(StrEnum):
    """How a patient is reached."""

    VOICE = "voice"
    SMS = "sms"
    EMAIL = "email"
    WHATSAPP = "whatsapp"


class PersonName(Contract):
    """A patient's names as they are written."""

    given: Line
    middle: Line | None = None
    family: Line
    second_family: Line | None = None
    birth_name: Line | None = None
    """Surname at birth, where it differs."""
    social_name: Line | None = None
    """By which the patient is addressed."""


class IdentityDocument(Contract):
    """An identity document; `type` is a code of the country, such as DNI, CPF, PASSPORT."""

    country: Country
    type: Annotated[str, StringConstraints(pattern=r"^[A-Z_]{2,20}$")]
    number: Annotated[str, StringConstraints(min_length=3, max_length=40)]


class Address(Contract):
    """A postal address with the country's administrative code (Peru: ubigeo)."""

    lines: tuple[Line, ...] = Field(default=(), max_length=4)
    city: Line | None = None
    district: Line | None = None
    region: Line | None = None
    admin_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z-]{2,12}$")] | None = None
    postal_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z -]{3,12}$")] | None = None
    country: Country


class ContactPerson(Contract):
    """Somebody to call, or who decides for the patient."""

    name: Line
    relationship: Line | None = None
    phone: Phone | None = None


class Insurance(Contract):
    """Who pays."""

    insurer: Line
    contract: Line | None = None
    valid_until: date | None = None


class PatientBody(Contract):
    """Everything about a patient that people type."""

    name: PersonName
    birth_date: date
    birth_date_estimated: bool = False
    birth_date_precision: DatePrecision | None = None
    """`year` or `month` when no more is known: the date is then the first day, and an estimate."""
    sex: Sex
    gender_identity: Line | None = None
    documents: tuple[IdentityDocument, ...] = Field(default=(), max_length=5)
    mother_name: Line | None = None
    """The mother's full name, by which Brazil tells namesakes apart."""
    address: Address | None = None
    phones: tuple[Phone, ...] = Field(default=(), max_length=5)
    email: Email | None = None
    language: Language = "es"
    preferred_channel: Channel | None = None
    contact_permissions: tuple[Channel, ...] = Field(default=(), max_length=4)
    """Channels by which the patient agreed to be contacted."""
    emergency_contact: ContactPerson | None = None
    guardian: ContactPerson | None = None
    ethnicity: Line | None = None
    education: Line | None = None
    insurance: Insurance | None = None
    deceased_on: date | None = None


class NewPatient(PatientBody):
    """A registration."""

    confirm_not_duplicate: bool = False
    """Register although somebody similar is registered; the first answer named the candidates."""


class Patient(PatientBody):
    """A registered patient."""

    id: Id
    record_number: str
    """The institution's record number (MRN) with its check digit."""
    version: int
    registered_at: Moment


class MergeBody(Contract):
    """The other registration of the same person."""

    patient: Id


class PatientSummary(Contract):
    """A patient in a list."""

    id: Id
    record_number: str
    display_name: str
    birth_date: date
    birth_date_estimated: bool = False
    birth_date_precision: DatePrecision | None = None
    sex: Sex
    documents: tuple[IdentityDocument, ...]
    phone_ending: str | None = None
    """The last four digits of a telephone, by which namesakes are told apart."""
    deceased: bool
    deceased_on: date | None = None


class PatientSearch(Query):
    """How to find patients: by document, record number, birth date, or beginnings of names.

    A document or record number finds one patient. `birth_date` and `name` may be combined.
    """

    document_country: Country | None = None
    document_type: str | None = Field(default=None, max_length=20)
    document_number: str | None = Field(default=None, max_length=40)
    record_number: str | None = Field(default=None, max_length=24)
    birth_date: date | None = None
    name: str | None = Field(default=None, max_length=200)
    """Beginnings of any of the names in any order, without regard to accents: `mar gar`."""
    cursor: str | None = Field(default=None, max_length=512)
    limit: int = Field(default=25, ge=1, le=50)

    @model_validator(mode="after")
    def _one_way(self) -> "PatientSearch":
        parts = (self.document_country, self.document_type, self.document_number)
        if any(parts) and not all(parts):
            raise ValueError("a document has a country, a type and a number")
        ways = (all(parts), bool(self.record_number), bool(self.birth_date or self.name))
        if sum(ways) != 1:
            raise ValueError("search by a document, by a record number, or by name and birth date")
        return self


class MergedList(Contract):
    """Registrations that were merged into a patient's, as they were then."""

    items: tuple[PatientSummary, ...]


class PatientList(Contract):
    """Patients found. A page may be short although a cursor follows."""

    items: tuple[PatientSummary, ...]
    cursor: str | None = None


class EncounterKind(StrEnum):
    """Where the encounter took place."""

    AMBULATORY = "ambulatory"
    TELEMEDICINE = "telemedicine"
    DAY_HOSPITAL = "day_hospital"


class EncounterStatus(StrEnum):
    """How settled the encounter's content is."""

    OPEN = "open"
    SIGNED = "signed"
    FINALISED = "finalised"
    AMENDED = "amended"


class EncounterPractitioner(Contract):
    """Who attended."""

    id: str
    name: str


class EncounterSummary(Contract):
    """An encounter in the patient's list."""

    id: Id
    patient: Id
    kind: EncounterKind
    status: EncounterStatus
    started_at: Moment
    ended_at: Moment | None
    practitioners: tuple[EncounterPractitioner, ...]
    reason: str | None
    consult: Id | None
    appointment: Id | None
    documents: int
    version: int


class EncounterList(Contract):
    """A patient's encounters, latest first."""

    items: tuple[EncounterSummary, ...]
    withheld: int = 0
    """How many on this page the caller may not see, because they are sensitive."""
    cursor: str | None = None


class Soap(Contract):
    """A note in four sections (LOINC 61150-9, 61149-1, 51848-0, 18776-5)."""

    subjective: Text = ""
    objective: Text = ""
    assessment: Text = ""
    plan: Text = ""


class NoteVersion(Contract):
    """One version of a note; earlier versions never change."""

    version: int
    text: Text
    soap: Soap | None = None
    author: str
    written_at: Moment
    late: bool = False
    """Written after the encounter had ended."""


class EncounterNote(Contract):
    """A note with its versions, oldest first."""

    id: str
    loinc: str
    """Type of document (LOINC), such as 11488-4, consult note."""
    versions: tuple[NoteVersion, ...]


class ChatLine(Contract):
    """One chat message of a teleconsultation."""

    at: Moment
    author: str
    text: str


class ConnectionEvent(Contract):
    """Somebody joining or leaving a teleconsultation."""

    at: Moment
    participant: str
    kind: str
    """`joined` or `left`."""
    cause: str


class EncounterDocument(Contract):
    """A document of an encounter; the content is fetched by a link of its own."""

    id: Id
    title: str
    name: str
    """File name."""
    media_type: str
    size: int
    sha256: str
    author: str
    added_at: Moment


class EncounterQuery(PageQuery):
    """Pages through a patient's encounters, latest first."""


class DocumentLink(Contract):
    """A short-lived link that answers with the document as an attachment."""

    url: str
    expires_at: Moment


class PatientFact(Contract):
    """Data of `patients.patient_registered` and `patients.patient_updated`."""

    patient_id: Id
    merged_into: Id | None = None


class EncounterFiled(Contract):
    """Data of `patients.encounter_filed`."""

    encounter_id: Id
    patient_id: Id
    consult_id: Id
    appointment_id: Id
    documents: int


EVENTS: dict[str, type[Contract]] = {
    "patients.patient_registered": PatientFact,
    "patients.patient_updated": PatientFact,
    "patients.encounter_filed": EncounterFiled,
}
"""Event types and the models of their `data`."""
