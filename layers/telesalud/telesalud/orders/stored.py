"""What this context seals into items (docs/decisions/0006), apart from what it answers.

A field added to an answer is not thereby stored, and what an earlier release wrote opens for ever.
These value objects of the contracts are stored as they are, inside the models below, and follow
the same rules: of prescriptions `PrescriptionLine` (with `FormularyItem`, `Dose`, `Frequency`,
`DoseStep`), `Alert`, `Unchecked`, `KeptOverride`, `PatientLabel`, `PrescriberBody`, `Registration`;
of orders `OrderedTest`, `Specimen`, `Observation`, `SignedOff`; of papers `ReferralBody` and
`CertificateBody`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from pydantic import BaseModel, ConfigDict

from schemas.alarms import AlarmContact
from schemas.clinical_events import Criticality
from schemas.common import Moment
from schemas.favourites import FavouriteLine, FavouriteOrder
from schemas.formulary import OrderedTest, OrderKind
from schemas.orders import (
    Entry,
    EntryKind,
    Observation,
    Order,
    OrderStatus,
    Priority,
    Result,
    ResultStatus,
    SignedOff,
    Specimen,
)
from schemas.papers import CertificateBody, Paper, PaperKind, PaperStatus, ReferralBody
from schemas.prescriptions import (
    Alert,
    KeptOverride,
    PatientLabel,
    Prescriber,
    PrescriberBody,
    Prescription,
    PrescriptionLine,
    PrescriptionStatus,
    Registration,
    Unchecked,
)


class _Stored(BaseModel):
    # Built at first use: a cold function opens few of these.
    model_config = ConfigDict(frozen=True, defer_build=True)


class StoredPrescription(_Stored):
    """A prescription."""

    id: str
    patient: str
    status: PrescriptionStatus
    encounter: str | None
    lines: tuple[PrescriptionLine, ...]
    reported_allergies: tuple[str, ...]
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
    overrides: tuple[KeptOverride, ...] = ()
    status_reason: str | None = None
    status_at: Moment
    renews: str | None = None
    weight_kg: float | None = None
    more_alerts: tuple[Alert, ...] = ()
    """Alerts of the kinds that the release before this one does not know."""
    unchecked: tuple[Unchecked, ...] = ()
    checked_with: str = ""
    country: str | None = None
    zone: str | None = None
    version: int = 0
    """Of the item, once it is opened. What is sealed here says nothing; releases before this one
    require it."""

    def view(self, version: int) -> Prescription:
        """What is answered."""
        fields = dict(self)
        fields["alerts"] = (*self.alerts, *fields.pop("more_alerts"))
        return Prescription.model_construct(**fields | {"version": version})


class StoredResult(_Stored):
    """One version of a result; versions never change."""

    number: int
    status: ResultStatus
    observations: tuple[Observation, ...]
    conclusion: str | None
    correction_reason: str | None
    entered_at: Moment
    entered_by: str
    critical: bool

    def view(self) -> Result:
        """What is answered."""
        return Result.model_construct(**dict(self))


class StoredOrder(_Stored):
    """An order with the latest version of its result."""

    id: str
    patient: str
    kind: OrderKind
    status: OrderStatus
    encounter: str | None
    tests: tuple[OrderedTest, ...]
    priority: Priority
    reason: str
    result_within_hours: int
    patient_label: PatientLabel
    created_at: Moment
    created_by: str
    orderer: str | None = None
    prescriber: PrescriberBody | None = None
    signed_at: Moment | None = None
    due_at: Moment | None = None
    verification_code: str | None = None
    specimen: Specimen | None = None
    result: StoredResult | None = None
    results: int = 0
    resulted_at: Moment | None = None
    sign_offs: tuple[SignedOff, ...] = ()
    overdue: bool = False
    schedule: int = 0
    status_reason: str | None = None
    zone: str | None = None
    altitude_m: int | None = None
    """Of the institution when it was ordered: haemoglobin is read by it."""
    version: int = 0
    """As of a prescription."""

    def view(self, version: int) -> Order:
        """What is answered."""
        result = self.result.view() if self.result else None
        return Order.model_construct(**dict(self) | {"result": result, "version": version})


class StoredPaper(_Stored):
    """A referral or a certificate."""

    id: str
    patient: str
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
    version: int = 0
    """As of a prescription."""

    @property
    def encounter(self) -> str | None:
        """In which it was issued."""
        body = self.referral or self.certificate
        return body.encounter if body else None

    def view(self, version: int) -> Paper:
        """What is answered."""
        return Paper.model_construct(**dict(self) | {"version": version})


class StoredEntry(_Stored):
    """A line of a patient's list; of an order, that its loop is not closed."""

    kind: EntryKind
    id: str
    status: str
    title: str
    at: Moment
    encounter: str | None = None
    """Releases before this one did not keep it here: `visits.known` reads it from the thing."""

    def view(self) -> Entry:
        """What is answered."""
        return Entry.model_construct(**dict(self))


