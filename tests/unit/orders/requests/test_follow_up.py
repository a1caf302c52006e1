"""The loop from order to result to sign-off: closed by its orderer, watched, never forgotten."""

import contextlib
from datetime import timedelta
from typing import Any

import pytest

from schemas.formulary import OrderedTest, OrderKind
from schemas.orders import (
    Flag,
    NewObservation,
    NewResult,
    Order,
    OrderFact,
    OrderStatus,
    Priority,
    ResultStatus,
    SignOff,
    SpecimenBody,
    WorkQuery,
    WorkReason,
    WorkScope,
)
from telesalud.orders import listing
from telesalud.orders.errors import PatientDeceased, ResultSuperseded
from telesalud.orders.requests import deadlines, ordering, results, worklist
from telesalud.orders.watching import NextCheck
from telesalud.platform.errors import (
    Forbidden,
    Invalid,
    InvalidTransition,
    NotFound,
    SessionExpired,
    StaleVersion,
)
from telesalud.platform.events import data_of
from telesalud.platform.work import AnsweredBefore
from tests.support.crashes import crash_everywhere
from tests.worlds.orders.ward import (
    DESK,
    HEMOGLOBIN,
    LABORATORY,
    NURSE,
    PATIENT,
    PHARMACIST,
    Ward,
    live,
    physician,
    potassium,
)
from tests.worlds.world import TENANT, call

REASON = "Se pidió para otro paciente"
CORRECTION = {"status": ResultStatus.CORRECTED, "correction_reason": "Muestra mal rotulada"}


@pytest.fixture
def ward() -> Ward:
    return Ward()


def sign_off(ward: Ward, order: Order, number: int = 1, by: Any = None) -> Order:
    body = SignOff(result=number)
    return results.sign_off(ward.services, call(by or physician()), order.id, body, order.version)


def reasons(ward: Ward, scope: WorkScope = WorkScope.MINE, by: Any = None) -> list[WorkReason]:
    found = worklist.page(ward.services, call(by or physician()), WorkQuery(scope=scope))
    return [item.reason for item in found.items]


def due(ward: Ward, order: Order) -> NextCheck:
    return deadlines.check(ward.services, TENANT, order.id, order.schedule)


def test_the_loop_closes_with_the_orderers_sign_off(ward: Ward) -> None:
    sent = ward.sent()
    assert [e.id for e in listing.summary(ward.services, call(NURSE), PATIENT).orders] == [sent.id]
    resulted = ward.resulted(sent)
    assert reasons(ward) == [WorkReason.UNSIGNED]
    closed = sign_off(ward, resulted)
    assert closed.status is OrderStatus.REVIEWED
    assert reasons(ward) == reasons(ward, WorkScope.TENANT) == []
    assert listing.summary(ward.services, call(NURSE), PATIENT).orders == ()
    assert ward.types() == [
        "orders.order_signed",
        "orders.order_resulted",
        "orders.order_signed_off",
    ]
    assert ordering.read(ward.services, call(LABORATORY), sent.id) == closed


def test_an_order_set_is_opened_and_each_test_asked_for_once(ward: Ward) -> None:
    order = ward.order(order_set="BASIC")
    assert [test.loinc for test in order.tests] == ["2823-3", HEMOGLOBIN, "2823-3"][:2]
    with pytest.raises(Invalid):
        ward.order(order_set="NONE")
    with pytest.raises(Invalid):
        ward.order(order_set="BASIC", kind=OrderKind.IMAGING)


def test_a_mistyped_loinc_code_is_refused(ward: Ward) -> None:
    with pytest.raises(Invalid) as refused:
        ward.order(tests=(OrderedTest(loinc="2823-4", display="Potasio"),))
    assert refused.value.fields[0].pointer == "/tests/0/loinc"


def test_an_unanswered_order_surfaces_when_its_deadline_passes(ward: Ward) -> None:
    sent = ward.sent(priority=Priority.STAT)
    assert due(ward, sent) == NextCheck(done=False, next_at="2026-11-21T14:00:00Z")
    assert reasons(ward) == []
    ward.world.clock.advance(hours=2)
    assert due(ward, sent).done
    assert reasons(ward) == [WorkReason.UNANSWERED]
    assert ward.types()[-1] == "orders.order_overdue"
    assert due(ward, sent).done
    assert ward.types().count("orders.order_overdue") == 1
    late = ordering.read(ward.services, call(physician()), sent.id)
    ward.resulted(late)
    assert reasons(ward) == [WorkReason.UNSIGNED]


