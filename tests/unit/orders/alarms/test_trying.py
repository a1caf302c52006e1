"""Somebody sees whether they would be reached before anything rings."""

from collections.abc import Mapping

import pytest

from schemas.alarms import AlarmContactBody, AlarmContactQuery, AlarmTestAsked, ChannelName
from telesalud.orders.alarms import people, trying
from telesalud.orders.alarms.telling import EMAIL, SMS, Telling
from telesalud.platform.access import Caller
from telesalud.platform.errors import Forbidden, NotFound, TooMany, Unavailable
from telesalud.platform.memory.messages import MemoryChannel
from telesalud.platform.ports.messages import Channel, Message, Undeliverable
from tests.support.crashes import crash_everywhere
from tests.worlds.orders.ward import ADMINISTRATOR, DESK, PHARMACIST, Ward, physician
from tests.worlds.world import TENANT, call

USER = "physician-1"
BOTH = AlarmContactBody(email="physician-1@example.org", phone="+51900000001", language="pt")


class Executions:
    """Executions that were started, by name."""

    def __init__(self) -> None:
        self.started: dict[str, Mapping[str, str | int]] = {}

    def start(self, name: str, data: Mapping[str, str | int]) -> None:
        self.started[name] = data


class Refusing:
    """A channel that takes nothing."""

    def send(self, tenant: str, message: Message) -> None:
        raise Undeliverable("MessageRejected")


class Down:
    """A channel that is down."""

    def send(self, tenant: str, message: Message) -> None:
        raise Unavailable("the provider cannot be reached")


def reachable() -> Ward:
    ward = Ward()
    people.put_contact(ward.services, call(ADMINISTRATOR), USER, BOTH, 0)
    return ward


def run(ward: Ward, channels: dict[ChannelName, Channel]) -> None:
    """The execution of the last test that was asked for."""
    telling = Telling(ward.services, channels, "https://clinic.example/alarms/")
    assert trying.step(telling, TENANT, USER, trying.TEST).done


def outcomes(ward: Ward) -> dict[str, str]:
    found = people.read_contact(ward.services, call(ADMINISTRATOR), USER).tested
    assert found is not None
    return {one.channel: one.outcome for one in found.channels}


def test_every_address_is_tried_in_the_persons_language_and_says_what_became_of_it() -> None:
    ward, mail = reachable(), MemoryChannel()
    asked = trying.ask(ward.services, call(ADMINISTRATOR), USER)
    assert asked.tested is not None
    assert asked.tested.done_at is None
    run(ward, {EMAIL: mail, SMS: Refusing()})
    assert outcomes(ward) == {"email": "sent", "sms": "refused"}
    ((_, message),) = mail.sent
    assert "mensagem de teste" in message.text


def test_an_address_that_nothing_sends_to_is_said_to_be_of_no_use() -> None:
    ward = reachable()
    trying.ask(ward.services, call(ADMINISTRATOR), USER)
    run(ward, {EMAIL: MemoryChannel()})
    assert outcomes(ward)["sms"] == "no_channel"


def test_a_repeated_execution_sends_nothing_twice_and_one_that_failed_is_repeated() -> None:
    ward, mail = reachable(), MemoryChannel()
    trying.ask(ward.services, call(ADMINISTRATOR), USER)
    with pytest.raises(Unavailable):
        run(ward, {EMAIL: Down()})
    for _ in range(2):
        run(ward, {EMAIL: mail})
    assert len(mail.sent) == 1


def test_each_test_is_announced_as_an_execution_of_its_own() -> None:
    ward, executions = reachable(), Executions()
    for _ in range(2):
        trying.ask(ward.services, call(ADMINISTRATOR), USER)
        ward.world.clock.advance(minutes=1)
    asked = [e for e in ward.world.events() if e.type == "orders.alarm_test_asked"]
    for event in asked:
        fact = AlarmTestAsked.model_validate(event.data)
        trying.watch(executions, TENANT, fact)
    assert len(executions.started) == 2
    assert {data["number"] for data in executions.started.values()} == {trying.TEST}


def test_one_test_a_minute_and_only_where_there_is_an_address() -> None:
    ward = reachable()
    trying.ask(ward.services, call(ADMINISTRATOR), USER)
    with pytest.raises(TooMany):
        trying.ask(ward.services, call(ADMINISTRATOR), USER)
    with pytest.raises(NotFound):
        trying.ask(ward.services, call(ADMINISTRATOR), "physician-9")


@pytest.mark.parametrize("caller", [physician(subject="physician-2"), DESK, PHARMACIST])
def test_others_addresses_are_neither_tested_nor_listed(caller: Caller) -> None:
    ward = reachable()
    with pytest.raises(Forbidden):
        trying.ask(ward.services, call(caller), USER)
    with pytest.raises(Forbidden):
        people.list_contacts(ward.services, call(caller), AlarmContactQuery())


def test_an_administrator_sees_who_can_be_reached_page_by_page() -> None:
    ward = reachable()
    people.put_contact(ward.services, call(ADMINISTRATOR), "physician-2", BOTH, 0)
    trying.ask(ward.services, call(physician()), USER)
    first = people.list_contacts(ward.services, call(ADMINISTRATOR), AlarmContactQuery(limit=1))
    assert [(one.user, one.tested is not None) for one in first.items] == [(USER, True)]
    query = AlarmContactQuery(limit=1, cursor=first.cursor)
    second = people.list_contacts(ward.services, call(ADMINISTRATOR), query)
    assert [(one.user, one.tested) for one in second.items] == [("physician-2", None)]


def test_a_test_survives_a_crash_at_every_step() -> None:
    sent: dict[int, MemoryChannel] = {}

    def make() -> Ward:
        ward = reachable()
        trying.ask(ward.services, call(ADMINISTRATOR), USER)
        sent[id(ward)] = MemoryChannel()
        return ward

    def act(ward: Ward) -> None:
        run(ward, {EMAIL: sent[id(ward)]})

    def check(ward: Ward) -> None:
        assert outcomes(ward)["email"] == "sent"

    assert crash_everywhere(make, lambda ward: ward.world.store, act, check) >= 1
