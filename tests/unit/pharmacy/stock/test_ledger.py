"""Stock that cannot lie: lines that never change, balances that follow, nothing below zero."""

import contextlib
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from schemas.pharmacy import (
    ItemKind,
    KardexQuery,
    Levels,
    MovementKind,
    RegisterQuery,
    StockItemBody,
    StockQuery,
)
from schemas.stock_postings import (
    NewWriteOff,
    Posting,
    PostingState,
    WriteOffKind,
    WriteOffLine,
)
from schemas.stock_reports import AlertsQuery
from telesalud.pharmacy.errors import LotUnusable, TooLittle
from telesalud.pharmacy.items import catalogue
from telesalud.pharmacy.stock import postings, reading, verifying
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import Conflict, Forbidden, Invalid, InvalidTransition, NotFound
from telesalud.platform.store import StoreBusy
from telesalud.platform.work import AnsweredBefore
from tests.support.crashes import crash_everywhere
from tests.worlds.pharmacy.dispensary import (
    ADMINISTRATOR,
    AMOXICILLIN,
    ASSISTANT,
    COLLEAGUE,
    EARLY,
    GAUZE,
    LATE,
    MORPHINE,
    PHARMACIST,
    Dispensary,
)
from tests.worlds.world import TENANT, call, partner, user

LOT = f"{EARLY}.L1"


@pytest.fixture
def here() -> Dispensary:
    return Dispensary()


def off(
    here: Dispensary,
    quantity: int,
    *,
    item: str = AMOXICILLIN,
    lot: str = LOT,
    caller: Caller = ASSISTANT,
    key: str = "",
    kind: WriteOffKind = WriteOffKind.WASTE,
) -> Posting:
    body = NewWriteOff(
        kind=kind,
        reason="Envase roto",
        lines=(WriteOffLine(item=item, lot=lot, quantity=quantity),),
    )
    return postings.write_off(here.services, call(caller, key=key), here.main.id, body)


def sound(here: Dispensary) -> verifying.Books:
    """The books, once they were found right."""
    books = verifying.verify(here.world.store, here.services.vault, TENANT)
    assert books.faults == []
    return books


def balance(here: Dispensary, item: str = AMOXICILLIN) -> int:
    return reading.read(here.services, here.by(), here.main.id, item).balance


def test_an_entry_and_a_write_off_are_lines_with_number_and_balance(here: Dispensary) -> None:
    here.enter(AMOXICILLIN, 100)
    here.enter(AMOXICILLIN, 50, number="L2", expiry=LATE)
    off(here, 30)
    page = reading.kardex(here.services, here.by(), here.main.id, AMOXICILLIN, KardexQuery())
    assert [(x.number, x.kind, x.quantity, x.balance, x.item_balance) for x in page.items] == [
        (3, MovementKind.WASTE, -30, 70, 120),
        (2, MovementKind.ENTRY, 50, 50, 150),
        (1, MovementKind.ENTRY, 100, 100, 100),
    ]
    query = KardexQuery(lot=LOT)
    of_lot = reading.kardex(here.services, here.by(), here.main.id, AMOXICILLIN, query)
    assert [line.number for line in of_lot.items] == [3, 1]
    assert sound(here).lines == 3


def test_a_movement_its_balance_its_event_and_its_audit_are_one_transaction(
    here: Dispensary,
) -> None:
    before = here.world.store.trips.writes
    made = here.enter(AMOXICILLIN, 100)
    assert here.world.store.trips.writes == before + 1
    assert here.world.events()[-1].type == "pharmacy.stock_entered"
    assert here.world.audited()[-1] == ("pharmacy.entered", made.id, "done")


def test_twenty_who_take_the_last_box_at_once_leave_none_below_zero(here: Dispensary) -> None:
    here.enter(AMOXICILLIN, 5)

    def take(_: int) -> str:
        try:
            off(here, 1)
        except TooLittle:
            return "none left"
        except StoreBusy:
            return "busy"
        return "taken"

    with ThreadPoolExecutor(20) as pool:
        ends = list(pool.map(take, range(20)))
    assert ends.count("taken") == 5
    assert ends.count("none left") + ends.count("busy") == 15
    assert balance(here) == 0
    assert sound(here).lines == 6


def test_a_crash_between_any_two_steps_leaves_a_movement_whole_or_not_at_all() -> None:
    def make() -> Dispensary:
        here = Dispensary()
        here.enter(AMOXICILLIN, 10)
        return here

    def act(here: Dispensary) -> None:
        with contextlib.suppress(AnsweredBefore):
            off(here, 3, key="write-off-1")

    def check(here: Dispensary) -> None:
        assert balance(here) == 7
        assert sound(here).lines == 2

    assert crash_everywhere(make, lambda here: here.world.store, act, check) == 2


@pytest.mark.parametrize(("quantity", "left"), [(11, "10"), (10_000_000, "10")])
def test_more_than_there_is_is_refused_with_what_there_is(
    here: Dispensary, quantity: int, left: str
) -> None:
    here.enter(AMOXICILLIN, 10)
    with pytest.raises(TooLittle) as refused:
        off(here, quantity)
    assert refused.value.extra["left"] == [left]
    assert balance(here) == 10


