"""Wards: what is asked for, delivered, given, returned and wasted, to the last unit."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from schemas.admissions import AdmissionStatus
from schemas.pharmacy import ItemKind
from schemas.prescriptions import PrescriptionStatus
from schemas.recalls import NewRecall
from schemas.wards import (
    Administration,
    AppliedLot,
    AskedLine,
    DeliveredLot,
    DoseState,
    NewDoses,
    NewWardRequest,
    NotGiven,
    NotGivenReason,
    PlannedDose,
    RequestState,
    Ward,
    WardDelivery,
    WardOut,
    WardRequest,
    WardRequestQuery,
    WardReturn,
)
from telesalud.pharmacy.errors import (
    LotUnusable,
    NotDispensable,
    NotOnWard,
    TooLittle,
    WardClosed,
    WardNotSettled,
)
from telesalud.pharmacy.recalls import recalling
from telesalud.pharmacy.stock import reading, verifying
from telesalud.pharmacy.wards import doses, requests, settling
from telesalud.pharmacy.wards import verifying as wards
from telesalud.pharmacy.wards.doses import Due
from telesalud.pharmacy.wards.requests import Asked
from telesalud.platform.errors import Conflict, Forbidden, Invalid, InvalidTransition, StaleVersion
from telesalud.platform.store import StoreBusy
from telesalud.platform.work import AnsweredBefore
from tests.support.crashes import crash_everywhere
from tests.worlds.pharmacy.dispensary import (
    ADMISSION,
    AMOXICILLIN,
    COLLEAGUE,
    GAUZE,
    MORPHINE,
    PARACETAMOL,
    PHYSICIAN,
    PRESCRIPTION,
    TENANT,
    WARD_NURSE,
    Dispensary,
    line,
)

LOT = "2027-01-31.L1"


@pytest.fixture
def here() -> Dispensary:
    made = Dispensary()
    for code in (AMOXICILLIN, GAUZE, MORPHINE):
        made.enter(code, 30)
    return made


def ask(
    here: Dispensary, code: str = AMOXICILLIN, quantity: int = 10, key: str = ""
) -> WardRequest:
    lines = (AskedLine(item=code, quantity=quantity),)
    body = NewWardRequest(admission=ADMISSION, warehouse=here.main.id, lines=lines)
    return requests.ask(here.services, here.by(WARD_NURSE, key), body)


def of(asked: WardRequest) -> Asked:
    return Asked(ADMISSION, asked.id, asked.version)


def deliver(here: Dispensary, asked: WardRequest, quantity: int = 10, key: str = "") -> WardRequest:
    lots = (DeliveredLot(item=asked.lines[0].item, lot=LOT, quantity=quantity),)
    body = WardDelivery(lots=lots)
    return requests.deliver(here.services, here.by(key=key), of(asked), body)


def planned(here: Dispensary, code: str = AMOXICILLIN, quantity: int = 2) -> PlannedDose:
    rx = (PRESCRIPTION, 1) if code != GAUZE else (None, None)
    body = NewDoses(
        item=code,
        quantity=quantity,
        times=(here.world.clock() + timedelta(hours=1),),
        prescription=rx[0],
        line=rx[1],
    )
    [made] = doses.plan(here.services, here.by(WARD_NURSE), ADMISSION, body)
    return made


def give(here: Dispensary, dose: PlannedDose, quantity: int, key: str = "") -> PlannedDose:
    body = Administration(lots=(AppliedLot(lot=LOT, quantity=quantity),))
    which = Due(ADMISSION, dose.id, dose.version)
    return doses.give(here.services, here.by(WARD_NURSE, key), which, body)


def ward(here: Dispensary) -> Ward:
    return settling.read(here.services, here.by(WARD_NURSE), ADMISSION)


def left(here: Dispensary, code: str = AMOXICILLIN) -> int:
    return reading.read(here.services, here.by(), here.main.id, code).balance


def sound(here: Dispensary) -> None:
    store, vault = here.world.store, here.services.vault
    assert verifying.verify(store, vault, TENANT).faults == []
    assert wards.verify(store, vault, TENANT)[1] == []


def back(here: Dispensary, quantity: int, *, usable: bool = True, code: str = AMOXICILLIN) -> Ward:
    body = WardReturn(
        item=code,
        lot=LOT,
        quantity=quantity,
        reason="No se aplicó",
        warehouse=here.main.id,
        usable=usable,
    )
    return settling.take_back(here.services, here.by(), ADMISSION, body)


def waste(here: Dispensary, quantity: int, code: str = AMOXICILLIN) -> Ward:
    body = WardOut(item=code, lot=LOT, quantity=quantity, reason="Se cayó al suelo")
    return settling.waste(here.services, here.by(WARD_NURSE), ADMISSION, body)


def close(here: Dispensary) -> None:
    settling.close(here.services, here.by(PHYSICIAN), ADMISSION)


def test_delivered_is_applied_returned_and_wasted_before_the_account_closes(
    here: Dispensary,
) -> None:
    delivered = deliver(here, ask(here))
    assert (delivered.state, left(here)) == (RequestState.COMPLETED, 20)
    give(here, planned(here), 2)
    back(here, 5)
    waste(here, 1)
    with pytest.raises(WardNotSettled) as refused:
        close(here)
    assert refused.value.extra["left"] == ["2"]
    give(here, planned(here), 2)
    close(here)
    close(here)
    [lot] = ward(here).lots
    assert (lot.delivered, lot.applied, lot.returned, lot.wasted, lot.left) == (10, 4, 5, 1, 0)
    assert left(here) == 25
    sound(here)


def test_after_the_account_is_closed_nothing_is_delivered_or_given(here: Dispensary) -> None:
    asked, dose = ask(here), planned(here)
    close(here)
    for act in (lambda: deliver(here, asked), lambda: give(here, dose, 2), lambda: ask(here)):
        with pytest.raises(WardClosed):
            act()
    assert left(here) == 30


def test_what_is_delivered_while_it_closes_is_delivered_or_closed_never_both() -> None:
    for _ in range(5):
        here = Dispensary()
        here.enter(AMOXICILLIN, 30)
        asked = ask(here)

        def take(act: int, here: Dispensary = here, asked: WardRequest = asked) -> str:
            try:
                close(here) if act else deliver(here, asked)
            except (WardClosed, WardNotSettled, StoreBusy):
                return "refused"
            return "done"

        with ThreadPoolExecutor(2) as pool:
            ends = list(pool.map(take, range(2)))
        assert ends.count("done") == 1
        sound(here)


def test_twenty_who_give_one_dose_at_once_give_it_once(here: Dispensary) -> None:
    deliver(here, ask(here))
    dose = planned(here)

    def act(_: int) -> str:
        try:
            return give(here, dose, 2).state
        except (InvalidTransition, StaleVersion, StoreBusy):
            return ""

    with ThreadPoolExecutor(20) as pool:
        assert list(filter(None, pool.map(act, range(20)))) == [DoseState.GIVEN]
    assert ward(here).lots[0].applied == 2
    sound(here)


def test_no_more_is_given_than_the_ward_has(here: Dispensary) -> None:
    deliver(here, ask(here, quantity=3), 3)
    give(here, planned(here), 2)
    with pytest.raises(NotOnWard) as refused:
        give(here, planned(here), 2)
    assert refused.value.extra["left"] == "1"
    with pytest.raises(Invalid):
        give(here, planned(here), 1)  # less than planned, without a reason


def test_what_was_not_given_has_a_reason_and_uses_nothing(here: Dispensary) -> None:
    deliver(here, ask(here))
    dose = planned(here)
    body = NotGiven(reason=NotGivenReason.REFUSED)
    which = Due(ADMISSION, dose.id, dose.version)
    made = doses.not_given(here.services, here.by(WARD_NURSE), which, body)
    assert (made.state, made.by_name) == (DoseState.NOT_GIVEN, WARD_NURSE.name)
    with pytest.raises(InvalidTransition):
        give(here, dose, 2)
    assert ward(here).lots[0].left == 10


def test_a_medicine_is_planned_and_given_by_a_prescription_in_force(here: Dispensary) -> None:
    deliver(here, ask(here))
    dose = planned(here)
    here.near.status = PrescriptionStatus.STOPPED
    with pytest.raises(NotDispensable):
        give(here, dose, 2)
    with pytest.raises(NotDispensable):
        planned(here)
    here.near.status = PrescriptionStatus.ACTIVE
    here.near.lines = (line(1, PARACETAMOL, 21),)
    with pytest.raises(Invalid):
        planned(here)
    body = NewDoses(item=AMOXICILLIN, quantity=1, times=(here.world.clock(),))
    with pytest.raises(Invalid):
        doses.plan(here.services, here.by(WARD_NURSE), ADMISSION, body)


def test_supplies_are_applied_without_a_prescription(here: Dispensary) -> None:
    deliver(here, ask(here, GAUZE))
    made = give(here, planned(here, GAUZE), 2)
    assert made.kind is ItemKind.SUPPLY
    [fact] = [one for one in here.world.events() if one.type == "pharmacy.medication_administered"]
    assert fact.data["lines"] == [{"item": GAUZE, "lot": LOT, "quantity": 2}]


def test_no_more_is_delivered_than_was_asked_for_or_there_is(here: Dispensary) -> None:
    asked = ask(here, quantity=40)
    with pytest.raises(TooLittle):
        deliver(here, asked, 31)
    with pytest.raises(Invalid):
        deliver(here, asked, 41)
    part = deliver(here, asked, 30)
    assert (part.state, part.lines[0].delivered) == (RequestState.OPEN, 30)


def test_a_lot_past_its_last_day_is_not_delivered(here: Dispensary) -> None:
    asked = ask(here)
    here.world.clock.advance(days=72)
    with pytest.raises(LotUnusable):
        deliver(here, asked)


def test_a_lot_recalled_while_it_is_on_the_ward_is_not_given(here: Dispensary) -> None:
    deliver(here, ask(here))
    dose = planned(here)
    body = NewRecall(item=AMOXICILLIN, lot=LOT, reason="Alerta sanitaria")
    recalling.recall(here.services, here.by(), body)
    with pytest.raises(LotUnusable):
        give(here, dose, 2)
    back(here, 10)
    close(here)
    sound(here)


def test_a_controlled_medicine_leaves_when_the_ward_has_signed(here: Dispensary) -> None:
    waits = deliver(here, ask(here, MORPHINE))
    assert (waits.state, left(here, MORPHINE)) == (RequestState.AWAITS_RECEIPT, 30)
    with pytest.raises(Conflict):
        close(here)
    with pytest.raises(Forbidden):
        requests.sign_for(here.services, here.by(COLLEAGUE), of(waits))
    signed = requests.sign_for(here.services, here.by(WARD_NURSE), of(waits))
    assert (signed.state, left(here, MORPHINE)) == (RequestState.COMPLETED, 20)
    with pytest.raises(Conflict):
        waste(here, 1, MORPHINE)
    back(here, 10, code=MORPHINE)
    sound(here)


def test_what_cannot_be_used_again_goes_through_the_stock_to_the_waste(here: Dispensary) -> None:
    deliver(here, ask(here))
    back(here, 4, usable=False)
    assert left(here) == 20
    with pytest.raises(NotOnWard):
        back(here, 7)
    sound(here)


def test_nothing_is_asked_for_somebody_who_is_not_here(here: Dispensary) -> None:
    here.near.admission = AdmissionStatus.DISCHARGED
    with pytest.raises(WardClosed):
        ask(here)


def test_a_physician_needs_to_be_in_the_patients_care(here: Dispensary) -> None:
    ask(here)
    here.near.in_care = False
    with pytest.raises(Forbidden):
        settling.read(here.services, here.by(PHYSICIAN), ADMISSION)
    assert ward(here).admission == ADMISSION


def test_the_work_list_has_urgent_requests_first_and_none_that_ended(here: Dispensary) -> None:
    first = ask(here)
    body = NewWardRequest(
        admission=ADMISSION,
        warehouse=here.main.id,
        lines=(AskedLine(item=GAUZE, quantity=1),),
        urgent=True,
    )
    here.world.clock.advance(minutes=1)
    urgent = requests.ask(here.services, here.by(WARD_NURSE), body)

    def listed() -> list[str]:
        query = WardRequestQuery(warehouse=here.main.id)
        return [one.id for one in requests.page(here.services, here.by(), query).items]

    assert listed() == [urgent.id, first.id]
    requests.end(here.services, here.by(WARD_NURSE), of(urgent), "Ya no se necesita")
    deliver(here, first)
    assert listed() == []


def test_a_crash_between_any_two_steps_of_a_delivery_leaves_all_or_nothing() -> None:
    def make() -> Dispensary:
        made = Dispensary()
        made.enter(AMOXICILLIN, 30)
        made.asked = ask(made)  # type: ignore[attr-defined]  # for this test
        return made

    def act(here: Dispensary) -> None:
        with contextlib.suppress(AnsweredBefore, InvalidTransition):
            deliver(here, here.asked, key="deliver-1")  # type: ignore[attr-defined]  # as above

    def check(here: Dispensary) -> None:
        assert left(here) == 20
        assert ward(here).lots[0].left == 10
        sound(here)

    assert crash_everywhere(make, lambda here: here.world.store, act, check) >= 1


def test_a_crash_between_any_two_steps_of_giving_gives_once() -> None:
    def make() -> Dispensary:
        made = Dispensary()
        made.enter(AMOXICILLIN, 30)
        deliver(made, ask(made))
        made.dose = planned(made)  # type: ignore[attr-defined]  # for this test
        return made

    def act(here: Dispensary) -> None:
        with contextlib.suppress(AnsweredBefore, InvalidTransition):
            give(here, here.dose, 2, key="give-1")  # type: ignore[attr-defined]  # as above

    def check(here: Dispensary) -> None:
        assert ward(here).lots[0].applied == 2
        sound(here)

    assert crash_everywhere(make, lambda here: here.world.store, act, check) >= 1
