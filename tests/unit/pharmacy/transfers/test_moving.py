"""Transfers: dispatched, on the way, received once or taken back."""

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from schemas.pharmacy import (
    KardexQuery,
    Lease,
    LeaseBody,
    LotState,
    Mode,
    MovementKind,
)
from schemas.transfers import (
    CountedLot,
    NewTransfer,
    Receipt,
    Transfer,
    TransferQuery,
    TransferredLot,
    TransferState,
)
from telesalud.pharmacy.errors import NotHere, TooLittle
from telesalud.pharmacy.stock import reading, verifying
from telesalud.pharmacy.transfers import moving
from telesalud.pharmacy.warehouses import keeping, modes
from telesalud.platform.access import Role
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
    ADMINISTRATOR,
    AMOXICILLIN,
    ASSISTANT,
    EARLY,
    MORPHINE,
    Dispensary,
)
from tests.worlds.world import TENANT, call, user

LOT = f"{EARLY}.L1"
SITE = "BRIGADA-1"


@pytest.fixture
def here() -> Dispensary:
    made = Dispensary()
    made.enter(AMOXICILLIN, 100)
    return made


def send(here: Dispensary, quantity: int = 40, *, key: str = "", back: bool = False) -> Transfer:
    sender, receiver = (here.branch, here.main) if back else (here.main, here.branch)
    body = NewTransfer(
        sender=sender.id,
        receiver=receiver.id,
        lines=(TransferredLot(item=AMOXICILLIN, lot=LOT, quantity=quantity),),
    )
    return moving.dispatch(here.services, call(ASSISTANT, key=key), body)


def counted(quantity: int, reason: str | None = None) -> Receipt:
    line = CountedLot(item=AMOXICILLIN, lot=LOT, quantity=quantity, reason=reason)
    return Receipt(lines=(line,))


def receive(here: Dispensary, which: str, receipt: Receipt, version: int = 1) -> Transfer:
    return moving.receive(here.services, here.by(), which, receipt, version)


def balances(here: Dispensary) -> tuple[int, int]:
    found = []
    for place in (here.main, here.branch):
        try:
            found.append(reading.read(here.services, here.by(), place.id, AMOXICILLIN).balance)
        except NotFound:
            found.append(0)
    return found[0], found[1]


def sound(here: Dispensary) -> int:
    """Units on the way, once the books were found right."""
    books = verifying.verify(here.world.store, here.services.vault, TENANT)
    assert books.faults == []
    return sum(books.transit.values())


def lease(here: Dispensary, mode: Mode, *, epoch: int = 1, back: bool = False) -> None:
    listed = keeping.listed(here.services, here.by()).items
    version = next(one.version for one in listed if one.id == here.branch.id)
    wanted = Lease(site=SITE, epoch=epoch, mode=mode, return_transfers=back)
    keeping.lease(
        here.services, call(ADMINISTRATOR), here.branch.id, LeaseBody(lease=wanted), version
    )


def test_goods_on_the_way_are_in_no_warehouse_and_not_lost(here: Dispensary) -> None:
    sent = send(here)
    assert balances(here) == (60, 0)
    assert sound(here) == 40
    query = TransferQuery(warehouse=here.branch.id)
    assert [one.id for one in moving.page(here.services, here.by(), query).items] == [sent.id]
    done = receive(here, sent.id, counted(40))
    assert done.state is TransferState.RECEIVED
    assert balances(here) == (60, 40)
    assert sound(here) == 0
    assert moving.page(here.services, here.by(), query).items == ()
    everything = TransferQuery(warehouse=here.main.id, on_the_way=False)
    assert [one.id for one in moving.page(here.services, here.by(), everything).items] == [sent.id]


@pytest.mark.parametrize(("arrived", "difference"), [(37, -3), (0, -40), (41, 1)])
def test_a_difference_is_a_movement_of_its_own_with_its_reason(
    here: Dispensary, arrived: int, difference: int
) -> None:
    sent = send(here)
    with pytest.raises(Invalid):
        receive(here, sent.id, counted(arrived))
    receive(here, sent.id, counted(arrived, "Caja abierta"))
    page = reading.kardex(here.services, here.by(), here.branch.id, AMOXICILLIN, KardexQuery())
    assert [(x.kind, x.quantity, x.reason) for x in page.items] == [
        (MovementKind.TRANSFER_DIFFERENCE, difference, "Caja abierta"),
        (MovementKind.TRANSFER_IN, 40, None),
    ]
    assert balances(here) == (60, arrived)
    assert sound(here) == 0


@pytest.mark.parametrize(
    "lines",
    [
        (CountedLot(item=MORPHINE, lot=LOT, quantity=40),),
        (
            CountedLot(item=AMOXICILLIN, lot=LOT, quantity=40),
            CountedLot(item=AMOXICILLIN, lot=f"{EARLY}.L2", quantity=1),
        ),
    ],
)
def test_a_receipt_counts_what_was_sent_and_nothing_else(
    here: Dispensary, lines: tuple[CountedLot, ...]
) -> None:
    sent = send(here)
    with pytest.raises(Invalid):
        receive(here, sent.id, Receipt(lines=lines))


def test_it_is_received_once_however_many_receive_it(here: Dispensary) -> None:
    sent = send(here)

    def take(_: int) -> str:
        try:
            receive(here, sent.id, counted(40))
        except (InvalidTransition, StaleVersion) as refused:
            return type(refused).__name__
        return "received"

    with ThreadPoolExecutor(8) as pool:
        ends = list(pool.map(take, range(8)))
    assert ends.count("received") == 1
    assert balances(here) == (60, 40)
    assert sound(here) == 0