@pytest.mark.parametrize("quantity", [0, -1, 1.5, "3", True, 10_000_001])
def test_quantities_are_whole_units_above_none(quantity: object) -> None:
    with pytest.raises(ValueError, match="quantity"):
        WriteOffLine.model_validate({"item": AMOXICILLIN, "lot": LOT, "quantity": quantity})


def test_a_line_of_a_posting_that_fails_takes_the_others_with_it(here: Dispensary) -> None:
    here.enter(AMOXICILLIN, 10)
    lines = (
        WriteOffLine(item=AMOXICILLIN, lot=LOT, quantity=2),
        WriteOffLine(item=AMOXICILLIN, lot=f"{LATE}.L9", quantity=1),
    )
    body = NewWriteOff(kind=WriteOffKind.LOSS, reason="No aparece", lines=lines)
    with pytest.raises(NotFound):
        postings.write_off(here.services, here.by(), here.main.id, body)
    assert balance(here) == 10


def test_one_lot_named_twice_in_a_posting_is_taken_twice(here: Dispensary) -> None:
    here.enter(AMOXICILLIN, 10)
    line = WriteOffLine(item=AMOXICILLIN, lot=LOT, quantity=6)
    body = NewWriteOff(kind=WriteOffKind.LOSS, reason="No aparece", lines=(line, line))
    with pytest.raises(TooLittle):
        postings.write_off(here.services, here.by(), here.main.id, body)
    assert balance(here) == 10


def test_what_has_expired_at_midnight_of_the_warehouse_does_not_come_in(here: Dispensary) -> None:
    """21 November, 12:00 in UTC is 07:00 in Lima; at 04:59 of the 22nd it is still the 21st."""
    here.world.clock.advance(hours=16, minutes=59)
    here.enter(AMOXICILLIN, 1, number="TODAY", expiry=date(2026, 11, 21))
    here.world.clock.advance(minutes=1)
    with pytest.raises(LotUnusable):
        here.enter(AMOXICILLIN, 1, number="TODAY", expiry=date(2026, 11, 21))


def test_a_medicine_has_an_expiry_and_a_supply_need_not(here: Dispensary) -> None:
    with pytest.raises(Invalid):
        here.enter(AMOXICILLIN, 1, expiry=None)
    here.enter(GAUZE, 5, expiry=None)
    assert balance(here, GAUZE) == 5


def test_waste_of_a_controlled_medicine_waits_for_a_witness(here: Dispensary) -> None:
    here.enter(MORPHINE, 10)
    asked = off(here, 2, item=MORPHINE)
    assert asked.state is PostingState.AWAITS_SECOND
    assert balance(here, MORPHINE) == 10
    waits = postings.waiting(here.services, here.by(), here.main.id).items
    assert [one.id for one in waits] == [asked.id]
    here.world.clock.advance(minutes=5)
    done = postings.confirm(here.services, here.by(COLLEAGUE), waits[0].id, 1)
    assert (done.second, done.lines[0].witness, done.lines[0].register_number) == (
        COLLEAGUE.subject,
        COLLEAGUE.subject,
        2,
    )
    assert balance(here, MORPHINE) == 8
    assert postings.waiting(here.services, here.by(), here.main.id).items == ()
    with pytest.raises(InvalidTransition):
        postings.confirm(here.services, here.by(COLLEAGUE), waits[0].id, 2)
    sound(here)


def test_whoever_asked_is_no_witness_and_a_refused_waste_moves_nothing(here: Dispensary) -> None:
    here.enter(MORPHINE, 10)
    asked = off(here, 2, item=MORPHINE, caller=PHARMACIST)
    here.world.clock.advance(minutes=5)
    with pytest.raises(Forbidden):
        postings.confirm(here.services, here.by(PHARMACIST), asked.id, 1)
    with pytest.raises(Forbidden):
        postings.confirm(here.services, here.by(ADMINISTRATOR), asked.id, 1)
    refused = postings.refuse(here.services, here.by(COLLEAGUE), asked.id, 1)
    assert refused.state is PostingState.REFUSED
    assert balance(here, MORPHINE) == 10


def test_the_register_counts_controlled_lines_of_a_warehouse_without_a_gap(
    here: Dispensary,
) -> None:
    here.enter(AMOXICILLIN, 5)
    here.enter(MORPHINE, 5)
    here.enter(MORPHINE, 5, number="L2", expiry=LATE)
    here.enter(MORPHINE, 5, warehouse=here.branch.id)
    page = reading.register(here.services, here.by(), here.main.id, RegisterQuery())
    assert [(line.register_number, line.lot) for line in page.items] == [
        (2, f"{LATE}.L2"),
        (1, f"{EARLY}.L1"),
    ]
    sound(here)


