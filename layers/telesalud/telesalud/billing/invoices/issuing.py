"""Invoices: each voucher on one at most, however often somebody asks.

One transaction turns vouchers from issued to invoiced, takes the number and writes the invoice.
Asking again for vouchers that are together on one invoice answers that invoice.
"""

from collections.abc import Sequence
from decimal import Decimal

from schemas.invoices import (
    Electronic,
    ElectronicState,
    Invoice,
    InvoicedVoucher,
    InvoiceFact,
    InvoicePage,
    InvoiceQuery,
    NewInvoice,
)
from schemas.vouchers import VoucherState
from telesalud.billing import money, repository
from telesalud.billing.errors import AlreadyInvoiced
from telesalud.billing.policy import GRANTS, INVOICE, READ_INVOICES
from telesalud.billing.stored import StoredContract, StoredInvoice, StoredVoucher
from telesalud.billing.vouchers import issuing as vouchers
from telesalud.billing.vouchers import numbers
from telesalud.platform.access import require, require_live
from telesalud.platform.errors import Conflict, FieldError, Invalid, InvalidTransition
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.store import Delete
from telesalud.platform.work import Call, Services, Work, retrying

Opened = Sequence[tuple[StoredVoucher, int]]


def issue(services: Services, call: Call, body: NewInvoice) -> Invoice:
    """Invoice vouchers of one contract; the invoice they are on already, if it is one.

    Raises Forbidden, SessionExpired, NotFound, Gone, Invalid for vouchers of another contract,
    AlreadyInvoiced, InvalidTransition for a void one.
    """
    require(call.caller, INVOICE, GRANTS)
    require_live(call.caller, services.clock())
    tenant = call.caller.tenant

    def step() -> Invoice:
        found = [vouchers.load(services, tenant, one) for one in body.vouchers]
        _require_contract(body, found)
        if (known := _invoiced(found)) is not None:
            work = Work(services, call)
            made, version = load(services, tenant, known)
            work.audit("billing.read_invoice", "", f"invoice/{known}")
            answer = view(made, version)
            work.commit(answer, version)
            return answer
        key = repository.contract_key(tenant, body.contract)
        contract, _ = repository.load(services, tenant, key, StoredContract)
        work = Work(services, call)
        made = _made(work, contract, [one for one, _ in found])
        for one, version in found:
            turned = one.model_copy(update={"state": VoucherState.INVOICED, "invoice": made.id})
            vouchers.put(work, turned, version)
            work.add(Delete(vouchers.waiting_key(tenant, one)))
            work.audit("billing.invoice", one.patient, f"voucher/{one.id}")
        repository.listed(work, f"INVOICES#{tenant}", made.issued_at, made.id)
        repository.listed(work, f"INVOICES#{tenant}#{made.contract}", made.issued_at, made.id)
        announce(work, "invoice_issued", fact_of(made, made.id, body.vouchers), 1)
        return keep(work, made, 0, "issue_invoice")

    return retrying(step)


def read(services: Services, call: Call, which: str) -> Invoice:
    """An invoice. Raises Forbidden, NotFound."""
    require(call.caller, READ_INVOICES, GRANTS)
    return view(*load(services, call.caller.tenant, which))


def page(services: Services, call: Call, query: InvoiceQuery) -> InvoicePage:
    """Invoices, latest first. Raises Forbidden."""
    require(call.caller, READ_INVOICES, GRANTS)
    tenant = call.caller.tenant
    partition = f"INVOICES#{tenant}" + (f"#{query.contract}" if query.contract else "")
    listed = services.store.query(
        partition, "", after=from_cursor(query.cursor), limit=query.limit, newest_first=True
    )
    keys = [repository.invoice_key(tenant, one) for one in repository.last_part(listed.items)]
    found = repository.fetch(services, keys)
    items = tuple(
        view(repository.opened(services, tenant, found[key], StoredInvoice), found[key].version)
        for key in keys
        if key in found
    )
    return InvoicePage(items=items, cursor=to_cursor(listed.next_after))