def test_an_unsigned_result_surfaces_as_late_and_an_old_watch_stops(ward: Ward) -> None:
    sent = ward.sent()
    resulted = ward.resulted(sent)
    assert due(ward, sent).done
    ward.world.clock.advance(hours=72)
    assert due(ward, resulted).done
    assert reasons(ward) == [WorkReason.UNSIGNED_LATE]
    late = ordering.read(ward.services, call(physician()), sent.id)
    sign_off(ward, late)
    assert reasons(ward) == []


def test_a_critical_result_is_announced_at_once_and_heads_the_list(ward: Ward) -> None:
    plain, grave = ward.sent(), ward.sent()
    ward.resulted(plain)
    ward.resulted(grave, value=7.1, status=ResultStatus.PRELIMINARY)
    assert ward.types()[-1] == "orders.critical_result"
    assert reasons(ward) == [WorkReason.CRITICAL, WorkReason.UNSIGNED]
    sequences = [e.sequence for e in ward.world.events() if e.subject == grave.id]
    assert sequences == sorted(set(sequences))


def test_a_result_is_read_by_the_altitude_at_which_it_was_ordered(ward: Ward) -> None:
    value = NewObservation(loinc="718-7", display="Hemoglobina", value=13, unit="g/dL")
    new = NewResult(observations=(value,), status=ResultStatus.FINAL)
    flags = []
    for altitude in (None, 3827):
        ward.people.altitude_m = altitude
        sent = ward.sent()
        ward.people.altitude_m = None
        got = results.enter(ward.services, call(LABORATORY), sent.id, new, sent.version)
        assert got.altitude_m == altitude
        assert got.result is not None
        flags.append(got.result.observations[0].flag)
    assert flags == [Flag.NORMAL, Flag.LOW]


def test_having_seen_a_preliminary_critical_result_does_not_close_the_loop(ward: Ward) -> None:
    sent = ward.sent()
    early = ward.resulted(sent, value=7.1, status=ResultStatus.PRELIMINARY)
    seen = sign_off(ward, early)
    assert seen.status is OrderStatus.ACTIVE
    assert reasons(ward) == []
    final = ward.resulted(seen, value=7.0)
    assert reasons(ward) == [WorkReason.CRITICAL]
    assert due(ward, final).next_at == "2026-11-21T13:00:00Z"


def test_a_correction_keeps_the_earlier_version_and_needs_another_sign_off(ward: Ward) -> None:
    closed = sign_off(ward, ward.resulted(ward.sent()))
    corrected = ward.resulted(closed, value=2.4, **CORRECTION)
    assert corrected.status is OrderStatus.RESULTED
    assert reasons(ward) == [WorkReason.CRITICAL]
    versions = results.history(ward.services, call(NURSE), corrected.id).items
    assert [(r.number, r.status, r.observations[0].value) for r in versions] == [
        (2, ResultStatus.CORRECTED, 2.4),
        (1, ResultStatus.FINAL, 4.2),
    ]
    with pytest.raises(ResultSuperseded) as refused:
        sign_off(ward, corrected, number=1)
    assert refused.value.extra == {"latest": 2}
    assert sign_off(ward, corrected, number=2).status is OrderStatus.REVIEWED


def test_after_a_final_result_only_a_reasoned_correction_is_taken(ward: Ward) -> None:
    resulted = ward.resulted(ward.sent())
    for status in (ResultStatus.PRELIMINARY, ResultStatus.FINAL):
        with pytest.raises(InvalidTransition):
            ward.resulted(resulted, status=status)
    with pytest.raises(ValueError, match="reason"):
        potassium(status=ResultStatus.CORRECTED)
    with pytest.raises(InvalidTransition):
        ward.resulted(ward.sent(), **CORRECTION)


