"""What is stored of admissions. Places and discharges are stored as their contracts have them."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from schemas.admissions import AdmissionKind, AdmissionStatus, Discharge, Place


class StoredAdmission(BaseModel):
    """An admission's own item."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    kind: AdmissionKind
    site: str | None = None
    status: AdmissionStatus
    place: Place
    responsible: str
    coverage: str | None = None
    diagnosis: str
    diagnosis_code: str | None = None
    reason: str | None = None
    admitted_at: datetime
    admitted_by: str
    discharge: Discharge | None = None
    cancelled_for: str | None = None
