"""Contracts of the chart: problems, allergies, medications and the other entries; its summary."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from schemas.clinical_events import (
    AllergyRecorded,
    AllergyRemoved,
    ClinicalCode,
    Criticality,
    MedicationRecorded,
    MedicationStopped,
    PatientDeceased,
)
from schemas.common import Contract, Id, Language, Line, Moment, PageQuery, Text
from schemas.consents import BoxCode, Digest, Representative
from schemas.encounters import Sensitivity

Comment = Annotated[Text, StringConstraints(max_length=4_000)]
Uri = Annotated[str, StringConstraints(pattern=r"^https?://[!-~]{1,300}$")]


Partial = Annotated[str, StringConstraints(pattern=r"^[12]\d{3}(-(0[1-9]|1[0-2]))?$")]
"""A year, or a year and a month (FHIR `dateTime`): what people remember."""


class EntryKind(StrEnum):
    """Kinds of entries; the values are the last part of their routes."""

    PROBLEM = "problems"
    ALLERGY = "allergies"
    MEDICATION = "medications"
    IMMUNIZATION = "immunizations"
    PROCEDURE = "procedures"
    FAMILY_HISTORY = "family-history"
    SOCIAL_HISTORY = "social-history"
    CONSENT = "consents"


class EntryBody(Contract):
    """What every entry has."""

    text: Line
    """What it is, in the clinician's words."""
    comment: Comment = ""
    encounter: Id | None = None
    sensitivity: tuple[Sensitivity, ...] = Field(default=(), max_length=5)


class Recorded(Contract):
    """What every recorded entry has: one version of it."""

    id: Id
    patient: Id
    version: int
    recorded_by: str
    recorded_at: Moment


class DiagnosisGiven(Contract):
    """An ICD-11 code or cluster with the entity URIs of its codes, as a client sends it."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=250)]
    entity_uris: tuple[Uri, ...] = Field(default=(), max_length=40)
    """One for each code in the cluster, in its order; may be left out."""
    icd10: Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9A-Z]{2,3}(\.[0-9A-Z]{1,4})?$")] | (
        None
    ) = None


class DiagnosisCode(Contract):
    """One code of a cluster, checked against the release in use."""

    code: str
    entity_uri: str
    title: str | None
    status: str
    """`active`, `withdrawn` or `unknown`; `unchecked` when no release was at hand."""
    warning: str | None


class Diagnosis(DiagnosisGiven):
    """A code or cluster as it is kept."""

    codes: tuple[DiagnosisCode, ...]


class Verification(StrEnum):
    """How sure (FHIR condition-ver-status, as far as used)."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    ERROR = "entered_in_error"


class ProblemStatus(StrEnum):
    """Clinical status and outcome."""

    ACTIVE = "active"
    CHRONIC = "chronic"
    RECURRING = "recurring"
    IMPROVED = "improved"
    RESOLVED = "resolved"


class ProblemBody(EntryBody):
    """A problem or diagnosis."""

    diagnoses: tuple[DiagnosisGiven, ...] = Field(default=(), max_length=10)
    onset_on: date | Partial | None = None
    ended_on: date | Partial | None = None
    verification: Verification = Verification.UNCONFIRMED
    status: ProblemStatus = ProblemStatus.ACTIVE


class Problem(Recorded, ProblemBody):
    """A recorded problem."""

    diagnoses: tuple[Diagnosis, ...]
    notifiable_since: Moment | None = None
    """Since when the institution must tell the health authority of it; null when it need not."""


class AllergyType(StrEnum):
    """What the entry says."""

    ALLERGY = "allergy"
    INTOLERANCE = "intolerance"
    NONE_KNOWN = "none_known"