def test_only_the_orderer_signs_off_and_a_colleague_takes_over_first(ward: Ward) -> None:
    resulted, colleague = ward.resulted(ward.sent()), physician(subject="physician-2")
    with pytest.raises(Forbidden):
        sign_off(ward, resulted, by=colleague)
    mine = ordering.take_over(ward.services, call(colleague), resulted.id, resulted.version)
    assert reasons(ward) == []
    assert reasons(ward, by=colleague) == [WorkReason.UNSIGNED]
    assert sign_off(ward, mine, by=colleague).status is OrderStatus.REVIEWED


def test_who_may_do_what(ward: Ward) -> None:
    sent = ward.sent()
    for caller in (NURSE, PHARMACIST, DESK, physician()):
        with pytest.raises(Forbidden):
            results.enter(ward.services, call(caller), sent.id, potassium(), sent.version)
    for caller in (PHARMACIST, DESK):
        with pytest.raises(Forbidden):
            ordering.read(ward.services, call(caller), sent.id)
        with pytest.raises(Forbidden):
            worklist.page(ward.services, call(caller), WorkQuery())
    drafted = ward.order()
    for caller in (NURSE, LABORATORY):
        with pytest.raises(Forbidden):
            ordering.sign(ward.services, call(caller), drafted.id, drafted.version)


def test_an_expired_session_neither_orders_nor_signs_off(ward: Ward) -> None:
    tired, drafted = live(physician(), minutes=0), ward.order()
    with pytest.raises(SessionExpired):
        ordering.sign(ward.services, call(tired), drafted.id, drafted.version)
    resulted = ward.resulted(ward.sent())
    with pytest.raises(SessionExpired):
        sign_off(ward, resulted, by=tired)


def test_another_tenants_order_does_not_exist(ward: Ward) -> None:
    sent, stranger = ward.sent(), physician(tenant="clinic-two")
    with pytest.raises(NotFound):
        ordering.read(ward.services, call(stranger), sent.id)
    with pytest.raises(NotFound):
        sign_off(ward, sent, by=stranger)
    assert reasons(ward, WorkScope.TENANT, stranger) == []
    assert deadlines.check(ward.services, "clinic-two", sent.id, 1).done


def test_nothing_is_ordered_for_a_deceased_patient(ward: Ward) -> None:
    drafted = ward.order()
    ward.hear("patients.patient_deceased", {"deceased_on": "2026-11-20"}, subject=PATIENT)
    with pytest.raises(PatientDeceased):
        ward.order()
    with pytest.raises(PatientDeceased):
        ordering.sign(ward.services, call(physician()), drafted.id, drafted.version)


def test_a_specimen_is_collected_then_received_and_not_in_the_future(ward: Ward) -> None:
    sent = ward.sent()
    now = ward.world.clock()
    with pytest.raises(InvalidTransition):
        ordering.receive(ward.services, call(LABORATORY), sent.id, sent.version)
    soon = SpecimenBody(type="Suero", collected_at=now + timedelta(minutes=1))
    with pytest.raises(Invalid):
        ordering.collect(ward.services, call(NURSE), sent.id, soon, sent.version)
    body = SpecimenBody(type="Suero", collected_at=now)
    taken = ordering.collect(ward.services, call(NURSE), sent.id, body, sent.version)
    there = ordering.receive(ward.services, call(LABORATORY), sent.id, taken.version)
    assert there.specimen is not None
    assert (there.specimen.collected_by, there.specimen.received_by) == (
        "nurse-1",
        "laboratory-1",
    )
    with pytest.raises(InvalidTransition) as refused:
        ordering.collect(ward.services, call(NURSE), sent.id, body, there.version)
    assert refused.value.extra == {"current": "received", "requested": "collected"}


def test_a_cancelled_order_takes_no_result_and_is_watched_no_more(ward: Ward) -> None:
    sent = ward.sent()
    closed = ordering.close(
        ward.services,
        call(physician()),
        sent.id,
        OrderStatus.CANCELLED,
        reason=REASON,
        version=sent.version,
    )
    with pytest.raises(InvalidTransition) as refused:
        ward.resulted(closed)
    assert refused.value.extra == {"current": "cancelled", "requested": "resulted"}
    ward.world.clock.advance(days=30)
    assert due(ward, sent).done
    assert reasons(ward) == []


