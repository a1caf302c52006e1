"""Invoices: each voucher on one at most, credit notes, payments, the electronic paper."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest

from schemas.invoices import (
    CashQuery,
    ElectronicState,
    Invoice,
    NewCreditNote,
    NewPayment,
    PaymentMethod,
)
from schemas.vouchers import Voucher, VoucherQuery, VoucherState
from telesalud.billing.errors import AlreadyInvoiced, TooMuchPaid
from telesalud.billing.handlers import handlers
from telesalud.billing.invoices import crediting, issuing, paying
from telesalud.billing.invoices.electronic import Recorder, hand_in
from telesalud.billing.vouchers import issuing as vouchers
from telesalud.platform.errors import (
    Conflict,
    Forbidden,
    Invalid,
    InvalidTransition,
    StaleVersion,
    Unavailable,
)
from telesalud.platform.store import StoreBusy
from telesalud.platform.work import AnsweredBefore
from tests.support.crashes import crash_everywhere
from tests.worlds.billing.office import DESK, LIMA, Office


@pytest.fixture
def here() -> Office:
    return Office()


def state_of(here: Office, voucher: Voucher) -> VoucherState:
    return vouchers.read(here.services, here.by(), voucher.id).state


def waiting(here: Office) -> list[str]:
    query = VoucherQuery(contract=here.contract.id)
    return [one.id for one in vouchers.page(here.services, here.by(), query).items]


def credit(here: Office, made: Invoice, *of: Voucher) -> Invoice:
    body = NewCreditNote(vouchers=tuple(one.id for one in of), reason="Facturado por error")
    return crediting.credit(here.services, here.by(), made.id, body, made.version)


def pay(here: Office, made: Invoice, amount: str, method: str = "cash") -> Invoice:
    body = NewPayment(amount=amount, method=PaymentMethod(method))
    return paying.pay(here.services, here.by(), made.id, body, made.version)


def test_asked_again_it_answers_the_first_invoice(here: Office) -> None:
    one, two = here.voucher(), here.voucher()
    first = here.invoice(one, two)
    assert here.invoice(two, one) == first
    assert first.total == "14.00"
    assert waiting(here) == []


def test_a_voucher_is_on_no_second_invoice(here: Office) -> None:
    one, two = here.voucher(), here.voucher()
    first = here.invoice(one)
    with pytest.raises(AlreadyInvoiced) as refused:
        here.invoice(one, two)
    assert refused.value.extra["invoices"] == [first.id]
    assert waiting(here) == [two.id]


def test_twenty_who_invoice_one_voucher_at_once_make_one_invoice(here: Office) -> None:
    voucher = here.voucher()

    def ask(_: int) -> str:
        while True:
            with contextlib.suppress(StoreBusy):
                return here.invoice(voucher).number

    with ThreadPoolExecutor(20) as pool:
        assert len(set(pool.map(ask, range(20)))) == 1
    assert here.invoice(here.voucher()).number.startswith("F0001-00002-")


def test_a_price_that_changes_between_voucher_and_invoice_changes_nothing(here: Office) -> None:
    voucher = here.voucher()
    here.price("AMX500", "99.00")
    assert here.invoice(voucher).total == voucher.total == "7.00"


def test_void_or_invoiced_vouchers_stay_what_they_are(here: Office) -> None:
    void, billed = here.voucher(), here.voucher()
    vouchers.void(here.services, here.by(), void.id, "Error de registro", void.version)
    with pytest.raises(InvalidTransition):
        here.invoice(void)
    here.invoice(billed)
    with pytest.raises(InvalidTransition):
        vouchers.void(here.services, here.by(), billed.id, "Error de registro", 2)


def test_two_contracts_are_two_invoices(here: Office) -> None:
    voucher = here.voucher()
    here.contract = here.agree()
    with pytest.raises(Invalid):
        here.invoice(voucher)


def test_a_crash_between_any_two_steps_invoices_all_or_nothing() -> None:
    def make() -> Office:
        made = Office()
        made.one = made.voucher()  # type: ignore[attr-defined]  # for this test
        return made

    def act(here: Office) -> None:
        with contextlib.suppress(AnsweredBefore):
            here.invoice(here.one, key="invoice-1")  # type: ignore[attr-defined]  # as above

    def check(here: Office) -> None:
        assert waiting(here) == []
        assert here.invoice(here.voucher()).number.startswith("F0001-00002-")

    assert crash_everywhere(make, lambda here: here.world.store, act, check) >= 1


def test_a_credit_note_frees_vouchers_once_and_the_invoice_stays(here: Office) -> None:
    one, two = here.voucher(), here.voucher()
    made = here.invoice(one, two)
    after = credit(here, made, one)
    assert (after.total, after.credited, after.due) == ("14.00", "7.00", "7.00")
    [note] = after.credit_notes
    assert note.number.startswith("C0001-00001-")
    assert state_of(here, one) is VoucherState.ISSUED
    with pytest.raises(Conflict):
        credit(here, after, one)
    with pytest.raises(StaleVersion):
        credit(here, made, two)
    assert here.invoice(one).id != made.id


def test_no_more_is_paid_than_what_is_due(here: Office) -> None:
    made = pay(here, here.invoice(here.voucher()), "5.00")
    assert (made.paid, made.due) == ("5.00", "2.00")
    with pytest.raises(TooMuchPaid) as refused:
        pay(here, made, "2.01")
    assert refused.value.extra["due"] == "2.00"
    assert pay(here, made, "2").due == "0.00"


@pytest.mark.parametrize("amount", ["0", "0.00", "1.001"])
def test_what_is_no_amount_of_the_currency_is_refused(here: Office, amount: str) -> None:
    with pytest.raises(Invalid):
        pay(here, here.invoice(here.voucher()), amount)


def test_the_cash_list_is_of_the_days_of_the_place(here: Office) -> None:
    here.world.clock.now = datetime(2026, 11, 22, 4, 59, tzinfo=UTC)  # 23:59 of the 21st in Lima
    made = pay(here, here.invoice(here.voucher()), "1.00")
    here.world.clock.advance(minutes=2)
    made = pay(here, made, "2.00")
    pay(here, made, "3.00", "card")

    def of(day: date) -> list[tuple[str, int, str]]:
        found = paying.cash(here.services, here.by(), CashQuery(day=day, zone=LIMA))
        return [(one.method.value, one.count, one.amount) for one in found.totals]

    assert of(date(2026, 11, 21)) == [("cash", 1, "1.00")]
    assert of(date(2026, 11, 22)) == [("card", 1, "3.00"), ("cash", 1, "2.00")]
    assert of(date(2026, 11, 23)) == []


def test_each_paper_is_handed_in_and_its_answer_kept(here: Office) -> None:
    one = here.voucher()
    credit(here, here.invoice(one), one)
    hear = handlers(lambda: here.world.services)
    papers = [one for one in here.world.events() if one.type in hear]
    for event in [*papers, *papers]:
        hear[event.type](event)
    made = issuing.read(here.services, here.by(), papers[0].subject)
    assert made.electronic.state is ElectronicState.ACCEPTED
    assert made.credit_notes[0].electronic.reference == made.credit_notes[0].id
    assert made.credit_notes[0].electronic.state is ElectronicState.ACCEPTED


def test_a_provider_that_is_away_is_asked_again(here: Office) -> None:
    class Away:
        def submit(self, *_: object) -> None:
            raise Unavailable("the provider did not answer")

    made = here.invoice(here.voucher())
    [event] = [one for one in here.world.events() if one.type == "billing.invoice_issued"]
    with pytest.raises(Unavailable):
        hand_in(here.world.services, Away(), event)  # type: ignore[arg-type]  # it answers nothing
    waiting_still = issuing.read(here.services, here.by(), made.id)
    assert waiting_still.electronic.state is ElectronicState.WAITING
    hand_in(here.world.services, Recorder(here.world.services), event)
    accepted = issuing.read(here.services, here.by(), made.id)
    assert accepted.electronic.state is ElectronicState.ACCEPTED


def test_the_desk_neither_invoices_nor_sees_money(here: Office) -> None:
    made = here.invoice(here.voucher())
    with pytest.raises(Forbidden):
        issuing.read(here.services, here.by(DESK), made.id)
