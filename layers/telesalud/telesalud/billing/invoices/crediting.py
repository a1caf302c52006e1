"""Credit notes: they take vouchers off an invoice, which itself never changes."""

from schemas.invoices import (
    CreditNote,
    Electronic,
    ElectronicState,
    Invoice,
    InvoicedVoucher,
    NewCreditNote,
)
from schemas.vouchers import VoucherState
from telesalud.billing import money
from telesalud.billing.invoices import issuing
from telesalud.billing.policy import GRANTS, INVOICE
from telesalud.billing.stored import StoredInvoice
from telesalud.billing.vouchers import issuing as vouchers
from telesalud.billing.vouchers import numbers
from telesalud.platform.access import require, require_live
from telesalud.platform.errors import Conflict, FieldError, Gone, Invalid, StaleVersion
from telesalud.platform.printing.characters import refuse_unprintable
from telesalud.platform.store import ABSENT, Put
from telesalud.platform.work import Call, Services, Work, retrying


def credit(
    services: Services, call: Call, which: str, body: NewCreditNote, version: int
) -> Invoice:
    """Take vouchers off an invoice: they may be corrected, voided or invoiced again.

    Raises Forbidden, SessionExpired, NotFound, StaleVersion, Invalid for vouchers that are not on
    it, Conflict for ones that were credited before.
    """
    require(call.caller, INVOICE, GRANTS)
    require_live(call.caller, services.clock())
    refuse_unprintable(("/reason", body.reason))
    tenant = call.caller.tenant

    def step() -> Invoice:
        found, present = issuing.load(services, tenant, which)
        if present != version:
            raise StaleVersion
        lines = _lines(found, body)
        work = Work(services, call)
        note = _note(work, found, body, lines)
        for voucher in body.vouchers:
            _free(work, voucher)
        made = found.model_copy(
            update={
                "credited": money.total([found.credited, note.total], found.currency),
                "credit_notes": (*found.credit_notes, note),
                "vouchers": tuple(
                    one.model_copy(update={"credited": one.credited or one.voucher in lines})
                    for one in found.vouchers
                ),
            }
        )
        fact = issuing.fact_of(made, note.id, body.vouchers)
        issuing.announce(work, "credit_note_issued", fact, version + 1)
        return issuing.keep(work, made, version, "credit_invoice")

    return retrying(step)


def _lines(found: StoredInvoice, body: NewCreditNote) -> dict[str, InvoicedVoucher]:
    by_id = {one.voucher: one for one in found.vouchers}
    wrong = [
        FieldError(f"/vouchers/{n}", "not-on-it", "it is not on this invoice")
        for n, which in enumerate(body.vouchers)
        if which not in by_id
    ]
    if wrong:
        raise Invalid("credit what the invoice has", wrong)
    lines = {which: by_id[which] for which in body.vouchers}
    if any(one.credited for one in lines.values()):
        raise Conflict("some of these were credited before")
    return lines


def _note(
    work: Work, found: StoredInvoice, body: NewCreditNote, lines: dict[str, InvoicedVoucher]
) -> CreditNote:
    currency = found.currency
    return CreditNote(
        id=work.services.new_id(),
        number=numbers.take(work, numbers.CREDIT_NOTES, numbers.CENTRE),
        invoice=found.id,
        vouchers=body.vouchers,
        reason=body.reason,
        net=money.total((one.net for one in lines.values()), currency),
        tax_amount=money.total((one.tax_amount for one in lines.values()), currency),
        total=money.total((one.total for one in lines.values()), currency),
        issued_at=work.services.clock(),
        issued_by=work.call.caller.subject,
        electronic=Electronic(state=ElectronicState.WAITING),
    )


def _free(work: Work, which: str) -> None:
    """A voucher waits for an invoice again; of a shredded record nothing opens, and nothing has to:
    the invoice keeps its sums."""
    services, tenant = work.services, work.call.caller.tenant
    try:
        voucher, at = vouchers.load(services, tenant, which)
    except Gone:
        return
    freed = voucher.model_copy(update={"state": VoucherState.ISSUED, "invoice": None})
    vouchers.put(work, freed, at)
    key = vouchers.waiting_key(tenant, voucher)
    work.add(Put(key, {"kind": "note"}, when=ABSENT))
    work.audit("billing.credit", voucher.patient, f"voucher/{which}")
