"""Contracts of admissions: ambulatory hospitalization (FHIR Encounter, class AMB, day hospital)."""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from schemas.common import Contract, Id, Line, Moment, PageQuery, Text

Icd10 = Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9A-Z]{2,3}(\.[0-9A-Z]{1,4})?$")]


class AdmissionKind(StrEnum):
    """How somebody is admitted."""

    AMBULATORY = "ambulatory"
    """For hours: a bed or chair of a day hospital."""
    EMERGENCY = "emergency"
    INPATIENT = "inpatient"
    """For nights."""


ALLOWED_ON_A_SITE: Final = {
    AdmissionKind.AMBULATORY: True,
    AdmissionKind.EMERGENCY: False,
    AdmissionKind.INPATIENT: False,
}
"""Which kinds a disconnected site admits."""


class PlaceKind(StrEnum):
    """Where the patient lies or sits."""

    BED = "bed"
    CHAIR = "chair"


class Place(Contract):
    """A bed or chair of a ward; one patient at a time."""

    kind: PlaceKind
    ward: Line
    name: Line


class AdmissionStatus(StrEnum):
    """FHIR encounter-status, coarsened."""

    ADMITTED = "admitted"
    DISCHARGED = "discharged"
    CANCELLED = "cancelled"
    """It was entered in error."""


class AdmissionBody(Contract):
    """What may be corrected while the patient is here."""

    place: Place
    responsible: Id
    """The clinician who answers for the patient; they are let into the record."""
    coverage: Id | None = None
    diagnosis: Line
    """Of admission, in words."""
    diagnosis_code: Icd10 | None = None
    reason: Line | None = None


class NewAdmission(AdmissionBody):
    """Admit a patient."""

    kind: AdmissionKind = AdmissionKind.AMBULATORY
    site: Id | None = None


class Disposition(StrEnum):
    """Where the patient went (FHIR discharge-disposition)."""

    HOME = "home"
    TRANSFER = "transfer"
    """To another institution."""
    AGAINST_ADVICE = "against_advice"
    DECEASED = "deceased"


class Condition(StrEnum):
    """How the patient was at discharge."""

    RECOVERED = "recovered"
    IMPROVED = "improved"
    UNCHANGED = "unchanged"
    WORSE = "worse"
    DECEASED = "deceased"


class DischargeBody(Contract):
    """A discharge, with its summary (LOINC 18842-5)."""

    condition: Condition
    disposition: Disposition
    destination: Line | None = None
    summary: Text = Field(min_length=10, max_length=20_000)


class Discharge(DischargeBody):
    """A discharge as it was signed."""

    at: Moment
    by: str
    by_name: str


class Cancellation(Contract):
    """Why an admission was entered in error."""

    reason: Line = Field(min_length=5)


class AdmittedPatient(AdmissionBody):
    """An admission."""

    id: Id
    patient: Id
    patient_name: str
    record_number: str
    kind: AdmissionKind
    site: Id | None
    status: AdmissionStatus
    admitted_at: Moment
    admitted_by: str
    discharge: Discharge | None
    """The summary is empty for who has no care relation with the patient."""
    cancelled_for: str | None
    version: int


class AdmittedLine(Contract):
    """Somebody who is here, in the list of a ward."""

    id: Id
    patient: Id
    patient_name: str
    record_number: str
    kind: AdmissionKind
    place: Place
    responsible: Id
    admitted_at: Moment


class AdmittedList(Contract):
    """Who is here, the longest first."""

    items: tuple[AdmittedLine, ...]
    cursor: str | None = None


class AdmittedQuery(PageQuery):
    """Pages through who is here."""

    limit: int = Field(default=40, ge=1, le=45)


class AdmissionHistory(Contract):
    """A patient's admissions, latest first."""

    items: tuple[AdmittedPatient, ...]


class AdmissionFact(Contract):
    """Data of `patients.patient_admitted|admission_changed|patient_discharged|admission_cancelled`:
    FHIR Encounter, in-progress, finished or entered-in-error."""

    admission_id: Id
    patient_id: Id
    kind: AdmissionKind
    status: AdmissionStatus
    site_id: Id | None
    coverage_id: Id | None
    admitted_at: Moment


EVENTS: dict[str, type[Contract]] = {
    f"patients.{verb}": AdmissionFact
    for verb in (
        "patient_admitted",
        "admission_changed",
        "patient_discharged",
        "admission_cancelled",
    )
}
"""Event types and the models of their `data`."""
