"""Money that comes in, and what came in on a day."""

from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from schemas.invoices import (
    CashList,
    CashQuery,
    CashTotal,
    Invoice,
    NewPayment,
    Payment,
    PaymentFact,
    PaymentMethod,
)
from telesalud.billing import money, repository
from telesalud.billing.errors import TooMuchPaid
from telesalud.billing.invoices import issuing
from telesalud.billing.policy import GRANTS, INVOICE, READ_INVOICES
from telesalud.billing.stored import StoredInvoice, StoredPayment
from telesalud.platform.access import own_name, require, require_live
from telesalud.platform.clock import to_text
from telesalud.platform.errors import FieldError, Invalid, StaleVersion
from telesalud.platform.printing.characters import refuse_unprintable
from telesalud.platform.store import MAX_PAGE, Key
from telesalud.platform.work import Call, Services, Work, retrying


def pay(services: Services, call: Call, which: str, body: NewPayment, version: int) -> Invoice:
    """Write that an invoice was paid, in whole or in part.

    Raises Forbidden, SessionExpired, NotFound, StaleVersion, Invalid for nothing or for places
    that the currency has not, TooMuchPaid.
    """
    require(call.caller, INVOICE, GRANTS)
    require_live(call.caller, services.clock())
    refuse_unprintable(("/reference", body.reference))
    name = own_name(call.caller, None, "name")
    tenant = call.caller.tenant

    def step() -> Invoice:
        found, present = issuing.load(services, tenant, which)
        if present != version:
            raise StaleVersion
        amount = _amount(found, body)
        payment = Payment(
            id=services.new_id(),
            invoice=found.id,
            invoice_number=found.number,
            amount=money.text(amount, found.currency),
            currency=found.currency,
            method=body.method,
            reference=body.reference,
            at=services.clock(),
            by=call.caller.subject,
            by_name=name,
        )
        work = Work(services, call)
        key = Key(f"PAYMENTS#{tenant}", f"{to_text(payment.at)}#{payment.id}")
        repository.put(work, key, StoredPayment(payment=payment), 0)
        fact = PaymentFact(invoice_id=found.id, payment_id=payment.id)
        data = fact.model_dump(mode="json")
        work.event("billing.payment_received", found.id, version + 1, data)
        paid = money.total([found.paid, payment.amount], found.currency)
        return issuing.keep(work, found.model_copy(update={"paid": paid}), version, "pay_invoice")

    return retrying(step)


def cash(services: Services, call: Call, query: CashQuery) -> CashList:
    """What came in on a day of a place, with totals by method. Raises Forbidden."""
    require(call.caller, READ_INVOICES, GRANTS)
    tenant, zone = call.caller.tenant, ZoneInfo(query.zone)
    begin = datetime.combine(query.day, time.min, zone).astimezone(UTC)
    end = datetime.combine(query.day + timedelta(days=1), time.min, zone).astimezone(UTC)
    partition, last = f"PAYMENTS#{tenant}", to_text(end)
    found, after = list[Payment](), to_text(begin)
    while True:
        listed = services.store.query(partition, "", after=after, limit=MAX_PAGE)
        for item in listed.items:
            if item.key.sk >= last:
                break
            found.append(repository.opened(services, tenant, item, StoredPayment).payment)
        ended = bool(listed.items) and listed.items[-1].key.sk >= last
        if ended or listed.next_after is None:
            break
        after = listed.next_after
    return CashList(
        day=query.day, zone=query.zone, items=tuple(found), totals=tuple(_totals(found))
    )


def _amount(found: StoredInvoice, body: NewPayment) -> Decimal:
    amount = Decimal(body.amount)
    if amount <= 0 or money.rounded(amount, found.currency) != amount:
        fault = FieldError("/amount", "amount", "write an amount of the invoice's currency")
        raise Invalid("this is not an amount that can be paid", [fault])
    if amount > issuing.due(found):
        raise TooMuchPaid(money.text(issuing.due(found), found.currency))
    return amount


def _totals(found: list[Payment]) -> list[CashTotal]:
    amounts: dict[tuple[PaymentMethod, str], list[str]] = defaultdict(list)
    for one in found:
        amounts[one.method, one.currency].append(one.amount)
    return [
        CashTotal(
            method=method,
            currency=currency,
            count=len(each),
            amount=money.total(each, currency),
        )
        for (method, currency), each in sorted(amounts.items())
    ]
