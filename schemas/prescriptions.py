"""Contracts of prescriptions, their checks and their verification."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from schemas.clinical_events import ClinicalCode
from schemas.common import (
    Contract,
    DatePrecision,
    Id,
    Language,
    Line,
    Moment,
    Query,
    tidy_narrative,
)
from schemas.formulary import FormularyItem, NationalCode, Route
from schemas.qualified import QualifiedSignature
from schemas.reports import ReportZone

Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=10, max_length=500),
    AfterValidator(tidy_narrative),
]
"""Why, in words that another clinician understands."""


class Registration(Contract):
    """A professional registration, such as type CMP, number 12345."""

    type: Line
    number: Line


class PrescriberBody(Contract):
    """Who a user is on paper; kept by administrators, printed on what the user signs."""

    name: Line
    registration: Registration
    specialty: Line | None = None
    institution: Line
    """As it heads the paper."""
    address: Line | None = None
    """Of the practice, as laws of several countries want it on a prescription."""
    phone: Line | None = None
    degree_from: Line | None = None
    """Who gave the degree (Mexico)."""
    zone: ReportZone | None = None
    """Of the practice, where it is not the institution's: in it a signature has its day."""


class Prescriber(PrescriberBody):
    """A prescriber on file."""

    user: str
    version: int


class PatientLabel(Contract):
    """Who the patient is on paper, as registered when the order was written."""

    name: Line
    birth_date: date
    record_number: Line
    document: Line | None = None
    language: Language
    birth_date_estimated: bool = False
    birth_date_precision: DatePrecision | None = None
    """`year` or `month` when no more is known of the birth."""
    sex: str | None = None
    """FHIR administrative-gender."""
    social_name: Line | None = None
    address: Line | None = None
    phone: Line | None = None


class Dose(Contract):
    """How much at a time; `unit` is UCUM or what the product counts (`tablet`)."""

    value: float = Field(gt=0, le=100_000_000)
    """Limits by unit are checked when it is written."""
    unit: Line


class Frequency(Contract):
    """`times` every `hours` hours: 3 every 24, 1 every 8."""

    times: int = Field(ge=1, le=24)
    hours: int = Field(ge=1, le=8_784)
    as_needed: bool = False


class DayPart(StrEnum):
    """When in the day, where the doses of a day differ."""

    MORNING = "morning"
    NOON = "noon"
    EVENING = "evening"
    BEDTIME = "bedtime"


class DoseStep(Contract):
    """A part of a regimen. Steps of the same `sequence` go on together, the next ones follow."""

    sequence: int = Field(ge=1, le=20)
    dose: Dose
    frequency: Frequency
    days: int = Field(ge=1, le=365)
    at: DayPart | None = None


class NewLine(Contract):
    """One drug of a prescription."""

    item: NationalCode
    """Code of the product in the formulary."""
    dose: Dose
    route: Route
    frequency: Frequency
    duration_days: int = Field(ge=1, le=365)
    quantity: int = Field(ge=1, le=10_000)
    """Of the product's unit."""
    instructions: Line | None = None
    substitution_allowed: bool = True
    steps: tuple[DoseStep, ...] = Field(default=(), max_length=20)
    """Where the dose changes (tapering, another dose at night). Then `dose` and `frequency` are
    those of the first step, and `duration_days` is the length of all of them."""
    as_needed_for: Line | None = None
    """What it is taken for, when it is taken as needed."""
    max_doses_a_day: int | None = Field(default=None, ge=1, le=48)
    """The most doses in 24 hours, when it is taken as needed."""
    continuous: bool = False
    """It goes on after `duration_days`, for which this prescription supplies it."""


class PrescriptionLine(NewLine):
    """A drug as prescribed, with the product as the formulary described it."""

    number: int
    product: FormularyItem
    stopped_at: Moment | None = None
    stop_reason: str | None = None