def test_alerts_come_and_go_with_each_change(here: Dispensary) -> None:
    here.enter(AMOXICILLIN, 10, expiry=date(2026, 12, 31))
    stock = reading.read(here.services, here.by(), here.main.id, AMOXICILLIN)
    where = (here.services, here.by(), here.main.id)
    reading.set_levels(*where, AMOXICILLIN, Levels(minimum=8), version=stock.version)
    assert reading.alerts(*where, AlertsQuery()).low == ()
    off(here, 3, lot="2026-12-31.L1")
    alerts = reading.alerts(*where, AlertsQuery())
    assert [(one.item, one.balance, one.minimum) for one in alerts.low] == [(AMOXICILLIN, 7, 8)]
    assert [(one.lot, one.balance, one.expired) for one in alerts.expiring] == [
        ("2026-12-31.L1", 7, False)
    ]
    assert reading.alerts(*where, AlertsQuery(days=10)).expiring == ()
    here.enter(AMOXICILLIN, 1, number="L2", expiry=LATE)
    off(here, 7, lot="2026-12-31.L1")
    here.enter(AMOXICILLIN, 7, number="L2", expiry=LATE)
    after = reading.alerts(*where, AlertsQuery())
    assert (after.low, after.expiring) == ((), ())


def test_an_item_without_any_stock_can_have_a_minimum(here: Dispensary) -> None:
    where = (here.services, here.by(), here.main.id)
    reading.set_levels(*where, GAUZE, Levels(minimum=1), version=0)
    assert [one.item for one in reading.alerts(*where, AlertsQuery()).low] == [GAUZE]
    here.enter(GAUZE, 1, expiry=None)
    assert reading.alerts(*where, AlertsQuery()).low == ()


def test_the_kardex_pages_at_constant_cost(here: Dispensary) -> None:
    for _ in range(30):
        here.enter(AMOXICILLIN, 1)
    services, trips = here.services, here.world.store.trips
    cursor, seen = None, list[int]()
    reading.kardex(services, here.by(), here.main.id, AMOXICILLIN, KardexQuery(limit=1))
    while True:
        before = trips.reads
        query = KardexQuery(limit=10, cursor=cursor)
        page = reading.kardex(services, here.by(), here.main.id, AMOXICILLIN, query)
        assert trips.reads == before + 1
        seen += [line.number for line in page.items]
        if (cursor := page.cursor) is None:
            break
    assert seen == list(range(30, 0, -1))


def test_a_sweep_finds_what_somebody_changed_behind_our_back(here: Dispensary) -> None:
    here.enter(AMOXICILLIN, 10)
    off(here, 1)
    [line] = [
        item
        for item in here.world.store.sweep(f"KARDEX#{TENANT}#{here.main.id}#{AMOXICILLIN}")
        if item.key.sk.endswith("2") and item.key.pk.endswith(AMOXICILLIN)
    ]
    here.world.store.remove_behind_back(line.key)
    books = verifying.verify(here.world.store, here.services.vault, TENANT)
    assert len(books.faults) == 2


def test_any_order_of_movements_by_many_keeps_the_books_right(here: Dispensary) -> None:
    """A small one of what `tests.load.bench_pharmacy` measures."""
    here.enter(AMOXICILLIN, 200)
    drawn = random.Random(14)
    steps = [(drawn.randint(1, 9), drawn.random() < 0.4) for _ in range(120)]

    def work(step: tuple[int, bool]) -> int:
        quantity, comes_in = step
        try:
            if comes_in:
                here.enter(AMOXICILLIN, quantity)
                return quantity
            off(here, quantity)
        except (TooLittle, StoreBusy):
            return 0
        return -quantity

    with ThreadPoolExecutor(6) as pool:
        changes = list(pool.map(work, steps))
    assert balance(here) == 200 + sum(changes)
    sound(here)


@pytest.mark.parametrize(
    "caller",
    [
        user(Role.PHYSICIAN),
        user(Role.NURSE),
        user(Role.ADMINISTRATOR),
        user(Role.AUDITOR),
        partner("pharmacy.stock"),
    ],
)
def test_who_does_not_keep_stock_moves_none(here: Dispensary, caller: Caller) -> None:
    here.enter(AMOXICILLIN, 10)
    with pytest.raises(Forbidden):
        off(here, 1, caller=caller)


def test_an_item_that_is_not_kept_any_more_does_not_come_in(here: Dispensary) -> None:
    body = StockItemBody(kind=ItemKind.MEDICINE, active=False)
    catalogue.put(here.services, here.by(), AMOXICILLIN, body, 1)
    with pytest.raises(Conflict):
        here.enter(AMOXICILLIN, 1)


def test_another_institution_finds_nothing_of_it(here: Dispensary) -> None:
    here.enter(AMOXICILLIN, 10)
    stranger = call(user(Role.PHARMACIST, tenant="clinic-two"))
    with pytest.raises(NotFound):
        reading.page(here.services, stranger, here.main.id, StockQuery())
    with pytest.raises(NotFound):
        reading.kardex(here.services, stranger, here.main.id, AMOXICILLIN, KardexQuery())
