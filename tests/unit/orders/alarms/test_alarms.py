"""What is critical reaches a person: one after the other is told until somebody acknowledges."""

import contextlib
from dataclasses import dataclass, field

import pytest

from schemas.alarms import AlarmContactBody, AlarmPlanBody, AlarmQuery, ChannelName, NoticeOutcome
from schemas.forms import FormAlert
from schemas.orders import NewObservation, NewResult, Order, ResultStatus, SignOff
from telesalud.orders.alarms import answering, people, raising, telling
from telesalud.orders.alarms.telling import EMAIL, SMS, Telling
from telesalud.orders.requests import ordering, results
from telesalud.orders.watching import NextCheck
from telesalud.platform.access import Caller
from telesalud.platform.errors import Forbidden, InvalidTransition, StaleVersion, Unavailable
from telesalud.platform.events import Event
from telesalud.platform.memory.messages import MemoryChannel
from telesalud.platform.ports.messages import Channel, Message, Undeliverable
from telesalud.platform.work import AnsweredBefore
from tests.support.crashes import crash_everywhere
from tests.worlds.orders.ward import (
    ADMINISTRATOR,
    DESK,
    LABORATORY,
    NURSE,
    PATIENT,
    PHARMACIST,
    Ward,
    physician,
)
from tests.worlds.world import TENANT, call

DEPUTY = physician(subject="physician-2")
FORM = "019ab000-0000-7000-8000-00000000f001"


class Refusing:
    """A channel that takes nothing."""

    def send(self, tenant: str, message: Message) -> None:
        raise Undeliverable("MessageRejected")


class Down:
    """A channel that is down."""

    def send(self, tenant: str, message: Message) -> None:
        raise Unavailable("the mail service cannot be reached")


class Executions:
    """Executions that were started."""

    def __init__(self) -> None:
        self.started: list[str] = []

    def start(self, name: str, data: object) -> None:
        self.started.append(name)


@dataclass
class House:
    """A ward with people who can be reached."""

    ward: Ward = field(default_factory=Ward)
    mail: MemoryChannel = field(default_factory=MemoryChannel)
    channels: dict[ChannelName, Channel] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.channels = {EMAIL: self.mail}

    def reachable(self, user: str) -> None:
        body = AlarmContactBody(email=f"{user}@example.org")
        people.put_contact(self.ward.services, call(ADMINISTRATOR), user, body, 0)

    def deputies(self, *users: str) -> None:
        plan = AlarmPlanBody(deputies=users, minutes=5)
        people.put_plan(self.ward.services, call(ADMINISTRATOR), plan, 0)

    def critical(self) -> Order:
        return self.ward.resulted(self.ward.sent(), value=7.8)

    def check(self, subject: str, number: int = 1) -> NextCheck:
        telling_ = Telling(self.ward.services, self.channels, "https://clinic.example/alarms/")
        return telling.check(telling_, TENANT, subject, number)

    def told(self) -> list[str]:
        return [message.to.partition("@")[0] for _, message in self.mail.sent]

    def ringing(self, by: Caller = NURSE) -> list[str]:
        found = answering.ringing(self.ward.services, call(by), AlarmQuery())
        return [alarm.subject for alarm in found.items]


@pytest.fixture
def house() -> House:
    house = House()
    for user in ("physician-1", "physician-2", "physician-3"):
        house.reachable(user)
    house.deputies("physician-2", "physician-3")
    return house


def test_one_after_the_other_is_told_until_somebody_acknowledges(house: House) -> None:
    order = house.critical()
    for _ in range(4):
        assert not house.check(order.id).done
        house.ward.world.clock.advance(minutes=5)
    assert house.told() == ["physician-1", "physician-2", "physician-3", "physician-1"]
    answering.acknowledge(house.ward.services, call(DEPUTY), order.id, 1)
    assert house.check(order.id).done
    assert len(house.told()) == 4
    assert house.ringing() == []


