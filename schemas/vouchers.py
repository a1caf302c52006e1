"""Contracts of what patients got (FHIR ChargeItem) and of the vouchers that list it."""

from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from schemas.billing import Amount, ChargeCode, ChargeKind, Currency, Price, TaxCategory
from schemas.common import Contract, Id, Line, Moment, PageQuery
from schemas.pharmacy import Quantity
from schemas.reports import ReportZone

MOST_CHARGES = 20
"""Charges of one voucher: all of it is one transaction."""


class ChargeState(StrEnum):
    """Whether it is on a voucher."""

    OPEN = "open"
    VOUCHERED = "vouchered"
    WAIVED = "waived"
    """Nobody is asked for it; a reason says why."""


class NewCharge(Contract):
    """Something that was done on demand: a procedure, a service, a visit elsewhere."""

    patient: Id
    kind: ChargeKind
    code: ChargeCode
    quantity: Quantity
    at: Moment
    encounter: Id | None = None
    admission: Id | None = None
    note: Line | None = None


class Charge(Contract):
    """Something that a patient got."""

    id: Id
    patient: Id
    kind: ChargeKind
    code: str
    name: str | None
    quantity: int
    """Negative for what came back."""
    at: Moment
    encounter: Id | None
    admission: Id | None
    source: str
    """Where it comes from: `dispensing/<id>`, `ward/<admission>`, `encounter/<id>`, `by-hand`."""
    state: ChargeState
    voucher: Id | None
    reason: str | None
    version: int


class ChargePage(Contract):
    """What a patient got, the oldest first."""

    items: tuple[Charge, ...]
    cursor: str | None = None


class ChargeQuery(PageQuery):
    """Of one patient; those that are on no voucher yet, or all."""

    patient: Id
    open: bool = True


class Waiver(Contract):
    """Why nobody is asked for it."""

    reason: Line = Field(min_length=5)


class VoucherState(StrEnum):
    """What became of a voucher."""

    ISSUED = "issued"
    INVOICED = "invoiced"
    VOID = "void"


class NewVoucher(Contract):
    """List what a patient got, at the prices of a contract that they are covered by."""

    patient: Id
    coverage: Id
    zone: ReportZone
    """Time zone whose days decide which prices and which coverage apply."""
    charges: tuple[Id, ...] = Field(min_length=1, max_length=MOST_CHARGES)

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len(set(self.charges)) < len(self.charges):
            raise ValueError("name each charge once")
        return self


class VoucherLine(Contract):
    """What was given of one code on one day, and what it costs."""

    kind: ChargeKind
    code: str
    name: str
    day: date
    quantity: int
    price: Price
    """Of one unit, as the contract had it on that day."""
    tax: TaxCategory
    tax_name: str
    tax_rate: str
    """Percent, as a decimal."""
    net: Amount
    tax_amount: Amount
    total: Amount


class Voucher(Contract):
    """A voucher (volante de servicio). Its lines never change."""

    id: Id
    number: str
    state: VoucherState
    patient: Id
    patient_name: str
    record_number: str
    coverage: Id
    member_number: str | None
    contract: Id
    contract_name: str
    payer: Id
    payer_name: str
    currency: Currency
    lines: tuple[VoucherLine, ...]
    net: Amount
    tax_amount: Amount
    total: Amount
    issued_at: Moment
    issued_by: str
    issued_by_name: str
    invoice: Id | None
    void_reason: str | None
    voided_at: Moment | None
    voided_by: str | None
    version: int


class VoucherSummary(Contract):
    """A voucher in a list: no names and nothing of what was given."""

    id: Id
    number: str
    state: VoucherState
    patient: Id
    contract: Id
    currency: Currency
    total: Amount
    issued_at: Moment
    invoice: Id | None


class VoucherPage(Contract):
    """Vouchers, latest first."""

    items: tuple[VoucherSummary, ...]
    cursor: str | None = None


class VoucherQuery(PageQuery):
    """Of a patient, or of a contract those that wait for an invoice."""

    patient: Id | None = None
    contract: Id | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.patient is None) == (self.contract is None):
            raise ValueError("ask for a patient's vouchers or for a contract's")
        return self


class VoidVoucher(Contract):
    """Why a voucher is void; what it lists may go on another."""

    reason: Line = Field(min_length=5)


class NumberLease(Contract):
    """A disconnected site that gets numbers for its vouchers."""

    site: Id


class LeasedNumbers(Contract):
    """The block that a site numbers its vouchers from; the one it has while any are left."""

    site: Id
    block: int
    next: int
    last: int


class VoucherFact(Contract):
    """Data of `billing.voucher_issued|voided`: FHIR Invoice, draft or cancelled; ids only."""

    voucher_id: Id
    patient_id: Id
    contract_id: Id
    charge_ids: tuple[str, ...]


EVENTS: dict[str, type[Contract]] = {
    "billing.voucher_issued": VoucherFact,
    "billing.voucher_voided": VoucherFact,
}
"""Event types and the models of their `data`."""
