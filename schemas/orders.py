"""Contracts of laboratory, imaging and service orders, and their results."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from schemas.common import Contract, Id, Language, Line, Moment, PageQuery, Query, tidy_narrative
from schemas.formulary import Loinc, NationalCode, OrderedTest, OrderKind
from schemas.prescriptions import PatientLabel, PrescriberBody, PrescriptionLine, Reason
from schemas.qualified import QualifiedSignature

Narrative = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4000),
    AfterValidator(tidy_narrative),
]


class Priority(StrEnum):
    """FHIR request-priority, without `asap`."""

    ROUTINE = "routine"
    URGENT = "urgent"
    STAT = "stat"


class OrderStatus(StrEnum):
    """How far the loop order, result, sign-off has come."""

    DRAFT = "draft"
    ACTIVE = "active"
    RESULTED = "resulted"
    """A final or corrected result waits for its sign-off."""
    REVIEWED = "reviewed"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered_in_error"


class SpecimenBody(Contract):
    """A specimen as it is taken."""

    type: Line
    collected_at: Moment


class Specimen(SpecimenBody):
    """A specimen on its way."""

    collected_by: str
    received_at: Moment | None = None
    received_by: str | None = None


class OrderBody(Contract):
    """What a draft asks for: tests, an order set, or both."""

    kind: OrderKind
    encounter: Id | None = None
    order_set: NationalCode | None = None
    tests: tuple[OrderedTest, ...] = Field(default=(), max_length=50)
    priority: Priority = Priority.ROUTINE
    reason: Narrative
    result_within_hours: int | None = Field(default=None, ge=1, le=24 * 365)
    """When an answer is due; by default as the priority says."""

    @model_validator(mode="after")
    def _something(self) -> "OrderBody":
        if not self.tests and self.order_set is None:
            raise ValueError("name tests or an order set")
        return self


class NewOrder(OrderBody):
    """A draft for a patient."""

    patient: Id


class ResultStatus(StrEnum):
    """FHIR diagnostic-report-status, as far as it is used."""

    PRELIMINARY = "preliminary"
    FINAL = "final"
    CORRECTED = "corrected"


class Flag(StrEnum):
    """How a value compares with its range (HL7 v2 table 0078, coarsened)."""

    NORMAL = "normal"
    LOW = "low"
    HIGH = "high"
    CRITICAL_LOW = "critical_low"
    CRITICAL_HIGH = "critical_high"
    ABNORMAL = "abnormal"
    """Of a text."""
    CRITICAL = "critical"
    """Of a text."""


class Comparator(StrEnum):
    """What is known of a value beyond what the analyser can measure (FHIR Quantity.comparator)."""

    BELOW = "<"
    AT_MOST = "<="
    AT_LEAST = ">="
    ABOVE = ">"


class LimitsFrom(StrEnum):
    """Whose limits a value was compared with."""

    LABORATORY = "laboratory"
    """Stated with the value, or in the institution's catalogue of tests."""
    REFERENCE = "reference"
    """The usual ones that come with the product."""


class Unjudged(StrEnum):
    """Why a number has no flag."""

    UNKNOWN_TEST = "unknown_test"
    """Neither its code nor its name is in the catalogue of tests, and no limits were stated."""
    NO_LIMITS = "no_limits"
    """None are known for this test at this age."""
    BETWEEN = "between"
    """Below or above a bound that lies within the range: it may be either."""


class NewObservation(Contract):
    """One value: a number with its UCUM unit, or a text.

    A number's flag is computed from its limits, those stated and those known of the test; critical
    limits that are known are never loosened by stated ones. A text such as `< 0,05` is read as the
    number that it is, with its comparator.
    """

    loinc: Loinc | None = None
    display: Line
    value: float | None = Field(default=None, allow_inf_nan=False)
    comparator: Comparator | None = None
    unit: Line | None = None
    """UCUM; usual spellings are understood and kept as UCUM."""
    text: Narrative | None = None
    low: float | None = Field(default=None, allow_inf_nan=False)
    high: float | None = Field(default=None, allow_inf_nan=False)
    critical_low: float | None = Field(default=None, allow_inf_nan=False)
    critical_high: float | None = Field(default=None, allow_inf_nan=False)
    flag: Flag | None = None

    @model_validator(mode="after")
    def _value_or_text(self) -> "NewObservation":
        if (self.value is None) == (self.text is None):
            raise ValueError("give a value or a text, not both")
        if self.value is not None and self.unit is None:
            raise ValueError("a value has a UCUM unit; use 1 for what has none")
        if self.text is not None and self.comparator is not None:
            raise ValueError("a comparator belongs to a value")
        limits = (self.critical_low, self.low, self.high, self.critical_high)
        given = [limit for limit in limits if limit is not None]
        if given != sorted(given):
            raise ValueError("limits rise from critical_low over low and high to critical_high")
        return self


class Observation(NewObservation):
    """A value with its flag; without one, `unjudged` says why a number has none."""

    limits_from: LimitsFrom | None = None
    unjudged: Unjudged | None = None


class NewResult(Contract):
    """A result; after a final one only `corrected` with its reason is taken."""

    status: ResultStatus
    observations: tuple[NewObservation, ...] = Field(min_length=1, max_length=200)
    conclusion: Narrative | None = None
    correction_reason: Reason | None = None

    @model_validator(mode="after")
    def _reasoned(self) -> "NewResult":
        if (self.status is ResultStatus.CORRECTED) != (self.correction_reason is not None):
            raise ValueError("a correction, and only a correction, has a reason")
        return self


