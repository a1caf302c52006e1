"""Every notification arrives while its receiver lives within a day, once for us, in order."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from schemas.webhooks import Envelope
from telesalud.platform.aws.sqs import received
from telesalud.platform.consumer import Received
from telesalud.platform.errors import NotFound
from telesalud.platform.events import Event
from telesalud.platform.webhooks import outcomes
from telesalud.platform.webhooks.deliveries import (
    LEASE,
    LONGEST_DELAY,
    RETRY_FOR,
    Deliveries,
    backoff,
)
from telesalud.platform.webhooks.delivery_records import (
    Notice,
    Ref,
    Status,
    delivery_of,
    notice_of,
)
from telesalud.platform.webhooks.log import Filter, all_matching, first_id_at, read_log
from telesalud.platform.webhooks.queue import deliver
from telesalud.platform.webhooks.replaying import replay
from telesalud.platform.webhooks.sender import Attempt
from telesalud.platform.webhooks.signature import SignatureRefused, verify
from telesalud.platform.webhooks.targets import (
    OVERLAP,
    Destination,
    destination_of,
    register,
    rotate,
    switch,
    target_key,
    target_of,
)
from tests.support.crashes import crash_everywhere
from tests.support.memory_store import Crash, Faults
from tests.worlds.world import TENANT, World, call, user

TARGET = "target-1"
HOSTS = ("hooks.example.org",)
URL = "https://hooks.example.org/telesalud"


@dataclass
class Receiver:
    """A system outside: says what it answers, and verifies what it takes."""

    world: World
    secrets: list[str]
    answer: Callable[[datetime], Attempt] = lambda _: Attempt(204)
    got: list[Envelope] = field(default_factory=list)
    tried: list[tuple[datetime, str]] = field(default_factory=list)
    crash: bool = False

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Attempt:
        now = self.world.clock()
        verify(self.secrets, headers, body, now)
        envelope = Envelope.model_validate_json(body)
        assert url == URL
        assert headers["Telesalud-Id"] == envelope.id
        self.tried.append((now, envelope.id))
        answer = self.answer(now)
        if answer.delivered:
            self.got.append(envelope)
        if self.crash:
            self.crash = False
            raise Crash
        return answer

    def ids(self) -> list[str]:
        return [envelope.id for envelope in self.got]


@dataclass
class Message:
    body: str
    visible_at: datetime
    receives: int = 0


class Scene(World):
    """A world with a target, its receiver, and a queue that behaves as SQS does."""

    def __post_init__(self) -> None:
        super().__post_init__()
        put, secret = register(
            self.services.vault, TENANT, TARGET, url=URL, description="ERP", now=self.clock()
        )
        self.store.transact([put])
        self.receiver = Receiver(self, [secret])
        self.messages: dict[str, Message] = {}
        self.buried: list[str] = []

    @property
    def deliveries(self) -> Deliveries:
        return Deliveries(self.services, self._destination, self.receiver, jitter=lambda: 0.0)

    def _destination(self, tenant: str, target: str) -> Destination | None:
        item = self.store.get(target_key(tenant, target))
        return destination_of(self.services.vault, item, HOSTS, self.clock()) if item else None

    def event(self, sequence: int = 1, subject: str = "c-1", type_: str = "finished") -> Event:
        return Event(
            id=self.new_id(),
            type=f"consults.{type_}",
            tenant=TENANT,
            subject=subject,
            sequence=sequence,
            at=self.clock(),
            data={"consult": subject},
        )

    def enqueue(self, *events: Event) -> None:
        for event in events:
            body = json.dumps({"detail": event.model_dump(mode="json")})
            self.messages[f"m-{len(self.messages) + len(self.buried)}-{event.id}"] = Message(
                body, self.clock()
            )

    def postpone(self, receipt: str, seconds: int) -> None:
        self.messages[receipt].visible_at = self.clock() + timedelta(seconds=seconds)

    def bury(self, body: str) -> None:
        self.buried.append(body)

    def poll(self) -> None:
        """One delivery of every visible message."""
        for name, message in [*self.messages.items()]:
            if message.visible_at > self.clock():
                continue
            message.receives += 1
            message.visible_at = self.clock() + timedelta(seconds=180)
            if not deliver([self.received(name)], "consults", self.wanted, self.deliveries, self):
                del self.messages[name]

    def received(self, name: str) -> Received:
        """What the queue hands over of a message."""
        record = {"messageId": name, "receiptHandle": name, "body": self.messages[name].body}
        [message] = received({"Records": [record]})
        return message

    @staticmethod
    def wanted(event: Event) -> Notice | None:
        return notice_of(event, TARGET) if event.data.get("consult") != "unwanted" else None

    def run(self, **limit: float) -> None:
        """Let time pass until the queue is empty, at most for `limit`."""
        end = self.clock() + timedelta(**limit)
        while self.messages and self.clock() <= end:
            self.poll()
            if self.messages:
                soonest = min(m.visible_at for m in self.messages.values())
                self.clock.now = max(self.clock(), soonest)

    def delivery(self, event: Event) -> Any:
        item = self.store.get(Ref(TENANT, TARGET, event.id).key)
        assert item is not None
        return delivery_of(item)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_notification_arrives_signed_and_is_logged(scene: Scene) -> None:
    event = scene.event()
    scene.enqueue(event)
    scene.run(minutes=1)
    [got] = scene.receiver.got
    assert (got.id, got.type, got.subject, got.sequence) == (event.id, event.type, "c-1", 1)
    assert got.data == event.data
    logged = scene.delivery(event)
    assert (logged.status, logged.attempts, logged.last_status) == (Status.DELIVERED, 1, 204)
    assert logged.delivered_at == scene.clock()
    assert scene.messages == {}
    assert scene.buried == []


def test_what_nobody_wants_is_acknowledged(scene: Scene) -> None:
    scene.enqueue(scene.event(subject="unwanted"))
    scene.poll()
    assert (scene.messages, scene.receiver.tried) == ({}, [])


def test_a_message_delivered_many_times_is_sent_once(scene: Scene) -> None:
    event = scene.event()
    for _ in range(3):
        scene.enqueue(event)
        scene.run(hours=1)
    assert scene.receiver.ids() == [event.id]


def test_two_workers_with_the_same_message_send_it_once(scene: Scene) -> None:
    event = scene.event()
    ref = scene.deliveries.plan(notice_of(event, TARGET))
    rival: list[object] = []

    def interleave(_: object) -> None:
        scene.store.before_transact = None
        rival.append(scene.deliveries.attempt(ref))

    scene.store.before_transact = interleave
    verdict = scene.deliveries.attempt(ref)
    assert rival
    assert verdict.status is Status.PENDING
    assert scene.receiver.ids() == [event.id]
    assert scene.deliveries.attempt(ref).status is Status.DELIVERED


def test_a_receiver_that_fails_for_an_hour_gets_it_within_a_quarter_after(scene: Scene) -> None:
    recovered = scene.clock() + timedelta(hours=1)
    scene.receiver.answer = lambda now: Attempt(204 if now >= recovered else 500)
    event = scene.event()
    scene.enqueue(event)
    scene.run(hours=24)
    assert scene.receiver.ids() == [event.id]
    logged = scene.delivery(event)
    assert logged.status is Status.DELIVERED
    assert timedelta(0) <= logged.delivered_at - recovered <= timedelta(seconds=LONGEST_DELAY)
    assert 8 <= logged.attempts <= 15
    assert scene.buried == []


@pytest.mark.parametrize(
    "answer",
    [
        Attempt(500),
        Attempt(404),
        Attempt(307),
        Attempt(0, "timeout"),
        Attempt(0, "connect_failed"),
        Attempt(0, "private_address"),
    ],
)
def test_a_receiver_that_stays_dead_is_given_up_after_a_day_into_the_dlq(
    scene: Scene, answer: Attempt
) -> None:
    scene.receiver.answer = lambda _: answer
    event, start = scene.event(), scene.clock()
    scene.enqueue(event)
    receives = list(scene.messages.values())
    scene.run(hours=30)
    logged = scene.delivery(event)
    assert logged.status is Status.FAILED
    assert (logged.last_status, logged.last_error) == (answer.status, answer.code)
    assert RETRY_FOR <= scene.clock() - start <= RETRY_FOR + timedelta(minutes=15)
    assert 90 <= logged.attempts <= 120
    assert receives[0].receives < 250
    assert scene.messages == {}
    assert [json.loads(body)["detail"]["id"] for body in scene.buried] == [event.id]


def test_pauses_double_up_to_a_quarter_of_an_hour_and_jitter_shortens_them() -> None:
    pauses = [backoff(n, 0.0) for n in range(1, 12)]
    assert pauses == [10, 20, 40, 80, 160, 320, 640, 900, 900, 900, 900]
    assert backoff(3, 1.0) == 20
    assert backoff(10_000, 0.0) == 900


def test_a_later_notification_of_a_subject_waits_for_the_earlier(scene: Scene) -> None:
    recovered = scene.clock() + timedelta(minutes=20)
    first, second, third = (scene.event(sequence=n) for n in (1, 2, 3))
    other = scene.event(subject="c-2")
    scene.receiver.answer = lambda now: Attempt(
        204 if now >= recovered or scene.receiver.tried[-1][1] == other.id else 503
    )
    scene.enqueue(first, second, other, third)
    scene.run(hours=2)
    assert scene.receiver.ids() == [other.id, first.id, second.id, third.id]
    assert scene.messages == {}


def test_what_waited_goes_along_with_what_it_waited_for(scene: Scene) -> None:
    up = scene.clock() + timedelta(minutes=1)
    events = [scene.event(sequence=n) for n in range(1, 11)]
    scene.receiver.answer = lambda now: Attempt(204 if now >= up else 503)
    scene.enqueue(*events)
    scene.run(minutes=10)
    assert scene.receiver.ids() == [event.id for event in events]
    last = scene.receiver.tried[-1][0] - scene.receiver.tried[-10][0]
    assert last == timedelta(0), "all in one go"


def test_a_notification_whose_message_was_lost_does_not_block_its_subject_for_ever(
    scene: Scene,
) -> None:
    lost = scene.event(sequence=1)
    scene.deliveries.plan(notice_of(lost, TARGET))
    scene.clock.advance(hours=25)
    later = scene.event(sequence=2)
    scene.enqueue(later)
    scene.run(minutes=5)
    assert scene.receiver.ids() == [later.id]


def test_events_that_reach_us_in_reverse_are_all_sent(scene: Scene) -> None:
    first, second = scene.event(sequence=1), scene.event(sequence=2)
    scene.enqueue(second)
    scene.run(minutes=1)
    scene.enqueue(first)
    scene.run(minutes=1)
    assert [envelope.sequence for envelope in scene.receiver.got] == [2, 1]


def test_a_crash_after_sending_sends_again_with_the_same_id(scene: Scene) -> None:
    event = scene.event()
    scene.enqueue(event)
    scene.receiver.crash = True
    with pytest.raises(Crash):
        scene.poll()
    scene.clock.advance(seconds=181)
    scene.run(minutes=5)
    assert scene.receiver.ids() == [event.id, event.id]
    assert scene.delivery(event).status is Status.DELIVERED
    assert timedelta(seconds=180) > LEASE, "the claim ends before the queue gives the message again"


def test_a_crash_between_any_two_writes_still_delivers() -> None:
    def act(scene: Scene) -> None:
        if not scene.messages and not scene.receiver.got:
            scene.enqueue(scene.event())
        scene.clock.advance(seconds=181)
        scene.run(minutes=5)

    def check(scene: Scene) -> None:
        assert len(set(scene.receiver.ids())) == 1
        [logged] = all_matching(scene.store, TENANT, TARGET, Filter())
        assert logged.status is Status.DELIVERED
        assert scene.messages == {}
        assert not [*scene.store.sweep("DUE#")]
        assert counted(scene) == [{"begun": 1, "delivered": 1, "failed": 0}]

    crashes = crash_everywhere(Scene, lambda scene: scene.store, act, check)
    assert crashes >= 6


def test_a_message_that_cannot_be_read_goes_to_the_dlq_at_once(scene: Scene) -> None:
    scene.messages["m"] = Message("{", scene.clock())
    scene.poll()
    assert (scene.messages, scene.buried) == ({}, ["{"])


def test_an_interruption_keeps_the_message_and_spares_the_others(scene: Scene) -> None:
    event, other = scene.event(), scene.event(subject="c-2")

    def fragile(asked: Event) -> Notice | None:
        if asked.id == event.id:
            raise RuntimeError("Paciente Demostración Uno")
        return notice_of(asked, TARGET)

    scene.enqueue(event, other)
    handed = [scene.received(name) for name in scene.messages]
    kept = deliver(handed, "consults", fragile, scene.deliveries, scene)
    assert kept == handed[:1]
    assert scene.receiver.ids() == [other.id]


def test_a_host_that_the_tenant_no_longer_allows_gets_nothing(scene: Scene) -> None:
    event = scene.event()
    ref = scene.deliveries.plan(notice_of(event, TARGET))
    elsewhere = Deliveries(
        scene.services,
        lambda *_: Destination(URL, ("s",), ("other.example.org",)),
        scene.receiver,
    )
    assert elsewhere.attempt(ref).status is Status.PENDING
    assert scene.receiver.tried == []
    assert scene.delivery(event).last_error == "host_not_allowed"


def test_a_stopped_target_fails_at_once_and_can_be_replayed_when_resumed(scene: Scene) -> None:
    key = target_key(TENANT, TARGET)
    item = scene.store.get(key)
    assert item is not None
    scene.store.transact([switch(item, active=False)])
    event = scene.event()
    scene.enqueue(event)
    scene.run(minutes=1)
    assert scene.delivery(event).status is Status.FAILED
    assert counted(scene) == [{"begun": 1, "delivered": 0, "failed": 1}]
    assert scene.receiver.tried == []
    resumed = scene.store.get(key)
    assert resumed is not None
    scene.store.transact([switch(resumed, active=True)])
    replay(scene.services, call(user()), "consults", Ref(TENANT, TARGET, event.id))
    scene.enqueue(*scene.events())
    scene.run(minutes=1)
    assert scene.receiver.ids() == [event.id]


def test_a_replay_delivers_again_and_leaves_its_trail(scene: Scene) -> None:
    event = scene.event()
    scene.enqueue(event)
    scene.run(minutes=1)
    scene.clock.advance(days=3)
    replay(scene.services, call(user()), "consults", Ref(TENANT, TARGET, event.id))
    [again] = scene.events()
    scene.enqueue(again)
    scene.run(minutes=1)
    assert scene.receiver.ids() == [event.id, event.id]
    logged = scene.delivery(event)
    assert (logged.status, logged.replays, logged.attempts) == (Status.DELIVERED, 1, 1)
    assert counted(scene) == 2 * [{"begun": 1, "delivered": 1, "failed": 0}]
    assert ("consults.notification_replayed", "c-1", "done") in scene.audited()


def test_a_replay_of_what_is_still_due_counts_it_once_and_today(scene: Scene) -> None:
    scene.receiver.answer = lambda _: Attempt(500)
    event = scene.event()
    scene.enqueue(event)
    scene.run(hours=14)
    for _ in range(2):
        replay(scene.services, call(user()), "consults", Ref(TENANT, TARGET, event.id))
    nothing = {"begun": 0, "delivered": 0, "failed": 0}
    assert counted(scene) == [nothing, nothing | {"begun": 1}]
    scene.receiver.answer = lambda _: Attempt(204)
    scene.run(hours=1)
    assert counted(scene) == [nothing, nothing | {"begun": 1, "delivered": 1}]


def counted(scene: Scene) -> list[dict[str, int]]:
    """What is told of each day."""
    today = scene.clock().date()
    since = today - timedelta(days=30)
    told = outcomes.read(scene.store, TENANT, TARGET, since, today)
    return [dict(amounts) for amounts in told.values()]


def test_a_replay_crash_leaves_all_or_nothing() -> None:
    event_of_scene: dict[int, Event] = {}

    def make() -> Scene:
        scene = Scene()
        event_of_scene[id(scene)] = event = scene.event()
        scene.enqueue(event)
        scene.run(minutes=1)
        return scene

    def act(scene: Scene) -> None:
        ref = Ref(TENANT, TARGET, event_of_scene[id(scene)].id)
        replay(scene.services, call(user()), "consults", ref)
        scene.enqueue(*scene.events())
        faults, scene.store.faults = scene.store.faults, Faults()
        scene.run(minutes=1)
        scene.store.faults = faults

    def check(scene: Scene) -> None:
        assert len(scene.receiver.got) >= 2
        assert scene.delivery(event_of_scene[id(scene)]).status is Status.DELIVERED

    assert crash_everywhere(make, lambda scene: scene.store, act, check) == 2


def test_another_tenants_notification_does_not_exist(scene: Scene) -> None:
    event = scene.event()
    scene.enqueue(event)
    scene.run(minutes=1)
    with pytest.raises(NotFound):
        replay(
            scene.services,
            call(user(tenant="clinic-demo")),
            "consults",
            Ref(TENANT, TARGET, event.id),
        )
    assert scene.events() == []


def test_a_replay_of_something_unknown_is_refused_and_its_message_buried(scene: Scene) -> None:
    with pytest.raises(NotFound):
        replay(scene.services, call(user()), "consults", Ref(TENANT, TARGET, "nothing"))
    forged = Event(
        id="x",
        type="consults.notification_replayed",
        tenant=TENANT,
        subject="nothing",
        sequence=1,
        at=scene.clock(),
        data={"target": TARGET, "delivery": "nothing"},
    )
    scene.enqueue(forged)
    scene.poll()
    assert len(scene.buried) == 1
    assert scene.messages == {}


def test_the_log_is_filtered_by_subject_type_status_and_time(scene: Scene) -> None:
    made: list[Event] = []
    scene.receiver.answer = lambda _: Attempt(500 if len(made) % 2 else 204)
    for hour in range(6):
        event = scene.event(1, f"c-{hour % 3}", "finished" if hour < 3 else "cancelled")
        made.append(event)
        scene.enqueue(event)
        scene.poll()
        scene.messages.clear()
        scene.clock.advance(hours=1)

    def found(**wanted: Any) -> list[int]:
        hits = all_matching(scene.store, TENANT, TARGET, Filter(**wanted))
        order = [event.id for event in made]
        return [order.index(delivery.ref.id) for delivery in hits]

    start = made[0].at
    assert found() == [0, 1, 2, 3, 4, 5]
    assert found(subject="c-1") == [1, 4]
    assert found(type="consults.cancelled") == [3, 4, 5]
    assert found(status=Status.DELIVERED) == [1]
    assert found(status=Status.PENDING) == [0, 2, 3, 4, 5]  # 3 and 5 wait behind 0 and 2
    assert found(since=start + timedelta(hours=2), until=start + timedelta(hours=4)) == [2, 3]
    assert found(subject="c-1", until=start + timedelta(hours=2)) == [1]
    assert [*all_matching(scene.store, "clinic-demo", TARGET, Filter())] == []


def test_log_pages_join_to_the_whole_newest_first(scene: Scene) -> None:
    for number in range(25):
        scene.enqueue(scene.event(1, f"c-{number}"))
        scene.clock.advance(minutes=1)
    scene.poll()
    ids: list[str] = []
    after: str | None = None
    while True:
        page = read_log(scene.store, TENANT, TARGET, Filter(), after=after, limit=7)
        assert len(page.deliveries) <= 7
        ids += [delivery.ref.id for delivery in page.deliveries]
        after = page.next_after
        if after is None:
            break
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == 25


def test_an_ids_time_bound_sorts_before_the_ids_of_that_moment(scene: Scene) -> None:
    before = scene.new_id()
    scene.clock.advance(seconds=0.001)
    bound = first_id_at(scene.clock())
    assert before < bound <= scene.new_id()


def test_the_body_and_the_secrets_are_stored_sealed(scene: Scene) -> None:
    event = scene.event()
    scene.deliveries.plan(notice_of(event, TARGET, {"external_reference": "Paciente-Demo"}))
    stored = repr([*scene.store.sweep("")])
    assert "Paciente-Demo" not in stored
    assert scene.receiver.secrets[0] not in stored


def test_a_rotated_secret_signs_beside_the_old_one_for_a_day(scene: Scene) -> None:
    item = scene.store.get(target_key(TENANT, TARGET))
    assert item is not None
    update, fresh = rotate(scene.services.vault, item, scene.clock())
    scene.store.transact([update])
    old = scene.receiver.secrets
    for known in (old, [fresh]):
        scene.receiver.secrets = known
        scene.enqueue(scene.event(subject=known[0]))
        scene.run(minutes=1)
    assert len(scene.receiver.got) == 2
    scene.clock.advance(seconds=OVERLAP.total_seconds())
    ref = scene.deliveries.plan(notice_of(scene.event(subject="late"), TARGET))
    scene.receiver.secrets = old
    with pytest.raises(SignatureRefused):
        scene.deliveries.attempt(ref)
    assert target_of(scene.store.get(target_key(TENANT, TARGET))).version == 2


def test_a_receivers_own_token_goes_along_and_survives_rotation(scene: Scene) -> None:
    put, _ = register(
        scene.services.vault, TENANT, "t-2", url=URL, description="", now=scene.clock(), bearer="tk"
    )
    scene.store.transact([put])
    item = scene.store.get(target_key(TENANT, "t-2"))
    assert item is not None
    scene.store.transact([rotate(scene.services.vault, item, scene.clock())[0]])
    rotated = scene.store.get(target_key(TENANT, "t-2"))
    assert rotated is not None
    assert "tk" not in str(rotated.attributes["description"]) + rotated.text("url")
    destination = destination_of(scene.services.vault, rotated, HOSTS, scene.clock())
    sent: list[Mapping[str, str]] = []

    class Recording:
        def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Attempt:
            sent.append(headers)
            return Attempt(204)

    deliveries = Deliveries(scene.services, lambda *_: destination, Recording())
    deliveries.attempt(deliveries.plan(notice_of(scene.event(), "t-2")))
    assert sent[0]["Authorization"] == "Bearer tk"


def test_a_target_that_does_not_exist_is_not_found() -> None:
    with pytest.raises(NotFound):
        target_of(None)