class PrescriptionBody(Contract):
    """What a draft says."""

    encounter: Id | None = None
    lines: tuple[NewLine, ...] = Field(min_length=1, max_length=10)
    reported_allergies: tuple[ClinicalCode, ...] = Field(default=(), max_length=20)
    """Allergies that the patient just told of; checked beside the recorded ones, and kept."""
    valid_days: int = Field(default=30, ge=1, le=365)
    """How long a pharmacy may dispense after signing."""
    weight_kg: float | None = Field(default=None, gt=0.2, le=635)
    """What doses by weight are checked with, as measured lately."""


class NewPrescription(PrescriptionBody):
    """A draft for a patient."""

    patient: Id


class PrescriptionStatus(StrEnum):
    """FHIR medicationrequest-status."""

    DRAFT = "draft"
    ACTIVE = "active"
    ON_HOLD = "on_hold"
    STOPPED = "stopped"
    COMPLETED = "completed"
    ENTERED_IN_ERROR = "entered_in_error"


class AlertKind(StrEnum):
    """What a check found."""

    ALLERGY = "allergy"
    DUPLICATE = "duplicate"
    INTERACTION = "interaction"
    UNCODED = "uncoded"
    """Something recorded as free text or under an unknown code, which no check can read."""
    DOSE = "dose"
    """More at once or in a day than the most, or a quantity that is not what the course needs."""
    AGE = "age"
    """Not for the patient's age."""


class AlertSeverity(StrEnum):
    """FHIR detectedissue-severity; `high` stops a signature until it is overridden."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"


class Alert(Contract):
    """One finding. The same finding has the same id each time."""

    id: str
    kind: AlertKind
    severity: AlertSeverity
    lines: tuple[int, ...]
    """Numbers of the lines concerned."""
    agents: tuple[str, ...]
    """Codes of what meets: the substance or class, and what it meets."""
    source: str
    """`allergy/<entry>`, `medication/<entry>`, `prescription/<id>`, `reported`, or `line/<n>`; of a
    dose or an age what about it."""
    text: str
    """What may happen, in the language that was asked for."""
    first: str = ""
    """The line's medicine, by its name."""
    second: str = ""
    """What it meets: another medicine, the allergy, the substance whose dose it is."""
    advice: str = ""
    """What to do."""
    reference: str = ""
    """Where the rule comes from."""
    contraindicated: bool = False
    """Its override needs a precaution besides the reason."""
    asks_reason: bool = False
    """It is not grave, and still somebody has to say why it may stand."""
    sources: tuple[str, ...] = ()
    """All that say the same, where the other side stands in several entries; `source` is the
    first."""


class UncheckedKind(StrEnum):
    """What a check did not look at."""

    ALLERGIES = "allergies"
    """No allergy is on file, nor that none is known to the checks."""
    MEDICINE = "medicine"
    """A product that no table knows."""
    DOSE = "dose"
    WEIGHT = "weight"
    PREGNANCY = "pregnancy"
    LACTATION = "lactation"
    KIDNEY = "kidney"
    LIVER = "liver"


class Unchecked(Contract):
    """Something that nobody has compared: whoever signs has to."""

    what: UncheckedKind
    lines: tuple[int, ...]
    text: str
    """In the language that was asked for, with what the formulary says of it."""


class Override(Contract):
    """Why a blocking alert does not stop this prescription."""

    alert: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    reason: Reason
    precaution: Reason | None = None
    """What protects the patient nevertheless; needed where the alert is contraindicated."""


class KeptOverride(Contract):
    """An override with the alert as it was when the prescription was signed."""

    alert: Alert
    reason: str
    by: str
    at: Moment
    precaution: str | None = None


class Sign(Contract):
    """The prescriber's signature."""

    overrides: tuple[Override, ...] = Field(default=(), max_length=50)


class Stop(Contract):
    """Ends a prescription, or only some of its lines."""

    reason: Reason
    lines: tuple[int, ...] = Field(default=(), max_length=10)
    """Numbers of the lines; empty stops all."""


