"""Contracts of dispensing against a signed prescription, its labels and returns."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from schemas.common import Contract, Id, Language, Line, Moment, PageQuery, Query
from schemas.formulary import FormularyItem, NationalCode, Route
from schemas.pharmacy import (
    LotBalance,
    LotName,
    Quantity,
)
from schemas.prescriptions import (
    Alert,
    Dose,
    DoseStep,
    Frequency,
    PatientLabel,
    PrescriptionStatus,
    Reason,
    Unchecked,
)

MOST_PICKED = 10
"""Lots of one dispensing: all of it is one transaction."""


class DispensingState(StrEnum):
    """FHIR medicationdispense-status, coarsened."""

    AWAITS_SECOND = "awaits_second"
    """Controlled: nothing has left the stock until a second person has signed."""
    COMPLETED = "completed"
    REFUSED = "refused"
    """The second person did not sign."""


class Proposal(Contract):
    """A lot that may be taken, in the order in which they should leave."""

    lot: LotBalance
    quantity: int
    """How much of it to take, first expired first out."""


class Choice(Contract):
    """An item that answers a line: the one prescribed, or an equivalent where that is allowed."""

    item: NationalCode
    name: str
    unit: str
    controlled: bool
    substitute: bool
    lots: tuple[Proposal, ...]


class SheetLine(Contract):
    """A line of the prescription, and what is left of it to dispense."""

    number: int
    product: FormularyItem
    dose: Dose
    route: Route
    frequency: Frequency
    duration_days: int
    instructions: str | None
    steps: tuple[DoseStep, ...]
    quantity: int
    dispensed: int
    remaining: int
    substitution_allowed: bool
    stopped: bool
    choices: tuple[Choice, ...]


class DispensingSheet(Contract):
    """Everything that somebody needs to dispense a prescription at a warehouse."""

    prescription: Id
    patient: Id
    patient_label: PatientLabel
    status: PrescriptionStatus
    valid_until: date | None
    dispensable: bool
    """Whether anything of it may be dispensed now."""
    refusal: str | None
    """Why not, as the slug of the problem that dispensing would answer."""
    prescriber: str
    lines: tuple[SheetLine, ...]
    alerts: tuple[Alert, ...]
    """Allergies and interactions as they are now."""
    unchecked: tuple[Unchecked, ...]
    waiting: tuple[Id, ...]
    """Dispensings of it that wait for a second person."""


class SheetQuery(Query):
    """At which warehouse, and in which language alerts are told."""

    warehouse: Id
    language: Language | None = None


class PickedLot(Contract):
    """Taken from a lot."""

    lot: LotName
    quantity: Quantity


class DispensedLine(Contract):
    """What is given for a line of the prescription."""

    line: int = Field(ge=1, le=50)
    item: NationalCode
    lots: tuple[PickedLot, ...] = Field(min_length=1, max_length=MOST_PICKED)
    lot_reason: Line | None = None
    """Why not the lots that expire first."""
    substitution_reason: Line | None = None
    """Why another product than the prescribed one."""


class Receiver(Contract):
    """Who takes it away; of controlled medicines with a document."""

    name: Line
    document: Line


class SeenAlert(Contract):
    """An alert of high severity that the dispenser has looked at, and why it goes on."""

    alert: str = Field(min_length=1, max_length=300)
    reason: Reason


class NewDispensing(Contract):
    """Dispense some or all of a prescription."""

    prescription: Id
    warehouse: Id
    lines: tuple[DispensedLine, ...] = Field(min_length=1, max_length=MOST_PICKED)
    seen: tuple[SeenAlert, ...] = Field(default=(), max_length=50)
    receiver: Receiver | None = None


class GivenLot(Contract):
    """Given from a lot."""

    lot: LotName
    quantity: int
    returned: int
    register_number: int | None


class GivenLine(Contract):
    """What was given for a line."""

    line: int
    item: NationalCode
    name: str
    unit: str
    prescribed: NationalCode
    quantity: int
    lots: tuple[GivenLot, ...]
    lot_reason: str | None
    substitution_reason: str | None


class Dispensing(Contract):
    """What was dispensed, or waits for a second signature."""

    id: Id
    prescription: Id
    patient: Id
    warehouse: Id
    state: DispensingState
    lines: tuple[GivenLine, ...]
    receiver: Receiver | None
    seen: tuple[SeenAlert, ...]
    by: str
    by_name: str
    at: Moment
    second: str | None
    second_name: str | None
    completed_at: Moment | None
    reason: str | None
    """Why the second person did not sign."""
    version: int


class DispensingList(Contract):
    """Dispensings of a patient, latest first."""

    items: tuple[Dispensing, ...]
    cursor: str | None = None


class DispensingQuery(PageQuery):
    """Pages through them."""


class WaitingDispensing(Contract):
    """A dispensing that waits for a second signature."""

    id: Id
    prescription: Id
    by: str
    at: Moment


class WaitingList(Contract):
    """Those of a warehouse, the oldest first."""

    items: tuple[WaitingDispensing, ...]


class RefusedSecond(Contract):
    """Why the second person does not sign."""

    reason: Line = Field(min_length=5)


class ReturnedLot(Contract):
    """Something that comes back."""

    line: int = Field(ge=1, le=50)
    item: NationalCode
    lot: LotName
    quantity: Quantity


class NewReturn(Contract):
    """What a patient brings back."""

    reason: Line = Field(min_length=5)
    usable: bool
    """Whether it may be given to somebody else; else it is waste at once."""
    lines: tuple[ReturnedLot, ...] = Field(min_length=1, max_length=MOST_PICKED)


class LabelFormat(StrEnum):
    """Widths of thermal printers, and a sheet."""

    LABEL_50 = "label_50"
    """50 by 30 mm."""
    LABEL_70 = "label_70"
    """70 by 40 mm."""
    RECEIPT_80 = "receipt_80"
    """A roll of 80 mm."""
    A4 = "a4"


class LabelQuery(Query):
    """What to print, and in which language; by default the patient's."""

    format: LabelFormat = LabelFormat.LABEL_70
    language: Language | None = None


class LineTotal(Contract):
    """How much of a line has been dispensed in all."""

    line: int
    dispensed: int


class DispensedItem(Contract):
    """What was given, by code: what a voucher prices."""

    line: int
    item: str
    lot: str
    quantity: int


class DispensingFact(Contract):
    """Data of `pharmacy.medication_*`: FHIR MedicationDispense.

    The subject is the prescription; `totals` are those after it, and the newest sequence counts.
    """

    dispensing_id: Id
    prescription_id: Id
    patient_id: Id
    encounter_id: Id | None
    warehouse_id: Id
    lines: tuple[DispensedItem, ...]
    """Of a return, what came back."""
    totals: tuple[LineTotal, ...]


EVENTS: dict[str, type[Contract]] = {
    "pharmacy.medication_dispensed": DispensingFact,
    "pharmacy.medication_returned": DispensingFact,
}
"""Event types and the models of their `data`."""
