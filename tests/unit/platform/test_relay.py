"""Every event of the outbox reaches the bus, whatever fails on the way."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import ANY, Stubber

from telesalud.platform.aws.eventbridge import EventBridgeBus
from telesalud.platform.aws.streams import inserted
from telesalud.platform.events import Event, outbox_put
from telesalud.platform.memory.store import Change
from telesalud.platform.relay import NewItem, of_period, of_subject, relay
from telesalud.platform.store import Delete, Item, Key, Put
from tests.worlds.world import START, TENANT, World, stream_record


def event(number: int, subject: str = "c-1", tenant: str = TENANT, **more: Any) -> Event:
    return Event(
        id=f"event-{number}",
        type="consults.consult_finished",
        tenant=tenant,
        subject=subject,
        sequence=number,
        at=START + timedelta(minutes=number),
        data={"consult": subject},
        **more,
    )


class FlakyBus:
    """Takes events until it has refused as often as it was told to."""

    def __init__(self, *refused: str) -> None:
        self.refused = list(refused)
        self.published: list[str] = []

    def publish(self, events: Sequence[Event]) -> int:
        for index, one in enumerate(events):
            if one.id in self.refused:
                self.refused.remove(one.id)
                return index
            self.published.append(one.id)
        return len(events)


def new_items(world: World) -> list[NewItem]:
    """What the table's stream brings of the world's writes."""
    return list(inserted(stream_record(c, n) for n, c in enumerate(world.store.changes, start=1)))


def test_only_new_outbox_items_are_published_and_unchanged() -> None:
    world = World()
    original = event(1)
    world.store.transact([outbox_put(original), Put(Key("CONSULT#1", "A"), {"kind": "consult"})])
    world.store.transact([Delete(outbox_put(original).key)])
    taken: list[Event] = []

    class Bus:
        def publish(self, events: Sequence[Event]) -> int:
            taken.extend(events)
            return len(events)

    assert relay(new_items(world), Bus()) is None
    assert taken == [original]


def test_a_refused_event_is_where_the_stream_starts_again() -> None:
    world = World()
    for number in range(1, 6):
        world.store.transact([outbox_put(event(number))])
    bus = FlakyBus("event-3")
    pending = new_items(world)
    assert relay(pending, bus) == "3"
    assert relay(pending[2:], bus) is None
    assert bus.published == [f"event-{n}" for n in range(1, 6)]


def test_an_unreadable_item_stops_there_after_what_came_before() -> None:
    world = World()
    world.store.transact([outbox_put(event(1))])
    broken = Item(Key("EVENT#x", "2"), 1, {"kind": "event", "event": "{", "at": "x"})
    world.store.changes.append(Change(broken.key, None, broken))
    world.store.transact([outbox_put(event(3))])
    bus = FlakyBus()
    assert relay(new_items(world), bus) == "2"
    assert bus.published == ["event-1"]


def test_an_empty_batch_is_done_without_a_call() -> None:
    class NoBus:
        def publish(self, events: Sequence[Event]) -> int:
            raise AssertionError

    assert relay([], NoBus()) is None


@pytest.fixture
def stubbed(monkeypatch: pytest.MonkeyPatch) -> tuple[EventBridgeBus, Stubber, Any]:
    client = boto3.client(
        "events", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    return EventBridgeBus("bus", lambda: client), Stubber(client), client


def test_a_partly_taken_batch_counts_up_to_the_first_refusal(
    stubbed: tuple[EventBridgeBus, Stubber, Any],
) -> None:
    bus, script, _ = stubbed
    answer = {
        "FailedEntryCount": 1,
        "Entries": [{"EventId": "1"}, {"ErrorCode": "ThrottlingException"}, {"EventId": "3"}],
    }
    with script:
        script.add_response("put_events", answer, {"Entries": ANY})
        assert bus.publish([event(1), event(2), event(3)]) == 1


def test_more_than_ten_events_go_in_order_in_several_calls(
    stubbed: tuple[EventBridgeBus, Stubber, Any],
) -> None:
    bus, script, client = stubbed
    sent: list[list[str]] = []
    client.meta.events.register(
        "provide-client-params.events.PutEvents",
        lambda params, **_: sent.append([e["Detail"] for e in params["Entries"]]),
    )
    with script:
        for size in (10, 10, 3):
            script.add_response("put_events", {"Entries": [{"EventId": "x"}] * size})
        assert bus.publish([event(n) for n in range(23)]) == 23
    assert [len(part) for part in sent] == [10, 10, 3]
    assert [Event.model_validate_json(d).sequence for part in sent for d in part] == [*range(23)]


def test_a_bus_that_is_down_took_nothing(stubbed: tuple[EventBridgeBus, Stubber, Any]) -> None:
    bus, _, client = stubbed

    def down(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://events")

    client.meta.events.register("before-call.events.PutEvents", down)
    assert bus.publish([event(1)]) == 0


def test_a_subjects_events_can_be_read_again_in_order_over_pages() -> None:
    world = World()
    for number in range(1, 8):
        world.store.transact([outbox_put(event(number)), outbox_put(event(number, "c-2"))])
    assert [e.sequence for e in of_subject(world.store, TENANT, "c-1")] == [*range(1, 8)]
    assert [*of_subject(world.store, "other", "c-1")] == []


def test_a_periods_events_come_oldest_first_and_of_one_tenant() -> None:
    world = World()
    for number in (5, 1, 3, 2, 4):
        world.store.transact([outbox_put(event(number, f"c-{number}"))])
    world.store.transact([outbox_put(event(3, tenant="clinic-demo"))])
    since, until = START + timedelta(minutes=2), START + timedelta(minutes=5)
    mine = of_period(world.store, since, until, TENANT)
    assert [e.sequence for e in mine] == [2, 3, 4]
    assert len(of_period(world.store, since, until)) == 4
