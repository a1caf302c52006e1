"""The second hand: what a workflow left undone is done within a minute, once."""

import pytest

from schemas.alarms import AlarmContactBody, AlarmPlanBody
from schemas.orders import OrderStatus, SignOff, WorkQuery, WorkReason
from telesalud.orders import due, second_hand
from telesalud.orders.alarms import answering, people, telling
from telesalud.orders.alarms.telling import EMAIL, Telling
from telesalud.orders.requests import ordering, results, worklist
from telesalud.platform.errors import Unavailable
from telesalud.platform.memory.messages import MemoryChannel
from telesalud.platform.ports.messages import Channel, Message
from telesalud.platform.store import every
from tests.support.crashes import crash_everywhere
from tests.worlds.orders.ward import ADMINISTRATOR, Ward, physician
from tests.worlds.world import TENANT, call

PEOPLE = ("physician-1", "physician-2")


class Moody:
    """Mail that is down for one person."""

    def __init__(self, mail: MemoryChannel) -> None:
        self.mail = mail

    def send(self, tenant: str, message: Message) -> None:
        if message.to.startswith("physician-2"):
            raise Unavailable("the mail service cannot be reached")
        self.mail.send(tenant, message)


class House:
    """A ward whose workflows all died."""

    def __init__(self, channel: Channel | None = None) -> None:
        self.ward = Ward()
        self.mail = MemoryChannel()
        channels = {EMAIL: channel or self.mail}
        self.telling = Telling(self.ward.services, channels, "https://clinic.example/alarms/")
        for user in PEOPLE:
            body = AlarmContactBody(email=f"{user}@example.org")
            people.put_contact(self.ward.services, call(ADMINISTRATOR), user, body, 0)
        plan = AlarmPlanBody(deputies=PEOPLE[1:], minutes=5)
        people.put_plan(self.ward.services, call(ADMINISTRATOR), plan, 0)

    def sweep(self) -> int:
        return second_hand.sweep(self.ward.services, self.telling)

    def told(self) -> list[str]:
        return [message.to.partition("@")[0] for _, message in self.mail.sent]

    def listed(self) -> int:
        store = self.ward.world.store
        return sum(1 for digit in due.DIGITS for _ in every(store, due.partition(digit)))


def test_an_alarm_whose_workflow_never_began_tells_one_after_the_other() -> None:
    house = House()
    order = house.ward.resulted(house.ward.sent(), value=7.8)
    assert house.sweep() == 0, "the workflow has its time"
    for _ in range(13):
        house.ward.world.clock.advance(minutes=1)
        house.sweep()
    assert house.told() == ["physician-1", "physician-2", "physician-1"]
    answering.acknowledge(house.ward.services, call(physician()), order.id, 1)
    house.ward.world.clock.advance(hours=80)
    house.sweep()
    assert len(house.told()) == 3, house.told()
    assert house.listed() == 0, "what is over leaves nothing behind"


def test_a_workflow_that_comes_late_tells_nobody_again() -> None:
    house = House()
    order = house.ward.resulted(house.ward.sent(), value=7.8)
    house.ward.world.clock.advance(minutes=1)
    house.sweep()
    following = telling.check(house.telling, TENANT, order.id, 1)
    assert house.told() == ["physician-1"]
    assert not following.done


def test_an_order_is_late_although_its_workflow_died() -> None:
    house = House()
    order = house.ward.sent(result_within_hours=2)
    house.ward.world.clock.advance(hours=2, seconds=31)
    assert house.sweep() == 1
    query = WorkQuery()
    waits = worklist.page(house.ward.services, call(physician()), query).items
    assert [(one.order, one.reason) for one in waits] == [(order.id, WorkReason.UNANSWERED)]
    house.ward.world.clock.advance(hours=200)
    assert house.sweep() == 0


def test_an_unsigned_critical_result_becomes_late_and_a_signed_one_does_not() -> None:
    house = House()
    ignored = house.ward.resulted(house.ward.sent(), value=7.8)
    seen = house.ward.resulted(house.ward.sent(), value=7.8)
    results.sign_off(
        house.ward.services, call(physician()), seen.id, SignOff(result=1), seen.version
    )
    house.ward.world.clock.advance(hours=1, seconds=31)
    house.sweep()
    read = [
        ordering.read(house.ward.services, call(physician()), one.id) for one in (ignored, seen)
    ]
    assert [one.overdue for one in read] == [True, False]
    assert read[1].status is OrderStatus.REVIEWED


def test_the_trouble_of_one_keeps_no_other_waiting_and_is_tried_again() -> None:
    house = House()
    house.telling = Telling(house.ward.services, {EMAIL: Moody(house.mail)}, "https://x.example/")
    first = house.ward.resulted(house.ward.sent(), value=7.8)
    ordering.take_over(
        house.ward.services, call(physician(subject="physician-2")), first.id, first.version
    )
    house.ward.resulted(house.ward.sent(), value=7.8)
    house.ward.world.clock.advance(minutes=1)
    for _ in range(2):
        with pytest.raises(Unavailable):
            house.sweep()
    assert house.told() == ["physician-1"]
    house.telling = Telling(house.ward.services, {EMAIL: house.mail}, "https://x.example/")
    house.sweep()
    assert house.told() == ["physician-1", "physician-2"]


def test_a_sweep_that_dies_at_any_step_is_made_good_by_the_next() -> None:
    made: dict[int, House] = {}

    def make() -> Ward:
        house = House()
        house.ward.resulted(house.ward.sent(), value=7.8)
        house.ward.world.clock.advance(minutes=1)
        made[id(house.ward)] = house
        return house.ward

    def act(ward: Ward) -> None:
        made[id(ward)].sweep()

    def check(ward: Ward) -> None:
        assert made[id(ward)].told()[:1] == ["physician-1"]

    assert crash_everywhere(make, lambda ward: ward.world.store, act, check) >= 1
