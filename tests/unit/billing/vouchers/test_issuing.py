"""Vouchers: at the contract's prices, numbered without a gap, each charge on one at most."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from schemas.vouchers import ChargeQuery, ChargeState, VoucherState
from telesalud.billing.charges import keeping as charges
from telesalud.billing.errors import ChargesTaken, NotCovered, NotPriced
from telesalud.billing.vouchers import issuing
from telesalud.platform.errors import Conflict, Gone, InvalidTransition
from telesalud.platform.store import StoreBusy
from telesalud.platform.work import AnsweredBefore, Work
from tests.support.crashes import crash_everywhere
from tests.worlds.billing.office import PATIENT, Office


@pytest.fixture
def here() -> Office:
    return Office()


def open_charges(here: Office) -> int:
    query = ChargeQuery(patient=PATIENT)
    return len(charges.page(here.services, here.by(), query).items)


def test_lines_have_the_contracts_prices_and_each_is_rounded_once(here: Office) -> None:
    made = here.voucher(here.charge(), here.charge("visit.ambulatory", 1, "visit"))
    lines = {line.code: line for line in made.lines}
    assert (lines["AMX500"].net, lines["AMX500"].tax_amount) == ("7.00", "0.00")  # 21 x 0.3333
    visit = lines["visit.ambulatory"]
    assert (visit.net, visit.tax_name, visit.tax_rate, visit.tax_amount) == (
        "60.00",
        "IGV",
        "18",
        "10.80",
    )
    assert (made.net, made.tax_amount, made.total) == ("67.00", "10.80", "77.80")
    assert made.member_number == "M-1"


def test_a_currency_without_cents_has_none(here: Office) -> None:
    here.contract = here.agree("CLP", "CL")
    here.cover()
    here.price("AMX500", "12.5", tax="standard")
    made = here.voucher(here.charge(quantity=3))
    assert (made.net, made.tax_amount, made.total) == ("38", "7", "45")


def test_a_price_that_changes_counts_from_its_day_and_never_backwards(here: Office) -> None:
    charge = here.charge()
    before = here.voucher(charge)
    here.price("AMX500", "9.99")
    assert issuing.read(here.services, here.by(), before.id).total == "7.00"
    here.price("AMX500", "20.00", since=date(2026, 11, 22))
    assert here.voucher(here.charge(quantity=1)).total == "9.99"
    here.world.clock.advance(days=2)
    assert here.voucher(here.charge(quantity=1)).total == "20.00"


def test_the_day_is_that_of_the_place(here: Office) -> None:
    here.world.clock.now = datetime(2026, 12, 1, 2, tzinfo=UTC)  # the last of November in Lima
    here.price("AMX500", "5.00", since=date(2026, 12, 1))
    assert here.voucher(here.charge(quantity=3)).total == "1.00"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"valid_until": date(2026, 11, 20)}, "coverage"),
        ({"valid_from": date(2026, 11, 22)}, "coverage"),
        ({"entered_in_error": True}, "no-such-coverage"),
    ],
)
def test_a_coverage_that_is_not_in_force_pays_for_nothing(
    here: Office, changes: dict[str, object], why: str
) -> None:
    here.cover(**changes)
    with pytest.raises(NotCovered) as refused:
        here.voucher()
    assert refused.value.extra["why"] == why
    assert open_charges(here) == 1


def test_what_has_no_price_is_named_and_stays_open(here: Office) -> None:
    with pytest.raises(NotPriced) as refused:
        here.voucher(here.charge("GAUZE", 1, "supply"), here.charge("AMX500", 1, "procedure"))
    assert refused.value.extra["codes"] == ["AMX500", "GAUZE"]
    assert open_charges(here) == 2


def test_twenty_who_list_one_charge_at_once_make_one_voucher(here: Office) -> None:
    charge = here.charge()

    def take(_: int) -> str:
        try:
            return here.voucher(charge).number
        except (ChargesTaken, StoreBusy):
            return ""

    with ThreadPoolExecutor(20) as pool:
        made = [number for number in pool.map(take, range(20)) if number]
    assert made == ["V0001-00001-" + made[0][-2:]]


def test_numbers_of_many_at_once_have_no_gap_and_no_double(here: Office) -> None:
    charged = [here.charge() for _ in range(12)]

    def take(number: int) -> str:
        while True:
            with contextlib.suppress(StoreBusy):
                return here.voucher(charged[number]).number

    with ThreadPoolExecutor(6) as pool:
        made = sorted(pool.map(take, range(12)))
    assert [int(number.split("-")[1]) for number in made] == list(range(1, 13))


def test_a_crash_between_any_two_steps_lists_all_or_nothing() -> None:
    def make() -> Office:
        made = Office()
        made.first = made.charge()  # type: ignore[attr-defined]  # for this test
        return made

    def act(here: Office) -> None:
        with contextlib.suppress(AnsweredBefore, ChargesTaken):
            here.voucher(here.first, key="voucher-1")  # type: ignore[attr-defined]  # as above

    def check(here: Office) -> None:
        assert open_charges(here) == 0
        assert here.voucher(here.charge()).number.startswith("V0001-00002-")

    assert crash_everywhere(make, lambda here: here.world.store, act, check) >= 1


def test_a_void_voucher_frees_its_charges_and_keeps_its_number(here: Office) -> None:
    made = here.voucher()
    void = issuing.void(here.services, here.by(), made.id, "Error de digitación", made.version)
    assert (void.state, void.number, void.lines) == (VoucherState.VOID, made.number, made.lines)
    assert open_charges(here) == 1
    with pytest.raises(InvalidTransition):
        issuing.void(here.services, here.by(), made.id, "Otra vez", void.version)
    [charge] = charges.page(here.services, here.by(), ChargeQuery(patient=PATIENT)).items
    assert here.voucher(charge).number.startswith("V0001-00002-")


def test_what_came_back_is_subtracted_and_never_billed_alone(here: Office) -> None:
    given = here.charge(quantity=10)
    [stored] = charges.load(here.services, "hospital-demo", PATIENT, [given.id])
    back = stored[0].model_copy(update={"id": here.world.new_id(), "quantity": -4})
    work = Work(here.services, here.by())
    charges.put(work, back, 0)
    work.commit()
    came = given.model_copy(update={"id": back.id})
    with pytest.raises(Conflict):
        here.voucher(came)
    made = here.voucher(given, came)
    assert [line.quantity for line in made.lines] == [6]
    assert Decimal(made.total) == Decimal("2.00")


def test_a_waived_charge_is_on_no_voucher(here: Office) -> None:
    made = here.charge()
    where = charges.Where(PATIENT, made.id)
    waived = charges.waive(here.services, here.by(), where, "Campaña gratuita", made.version)
    assert waived.state is ChargeState.WAIVED
    with pytest.raises(ChargesTaken):
        here.voucher(made)


def test_nothing_is_billed_of_a_shredded_record(here: Office) -> None:
    made = here.charge()
    here.near.shredded = True
    with pytest.raises(Gone):
        here.voucher(made)