def load(services: Services, tenant: str, which: str) -> tuple[StoredInvoice, int]:
    """An invoice and its version. Raises NotFound."""
    return repository.load(services, tenant, repository.invoice_key(tenant, which), StoredInvoice)


def _require_contract(body: NewInvoice, found: Opened) -> None:
    wrong = [
        FieldError(f"/vouchers/{n}", "other-contract", "it is of another contract")
        for n, (one, _) in enumerate(found)
        if one.contract != body.contract
    ]
    if wrong:
        raise Invalid("an invoice is of one contract", wrong)


def _invoiced(found: Opened) -> str | None:
    """The one invoice that all of them are on; None when all may be invoiced."""
    for one, _ in found:
        if one.state is VoucherState.VOID:
            raise InvalidTransition(one.state.value, VoucherState.INVOICED.value)
    taken = [one for one, _ in found if one.state is VoucherState.INVOICED]
    if not taken:
        return None
    invoices = sorted({one.invoice for one in taken if one.invoice})
    if len(taken) == len(found) and len(invoices) == 1:
        return invoices[0]
    raise AlreadyInvoiced([one.id for one in taken], invoices)


def _made(work: Work, contract: StoredContract, found: Sequence[StoredVoucher]) -> StoredInvoice:
    currencies = {one.currency for one in found}
    if currencies != {contract.currency}:
        raise Conflict("these vouchers are not of one currency")
    currency = contract.currency
    return StoredInvoice(
        id=work.services.new_id(),
        number=numbers.take(work, numbers.INVOICES, numbers.CENTRE),
        contract=contract.id,
        contract_name=contract.name,
        payer=contract.payer,
        payer_name=contract.payer_name,
        payer_tax_number=contract.payer_tax_number,
        country=contract.country,
        currency=currency,
        vouchers=tuple(
            InvoicedVoucher(
                voucher=one.id,
                number=one.number,
                net=one.net,
                tax_amount=one.tax_amount,
                total=one.total,
            )
            for one in found
        ),
        net=money.total((one.net for one in found), currency),
        tax_amount=money.total((one.tax_amount for one in found), currency),
        total=money.total((one.total for one in found), currency),
        credited=money.text(Decimal(0), currency),
        paid=money.text(Decimal(0), currency),
        issued_at=work.services.clock(),
        issued_by=work.call.caller.subject,
        electronic=Electronic(state=ElectronicState.WAITING),
    )


def due(made: StoredInvoice) -> Decimal:
    """What is still to be paid."""
    return Decimal(made.total) - Decimal(made.credited) - Decimal(made.paid)


def announce(work: Work, verb: str, fact: InvoiceFact, sequence: int) -> None:
    """Say that a paper was issued; the electronic one follows of it."""
    work.event(f"billing.{verb}", fact.invoice_id, sequence, fact.model_dump(mode="json"))


def fact_of(made: StoredInvoice, document: str, vouchers: Sequence[str]) -> InvoiceFact:
    """What is announced of a paper."""
    return InvoiceFact(
        invoice_id=made.id,
        document_id=document,
        contract_id=made.contract,
        voucher_ids=tuple(vouchers),
    )


def keep(work: Work, made: StoredInvoice, version: int, action: str) -> Invoice:
    """Write an invoice and commit."""
    repository.put(work, repository.invoice_key(work.call.caller.tenant, made.id), made, version)
    work.audit(f"billing.{action}", "", f"invoice/{made.id}")
    answer = view(made, version + 1)
    work.commit(answer, answer.version)
    return answer


def view(made: StoredInvoice, version: int) -> Invoice:
    """What is answered."""
    own = {n: getattr(made, n) for n in Invoice.model_fields if n not in ("version", "due")}
    left = money.text(due(made), made.currency)
    return Invoice.model_construct(**own, due=left, version=version)