class AllergyBody(EntryBody):
    """An allergy or intolerance; "none known" is an entry, so that not asking shows."""

    type: AllergyType = AllergyType.ALLERGY
    codes: tuple[ClinicalCode, ...] = Field(default=(), max_length=20)
    criticality: Criticality = Criticality.UNKNOWN
    reaction: Line | None = None
    onset_on: date | Partial | None = None
    ended_on: date | Partial | None = None
    verification: Verification = Verification.UNCONFIRMED

    @model_validator(mode="after")
    def _nothing(self) -> "AllergyBody":
        if self.type is AllergyType.NONE_KNOWN and (self.codes or self.reaction):
            raise ValueError("none known has neither codes nor a reaction")
        return self


class Allergy(Recorded, AllergyBody):
    """A recorded allergy."""


class MedicationStatus(StrEnum):
    """Whether it is taken (FHIR medication-statement-status, as far as used)."""

    ACTIVE = "active"
    ON_HOLD = "on_hold"
    STOPPED = "stopped"
    COMPLETED = "completed"
    ERROR = "entered_in_error"


class MedicationBody(EntryBody):
    """Something the patient takes, whoever prescribed it."""

    codes: tuple[ClinicalCode, ...] = Field(default=(), max_length=20)
    dose: Line | None = None
    route: Line | None = None
    frequency: Line | None = None
    started_on: date | Partial | None = None
    ended_on: date | Partial | None = None
    status: MedicationStatus = MedicationStatus.ACTIVE


class Medication(Recorded, MedicationBody):
    """A recorded medication."""


class EventStatus(StrEnum):
    """Whether it took place (FHIR event-status, as far as used)."""

    COMPLETED = "completed"
    NOT_DONE = "not_done"
    ERROR = "entered_in_error"


class ReactionOutcome(StrEnum):
    """How an adverse event after a vaccination ended (ICH E2B, E.i.7)."""

    RECOVERED = "recovered"
    RECOVERING = "recovering"
    NOT_RECOVERED = "not_recovered"
    SEQUELAE = "sequelae"
    FATAL = "fatal"
    UNKNOWN = "unknown"


VaccineCode = Annotated[str, StringConstraints(pattern=r"^cvx:[0-9]{2,3}$")]
"""A vaccine by CDC's code (CVX)."""


class Reaction(Contract):
    """An event after a vaccination that may be attributed to it (ESAVI, EAPV, AEFI)."""

    text: Line
    began_on: date | None = None
    serious: bool = False
    """Death, danger of life, hospital, lasting disability, or a birth defect."""
    outcome: ReactionOutcome = ReactionOutcome.UNKNOWN
    reported_to: Line | None = None
    """The authority that was told, with its number of the report."""


class Vaccination(EntryBody):
    """A vaccination, given or refused."""

    codes: tuple[ClinicalCode | VaccineCode, ...] = Field(default=(), max_length=20)
    """Plans count by the vaccine's code."""
    given_on: date | Partial
    dose_number: int | None = Field(default=None, ge=1, le=20)
    lot: Line | None = None
    expires_on: date | None = None
    manufacturer: Line | None = None
    body_site: Line | None = None
    route: Line | None = None
    performer: Line | None = None
    """Who gave it."""
    primary_source: bool = True
    """False for what stands on a card or was told, as FHIR calls it."""
    reason: Line | None = None
    """Why it was not given."""
    reaction: Reaction | None = None
    status: EventStatus = EventStatus.COMPLETED


class ImmunizationBody(Vaccination):
    """A vaccination to be recorded."""

    confirm_not_duplicate: bool = False
    """The same vaccine of the same day is refused unless this says that it was given twice."""
    confirm_objections: bool = False
    """A dose given here that would not count, or that something in the record speaks against, is
    refused unless this says that it was given all the same."""


class Immunization(Recorded, Vaccination):
    """A recorded vaccination."""

    notifiable_since: Moment | None = None
    """Since when the health authority must be told of a serious event after it."""


