"""Invoices, credit notes and payments over HTTP."""

from schemas import invoices as i
from telesalud.billing import errors, wiring
from telesalud.billing.invoices import crediting, issuing, paying
from telesalud.billing.routes import CHANGE, CHANGED, WRITE, versioned
from telesalud.platform.errors import (
    Conflict,
    Gone,
    Invalid,
    InvalidTransition,
    NotFound,
    SessionExpired,
)
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/billing")


@group.post(
    "/invoices",
    body=i.NewInvoice,
    answer=i.Invoice,
    errors=(
        NotFound,
        Gone,
        SessionExpired,
        Invalid,
        Conflict,
        InvalidTransition,
        errors.AlreadyInvoiced,
    ),
    **WRITE,
)
def issue_invoice(request: Request) -> Answer:
    """Invoice vouchers of a contract; asked again, the invoice that they are on."""
    return versioned(issuing.issue(wiring.services(), request.call, request.body))


@group.get("/invoices", query=i.InvoiceQuery, answer=i.InvoicePage, errors=(Invalid,))
def list_invoices(request: Request) -> i.InvoicePage:
    """Invoices, latest first."""
    return issuing.page(wiring.services(), request.call, request.query)


@group.get("/invoices/{invoice_id}", answer=i.Invoice, errors=(NotFound,))
def read_invoice(request: Request) -> Answer:
    """An invoice with its credit notes."""
    return versioned(issuing.read(wiring.services(), request.call, request.id("invoice_id")))


@group.post(
    "/invoices/{invoice_id}/credit-notes",
    body=i.NewCreditNote,
    answer=i.Invoice,
    errors=(*CHANGED, SessionExpired, Invalid, Conflict),
    **CHANGE,
)
def credit_invoice(request: Request) -> Answer:
    """Take vouchers off an invoice."""
    which, version = request.id("invoice_id"), request.if_match
    return versioned(
        crediting.credit(wiring.services(), request.call, which, request.body, version)
    )


@group.post(
    "/invoices/{invoice_id}/payments",
    body=i.NewPayment,
    answer=i.Invoice,
    errors=(*CHANGED, SessionExpired, Invalid, errors.TooMuchPaid),
    **CHANGE,
)
def pay_invoice(request: Request) -> Answer:
    """Write that an invoice was paid, in whole or in part."""
    which, version = request.id("invoice_id"), request.if_match
    return versioned(paying.pay(wiring.services(), request.call, which, request.body, version))


@group.get("/cash", query=i.CashQuery, answer=i.CashList, errors=(Invalid,))
def read_cash(request: Request) -> i.CashList:
    """What came in on a day, with totals."""
    return paying.cash(wiring.services(), request.call, request.query)