def test_of_a_result_and_a_cancellation_at_once_one_is_told(ward: Ward) -> None:
    sent = ward.sent()
    ward.resulted(sent)
    with pytest.raises(StaleVersion):
        ordering.close(
            ward.services,
            call(physician()),
            sent.id,
            OrderStatus.CANCELLED,
            reason=REASON,
            version=sent.version,
        )


def test_a_flag_may_be_graver_than_its_limits_say_and_never_milder(ward: Ward) -> None:
    sent = ward.sent()
    low = {"display": "Potasio", "unit": "mmol/L", "low": 3.5, "high": 5.1}
    for value, flag in ((3.0, Flag.NORMAL), (3.0, Flag.HIGH), (4.0, Flag.LOW)):
        one = NewObservation(value=value, flag=flag, **low)  # type: ignore[arg-type]  # mixed
        wrong = NewResult(status=ResultStatus.FINAL, observations=(one,))
        with pytest.raises(Invalid):
            results.enter(ward.services, call(LABORATORY), sent.id, wrong, sent.version)
    one = NewObservation(value=3.0, flag=Flag.CRITICAL_LOW, **low)  # type: ignore[arg-type]  # mixed
    graver = NewResult(status=ResultStatus.FINAL, observations=(one,))
    after = results.enter(ward.services, call(LABORATORY), sent.id, graver, sent.version)
    assert after.result is not None
    assert after.result.critical


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": 1.0},
        {"value": 1.0, "unit": "g/L", "text": "positivo"},
        {},
        {"value": 1.0, "unit": "g/L", "low": 3.0, "high": 2.0},
        {"value": 1.0, "unit": "g/L", "low": 3.0, "critical_low": 3.5},
        {"value": float("nan"), "unit": "g/L"},
    ],
)
def test_an_observation_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        NewObservation(display="Algo", **wrong)


def test_entering_a_result_survives_a_crash_at_every_step() -> None:
    made: dict[int, Order] = {}

    def make() -> Ward:
        ward = Ward()
        made[id(ward)] = ward.sent()
        return ward

    def act(ward: Ward) -> None:
        sent = made[id(ward)]
        # A client whose answer was lost repeats the request; the edge answers it from memory.
        with contextlib.suppress(AnsweredBefore, StaleVersion):
            results.enter(
                ward.services,
                call(LABORATORY, key="result-key-1"),
                sent.id,
                potassium(7.1),
                sent.version,
            )

    def check(ward: Ward) -> None:
        found = ordering.read(ward.services, call(physician()), made[id(ward)].id)
        assert (found.status, found.results) == (OrderStatus.RESULTED, 1)
        assert len(results.history(ward.services, call(physician()), found.id).items) == 1
        assert reasons(ward) == reasons(ward, WorkScope.TENANT) == [WorkReason.CRITICAL]
        assert ward.types().count("orders.critical_result") == 1

    assert crash_everywhere(make, lambda w: w.world.store, act, check) >= 2


def test_marking_as_late_survives_a_crash_at_every_step() -> None:
    made: dict[int, Order] = {}

    def make() -> Ward:
        ward = Ward()
        made[id(ward)] = ward.sent()
        ward.world.clock.advance(days=8)
        return ward

    def check(ward: Ward) -> None:
        assert reasons(ward) == [WorkReason.UNANSWERED]
        assert ward.types().count("orders.order_overdue") == 1

    def act(ward: Ward) -> None:
        assert due(ward, made[id(ward)]).done

    assert crash_everywhere(make, lambda w: w.world.store, act, check) >= 2


def test_a_signed_order_starts_one_watch_however_often_it_is_announced(ward: Ward) -> None:
    started: list[str] = []

    class Recorder:
        def start(self, name: str, data: Any) -> None:
            started.append(f"{name} {sorted(data)}")

    ward.resulted(ward.sent())
    for event in ward.world.events():
        deadlines.watch(Recorder(), event.tenant, data_of(event, OrderFact))
    order = ward.world.events()[0].subject
    names = [f"{order}-{n} ['order_id', 'schedule', 'tenant']" for n in (1, 2)]
    assert started == names