class Result(Contract):
    """One version of a result; versions never change."""

    number: int
    status: ResultStatus
    observations: tuple[Observation, ...]
    conclusion: str | None
    correction_reason: str | None
    entered_at: Moment
    entered_by: str
    critical: bool


class ResultList(Contract):
    """Every version of an order's result, latest first."""

    items: tuple[Result, ...]


class SignOff(Contract):
    """The orderer has seen this version of the result."""

    result: int
    """Its number."""
    comment: Narrative | None = None


class SignedOff(Contract):
    """A sign-off on file."""

    result: int
    by: str
    at: Moment
    comment: str | None


class Order(Contract):
    """An order with the latest version of its result."""

    id: Id
    patient: Id
    kind: OrderKind
    status: OrderStatus
    encounter: Id | None
    tests: tuple[OrderedTest, ...]
    priority: Priority
    reason: str
    result_within_hours: int
    patient_label: PatientLabel
    created_at: Moment
    created_by: str
    orderer: str | None = None
    """The user who signed the order and who signs its result off."""
    prescriber: PrescriberBody | None = None
    signed_at: Moment | None = None
    due_at: Moment | None = None
    verification_code: str | None = None
    specimen: Specimen | None = None
    result: Result | None = None
    results: int = 0
    resulted_at: Moment | None = None
    sign_offs: tuple[SignedOff, ...] = ()
    overdue: bool = False
    """What is due (the result, or its sign-off) is late."""
    schedule: int = 0
    """Counts the deadlines that were set; a watch for an earlier one stops."""
    status_reason: str | None = None
    altitude_m: int | None = None
    """Of the institution when it was ordered; shipped ranges of haemoglobin follow it."""
    zone: str | None = None
    """In which it has its days (IANA)."""
    version: int


class EntryKind(StrEnum):
    """What a patient's list holds."""

    PRESCRIPTION = "prescription"
    ORDER = "order"
    REFERRAL = "referral"
    CERTIFICATE = "certificate"


class Entry(Contract):
    """One line of a patient's list."""

    kind: EntryKind
    id: Id
    status: str
    title: str
    """Drugs, tests, the service referred to, or the period certified."""
    at: Moment
    """When it was written."""
    encounter: Id | None = None
    """In which it was written."""


class EntryList(Contract):
    """What was ordered for a patient, latest first."""

    items: tuple[Entry, ...]
    cursor: str | None = None


class EntryQuery(PageQuery):
    """Pages through what was ordered for a patient.

    Of one encounter, a page may hold fewer than there are to come, or none: follow the cursor.
    """

    encounter: Id | None = None


class PrescribedMedicine(Contract):
    """A line of a prescription in force, as the list of what a patient takes shows it."""

    prescription: Id
    line: PrescriptionLine
    status: str
    """Of the prescription: `active` or `on_hold`."""
    since: date
    until: date | None
    """The last day of its course; null when it goes on until it is stopped."""
    prescriber: str


class PatientSummary(Contract):
    """What the chart's first screen shows of orders."""

    patient: Id
    prescriptions: tuple[Entry, ...]
    """Active and on hold."""
    medicines: tuple[PrescribedMedicine, ...] = ()
    """Their lines whose course has not ended."""
    orders: tuple[Entry, ...]
    """Without a signed-off result."""


class WorkReason(StrEnum):
    """Why an order is on the work list, the most urgent first."""

    CRITICAL = "critical_result"
    UNSIGNED_LATE = "unsigned_result_late"
    UNANSWERED = "unanswered_order"
    UNSIGNED = "unsigned_result"


class WorkItem(Contract):
    """Something that waits for somebody."""

    order: Id
    patient: Id
    patient_name: str
    kind: OrderKind
    priority: Priority
    reason: WorkReason
    since: Moment
    orderer: str


class WorkList(Contract):
    """The most urgent first, the oldest of those first."""

    items: tuple[WorkItem, ...]
    cursor: str | None = None


class WorkScope(StrEnum):
    """Whose work."""

    MINE = "mine"
    TENANT = "tenant"


class WorkQuery(PageQuery):
    """Pages through a work list."""

    scope: WorkScope = WorkScope.MINE


class PaperFormat(StrEnum):
    """Sizes of paper."""

    A4 = "a4"
    LETTER = "letter"


class PrintQuery(Query):
    """How to print; by default on A4 in the patient's language."""

    format: PaperFormat = PaperFormat.A4
    language: Language | None = None


class Printed(Contract):
    """A PDF, made anew each time; one with a qualified signature as it was signed."""

    name: str
    media_type: str
    sha256: str
    content: str
    """Base64 (RFC 4648 §4)."""
    qualified: QualifiedSignature | None = None
    """Of these bytes; None where the institution wants none, or for another form of the paper."""


class OrderFact(Contract):
    """Data of `orders.order_*` and of `orders.critical_result`."""

    order_id: Id
    patient_id: Id
    kind: OrderKind
    status: OrderStatus
    orderer: str | None
    schedule: int
    result: int | None = None


EVENTS: dict[str, type[Contract]] = {
    **{
        f"orders.order_{verb}": OrderFact
        for verb in ("signed", "cancelled", "withdrawn", "resulted", "signed_off", "overdue")
    },
    "orders.critical_result": OrderFact,
}
"""Event types and the models of their `data`."""
