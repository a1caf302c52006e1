"""Contracts of a record's custody: its export, legal holds, its shredding."""

from enum import StrEnum

from pydantic import Field

from schemas.common import Contract, Id, Line, Moment, Query


class NewExport(Contract):
    """A copy of one patient's whole record, such as the patient asked for."""

    reason: Line = Field(min_length=5)


class ExportStatus(StrEnum):
    """Where an export is on its way."""

    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


class RecordExport(Contract):
    """An export; its parts are ZIP archives that are deleted after `expires_at`."""

    id: Id
    patient: Id
    status: ExportStatus
    parts: int | None
    """How many archives there will be; unknown before the work begins."""
    parts_done: int
    percent: int
    missing: tuple[str, ...]
    """What other contexts did not hand out, and why; nothing when the copy is whole."""
    requested_by: str
    requested_at: Moment
    expires_at: Moment
    version: int


class PartQuery(Query):
    """Which part: 0 is the record itself, the others hold its documents."""

    part: int = Field(default=0, ge=0)


class ExportRequested(Contract):
    """Data of `patients.export_requested`: make this part; the subject is the export."""

    patient_id: Id
    export_id: Id
    part: int


class HoldBody(Contract):
    """Why a record must not be shredded: a lawsuit, an investigation."""

    reason: Line = Field(min_length=5)


class Hold(Contract):
    """Whether a record is on legal hold."""

    patient: Id
    held: bool
    reason: str | None
    by: str | None
    since: Moment | None


class ShreddingBasis(StrEnum):
    """What allows a record to be destroyed."""

    RETENTION_EXPIRED = "retention-expired"
    """Nothing was added for as long as the country profile demands; checked."""
    COURT_ORDER = "court-order"
    REGISTERED_IN_ERROR = "registered-in-error"
    """Refused once anything was recorded or ordered."""


class NewShredding(Contract):
    """The first person's request. `record_number` is typed, so that nobody hits the wrong one."""

    basis: ShreddingBasis
    reason: Line = Field(min_length=10)
    record_number: Line


class ShreddingConfirmation(Contract):
    """The second person's agreement; what it destroys cannot be brought back."""

    record_number: Line


class ShreddingStatus(StrEnum):
    """Where a shredding is on its way."""

    REQUESTED = "requested"
    WITHDRAWN = "withdrawn"
    SHREDDING = "shredding"
    """The key is destroyed; files and remains are being deleted."""
    DONE = "done"


class Shredding(Contract):
    """A request to destroy a record, and what became of it."""

    patient: Id
    status: ShreddingStatus
    basis: ShreddingBasis
    reason: str
    requested_by: str
    requested_at: Moment
    confirmed_by: str | None
    confirmed_at: Moment | None
    version: int


class ShreddingState(Contract):
    """Whether the destruction of a record was asked for."""

    request: Shredding | None
    """The latest request; null when nobody asked."""


class RecordShredded(Contract):
    """Data of `patients.record_shredded`: every context destroys what it keeps of these ids."""

    patient_id: Id
    member_ids: tuple[Id, ...]
    """The patient's and those that were merged into it."""


EVENTS: dict[str, type[Contract]] = {
    "patients.export_requested": ExportRequested,
    "patients.record_shredded": RecordShredded,
}
"""Event types and the models of their `data`."""
