"""Contracts of the interface that PAHO's earlier telehealth module had.

Field names, the envelope and the seven keys of the creation's answer are that module's; unknown
fields are passed over and numbers may come as text, as they did there.
"""

from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")


class _Lenient(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)


class NewVideoconsultation(_Lenient):
    """Body of `POST /api/videoconsultation`, JSON or form."""

    appointment_date: str = Field(min_length=8, max_length=40)
    """`YYYY-MM-DD HH:MM[:SS]` in the token's time zone, or with an offset."""
    days_before_expiration: int = Field(ge=1, le=300)
    medic_name: str = Field(min_length=1, max_length=200)
    patient_name: str = Field(min_length=1, max_length=200)
    patient_id: str | None = Field(default=None, max_length=200, coerce_numbers_to_str=True)
    patient_number: str | None = Field(default=None, max_length=200, coerce_numbers_to_str=True)
    id_turno: int | None = None
    """Accepted and not kept, as before."""
    extra: dict[str, Any] = Field(default_factory=dict)
    """Given back unchanged; `notification_url` names a registered target of the tenant."""


class CreatedVideoconsultation(BaseModel):
    """`data` of the creation's answer."""

    id: str
    medic_secret: str
    valid_from: str
    valid_to: str
    patient_url: str
    medic_url: str
    data_url: str


class LegacyFile(BaseModel):
    """A file in the export: the three known keys, and what they lacked."""

    type: str
    """The usual extension of its media type."""
    description: str
    file: str
    """Base64."""
    name: str
    mime: str
    date: str
    sha256: str


class LegacyFiles(BaseModel):
    """The files by their sender."""

    medic: list[LegacyFile]
    patient: list[LegacyFile]


class LegacyExport(BaseModel):
    """`data` of the export: the known keys, and the connection log."""

    id: str
    medic: str
    appointment_date: str
    expiration_date: str
    medic_attendance_date: str | None
    patient_attendance_date: str | None
    start_date: str | None
    finish_date: str | None
    patient_id: str | None
    patient_number: str | None
    evolution: str
    chat: str
    extra: Any
    files: LegacyFiles
    connections: list[dict[str, str]]


class LegacyState(BaseModel):
    """`vc` of a webhook."""

    secret: str
    medic_secret: str
    status: str
    medic_attendance_date: str | None
    patient_attendance_date: str | None
    start_date: str | None
    finish_date: str | None
    extra: Any


class LegacyWebhook(BaseModel):
    """Body of a webhook."""

    vc: LegacyState
    topic: str


class Owner(BaseModel):
    """`data` of `GET /api/user`."""

    id: str
    name: str


class Envelope(BaseModel, Generic[T]):
    """Around every answer."""

    success: bool
    message: str
    data: T
