"""What follows from a write by itself follows in memory when the backend runs."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest

from telesalud.platform import backend
from telesalud.platform.backend import part
from telesalud.platform.consumer import Received, consume
from telesalud.platform.events import Event, outbox_put
from telesalud.platform.memory.backend import MemoryBackend
from telesalud.platform.memory.queues import HIDDEN, MOST_TRIES, Data
from telesalud.platform.relay import NewItem
from telesalud.platform.settings import Settings
from telesalud.platform.trail.chain import head_key
from telesalud.platform.vault import Vault
from telesalud.platform.work import Call, Services, Work
from tests.worlds.world import START, TENANT, FrozenClock, user


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def memory(clock: FrozenClock) -> MemoryBackend:
    made = MemoryBackend({"demo": {"TELESALUD_STAGE": "test"}}, clock)
    made.stream("demo", "bus")
    made.bus("bus").subscribe(made.queues["demo"], "demo")
    return made


def happen(memory: MemoryBackend, type_: str = "demo.thing_happened") -> Event:
    event = Event(
        id=memory.new_id(), type=type_, tenant=TENANT, subject="s-1", sequence=1, at=START, data={}
    )
    memory.store("demo").transact([outbox_put(event)])
    return event


def test_an_event_reaches_the_handlers_of_those_who_subscribed(memory: MemoryBackend) -> None:
    got: list[Event] = []
    memory.consume("demo", lambda messages: consume(messages, {"demo.thing_happened": got.append}))
    event = happen(memory)
    happen(memory, "other.thing_happened")
    memory.run()
    memory.run()
    assert got == [event]
    assert len(memory.queues["demo"]) == 0


def test_a_failed_message_comes_again_and_is_given_up_in_the_end(
    memory: MemoryBackend, clock: FrozenClock
) -> None:
    handed: list[str] = []

    def fail(messages: Sequence[Received]) -> Sequence[Received]:
        handed.extend(message.id for message in messages)
        return messages

    memory.consume("demo", fail)
    event = happen(memory)
    for _ in range(MOST_TRIES + 3):
        memory.run()
        clock.now += HIDDEN
    assert len(handed) == MOST_TRIES
    assert memory.queues["demo"].dead == [event.model_dump_json()]


def test_an_execution_wakes_when_it_said_and_starts_once(
    memory: MemoryBackend, clock: FrozenClock
) -> None:
    woken: list[tuple[datetime, object]] = []

    def step(data: Data) -> datetime | None:
        woken.append((clock.now, data["n"]))
        return clock.now + timedelta(hours=1) if len(woken) == 1 else None

    memory.execute("limit", step)
    for n in (1, 2):
        memory.workflows("limit").start("consult-1", {"n": n})
    for _ in range(4):
        memory.run()
        clock.advance(minutes=30)
    assert woken == [(START, 1), (START + timedelta(hours=1), 1)]


def test_audit_entries_are_sealed_and_followers_see_new_items(memory: MemoryBackend) -> None:
    seen: list[NewItem] = []
    memory.stream("demo", "bus", seen.extend)
    store = memory.store("demo")
    vault = Vault(store, memory.key_wrapper("key"), "demo")
    services = Services(store, vault, memory.clock, memory.new_id)
    work = Work(services, Call(user()))
    work.audit("demo.read", "s-1", "thing/1")
    work.commit()
    memory.run()
    head = store.get(head_key(TENANT))
    assert head is not None
    assert head.number("seq") == 1
    assert [new.item.text("action") for new in seen] == ["demo.read"]


@pytest.fixture
def restored() -> Iterator[None]:
    yield
    backend.use(None)


@pytest.mark.usefixtures("restored")
def test_parts_of_another_backend_are_forgotten() -> None:
    @part
    def stage() -> str:
        return backend.backend().environment("demo")["TELESALUD_STAGE"]

    for name in ("first", "second"):
        backend.use(MemoryBackend({"demo": {"TELESALUD_STAGE": name}}))
        assert (stage(), stage()) == (name, name)


@pytest.mark.usefixtures("restored")
def test_without_another_aws_is_the_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    backend.use(None)
    for name in ("STAGE", "CONTEXT", "TABLE", "DATA_KEY"):
        monkeypatch.setenv(f"TELESALUD_{name}", "test")
    monkeypatch.setenv("TELESALUD_ORIGIN", "http://127.0.0.1")
    assert Settings.load(backend.backend().environment("any")).table == "test"
    assert type(backend.backend()).__name__ == "AwsBackend"