def test_what_never_arrives_is_taken_back_once_and_then_not_received(here: Dispensary) -> None:
    sent = send(here)
    done = moving.take_back(here.services, here.by(), sent.id, "El bote no salió", 1)
    assert (done.state, done.reason) == (TransferState.TAKEN_BACK, "El bote no salió")
    assert balances(here) == (100, 0)
    with pytest.raises(InvalidTransition):
        receive(here, sent.id, counted(40), 2)
    with pytest.raises(InvalidTransition):
        moving.take_back(here.services, here.by(), sent.id, "El bote no salió", 2)
    assert sound(here) == 0


def _send_again(here: Dispensary) -> None:
    with contextlib.suppress(AnsweredBefore):
        send(here, key="transfer-1")


def _receive_again(here: Dispensary) -> None:
    query = TransferQuery(warehouse=here.main.id, on_the_way=False)
    [sent] = moving.page(here.services, here.by(), query).items
    body, again = counted(39, "Falta una"), call(ASSISTANT, key="receipt-1")
    with contextlib.suppress(AnsweredBefore, InvalidTransition):
        moving.receive(here.services, again, sent.id, body, 1)


@pytest.mark.parametrize(
    ("act", "first", "ends"),
    [(_send_again, False, (60, 0)), (_receive_again, True, (60, 39))],
)
def test_a_crash_between_any_two_steps_leaves_a_transfer_whole_or_not_at_all(
    act: Callable[[Dispensary], None], first: bool, ends: tuple[int, int]
) -> None:
    def make() -> Dispensary:
        made = Dispensary()
        made.enter(AMOXICILLIN, 100)
        if first:
            send(made)
        return made

    def check(here: Dispensary) -> None:
        assert balances(here) == ends
        sound(here)

    assert crash_everywhere(make, lambda here: here.world.store, act, check) == 2


def test_more_than_there_is_does_not_leave(here: Dispensary) -> None:
    with pytest.raises(TooLittle):
        send(here, 101)
    assert balances(here) == (100, 0)


def test_a_warehouse_whose_site_is_at_home_takes_transfers_in_and_nothing_else(
    here: Dispensary,
) -> None:
    lease(here, Mode.INSTALLED)
    receive(here, send(here).id, counted(40))
    with pytest.raises(NotHere):
        here.enter(AMOXICILLIN, 1, warehouse=here.branch.id)
    with pytest.raises(NotHere):
        send(here, 1, back=True)
    lease(here, Mode.INSTALLED, back=True)
    receive(here, send(here, 1, back=True).id, counted(1))
    assert balances(here) == (61, 39)


def test_a_warehouse_on_a_mission_takes_part_in_nothing_at_the_centre(here: Dispensary) -> None:
    way = send(here)
    lease(here, Mode.MISSION)
    for movement in (
        lambda: send(here),
        lambda: send(here, 1, back=True),
        lambda: receive(here, way.id, counted(40)),
        lambda: here.enter(AMOXICILLIN, 1, warehouse=here.branch.id),
    ):
        with pytest.raises(NotHere):
            movement()
    on_site = moving.receive(here.services, here.by(), way.id, counted(40), 1, site=SITE)
    assert on_site.state is TransferState.RECEIVED
    assert sound(here) == 0


def test_a_departure_while_goods_are_dispatched_is_seen(here: Dispensary) -> None:
    """The lease changes between the reading and the transaction: it is decided anew."""
    store, left = here.world.store, [True]

    def depart(_: object) -> None:
        if left:
            left.clear()
            lease(here, Mode.MISSION)

    store.before_transact = depart
    with pytest.raises(NotHere):
        send(here)
    assert balances(here) == (100, 0)


def test_what_a_leased_warehouse_takes_part_in_is_a_table() -> None:
    assert modes.ALLOWED[False, Mode.MISSION] == frozenset()
    assert modes.ALLOWED[True, Mode.INSTALLED] == frozenset()
    assert all(MovementKind.ENTRY not in allowed for allowed in modes.ALLOWED.values())
    assert len(modes.ALLOWED) == 2 * len(Mode)


def test_a_site_moves_nothing_in_a_warehouse_that_is_not_its_own(here: Dispensary) -> None:
    lease(here, Mode.MISSION)
    body = NewTransfer(
        sender=here.main.id,
        receiver=here.branch.id,
        lines=(TransferredLot(item=AMOXICILLIN, lot=LOT, quantity=1),),
    )
    for site in (SITE, "OTHER-SITE"):
        with pytest.raises(NotHere):
            moving.dispatch(here.services, here.by(), body, site)


def test_who_keeps_no_stock_sends_and_receives_nothing(here: Dispensary) -> None:
    sent = send(here)
    for role in (Role.NURSE, Role.ADMINISTRATOR, Role.FRONT_DESK):
        with pytest.raises(Forbidden):
            moving.receive(here.services, call(user(role)), sent.id, counted(40), 1)
        with pytest.raises(Forbidden):
            moving.take_back(here.services, call(user(role)), sent.id, "No llegó", 1)
    stranger = call(user(Role.PHARMACIST, tenant="clinic-two"))
    with pytest.raises(NotFound):
        moving.read(here.services, stranger, sent.id)


def test_the_state_of_its_lots_is_told_as_it_is_now(here: Dispensary) -> None:
    sent = send(here)
    assert [line.state for line in sent.lines] == [LotState.OPEN]
