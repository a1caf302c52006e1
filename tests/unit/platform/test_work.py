"""A use case writes everything or nothing, and an Idempotency-Key has one answer for ever."""

import threading
from typing import Any

import pytest
from pydantic import BaseModel

from telesalud.platform.access import Role
from telesalud.platform.audit import Outcome, entry_key
from telesalud.platform.errors import KeyReused
from telesalud.platform.events import event_of, outbox_put
from telesalud.platform.store import ABSENT, ConditionFailed, Key, Put
from telesalud.platform.work import ANSWERS_KEPT, AnsweredBefore, Remembered, Work
from tests.support.crashes import crash_everywhere
from tests.worlds.world import START, TENANT, World, call, partner, user

THING = Key("THING#1", "A")


class Made(BaseModel):
    thing: str


def make_thing(world: World, key: str = "", payload: str = "p") -> Remembered | None:
    """A creating use case as the edge runs it: the answer, or the one given before."""
    work = Work(world.services, call(user(Role.NURSE), key=key, payload=payload))
    thing = world.new_id()
    work.add(Put(THING, {"thing": thing}, when=ABSENT))
    work.event("things.thing_made", thing, 1, {"thing": thing})
    work.audit("things.make", "patient-1", f"thing/{thing}")
    try:
        work.commit(Made(thing=thing), 1)
    except AnsweredBefore as before:
        return before.answer
    return None


def things(world: World) -> tuple[int, int, int]:
    """(things, events, audit entries) in the store."""
    kinds = [c.new.attributes.get("kind", "thing") for c in world.store.changes if c.new]
    return (int(world.store.get(THING) is not None), kinds.count("event"), kinds.count("audit"))


def test_thing_event_and_audit_entry_are_written_together() -> None:
    world = World()
    make_thing(world)
    assert things(world) == (1, 1, 1)
    [event] = world.events()
    assert (event.type, event.tenant, event.at) == ("things.thing_made", TENANT, START)
    assert world.audited() == [("things.make", "patient-1", "done")]
    assert world.store.trips.writes == 1


def test_a_refused_condition_writes_nothing_at_all() -> None:
    world = World()
    make_thing(world)
    with pytest.raises(ConditionFailed):
        make_thing(world)
    assert things(world) == (1, 1, 1)


def test_a_repeated_key_gets_the_first_answer_and_no_second_effect() -> None:
    world = World()
    assert make_thing(world, "key-00001") is None
    first = world.store.get(THING)
    assert first is not None
    for _ in range(3):
        answer = make_thing(world, "key-00001")
        assert answer is not None
        assert Made.model_validate_json(answer.body).thing == first.text("thing")
        assert answer.version == 1
    assert things(world) == (1, 1, 1)


def test_a_key_with_another_payload_is_refused() -> None:
    world = World()
    make_thing(world, "key-00001", "payload one")
    with pytest.raises(KeyReused):
        make_thing(world, "key-00001", "payload two")
    assert things(world) == (1, 1, 1)


def test_another_callers_equal_key_is_another_key() -> None:
    mine = call(user(subject="user-1"), key="key-00001").once
    theirs = call(user(subject="user-2"), key="key-00001")
    other = call(user(subject="user-1", tenant="clinic-demo"), key="key-00001")
    assert mine is not None
    keys = {mine.store_key(c.caller) for c in (call(user()), theirs, other, call(partner()))}
    assert len(keys) == 4


def test_double_clicks_at_once_make_one_thing_and_get_one_answer() -> None:
    world = World()
    answers: list[Any] = []
    barrier = threading.Barrier(6)

    def click() -> None:
        barrier.wait()
        answers.append(make_thing(world, "key-00001"))

    threads = [threading.Thread(target=click) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert things(world) == (1, 1, 1)
    assert answers.count(None) == 1
    assert len({answer.body for answer in answers if answer}) == 1


def test_a_crash_anywhere_leaves_everything_or_nothing_and_the_retry_succeeds() -> None:
    def check(world: World) -> None:
        assert things(world) == (1, 1, 1)

    assert (
        crash_everywhere(
            World, lambda world: world.store, lambda world: make_thing(world, "key-00001"), check
        )
        == 4
    )


def test_a_remembered_answer_is_sealed_and_expires() -> None:
    world = World()
    make_thing(world, "key-00001")
    item = world.store.get(Key(f"ONCE#{TENANT}#user-1", "key-00001"))
    assert item is not None
    assert b"thing" not in item.blob("answer")
    assert item.number("expires_at") == int((START + ANSWERS_KEPT).timestamp())


def test_who_has_seen_a_record_is_one_query() -> None:
    world = World()
    for subject in ("patient-1", "patient-2", "patient-1"):
        work = Work(world.services, call(user(Role.PHYSICIAN)))
        work.audit("patients.read", subject, f"patient/{subject}", Outcome.DENIED, "no-relation")
        work.commit()
    page = world.store.query(entry_key(TENANT, "patient-1", "x").pk)
    assert len(page.items) == 2
    entry = page.items[0]
    assert entry.attributes == {
        "kind": "audit",
        "tenant": TENANT,
        "subject": "patient-1",
        "actor": "user-1",
        "actor_kind": "user",
        "action": "patients.read",
        "resource": "patient/patient-1",
        "outcome": "denied",
        "at": "2026-11-21T12:00:00.000Z",
        "request_id": "request-1",
        "reason": "no-relation",
    }


def test_an_audit_entry_cannot_be_replaced() -> None:
    world = World()
    make_thing(world)
    [put] = [
        c.new for c in world.store.changes if c.new and c.new.attributes.get("kind") == "audit"
    ]
    with pytest.raises(ConditionFailed):
        world.store.transact([Put(put.key, {}, when=ABSENT)])


def test_an_event_comes_out_of_the_outbox_as_it_went_in() -> None:
    world = World()
    make_thing(world)
    [event] = world.events()
    put = outbox_put(event)
    item = world.store.get(put.key)
    assert item is not None
    assert event_of(item) == event
    assert item.number("expires_at") > int(START.timestamp())
