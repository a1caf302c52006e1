"""Contracts of a patient's coverage (FHIR Coverage): which contract pays for them."""

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from schemas.billing import PayerKind
from schemas.common import Contract, Id, Line, Moment
from schemas.patients import Insurance


class CoverageBody(Contract):
    """That a contract pays for a patient, from a day to a last day."""

    contract: Id
    member_number: Line | None = None
    """Of the patient with the payer."""
    valid_from: date
    valid_until: date | None = None
    order: int = Field(default=1, ge=1, le=9)
    """Which pays first where there are several."""
    entered_in_error: bool = False
    """It never was; it stays on file and pays for nothing."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("a coverage ends after it begins")
        return self


class Coverage(CoverageBody):
    """A coverage on file, with the contract as it was when the coverage was written."""

    id: Id
    patient: Id
    contract_name: str
    payer: Id
    payer_name: str
    payer_kind: PayerKind
    written_at: Moment
    written_by: str
    version: int


class CoverageList(Contract):
    """A patient's coverages: those that pay first, the latest before earlier ones."""

    items: tuple[Coverage, ...]
    noted: Insurance | None
    """What was noted as text before there were contracts."""


class CoverageFact(Contract):
    """Data of `patients.coverage_changed`."""

    coverage_id: Id
    patient_id: Id
    contract_id: Id
    valid_from: date
    valid_until: date | None


EVENTS: dict[str, type[Contract]] = {"patients.coverage_changed": CoverageFact}
"""Event types and the models of their `data`."""
