"""What is stored of the chart: versions of its entries, and the lines of its timeline.

Diagnoses, clinical codes, reactions and measured values are stored as the contracts of these value
objects have them.
"""

from collections.abc import Mapping
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from schemas.chart import (
    AllergyType,
    ConsentChannel,
    ConsentDecision,
    ConsentEvidence,
    Diagnosis,
    EventStatus,
    HistoryStatus,
    MedicationStatus,
    ProblemStatus,
    Reaction,
    SocialTopic,
    VaccineCode,
    Verification,
)
from schemas.clinical_events import ClinicalCode, Criticality
from schemas.consents import ConsentText
from schemas.encounters import Sensitivity
from schemas.vitals import MeasuredValue


class StoredEntry(BaseModel):
    """One version of an entry; what each kind has beside this is in its own model."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    patient: str
    version: int
    text: str
    comment: str = ""
    encounter: str | None = None
    sensitivity: tuple[Sensitivity, ...] = ()
    recorded_by: str
    recorded_at: datetime
    partial: Mapping[str, str] = {}
    """By the name of a date's field, `year` or `month` when no more is known: the field then holds
    the first day, which is all that the release before reads."""


class StoredProblem(StoredEntry):
    """A problem or diagnosis."""

    diagnoses: tuple[Diagnosis, ...]
    onset_on: date | None = None
    ended_on: date | None = None
    verification: Verification = Verification.UNCONFIRMED
    status: ProblemStatus = ProblemStatus.ACTIVE
    notifiable_since: datetime | None = None


class StoredAllergy(StoredEntry):
    """An allergy or intolerance, or that none is known."""

    type: AllergyType = AllergyType.ALLERGY
    codes: tuple[ClinicalCode, ...] = ()
    criticality: Criticality = Criticality.UNKNOWN
    reaction: str | None = None
    onset_on: date | None = None
    ended_on: date | None = None
    verification: Verification = Verification.UNCONFIRMED


class StoredMedication(StoredEntry):
    """Something that the patient takes."""

    codes: tuple[ClinicalCode, ...] = ()
    dose: str | None = None
    route: str | None = None
    frequency: str | None = None
    started_on: date | None = None
    ended_on: date | None = None
    status: MedicationStatus = MedicationStatus.ACTIVE


class StoredImmunization(StoredEntry):
    """A vaccination."""

    codes: tuple[ClinicalCode | VaccineCode, ...] = ()
    given_on: date
    dose_number: int | None = None
    lot: str | None = None
    expires_on: date | None = None
    manufacturer: str | None = None
    body_site: str | None = None
    route: str | None = None
    performer: str | None = None
    primary_source: bool = True
    reason: str | None = None
    reaction: Reaction | None = None
    notifiable_since: datetime | None = None
    status: EventStatus = EventStatus.COMPLETED


class StoredProcedure(StoredEntry):
    """Something that was done to the patient."""

    codes: tuple[ClinicalCode, ...] = ()
    performed_on: date
    performer: str | None = None
    outcome: str | None = None
    status: EventStatus = EventStatus.COMPLETED


class StoredFamilyHistory(StoredEntry):
    """A condition of a relative."""

    relationship: str
    diagnoses: tuple[Diagnosis, ...]
    onset_age: int | None = None
    deceased: bool = False
    status: HistoryStatus = HistoryStatus.STATED


class StoredSocialHistory(StoredEntry):
    """A circumstance of the patient's life."""

    topic: SocialTopic
    since: date | None = None
    ended_on: date | None = None
    status: HistoryStatus = HistoryStatus.STATED


class StoredConsent(StoredEntry):
    """A decision of the patient, or of who decides for them."""

    form: str
    response: str | None = None
    decision: ConsentDecision
    channel: ConsentChannel
    given_at: datetime
    given_by: str | None = None
    evidence: ConsentEvidence | None = None
    words: ConsentText | None = None
    """Every word of what was decided about."""


class TimelineLine(BaseModel):
    """What a line of the timeline says beside its sort key."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    text: str
    by: str
    sensitivity: tuple[Sensitivity, ...] = ()
    measured: tuple[MeasuredValue, ...] = ()
