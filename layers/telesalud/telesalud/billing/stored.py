"""What this context seals into items (docs/decisions/0006), apart from what it answers.

These value objects of the contracts are stored as they are, inside the models below, and follow
the same rules: `PriceLine`, `VoucherLine`, `InvoicedVoucher`, `CreditNote`, `Electronic`,
`Payment`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from pydantic import BaseModel, ConfigDict

from schemas.billing import ChargeKind, PayerKind, PriceLine
from schemas.common import Moment
from schemas.invoices import CreditNote, Electronic, ElectronicState, InvoicedVoucher, Payment
from schemas.vouchers import ChargeState, VoucherLine, VoucherState


class _Stored(BaseModel):
    # Built at first use: a cold function opens few of these.
    model_config = ConfigDict(frozen=True, defer_build=True)


class StoredPayer(_Stored):
    """Somebody who pays."""

    id: str
    name: str
    kind: PayerKind
    tax_number: str | None = None
    active: bool = True


class StoredContract(_Stored):
    """An agreement with a payer."""

    id: str
    payer: str
    payer_name: str
    payer_kind: PayerKind
    payer_tax_number: str | None = None
    name: str
    number: str | None = None
    country: str
    currency: str
    valid_from: date
    valid_until: date | None = None
    active: bool = True
    priced: bool = False
    """Whether it ever had a price: country and currency stay from then on."""

    def in_force(self, day: date) -> bool:
        """Whether it is valid on a day."""
        ended = self.valid_until is not None and self.valid_until < day
        return self.active and self.valid_from <= day and not ended


class StoredPrices(_Stored):
    """Prices of a code, the latest first."""

    prices: tuple[PriceLine, ...]

    def on(self, day: date) -> PriceLine | None:
        """The price of a day."""
        return next((line for line in self.prices if line.since <= day), None)


class StoredCharge(_Stored):
    """Something that a patient got."""

    id: str
    patient: str
    kind: ChargeKind
    code: str
    name: str | None = None
    quantity: int
    at: Moment
    encounter: str | None = None
    admission: str | None = None
    source: str
    state: ChargeState = ChargeState.OPEN
    voucher: str | None = None
    reason: str | None = None


class StoredVoucher(_Stored):
    """A voucher."""

    id: str
    number: str
    state: VoucherState
    patient: str
    patient_name: str
    record_number: str
    coverage: str
    member_number: str | None = None
    contract: str
    contract_name: str
    payer: str
    payer_name: str
    currency: str
    lines: tuple[VoucherLine, ...]
    charges: tuple[str, ...]
    net: str
    tax_amount: str
    total: str
    issued_at: Moment
    issued_by: str
    issued_by_name: str
    invoice: str | None = None
    void_reason: str | None = None
    voided_at: Moment | None = None
    voided_by: str | None = None


class StoredBlock(_Stored):
    """Numbers that a place may give."""

    site: str
    block: int
    next: int
    last: int


class StoredInvoice(_Stored):
    """An invoice, with what became of it."""

    id: str
    number: str
    contract: str
    contract_name: str
    payer: str
    payer_name: str
    payer_tax_number: str | None = None
    country: str
    currency: str
    vouchers: tuple[InvoicedVoucher, ...]
    net: str
    tax_amount: str
    total: str
    credited: str
    paid: str
    issued_at: Moment
    issued_by: str
    electronic: Electronic = Electronic(state=ElectronicState.WAITING)
    credit_notes: tuple[CreditNote, ...] = ()


class StoredPayment(_Stored):
    """Money that came in."""

    payment: Payment


class StoredSubmission(_Stored):
    """What the recorder was told, and what it answered."""

    document: str
    answered: Electronic


STORED: Final[Mapping[str, type[BaseModel]]] = {
    "block": StoredBlock,
    "charge": StoredCharge,
    "contract": StoredContract,
    "invoice": StoredInvoice,
    "payer": StoredPayer,
    "payment": StoredPayment,
    "prices": StoredPrices,
    "submission": StoredSubmission,
    "voucher": StoredVoucher,
}
"""Every kind, for the golden files of `tests/golden/billing`."""
