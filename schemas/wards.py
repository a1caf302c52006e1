"""Contracts of what wards ask the pharmacy for, and of what became of it with a patient.

All of it belongs to an admission. What was delivered is applied, returned or wasted, to the last
unit, before the patient is discharged.
"""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from schemas.common import Contract, Id, Line, Moment, PageQuery
from schemas.formulary import NationalCode
from schemas.pharmacy import (
    ItemKind,
    LotName,
    Quantity,
)

MOST_ASKED = 10
"""Lines of a request, lots of a delivery: all of it is one transaction."""


class RequestState(StrEnum):
    """FHIR supplyrequest-status, coarsened."""

    OPEN = "open"
    AWAITS_RECEIPT = "awaits_receipt"
    """Controlled: nothing has left the stock until somebody of the ward has signed for it."""
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class AskedLine(Contract):
    """Something that a ward needs for a patient."""

    item: NationalCode
    quantity: Quantity


class NewWardRequest(Contract):
    """Ask a warehouse for what a patient needs (FHIR SupplyRequest)."""

    admission: Id
    warehouse: Id
    lines: tuple[AskedLine, ...] = Field(min_length=1, max_length=MOST_ASKED)
    urgent: bool = False
    note: Line | None = None

    @model_validator(mode="after")
    def _once(self) -> Self:
        items = [line.item for line in self.lines]
        if len(set(items)) < len(items):
            raise ValueError("name each item once")
        return self


class RequestLine(Contract):
    """A line of a request."""

    item: NationalCode
    name: str
    unit: str
    controlled: bool
    quantity: int
    delivered: int


class DeliveredLot(Contract):
    """Taken from a lot for a ward."""

    item: NationalCode
    lot: LotName
    quantity: Quantity


class WardRequest(Contract):
    """A request and what was delivered of it."""

    id: Id
    admission: Id
    patient: Id
    warehouse: Id
    state: RequestState
    lines: tuple[RequestLine, ...]
    urgent: bool
    note: str | None
    asked_at: Moment
    asked_by: str
    asked_by_name: str
    waiting: tuple[DeliveredLot, ...]
    """What waits for the ward's signature."""
    delivered_by: str | None
    reason: str | None
    """Why the rest is not delivered."""
    version: int


class WardRequestPage(Contract):
    """Requests, urgent ones and then the oldest first."""

    items: tuple[WardRequest, ...]
    cursor: str | None = None


class WardRequestQuery(PageQuery):
    """The work list of a warehouse."""

    warehouse: Id
    limit: int = Field(default=40, ge=1, le=45)


class WardDelivery(Contract):
    """What is delivered of a request; the rest stays asked for, or ends with a reason."""

    lots: tuple[DeliveredLot, ...] = Field(min_length=1, max_length=MOST_ASKED)
    last: bool = False
    """Nothing more of it will be delivered."""
    reason: Line | None = None


class EndedRequest(Contract):
    """Why a request ends."""

    reason: Line = Field(min_length=5)


class DoseState(StrEnum):
    """FHIR medication-admin-status."""

    DUE = "due"
    GIVEN = "given"
    NOT_GIVEN = "not_given"
    WITHDRAWN = "withdrawn"
    """It was planned, and is not wanted any more."""


class NotGivenReason(StrEnum):
    """Why something was not given (FHIR reason-medication-not-given)."""

    REFUSED = "refused"
    CONTRAINDICATED = "contraindicated"
    FASTING = "fasting"
    VOMITING = "vomiting"
    ABSENT = "absent"
    NOT_AVAILABLE = "not_available"
    OTHER = "other"


class NewDoses(Contract):
    """Plan when something is given; a line of a signed prescription where it is a medicine."""

    item: NationalCode
    quantity: Quantity
    times: tuple[Moment, ...] = Field(min_length=1, max_length=24)
    prescription: Id | None = None
    line: int | None = Field(default=None, ge=1, le=50)
    instructions: Line | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.prescription is None) != (self.line is None):
            raise ValueError("name the prescription and its line")
        if len(set(self.times)) < len(self.times):
            raise ValueError("name each time once")
        return self


class AppliedLot(Contract):
    """Given from a lot that is on the ward."""

    lot: LotName
    quantity: Quantity


class Administration(Contract):
    """What was given; more or less than planned with a reason."""

    lots: tuple[AppliedLot, ...] = Field(min_length=1, max_length=5)
    at: Moment | None = None
    """When, if not now."""
    reason: Line | None = None


class NotGiven(Contract):
    """Why it was not given."""

    reason: NotGivenReason
    note: Line | None = None


class PlannedDose(Contract):
    """A line of the administration record (FHIR MedicationAdministration)."""

    id: Id
    item: NationalCode
    kind: ItemKind
    name: str
    unit: str
    quantity: int
    due: Moment
    instructions: str | None
    prescription: Id | None
    line: int | None
    state: DoseState
    lots: tuple[AppliedLot, ...]
    at: Moment | None
    by: str | None
    by_name: str | None
    not_given: NotGivenReason | None
    reason: str | None
    planned_by: str
    version: int


class WardLot(Contract):
    """What was delivered of a lot for a patient, and what became of it."""

    item: NationalCode
    kind: ItemKind
    name: str
    unit: str
    controlled: bool
    lot: LotName
    delivered: int
    applied: int
    returned: int
    wasted: int
    left: int


class Ward(Contract):
    """Everything of an admission: what was asked for, delivered and given."""

    admission: Id
    patient: Id
    closed: bool
    lots: tuple[WardLot, ...]
    doses: tuple[PlannedDose, ...]
    """In the order in which they are due."""
    requests: tuple[WardRequest, ...]
    version: int


class WardOut(Contract):
    """What comes back to the pharmacy, or is wasted on the ward."""

    item: NationalCode
    lot: LotName
    quantity: Quantity
    reason: Line = Field(min_length=5)


class WardReturn(WardOut):
    """What comes back: a pharmacist receives it."""

    warehouse: Id
    usable: bool = True
    """Whether it may be given to somebody else; else it is waste at once."""


class WardMove(Contract):
    """What moved, by code."""

    item: str
    lot: str
    quantity: int


class PlannedDoses(Contract):
    """What was planned."""

    items: tuple[PlannedDose, ...]


class WardFact(Contract):
    """Data of `pharmacy.ward_requested|delivered|returned|wasted`.

    FHIR SupplyRequest, SupplyDelivery; a return is a delivery back.
    """

    admission_id: Id
    patient_id: Id
    request_id: Id | None
    warehouse_id: Id | None
    lines: tuple[WardMove, ...]


class AdministrationFact(Contract):
    """Data of `pharmacy.medication_administered|not_administered`.

    FHIR MedicationAdministration.
    """

    admission_id: Id
    patient_id: Id
    dose_id: Id
    kind: ItemKind
    lines: tuple[WardMove, ...]


EVENTS: dict[str, type[Contract]] = {
    **{
        f"pharmacy.ward_{verb}": WardFact
        for verb in ("requested", "delivered", "returned", "wasted")
    },
    "pharmacy.medication_administered": AdministrationFact,
    "pharmacy.medication_not_administered": AdministrationFact,
}
"""Event types and the models of their `data`."""