def test_a_message_says_nothing_of_the_patient_or_the_result(house: House) -> None:
    order = house.critical()
    house.check(order.id)
    ((_, message),) = house.mail.sent
    said = message.subject + message.text
    assert f"/alarms/{order.id}/1" in said
    for secret in ("Demostración", "Potasio", "7.8", "100000001", PATIENT):
        assert secret not in said


def test_the_critical_result_and_its_alarm_are_one_transaction(house: House) -> None:
    order = house.critical()
    assert house.ringing() == [order.id]
    harmless = house.ward.resulted(house.ward.sent(), value=4.2)
    assert harmless.id not in house.ringing()


def test_a_critical_value_that_only_shipped_limits_know_rings(house: House) -> None:
    sent = house.ward.sent()
    one = NewObservation(loinc="2823-3", display="Potasio", value=7.8, unit="mmol/L")
    result = NewResult(status=ResultStatus.PRELIMINARY, observations=(one,))
    results.enter(house.ward.services, call(LABORATORY), sent.id, result, sent.version)
    assert house.ringing() == [sent.id]


def test_the_orderers_signature_stops_it(house: House) -> None:
    order = house.critical()
    body = SignOff(result=1)
    results.sign_off(house.ward.services, call(physician()), order.id, body, order.version)
    assert house.ringing() == []
    assert house.check(order.id).done
    assert house.told() == []


def test_a_correction_rings_anew_or_stops_it(house: House) -> None:
    order = house.critical()
    answering.acknowledge(house.ward.services, call(physician()), order.id, 1)
    correction = {"status": ResultStatus.CORRECTED, "correction_reason": "Muestra mal rotulada"}
    worse = house.ward.resulted(order, value=8.1, **correction)
    assert house.ringing() == [order.id]
    assert not house.check(order.id, 2).done
    house.ward.resulted(worse, value=4.4, **correction)
    assert house.ringing() == []
    assert house.check(order.id, 2).done


def test_whoever_takes_the_order_over_is_told(house: House) -> None:
    order = house.critical()
    ordering.take_over(house.ward.services, call(DEPUTY), order.id, order.version)
    house.check(order.id)
    assert house.told() == ["physician-2"]


def test_whoever_cannot_be_reached_is_passed_over_at_once() -> None:
    house = House()
    house.reachable("physician-2")
    house.deputies("physician-2")
    order = house.critical()
    house.check(order.id)
    assert house.told() == ["physician-2"]
    alarm = answering.read(house.ward.services, call(physician()), order.id, 1)
    outcomes = [notice.outcome for notice in alarm.notices]
    assert outcomes == [NoticeOutcome.NO_CONTACT, NoticeOutcome.SENT]


def test_when_nobody_can_be_reached_it_goes_on_trying() -> None:
    house = House()
    order = house.critical()
    assert not house.check(order.id).done
    assert house.ringing() == [order.id]


def test_another_channel_helps_when_one_refuses(house: House) -> None:
    sms = MemoryChannel()
    house.channels = {EMAIL: Refusing(), SMS: sms}
    both = AlarmContactBody(email="physician-1@example.org", phone="+51900000001")
    people.put_contact(house.ward.services, call(ADMINISTRATOR), "physician-1", both, 1)
    order = house.critical()
    house.check(order.id)
    assert [message.to for _, message in sms.sent] == ["+51900000001"]


def test_a_channel_that_is_down_is_tried_again(house: House) -> None:
    order = house.critical()
    house.channels = {EMAIL: Down()}
    with pytest.raises(Unavailable):
        house.check(order.id)
    house.channels = {EMAIL: house.mail}
    house.check(order.id)
    assert house.told() == ["physician-1"]


def test_it_ends_after_a_day_and_stays_on_the_list(house: House) -> None:
    order = house.critical()
    house.ward.world.clock.advance(hours=25)
    assert house.check(order.id).done
    assert house.ringing() == [order.id]


