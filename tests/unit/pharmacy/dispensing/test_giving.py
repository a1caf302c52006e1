"""Dispensing against a signed prescription, and everything that stops it."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from schemas.dispensing import (
    DispensedLine,
    Dispensing,
    DispensingState,
    NewDispensing,
    NewReturn,
    PickedLot,
    Receiver,
    ReturnedLot,
    SeenAlert,
    SheetQuery,
)
from schemas.pharmacy import LotState
from schemas.prescriptions import Alert, AlertKind, AlertSeverity, PrescriptionStatus
from telesalud.pharmacy import repository
from telesalud.pharmacy.dispensing import giving, records, returns, sheet
from telesalud.pharmacy.errors import (
    AlertsUnseen,
    BeyondPrescription,
    LotUnusable,
    NotDispensable,
    TooLittle,
)
from telesalud.pharmacy.stock import reading, verifying
from telesalud.pharmacy.stored import StoredLot
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import (
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    InvalidTransition,
    NotFound,
    SessionExpired,
    StaleVersion,
)
from telesalud.platform.sealed import ATTRIBUTE, seal_model
from telesalud.platform.store import Put, StoreBusy, at_version
from telesalud.platform.vault import Scope
from telesalud.platform.work import AnsweredBefore
from tests.support.crashes import crash_everywhere
from tests.worlds.orders.ward import live
from tests.worlds.pharmacy.dispensary import (
    AMOXICILLIN,
    ASSISTANT,
    COLLEAGUE,
    EARLY,
    GENERIC,
    LATE,
    MORPHINE,
    PARACETAMOL,
    PATIENT,
    PHARMACIST,
    PRESCRIPTION,
    Dispensary,
    line,
)
from tests.worlds.world import TENANT, call, partner, user

FIRST, SECOND = f"{EARLY}.L1", f"{LATE}.L2"
HIGH = Alert(
    id="interaction:warfarin",
    kind=AlertKind.INTERACTION,
    severity=AlertSeverity.HIGH,
    lines=(1,),
    agents=("amoxicillin", "warfarin"),
    source="prescription/other",
    text="Mayor riesgo de hemorragia.",
)


@pytest.fixture
def here() -> Dispensary:
    made = Dispensary()
    made.enter(AMOXICILLIN, 30)
    made.enter(AMOXICILLIN, 100, number="L2", expiry=LATE)
    return made


def picked(
    *lots: tuple[str, int], item: str = AMOXICILLIN, number: int = 1, **more: Any
) -> DispensedLine:
    pick = tuple(PickedLot(lot=lot, quantity=quantity) for lot, quantity in lots)
    return DispensedLine(line=number, item=item, lots=pick, **more)


def give(
    here: Dispensary,
    *lines: DispensedLine,
    by: Caller = PHARMACIST,
    key: str = "",
    warehouse: str = "",
    **more: Any,
) -> Dispensing:
    body = NewDispensing(
        prescription=more.pop("prescription", PRESCRIPTION),
        warehouse=warehouse or here.main.id,
        lines=lines or (picked((FIRST, 21)),),
        **more,
    )
    return giving.dispense(here.services, call(by, key=key), body)


def sound(here: Dispensary) -> None:
    assert verifying.verify(here.world.store, here.services.vault, TENANT).faults == []


def left(here: Dispensary, item: str = AMOXICILLIN) -> int:
    return reading.read(here.services, here.by(), here.main.id, item).balance


def shown(here: Dispensary) -> Any:
    query = SheetQuery(warehouse=here.main.id)
    return sheet.sheet(here.services, here.by(), PRESCRIPTION, query)


def set_state(here: Dispensary, lot: str, state: LotState) -> None:
    """As a recall does."""
    services, key = here.services, repository.lot_key(TENANT, AMOXICILLIN, lot)
    found, version = repository.load(services, TENANT, key, StoredLot)
    changed = found.model_copy(update={"state": state})
    sealed = seal_model(services.vault, Scope(TENANT), key, changed)
    put = Put(key, {ATTRIBUTE: sealed, "state": state.value}, when=at_version(version))
    here.world.store.transact([put])


def test_a_whole_prescription_leaves_the_stock_and_is_told(here: Dispensary) -> None:
    made = give(here)
    assert (made.state, made.lines[0].quantity) == (DispensingState.COMPLETED, 21)
    assert left(here) == 109
    event = here.world.events()[-1]
    assert event.type == "pharmacy.medication_dispensed"
    assert (event.subject, event.sequence) == (PRESCRIPTION, 1)
    assert event.data["totals"] == [{"line": 1, "dispensed": 21}]
    assert here.world.audited()[-1] == ("pharmacy.dispense", PATIENT, "done")
    listed = records.of_prescription(here.services, here.by(), PRESCRIPTION).items
    assert [one.id for one in listed] == [made.id]
    sound(here)


def test_a_part_leaves_the_rest_and_never_more(here: Dispensary) -> None:
    give(here, picked((FIRST, 10)))
    assert [(one.dispensed, one.remaining) for one in shown(here).lines] == [(10, 11)]
    with pytest.raises(BeyondPrescription) as refused:
        give(here, picked((FIRST, 12)))
    assert refused.value.extra["left"] == "11"
    give(here, picked((FIRST, 11)))
    assert shown(here).refusal == "dispensed"
    with pytest.raises(BeyondPrescription):
        give(here, picked((FIRST, 1)))
    sound(here)


def test_two_lines_of_one_dispensing_do_not_go_beyond_together(here: Dispensary) -> None:
    here.enter(GENERIC, 50)
    other = picked((FIRST, 11), item=GENERIC, substitution_reason="Así lo pide el paciente")
    with pytest.raises(BeyondPrescription):
        give(here, picked((FIRST, 11)), other)
    assert left(here) == 130


def test_one_prescription_at_two_warehouses_at_once_is_dispensed_once(here: Dispensary) -> None:
    here.enter(AMOXICILLIN, 30, warehouse=here.branch.id)

    def take(place: str) -> str:
        try:
            give(here, picked((FIRST, 21)), warehouse=place)
        except (BeyondPrescription, StoreBusy):
            return "refused"
        return "given"

    with ThreadPoolExecutor(8) as pool:
        ends = list(pool.map(take, [here.main.id, here.branch.id] * 4))
    assert ends.count("given") == 1
    sound(here)


def test_twenty_who_dispense_the_last_box_at_once_give_it_once(here: Dispensary) -> None:
    here.enter(PARACETAMOL, 21)
    here.near.lines = (line(1, PARACETAMOL, 21),)

    def take(number: int) -> str:
        which = f"{PRESCRIPTION[:-3]}{number:03x}"
        try:
            give(here, picked((FIRST, 21), item=PARACETAMOL), prescription=which)
        except (TooLittle, StoreBusy):
            return "refused"
        return "given"

    with ThreadPoolExecutor(20) as pool:
        ends = list(pool.map(take, range(20)))
    assert ends.count("given") == 1
    assert left(here, PARACETAMOL) == 0
    sound(here)


def test_a_crash_between_any_two_steps_gives_all_or_nothing() -> None:
    def make() -> Dispensary:
        made = Dispensary()
        made.enter(AMOXICILLIN, 30)
        return made

    def act(here: Dispensary) -> None:
        # Over HTTP the first answer is given again before anything is decided.
        with contextlib.suppress(AnsweredBefore, BeyondPrescription):
            give(here, key="dispense-1")

    def check(here: Dispensary) -> None:
        assert left(here) == 9
        assert [one.dispensed for one in shown(here).lines] == [21]
        sound(here)

    assert crash_everywhere(make, lambda here: here.world.store, act, check) >= 2


def test_the_lots_that_expire_first_are_proposed_and_others_need_a_reason(
    here: Dispensary,
) -> None:
    here.near.lines = (line(1, AMOXICILLIN, 42),)
    [choice] = shown(here).lines[0].choices
    assert [(one.lot.lot, one.quantity) for one in choice.lots] == [(FIRST, 30), (SECOND, 12)]
    with pytest.raises(Invalid):
        give(here, picked((SECOND, 42)))
    with pytest.raises(Invalid):
        give(here, picked((FIRST, 10), (SECOND, 32)))
    give(here, picked((SECOND, 12), lot_reason="El otro está en otra sala"))
    give(here, picked((FIRST, 30)))
    sound(here)


@pytest.mark.parametrize("state", [LotState.BLOCKED, LotState.RECALLED])
def test_what_is_held_back_is_neither_proposed_nor_given(here: Dispensary, state: LotState) -> None:
    set_state(here, FIRST, state)
    [choice] = shown(here).lines[0].choices
    assert [one.lot.lot for one in choice.lots] == [SECOND]
    with pytest.raises(LotUnusable) as refused:
        give(here, picked((FIRST, 21)))
    assert refused.value.extra["why"] == state.value
    give(here, picked((SECOND, 21)))


def test_a_recall_while_it_is_dispensed_is_seen(here: Dispensary) -> None:
    fired = [True]

    def recall(_: object) -> None:
        if fired:
            fired.clear()
            set_state(here, FIRST, LotState.RECALLED)

    here.world.store.before_transact = recall
    with pytest.raises(LotUnusable):
        give(here)
    assert left(here) == 130


def test_a_lot_may_be_given_on_its_last_day_and_not_after_midnight_of_the_warehouse() -> None:
    """It is 07:00 in Lima; midnight there is 05:00 in UTC."""
    here = Dispensary()
    last = date(2026, 11, 21)
    here.enter(AMOXICILLIN, 30, expiry=last)
    here.world.clock.advance(hours=16, minutes=59)
    give(here, picked((f"{last}.L1", 1)))
    here.world.clock.advance(minutes=1)
    with pytest.raises(LotUnusable):
        give(here, picked((f"{last}.L1", 1)))


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (PrescriptionStatus.DRAFT, "draft"),
        (PrescriptionStatus.ON_HOLD, "on_hold"),
        (PrescriptionStatus.STOPPED, "stopped"),
        (PrescriptionStatus.COMPLETED, "completed"),
        (PrescriptionStatus.ENTERED_IN_ERROR, "entered_in_error"),
    ],
)
def test_only_a_prescription_in_force_is_dispensed(
    here: Dispensary, status: PrescriptionStatus, why: str
) -> None:
    here.near.status = status
    with pytest.raises(NotDispensable) as refused:
        give(here)
    assert refused.value.extra["why"] == why == shown(here).refusal


def test_a_prescription_ends_at_midnight_of_its_zone(here: Dispensary) -> None:
    here.near.valid_days = 0
    here.world.clock.advance(hours=16, minutes=59)
    give(here, picked((FIRST, 1)))
    here.world.clock.advance(minutes=1)
    with pytest.raises(NotDispensable):
        give(here, picked((FIRST, 1)))


def test_nothing_is_given_for_the_dead_and_nothing_is_known_of_the_shredded(
    here: Dispensary,
) -> None:
    here.near.deceased_on = date(2026, 11, 20)
    with pytest.raises(NotDispensable):
        give(here)
    assert shown(here).refusal == "deceased"
    here.near.shredded = True
    with pytest.raises(Gone):
        give(here)
    with pytest.raises(Gone):
        shown(here)


def test_a_merged_patients_prescription_asks_for_who_survived(here: Dispensary) -> None:
    here.near.survivor = "019ab000-0000-7000-8000-000000000099"
    made = give(here)
    assert made.patient == PATIENT
    assert "patient" in here.near.asked


def test_what_was_dispensed_to_a_shredded_patient_opens_no_more(here: Dispensary) -> None:
    made = give(here)
    here.services.vault.shred(Scope(TENANT, PATIENT))
    with pytest.raises(Gone):
        records.read(here.services, here.by(), made.id)
    sound(here)


def test_a_stopped_line_and_one_that_is_not_there_are_not_dispensed(here: Dispensary) -> None:
    stopped = line(1, AMOXICILLIN, 21, stopped_at=here.world.clock())
    here.near.lines = (stopped, line(2, AMOXICILLIN, 21))
    for number in (1, 3):
        with pytest.raises(NotDispensable):
            give(here, picked((FIRST, 1), number=number))
    give(here, picked((FIRST, 21), number=2))


def test_alerts_of_high_severity_are_looked_at_once_more(here: Dispensary) -> None:
    here.near.alerts = (HIGH,)
    with pytest.raises(AlertsUnseen) as refused:
        give(here)
    assert refused.value.extra["alerts"] == [HIGH.id]
    seen = SeenAlert(alert=HIGH.id, reason="Hablado con quien prescribe; control en 48 horas")
    assert give(here, seen=(seen,)).seen == (seen,)
    assert "checks es" in here.near.asked


def test_an_equivalent_is_offered_and_given_with_a_reason_where_that_is_allowed(
    here: Dispensary,
) -> None:
    here.enter(GENERIC, 50)
    assert [(one.item, one.substitute) for one in shown(here).lines[0].choices] == [
        (AMOXICILLIN, False),
        (GENERIC, True),
    ]
    with pytest.raises(Invalid):
        give(here, picked((FIRST, 21), item=GENERIC))
    made = give(here, picked((FIRST, 21), item=GENERIC, substitution_reason="No hay de la otra"))
    assert (made.lines[0].prescribed, made.lines[0].item) == (AMOXICILLIN, GENERIC)
    sound(here)


def test_no_other_medicine_is_given_and_no_substitute_against_the_prescriber(
    here: Dispensary,
) -> None:
    here.enter(PARACETAMOL, 50)
    here.enter(GENERIC, 50)
    why = "Es parecido"
    with pytest.raises(Invalid):
        give(here, picked((FIRST, 21), item=PARACETAMOL, substitution_reason=why))
    here.near.lines = (line(1, AMOXICILLIN, 21, substitution_allowed=False),)
    with pytest.raises(Invalid):
        give(here, picked((FIRST, 21), item=GENERIC, substitution_reason=why))
    assert [one.item for one in shown(here).lines[0].choices] == [AMOXICILLIN]


def controlled(here: Dispensary) -> Dispensing:
    here.enter(MORPHINE, 30)
    here.near.lines = (line(1, MORPHINE, 10),)
    receiver = Receiver(name="Familiar Demostración", document="DNI 00000001")
    return give(here, picked((FIRST, 10), item=MORPHINE), receiver=receiver)


def test_a_controlled_medicine_waits_for_a_second_signature(here: Dispensary) -> None:
    made = controlled(here)
    assert made.state is DispensingState.AWAITS_SECOND
    assert left(here, MORPHINE) == 30
    assert shown(here).waiting == (made.id,)
    waits = records.waiting(here.services, here.by(COLLEAGUE), here.main.id).items
    assert [one.id for one in waits] == [made.id]
    here.world.clock.advance(minutes=1)
    done = giving.confirm(here.services, here.by(COLLEAGUE), made.id, 1)
    assert (done.state, done.second) == (DispensingState.COMPLETED, COLLEAGUE.subject)
    assert done.lines[0].lots[0].register_number == 2
    assert left(here, MORPHINE) == 20
    assert shown(here).waiting == ()
    assert records.waiting(here.services, here.by(), here.main.id).items == ()
    with pytest.raises(InvalidTransition):
        giving.confirm(here.services, here.by(COLLEAGUE), made.id, 2)
    sound(here)


def test_nobody_signs_twice_and_without_a_receiver_nothing_waits(here: Dispensary) -> None:
    made = controlled(here)
    here.world.clock.advance(minutes=1)
    for who in (PHARMACIST, user(Role.ADMINISTRATOR), user(Role.FRONT_DESK)):
        with pytest.raises(Forbidden):
            giving.confirm(here.services, call(who), made.id, 1)
    with pytest.raises(Invalid):
        give(here, picked((FIRST, 10), item=MORPHINE))
    with pytest.raises(StaleVersion):
        giving.confirm(here.services, here.by(COLLEAGUE), made.id, 9)


def test_what_changed_while_it_waited_is_decided_anew(here: Dispensary) -> None:
    made = controlled(here)
    here.world.clock.advance(minutes=1)
    here.near.status = PrescriptionStatus.STOPPED
    with pytest.raises(NotDispensable):
        giving.confirm(here.services, here.by(COLLEAGUE), made.id, 1)
    refused = giving.refuse(here.services, here.by(COLLEAGUE), made.id, "Fue suspendida", 1)
    assert refused.state is DispensingState.REFUSED
    assert left(here, MORPHINE) == 30
    assert records.waiting(here.services, here.by(), here.main.id).items == ()


def back(here: Dispensary, made: Dispensing, quantity: int, *, usable: bool = True) -> Dispensing:
    returned = ReturnedLot(line=1, item=AMOXICILLIN, lot=FIRST, quantity=quantity)
    body = NewReturn(reason="Cambió el tratamiento", usable=usable, lines=(returned,))
    return returns.take_back(here.services, here.by(), made.id, body, made.version)


@pytest.mark.parametrize(("usable", "balance"), [(True, 119), (False, 109)])
def test_what_comes_back_is_in_the_stock_or_in_the_waste(
    here: Dispensary, usable: bool, balance: int
) -> None:
    made = give(here)
    after = back(here, made, 10, usable=usable)
    assert left(here) == balance
    assert after.lines[0].lots[0].returned == 10
    assert [one.remaining for one in shown(here).lines] == [10]
    assert here.world.events()[-1].data["totals"] == [{"line": 1, "dispensed": 11}]
    with pytest.raises(Invalid):
        back(here, after, 12, usable=usable)
    sound(here)


def test_returns_are_of_what_was_given_and_once(here: Dispensary) -> None:
    made = give(here)
    back(here, made, 1)
    with pytest.raises(StaleVersion):
        back(here, made, 1)
    other = ReturnedLot(line=1, item=AMOXICILLIN, lot=SECOND, quantity=1)
    body = NewReturn(reason="Cambió el tratamiento", usable=True, lines=(other,))
    with pytest.raises(Invalid):
        returns.take_back(here.services, here.by(), made.id, body, 2)


def test_a_controlled_medicine_comes_back_as_usable_only(here: Dispensary) -> None:
    made = controlled(here)
    here.world.clock.advance(minutes=1)
    done = giving.confirm(here.services, here.by(COLLEAGUE), made.id, 1)
    returned = ReturnedLot(line=1, item=MORPHINE, lot=FIRST, quantity=1)
    body = NewReturn(reason="No lo necesita", usable=False, lines=(returned,))
    with pytest.raises(Conflict):
        returns.take_back(here.services, here.by(), done.id, body, done.version)


@pytest.mark.parametrize(
    "caller",
    [live(user(role)) for role in Role if role is not Role.PHARMACIST]
    + [partner("pharmacy.dispense")],
    ids=lambda caller: "+".join(caller.roles) or "machine",
)
def test_only_a_pharmacist_dispenses_and_takes_back(here: Dispensary, caller: Caller) -> None:
    made = give(here)
    with pytest.raises(Forbidden):
        give(here, picked((FIRST, 1)), by=caller)
    returned = ReturnedLot(line=1, item=AMOXICILLIN, lot=FIRST, quantity=1)
    body = NewReturn(reason="Cambió el tratamiento", usable=True, lines=(returned,))
    with pytest.raises(Forbidden):
        returns.take_back(here.services, call(caller), made.id, body, 1)


def test_an_old_session_gives_nothing(here: Dispensary) -> None:
    with pytest.raises(SessionExpired):
        give(here, by=replace(PHARMACIST, expires=1))


def test_another_institution_finds_none_of_it(here: Dispensary) -> None:
    made = give(here)
    stranger = call(live(user(Role.PHARMACIST, tenant="clinic-two")))
    with pytest.raises(NotFound):
        records.read(here.services, stranger, made.id)


def test_a_witness_who_does_not_work_here_reads_only_what_the_record_lets_them(
    here: Dispensary,
) -> None:
    made = give(here)
    records.read(here.services, call(live(user(Role.PHYSICIAN))), made.id)
    assert here.near.asked[-1] == "prescription"
    with pytest.raises(Forbidden):
        records.read(here.services, call(live(user(Role.FRONT_DESK))), made.id)


def test_dispensing_takes_one_read_and_one_write_beside_what_it_asks(here: Dispensary) -> None:
    services, trips = here.services, here.world.store.trips
    for scope in (Scope(TENANT), Scope(TENANT, PATIENT)):
        services.vault.seal(scope, "warm", b"")
    before = replace(trips)
    body = NewDispensing(
        prescription=PRESCRIPTION, warehouse=here.main.id, lines=(picked((FIRST, 21)),)
    )
    giving.dispense(services, here.by(), body)
    assert (trips.reads - before.reads, trips.writes - before.writes) == (1, 1)
    assert here.near.asked == ["prescription", "patient", "checks es"]


def test_a_lot_named_twice_or_in_another_unit_is_refused(here: Dispensary) -> None:
    with pytest.raises(Invalid):
        give(here, picked((FIRST, 1), (FIRST, 1)))


def test_an_assistant_reads_and_prepares_but_gives_nothing(here: Dispensary) -> None:
    query = SheetQuery(warehouse=here.main.id, language="en")
    assert sheet.sheet(here.services, here.by(ASSISTANT), PRESCRIPTION, query).dispensable
    with pytest.raises(Forbidden):
        give(here, by=ASSISTANT)