class NowEntry(_Stored):
    """An allergy or a medicine as the record announced it; gone when it no longer counts."""

    codes: tuple[str, ...] = ()
    criticality: Criticality = Criticality.UNKNOWN
    gone: bool = False


class NowState(_Stored):
    """What else is known of the patient."""

    deceased_on: date | None = None


class NowPrescription(_Stored):
    """A prescription in force: its line of the list, and its lines' codes by number."""

    entry: StoredEntry
    codes: Mapping[int, tuple[str, ...]]
    lines: tuple[PrescriptionLine, ...] = ()
    """Every line; releases before this one kept codes only."""
    signed_at: Moment | None = None
    prescriber: str = ""


class NowDispensed(_Stored):
    """How much of a prescription pharmacies have given: units by the number of the line."""

    totals: Mapping[int, int]


class StoredPrescriber(_Stored):
    """Who a user is on paper."""

    name: str
    registration: Registration
    specialty: str | None = None
    institution: str
    address: str | None = None
    phone: str | None = None
    degree_from: str | None = None
    zone: str | None = None

    @classmethod
    def of(cls, body: PrescriberBody) -> "StoredPrescriber":
        """What an administrator entered."""
        return cls(**dict(body))

    def body(self) -> PrescriberBody:
        """As it goes on paper."""
        return PrescriberBody.model_construct(**dict(self))

    def view(self, user: str, version: int) -> Prescriber:
        """What is answered."""
        return Prescriber.model_construct(**dict(self) | {"user": user, "version": version})


class StoredAlarmContact(_Stored):
    """By what a user is reached when an alarm rings."""

    email: str | None
    phone: str | None
    language: str

    def view(self, user: str, version: int) -> AlarmContact:
        """What is answered."""
        return AlarmContact.model_construct(**dict(self) | {"user": user, "version": version})


class StoredSigning(_Stored):
    """Which papers get a qualified signature, and what the service knows the institution by."""

    token: str
    kinds: tuple[EntryKind, ...] = ()


class StoredSignature(_Stored):
    """Whose qualified signature a paper carries."""

    signer: str
    issuer: str


class AttachmentLabel(_Stored):
    """What names a file."""

    name: str


class OpenOrderNames(_Stored):
    """What of an open order names somebody, for reports; under the tenant's key."""

    patient_name: str
    record_number: str
    orderer_name: str


class WorkItemNames(_Stored):
    """What of a work item names somebody; under the tenant's key."""

    patient_name: str


class StoredFavourites(_Stored):
    """What somebody prescribes and orders again and again, as the contracts have it."""

    lines: tuple[FavouriteLine, ...] = ()
    orders: tuple[FavouriteOrder, ...] = ()


STORED: Final[Mapping[str, type[BaseModel]]] = {
    "alarm_contact": StoredAlarmContact,
    "attachment_label": AttachmentLabel,
    "entry": StoredEntry,
    "favourites": StoredFavourites,
    "now_dispensed": NowDispensed,
    "now_entry": NowEntry,
    "now_prescription": NowPrescription,
    "now_state": NowState,
    "open_order_names": OpenOrderNames,
    "order": StoredOrder,
    "paper": StoredPaper,
    "prescriber": StoredPrescriber,
    "prescription": StoredPrescription,
    "result": StoredResult,
    "signature": StoredSignature,
    "signing": StoredSigning,
    "work_item_names": WorkItemNames,
}
"""Every kind, for the golden files of `tests/golden/orders`."""
