"""Contracts of referrals and certificates."""

from datetime import date
from enum import StrEnum

from pydantic import model_validator

from schemas.common import Contract, Id, Line, Moment
from schemas.orders import Narrative, Priority
from schemas.prescriptions import PatientLabel, PrescriberBody


class ReferralBody(Contract):
    """Asks another service to see the patient."""

    encounter: Id | None = None
    to_service: Line
    to_institution: Line | None = None
    priority: Priority = Priority.ROUTINE
    reason: Narrative
    summary: Narrative | None = None


class CertificateBody(Contract):
    """Certifies an absence from work or studies."""

    encounter: Id | None = None
    begin: date
    end: date
    """Last day, included."""
    statement: Narrative
    """What is certified. The diagnosis belongs here only if the patient wants it."""

    @model_validator(mode="after")
    def _ends_after_begin(self) -> "CertificateBody":
        if self.end < self.begin:
            raise ValueError("the end is not before the begin")
        return self


class NewReferral(ReferralBody):
    """A referral for a patient; signed as it is issued."""

    patient: Id


class NewCertificate(CertificateBody):
    """A certificate for a patient; signed as it is issued."""

    patient: Id


class PaperKind(StrEnum):
    """Papers that are issued once and only ever withdrawn."""

    REFERRAL = "referral"
    CERTIFICATE = "certificate"


class PaperStatus(StrEnum):
    """Whether it stands."""

    ACTIVE = "active"
    ENTERED_IN_ERROR = "entered_in_error"


class Paper(Contract):
    """A referral or a certificate."""

    id: Id
    patient: Id
    kind: PaperKind
    status: PaperStatus
    referral: ReferralBody | None = None
    certificate: CertificateBody | None = None
    patient_label: PatientLabel
    prescriber: PrescriberBody
    signed_at: Moment
    signed_by: str
    verification_code: str
    status_reason: str | None = None
    zone: str | None = None
    """In which it has its days (IANA)."""
    version: int


class PaperFact(Contract):
    """Data of `orders.referral_*` and `orders.certificate_*`."""

    paper_id: Id
    patient_id: Id
    kind: PaperKind
    status: PaperStatus


EVENTS: dict[str, type[Contract]] = {
    f"orders.{kind}_{verb}": PaperFact
    for kind in ("referral", "certificate")
    for verb in ("issued", "withdrawn")
}
"""Event types and the models of their `data`."""
