"""Contracts of invoices (FHIR Invoice), credit notes, payments and a day's cash list."""

from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from schemas.billing import Amount, Currency, Price
from schemas.common import Contract, Id, Line, Moment, PageQuery, Query
from schemas.reports import ReportZone

MOST_VOUCHERS = 25
"""Vouchers of one invoice: all of it is one transaction."""


class NewInvoice(Contract):
    """Vouchers of one contract that become one invoice."""

    contract: Id
    vouchers: tuple[Id, ...] = Field(min_length=1, max_length=MOST_VOUCHERS)

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len(set(self.vouchers)) < len(self.vouchers):
            raise ValueError("name each voucher once")
        return self


class InvoicedVoucher(Contract):
    """A voucher on an invoice: its number and sums, nothing of what was given."""

    voucher: Id
    number: str
    net: Amount
    tax_amount: Amount
    total: Amount
    credited: bool = False
    """Whether a credit note took it off again."""


class ElectronicState(StrEnum):
    """What the provider of electronic invoicing said."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Electronic(Contract):
    """Where a paper is with the provider (docs/electronic_invoicing.md)."""

    state: ElectronicState
    provider: str | None = None
    reference: str | None = None
    """By which the provider or the tax authority knows it."""
    message: str | None = None
    at: Moment | None = None


class CreditNote(Contract):
    """Takes vouchers off an invoice; the invoice itself never changes."""

    id: Id
    number: str
    invoice: Id
    vouchers: tuple[Id, ...]
    reason: str
    net: Amount
    tax_amount: Amount
    total: Amount
    issued_at: Moment
    issued_by: str
    electronic: Electronic


class Invoice(Contract):
    """An invoice to a payer."""

    id: Id
    number: str
    contract: Id
    contract_name: str
    payer: Id
    payer_name: str
    payer_tax_number: str | None
    currency: Currency
    vouchers: tuple[InvoicedVoucher, ...]
    net: Amount
    tax_amount: Amount
    total: Amount
    credited: Amount
    paid: Amount
    due: Amount
    """Total less what was credited and paid; negative where a payer has something coming."""
    issued_at: Moment
    issued_by: str
    electronic: Electronic
    credit_notes: tuple[CreditNote, ...]
    version: int


class InvoicePage(Contract):
    """Invoices, latest first."""

    items: tuple[Invoice, ...]
    cursor: str | None = None


class InvoiceQuery(PageQuery):
    """Pages through invoices; of one contract, or all."""

    contract: Id | None = None


class NewCreditNote(Contract):
    """Vouchers to take off an invoice."""

    vouchers: tuple[Id, ...] = Field(min_length=1, max_length=MOST_VOUCHERS)
    reason: Line = Field(min_length=5)

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len(set(self.vouchers)) < len(self.vouchers):
            raise ValueError("name each voucher once")
        return self


class PaymentMethod(StrEnum):
    """How it was paid."""

    CASH = "cash"
    CARD = "card"
    TRANSFER = "transfer"
    CHECK = "check"


class NewPayment(Contract):
    """Money that came in for an invoice."""

    amount: Price
    method: PaymentMethod
    reference: Line | None = None


class Payment(Contract):
    """A payment; it never changes."""

    id: Id
    invoice: Id
    invoice_number: str
    amount: Amount
    currency: Currency
    method: PaymentMethod
    reference: str | None
    at: Moment
    by: str
    by_name: str


class CashQuery(Query):
    """A day of a time zone."""

    day: date
    zone: ReportZone


class CashTotal(Contract):
    """What came in of one kind."""

    method: PaymentMethod
    currency: Currency
    count: int
    amount: Amount


class CashList(Contract):
    """What came in on a day, in the order of time."""

    day: date
    zone: str
    items: tuple[Payment, ...]
    totals: tuple[CashTotal, ...]


class InvoiceFact(Contract):
    """Data of `billing.invoice_issued`, `billing.credit_note_issued`: ids only.

    The subject is the invoice; `document_id` is the paper that goes to the provider.
    """

    invoice_id: Id
    document_id: Id
    contract_id: Id
    voucher_ids: tuple[str, ...]


class PaymentFact(Contract):
    """Data of `billing.payment_received`."""

    invoice_id: Id
    payment_id: Id


EVENTS: dict[str, type[Contract]] = {
    "billing.invoice_issued": InvoiceFact,
    "billing.credit_note_issued": InvoiceFact,
    "billing.payment_received": PaymentFact,
}
"""Event types and the models of their `data`."""