class ProcedureBody(EntryBody):
    """Something that was done to the patient."""

    codes: tuple[ClinicalCode, ...] = Field(default=(), max_length=20)
    performed_on: date | Partial
    performer: Line | None = None
    outcome: Line | None = None
    status: EventStatus = EventStatus.COMPLETED


class Procedure(Recorded, ProcedureBody):
    """A recorded procedure."""


class HistoryStatus(StrEnum):
    """Whether it stands."""

    STATED = "stated"
    ERROR = "entered_in_error"


class FamilyHistoryBody(EntryBody):
    """A condition of a relative."""

    relationship: Line
    diagnoses: tuple[DiagnosisGiven, ...] = Field(default=(), max_length=10)
    onset_age: int | None = Field(default=None, ge=0, le=125)
    deceased: bool = False
    status: HistoryStatus = HistoryStatus.STATED


class FamilyHistory(Recorded, FamilyHistoryBody):
    """A recorded condition of a relative."""

    diagnoses: tuple[Diagnosis, ...]


class SocialTopic(StrEnum):
    """What the statement is about."""

    TOBACCO = "tobacco"
    ALCOHOL = "alcohol"
    SUBSTANCES = "substances"
    OCCUPATION = "occupation"
    HOUSING = "housing"
    DIET = "diet"
    ACTIVITY = "activity"
    SUPPORT = "support"
    OTHER = "other"


class SocialHistoryBody(EntryBody):
    """A circumstance of the patient's life."""

    topic: SocialTopic
    since: date | Partial | None = None
    ended_on: date | Partial | None = None
    status: HistoryStatus = HistoryStatus.STATED


class SocialHistory(Recorded, SocialHistoryBody):
    """A recorded circumstance."""


class ConsentDecision(StrEnum):
    """What was decided."""

    PERMIT = "permit"
    DENY = "deny"
    WITHDRAWN = "withdrawn"
    ERROR = "entered_in_error"


class ConsentChannel(StrEnum):
    """How the decision reached the institution."""

    IN_PERSON = "in_person"
    PAPER = "paper"
    VIDEO = "video"
    PHONE = "phone"
    LINK = "link"


class ConsentBody(EntryBody):
    """A decision of the patient, or of who decides for them; a withdrawal is a new version."""

    form: Annotated[Line, StringConstraints(pattern=r"^[^|]+\|[^|]+$")]
    """Which text, in which version: the `url|version` of its questionnaire."""
    response: Id | None = None
    """The filled form, where there is one."""
    decision: ConsentDecision
    channel: ConsentChannel
    given_at: Moment
    given_by: Line | None = None
    """Who decided, when it was not the patient."""


class ConsentEvidence(Contract):
    """Where a decision that was made about a teleconsultation comes from."""

    consult: Id
    appointment: Id | None = None
    number: int
    """Which of the consult's decisions it is."""
    sha256: Digest
    """Of the words: `GET /patients/{patient_id}/consents/{entry_id}/text` has them."""
    language: Language
    boxes: tuple[BoxCode, ...] = ()
    representative: Representative | None = None
    recorded_by_name: Line | None = None
    """Of the staff who recorded what they were told; None when the patient's own page did."""


class Consent(Recorded, ConsentBody):
    """A recorded decision."""

    evidence: ConsentEvidence | None = None
    """None for what was typed in here."""


AnyBody = (
    ProblemBody
    | AllergyBody
    | MedicationBody
    | ImmunizationBody
    | ProcedureBody
    | FamilyHistoryBody
    | SocialHistoryBody
    | ConsentBody
)


class ChartQuery(PageQuery):
    """Pages through a part of the chart."""


EVENTS: dict[str, type[Contract]] = {
    "patients.allergy_recorded": AllergyRecorded,
    "patients.allergy_removed": AllergyRemoved,
    "patients.medication_recorded": MedicationRecorded,
    "patients.medication_stopped": MedicationStopped,
    "patients.patient_deceased": PatientDeceased,
}
"""Event types and the models of their `data`."""