class StatusReason(Contract):
    """Why a status changes."""

    reason: Reason


class Prescription(Contract):
    """A prescription. Once signed, what it says never changes; only its status does."""

    id: Id
    patient: Id
    status: PrescriptionStatus
    encounter: Id | None
    lines: tuple[PrescriptionLine, ...]
    reported_allergies: tuple[ClinicalCode, ...]
    valid_days: int
    patient_label: PatientLabel
    created_at: Moment
    created_by: str
    signed_at: Moment | None = None
    signed_by: str | None = None
    valid_until: date | None = None
    prescriber: PrescriberBody | None = None
    verification_code: str | None = None
    alerts: tuple[Alert, ...] = ()
    """Every alert that was shown at signing, in the prescription's language."""
    overrides: tuple[KeptOverride, ...] = ()
    status_reason: str | None = None
    status_at: Moment
    renews: Id | None = None
    weight_kg: float | None = None
    unchecked: tuple[Unchecked, ...] = ()
    """What was not checked at signing, as it was shown."""
    checked_with: str = ""
    """Edition of the medicines' data and releases of the institution's tables at signing."""
    country: str | None = None
    """Whose law the paper follows (ISO 3166-1 alpha-2)."""
    zone: str | None = None
    """In which it has its days (IANA)."""
    version: int


class RenewQuery(Query):
    """The encounter in which it is renewed."""

    encounter: Id | None = None


class PrescriptionFound(Contract):
    """The prescription that a printed code stands for."""

    id: Id
    patient: Id


class ChecksQuery(Query):
    """In which language alerts are told; by default the patient's."""

    language: Language | None = None


class CourseNeeds(Contract):
    """How much of the product the course of a line takes."""

    line: int
    units: float | None
    """Of the product's unit; null where its doses cannot be counted in it."""


class Checks(Contract):
    """What signing a draft now would meet."""

    alerts: tuple[Alert, ...]
    unchecked: tuple[Unchecked, ...] = ()
    checked_with: str = ""
    needs: tuple[CourseNeeds, ...] = ()


class VerifiedLine(Contract):
    """What a pharmacist needs to dispense."""

    name: str
    strength: str
    form: str
    dose: Dose
    route: Route
    frequency: Frequency
    duration_days: int
    quantity: int
    unit: str
    steps: tuple[DoseStep, ...] = ()
    continuous: bool = False
    max_doses_a_day: int | None = None
    substitution_allowed: bool
    controlled: bool
    stopped: bool
    dispensed: int | None = None
    """Units that the institution's pharmacies have given of it; null where none has said so."""


class Verification(Contract):
    """What anybody with the paper may see: compare it with the paper in hand.

    Of the patient only initials and the year of birth, of reasons and diagnoses nothing.
    """

    kind: str
    """`prescription`, `order`, `referral`, `certificate`."""
    status: str
    valid: bool
    """Whether it may be acted upon today."""
    issued_at: Moment
    valid_until: date | None
    institution: str
    prescriber: str
    registration: Registration
    patient_initials: str
    patient_birth_year: int
    lines: tuple[VerifiedLine, ...] = ()
    period_begin: date | None = None
    """Of a certificate."""
    period_end: date | None = None
    zone: str | None = None
    """Of the site: in it the days of this answer are meant."""
    country: str | None = None
    """ISO 3166-1 alpha-2, as far as it is known: the paper has its decimal sign."""
    qualified_signature: QualifiedSignature | None = None
    """Whether it carries a qualified electronic signature, and whose."""


class PrescriptionFact(Contract):
    """Data of `orders.prescription_*`."""

    prescription_id: Id
    patient_id: Id
    status: PrescriptionStatus


EVENTS = {
    f"orders.prescription_{verb}": PrescriptionFact
    for verb in ("signed", "held", "resumed", "stopped", "completed", "withdrawn")
}