def test_an_answer_that_needs_somebody_now_rings_for_whoever_filled_the_form(
    house: House,
) -> None:
    world, executions = house.ward.world, Executions()
    fact = FormAlert(
        patient_id=PATIENT,
        response_id=FORM,
        form="phq-9",
        alerts=("self-harm",),
        recorded_by="physician-3",
    )
    event = Event(
        id=world.new_id(),
        type="patients.form_alert",
        tenant=TENANT,
        subject=FORM,
        sequence=1,
        at=world.clock(),
        data=fact.model_dump(mode="json"),
    )
    for _ in range(2):
        raising.of_form(house.ward.services, executions, event, fact)
    assert house.ringing() == [FORM]
    assert executions.started == [f"{FORM}-1"] * 2
    house.check(FORM)
    assert house.told() == ["physician-3"]
    answering.acknowledge(house.ward.services, call(NURSE), FORM, 1)
    assert house.ringing() == []


def test_an_acknowledgement_is_one_persons_and_may_be_repeated(house: House) -> None:
    order = house.critical()
    for _ in range(2):
        alarm = answering.acknowledge(house.ward.services, call(physician()), order.id, 1)
        assert alarm.acknowledged_by == "physician-1"
    with pytest.raises(InvalidTransition):
        answering.acknowledge(house.ward.services, call(NURSE), order.id, 1)


def test_who_was_not_told_needs_a_care_relation(house: House) -> None:
    order = house.critical()
    house.ward.people.relations = ()
    with pytest.raises(Forbidden):
        answering.acknowledge(house.ward.services, call(DEPUTY), order.id, 1)
    house.check(order.id)
    house.ward.world.clock.advance(minutes=5)
    house.check(order.id)
    answering.acknowledge(house.ward.services, call(DEPUTY), order.id, 1)


@pytest.mark.parametrize("caller", [DESK, PHARMACIST, LABORATORY])
def test_without_the_right_alarms_are_neither_seen_nor_answered(
    house: House, caller: Caller
) -> None:
    order = house.critical()
    with pytest.raises(Forbidden):
        house.ringing(caller)
    with pytest.raises(Forbidden):
        answering.read(house.ward.services, call(caller), order.id, 1)
    with pytest.raises(Forbidden):
        answering.acknowledge(house.ward.services, call(caller), order.id, 1)


def test_the_plan_and_others_addresses_are_the_administrators(house: House) -> None:
    services = house.ward.services
    with pytest.raises(Forbidden):
        people.put_plan(services, call(physician()), AlarmPlanBody(deputies=()), 1)
    body = AlarmContactBody(phone="+51900000002")
    with pytest.raises(Forbidden):
        people.put_contact(services, call(physician()), "physician-2", body, 1)
    with pytest.raises(Forbidden):
        people.read_contact(services, call(DEPUTY), "physician-1")
    assert people.put_contact(services, call(physician()), "physician-1", body, 1).version == 2
    with pytest.raises(StaleVersion):
        people.put_contact(services, call(ADMINISTRATOR), "physician-1", body, 1)


def test_telling_survives_a_crash_at_every_step() -> None:
    made: dict[int, tuple[House, str]] = {}

    def make() -> Ward:
        house = House()
        house.reachable("physician-1")
        order = house.critical()
        made[id(house.ward)] = (house, order.id)
        return house.ward

    def act(ward: Ward) -> None:
        house, order = made[id(ward)]
        with contextlib.suppress(AnsweredBefore):
            house.check(order)

    def check(ward: Ward) -> None:
        house, order = made[id(ward)]
        assert house.told()[:1] == ["physician-1"]
        assert house.ringing() == [order]

    assert crash_everywhere(make, lambda ward: ward.world.store, act, check) >= 1


def test_a_shredded_record_leaves_no_alarm(house: House) -> None:
    house.critical()
    raising.erase(house.ward.services, TENANT, frozenset({PATIENT}))
    assert house.ringing() == []
