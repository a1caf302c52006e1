"""Lots that are held back or recalled, and who got some of them."""

import pytest

from schemas.dispensing import DispensedLine, NewDispensing, NewReturn, PickedLot, ReturnedLot
from schemas.pharmacy import LotQuery, LotState
from schemas.recalls import (
    LotBlock,
    NewRecall,
    RecallQuery,
)
from schemas.transfers import CountedLot, NewTransfer, Receipt, TransferredLot
from telesalud.pharmacy.dispensing import giving, returns
from telesalud.pharmacy.errors import LotUnusable
from telesalud.pharmacy.recalls import recalling
from telesalud.pharmacy.stock import reading
from telesalud.pharmacy.transfers import moving
from telesalud.platform.access import Role
from telesalud.platform.errors import Forbidden, InvalidTransition, NotFound
from tests.worlds.pharmacy.dispensary import (
    AMOXICILLIN,
    ASSISTANT,
    EARLY,
    LATE,
    PATIENT,
    PRESCRIPTION,
    Dispensary,
)
from tests.worlds.world import call, partner, user

LOT = f"{EARLY}.L1"


@pytest.fixture
def here() -> Dispensary:
    made = Dispensary()
    made.enter(AMOXICILLIN, 100)
    return made


def give(here: Dispensary, quantity: int, lot: str = LOT) -> str:
    line = DispensedLine(line=1, item=AMOXICILLIN, lots=(PickedLot(lot=lot, quantity=quantity),))
    body = NewDispensing(prescription=PRESCRIPTION, warehouse=here.main.id, lines=(line,))
    return giving.dispense(here.services, here.by(), body).id


def recall(here: Dispensary) -> str:
    body = NewRecall(item=AMOXICILLIN, lot=LOT, reason="Alerta de la autoridad", reference="A-1")
    return recalling.recall(here.services, here.by(), body).id


def test_everybody_who_got_a_recalled_lot_is_found_with_what_came_back(here: Dispensary) -> None:
    here.enter(AMOXICILLIN, 50, number="L2", expiry=LATE)
    first = give(here, 10)
    back = ReturnedLot(line=1, item=AMOXICILLIN, lot=LOT, quantity=4)
    body = NewReturn(reason="Cambió el tratamiento", usable=True, lines=(back,))
    returns.take_back(here.services, here.by(), first, body, 1)
    which = recall(here)
    found = recalling.receivers(here.services, here.by(), which, RecallQuery()).items
    assert [(one.patient, one.dispensing, one.quantity) for one in found] == [
        (PATIENT, first, 10),
        (PATIENT, first, -4),
    ]
    assert here.world.audited()[-1] == ("pharmacy.find_receiver", PATIENT, "done")


def test_those_who_got_it_are_paged_without_loss(here: Dispensary) -> None:
    for _ in range(5):
        give(here, 2)
    which, cursor, seen = recall(here), None, 0
    while True:
        query = RecallQuery(limit=2, cursor=cursor)
        page = recalling.receivers(here.services, here.by(), which, query)
        seen += len(page.items)
        if (cursor := page.cursor) is None:
            break
    assert seen == 5


def test_a_recalled_lot_reaches_nobody_anywhere_and_stays_recalled(here: Dispensary) -> None:
    recall(here)
    with pytest.raises(LotUnusable):
        give(here, 1)
    with pytest.raises(LotUnusable):
        here.enter(AMOXICILLIN, 1)
    with pytest.raises(InvalidTransition):
        recall(here)
    body = LotBlock(item=AMOXICILLIN, lot=LOT, blocked=False, reason="Ya está bien")
    with pytest.raises(InvalidTransition):
        recalling.block(here.services, here.by(), body)


def test_a_lot_recalled_on_the_way_arrives_and_reaches_nobody(here: Dispensary) -> None:
    body = NewTransfer(
        sender=here.main.id,
        receiver=here.branch.id,
        lines=(TransferredLot(item=AMOXICILLIN, lot=LOT, quantity=40),),
    )
    sent = moving.dispatch(here.services, call(ASSISTANT), body)
    recall(here)
    assert moving.read(here.services, here.by(), sent.id).lines[0].state is LotState.RECALLED
    counted = CountedLot(item=AMOXICILLIN, lot=LOT, quantity=40)
    moving.receive(here.services, here.by(), sent.id, Receipt(lines=(counted,)), 1)
    stock = reading.read(here.services, here.by(), here.branch.id, AMOXICILLIN)
    assert (stock.balance, stock.lots[0].state) == (40, LotState.RECALLED)


def test_a_blocked_lot_is_let_go_again(here: Dispensary) -> None:
    body = LotBlock(item=AMOXICILLIN, lot=LOT, blocked=True, reason="Cadena de frío en duda")
    assert recalling.block(here.services, here.by(), body).state is LotState.BLOCKED
    with pytest.raises(LotUnusable):
        give(here, 1)
    free = LotBlock(item=AMOXICILLIN, lot=LOT, blocked=False, reason="Temperatura correcta")
    lot = recalling.block(here.services, here.by(), free)
    assert (lot.state, lot.reason) == (LotState.OPEN, None)
    give(here, 1)


def test_only_pharmacists_recall_and_see_who_got_it(here: Dispensary) -> None:
    give(here, 1)
    which = recall(here)
    for caller in (
        *(user(role) for role in Role if role is not Role.PHARMACIST),
        partner("pharmacy.recall"),
    ):
        with pytest.raises(Forbidden):
            recalling.receivers(here.services, call(caller), which, RecallQuery())
        body = LotBlock(item=AMOXICILLIN, lot=LOT, blocked=True, reason="Cadena de frío")
        with pytest.raises(Forbidden):
            recalling.block(here.services, call(caller), body)
    stranger = call(user(Role.PHARMACIST, tenant="clinic-two"))
    with pytest.raises(NotFound):
        recalling.receivers(here.services, stranger, which, RecallQuery())
    with pytest.raises(NotFound):
        recalling.read_lot(here.services, stranger, LotQuery(item=AMOXICILLIN, lot=LOT))
