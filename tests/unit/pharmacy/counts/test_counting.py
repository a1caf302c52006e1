"""Counts: frozen balances, a blind sheet, a second person for differences."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from schemas.counts import CountedLine, CountQuery, CountSheet, CountState, NewCount, StockCount
from schemas.pharmacy import (
    KardexQuery,
    MovementKind,
    RegisterQuery,
)
from telesalud.pharmacy.counts import counting
from telesalud.pharmacy.errors import BeingCounted
from telesalud.pharmacy.stock import reading, verifying
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import (
    Forbidden,
    Invalid,
    InvalidTransition,
    NotFound,
    StaleVersion,
)
from telesalud.platform.work import AnsweredBefore
from tests.support.crashes import crash_everywhere
from tests.worlds.pharmacy.dispensary import (
    AMOXICILLIN,
    ASSISTANT,
    COLLEAGUE,
    EARLY,
    LATE,
    MORPHINE,
    PARACETAMOL,
    PHARMACIST,
    Dispensary,
)
from tests.worlds.world import TENANT, call, user

LOT = f"{EARLY}.L1"


@pytest.fixture
def here() -> Dispensary:
    return stocked()


def stocked() -> Dispensary:
    made = Dispensary()
    made.enter(AMOXICILLIN, 100)
    made.enter(PARACETAMOL, 7)
    return made


def begin(here: Dispensary, *items: str, key: str = "") -> StockCount:
    body = NewCount(warehouse=here.main.id, items=items or (AMOXICILLIN,))
    return counting.begin(here.services, call(ASSISTANT, key=key), body)


def line(
    quantity: int,
    reason: str | None = None,
    *,
    item: str = AMOXICILLIN,
    number: str = "L1",
    expiry: date | None = EARLY,
) -> CountedLine:
    return CountedLine(item=item, number=number, expiry=expiry, quantity=quantity, reason=reason)


def fill(here: Dispensary, made: StockCount, *lines: CountedLine) -> StockCount:
    body = CountSheet(lines=lines)
    return counting.enter(here.services, call(ASSISTANT), made.id, body, made.version)


def hand_in(here: Dispensary, made: StockCount) -> StockCount:
    done = counting.submit(here.services, call(ASSISTANT), made.id, made.version)
    here.world.clock.advance(minutes=5)
    return done


def approve(here: Dispensary, made: StockCount, by: Caller = PHARMACIST) -> StockCount:
    return counting.approve(here.services, call(by), made.id, made.version)


def left(here: Dispensary, item: str = AMOXICILLIN) -> int:
    return reading.read(here.services, here.by(), here.main.id, item).balance


def sound(here: Dispensary) -> None:
    assert verifying.verify(here.world.store, here.services.vault, TENANT).faults == []


def test_nothing_moves_while_it_is_counted_and_nobody_sees_the_books(here: Dispensary) -> None:
    made = begin(here)
    assert [(one.lot, one.frozen) for one in made.lines] == [(LOT, None)]
    with pytest.raises(BeingCounted) as refused:
        here.enter(AMOXICILLIN, 1)
    assert refused.value.extra["count"] == made.id
    here.enter(PARACETAMOL, 1)
    here.enter(AMOXICILLIN, 1, warehouse=here.branch.id)
    with pytest.raises(BeingCounted):
        begin(here, PARACETAMOL, AMOXICILLIN)


def test_a_count_without_differences_closes_and_lets_go(here: Dispensary) -> None:
    done = hand_in(here, fill(here, begin(here), line(100)))
    assert (done.state, done.lines[0].frozen) == (CountState.CLOSED, 100)
    here.enter(AMOXICILLIN, 1)
    sound(here)


@pytest.mark.parametrize("counted", [97, 0, 103])
def test_a_difference_is_written_when_another_person_agrees(here: Dispensary, counted: int) -> None:
    waits = hand_in(here, fill(here, begin(here), line(counted, "Se contó dos veces")))
    assert (waits.state, left(here)) == (CountState.AWAITS_SECOND, 100)
    done = approve(here, waits)
    assert (done.state, done.second) == (CountState.CLOSED, PHARMACIST.subject)
    assert left(here) == counted
    page = reading.kardex(here.services, here.by(), here.main.id, AMOXICILLIN, KardexQuery())
    assert (page.items[0].kind, page.items[0].quantity) == (
        MovementKind.COUNT_DIFFERENCE,
        counted - 100,
    )
    sound(here)


def test_whoever_counted_or_handed_in_does_not_agree(here: Dispensary) -> None:
    body = NewCount(warehouse=here.main.id, items=(AMOXICILLIN,))
    made = counting.begin(here.services, call(PHARMACIST), body)
    waits = hand_in(here, fill(here, made, line(99, "Falta una caja")))
    for caller in (PHARMACIST, ASSISTANT, user(Role.NURSE)):
        with pytest.raises(Forbidden):
            approve(here, waits, caller)
    approve(here, waits, COLLEAGUE)


def test_two_people_close_one_count_once(here: Dispensary) -> None:
    waits = hand_in(here, fill(here, begin(here), line(90, "Faltan diez")))

    def close(by: Caller) -> str:
        try:
            approve(here, waits, by)
        except (InvalidTransition, StaleVersion) as refused:
            return type(refused).__name__
        return "closed"

    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(close, [PHARMACIST, COLLEAGUE]))
    assert ends.count("closed") == 1
    assert left(here) == 90
    sound(here)


def test_a_crash_between_any_two_steps_closes_whole_or_not_at_all() -> None:
    def make() -> Dispensary:
        here = stocked()
        hand_in(here, fill(here, begin(here), line(90, "Faltan diez")))
        return here

    def act(here: Dispensary) -> None:
        query = CountQuery(warehouse=here.main.id)
        [found] = counting.page(here.services, here.by(), query).items
        try:
            counting.approve(here.services, call(PHARMACIST, key="count-1"), found.id, 3)
        except (AnsweredBefore, InvalidTransition):
            return

    def check(here: Dispensary) -> None:
        assert left(here) == 90
        here.enter(AMOXICILLIN, 1)
        sound(here)

    assert crash_everywhere(make, lambda here: here.world.store, act, check) == 2


def test_a_lot_that_the_books_do_not_have_comes_into_them(here: Dispensary) -> None:
    new = line(5, "Estaba en otro estante", number="L7", expiry=LATE)
    waits = hand_in(here, fill(here, begin(here), line(100), new))
    approve(here, waits)
    assert left(here) == 105
    sound(here)


def test_a_sheet_is_complete_and_says_why(here: Dispensary) -> None:
    made = begin(here, AMOXICILLIN, PARACETAMOL)
    made = fill(here, made, line(100))
    with pytest.raises(Invalid):
        hand_in(here, made)
    made = fill(here, made, line(100), line(6, item=PARACETAMOL))
    with pytest.raises(Invalid):
        hand_in(here, made)
    made = fill(here, made, line(100), line(6, "Una rota", item=PARACETAMOL))
    assert hand_in(here, made).state is CountState.AWAITS_SECOND
    with pytest.raises(Invalid):
        fill(here, begin(here, MORPHINE), line(1))


def test_a_sheet_may_be_sent_back_and_a_count_given_up(here: Dispensary) -> None:
    waits = hand_in(here, fill(here, begin(here), line(90, "Faltan diez")))
    again = counting.send_back(here.services, here.by(), waits.id, "Mire el segundo estante", 3)
    assert (again.state, again.note) == (CountState.OPEN, "Mire el segundo estante")
    done = counting.cancel(here.services, here.by(), waits.id, "Se cuenta mañana", 4)
    assert (done.state, left(here)) == (CountState.CANCELLED, 100)
    here.enter(AMOXICILLIN, 1)
    with pytest.raises(InvalidTransition):
        counting.cancel(here.services, here.by(), waits.id, "Se cuenta mañana", 5)
    sound(here)


def test_a_controlled_difference_is_in_the_register(here: Dispensary) -> None:
    here.enter(MORPHINE, 10)
    sheet = fill(here, begin(here, MORPHINE), line(9, "Ampolla rota", item=MORPHINE))
    approve(here, hand_in(here, sheet))
    page = reading.register(here.services, here.by(), here.main.id, RegisterQuery())
    assert [(one.register_number, one.witness) for one in page.items] == [
        (2, PHARMACIST.subject),
        (1, None),
    ]


def test_who_keeps_no_stock_counts_nothing_and_strangers_find_nothing(here: Dispensary) -> None:
    made = begin(here)
    for role in (Role.NURSE, Role.ADMINISTRATOR, Role.AUDITOR):
        with pytest.raises(Forbidden):
            counting.begin(
                here.services,
                call(user(role)),
                NewCount(warehouse=here.main.id, items=(PARACETAMOL,)),
            )
        with pytest.raises(Forbidden):
            counting.submit(here.services, call(user(role)), made.id, 1)
    with pytest.raises(NotFound):
        counting.read(here.services, call(user(Role.PHARMACIST, tenant="clinic-two")), made.id)
