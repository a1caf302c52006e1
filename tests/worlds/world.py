"""A small world for use-case tests: time that stands still, ids in order, storage in memory."""

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from telesalud.platform.access import Caller, CallerKind, Role
from telesalud.platform.aws.dynamodb import encode
from telesalud.platform.events import Event, event_of
from telesalud.platform.held_keys import HeldWrapper
from telesalud.platform.memory.store import Change
from telesalud.platform.store import Value
from telesalud.platform.vault import Vault
from telesalud.platform.work import Call, Once, Services
from tests.support.memory_store import MemoryStore

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TENANT = "hospital-demo"


@dataclass(slots=True)
class FrozenClock:
    """A `telesalud.platform.clock.Clock` that moves only when told."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> datetime:
        """Move on by `timedelta(**by)`."""
        self.now += timedelta(**by)
        return self.now


@dataclass(slots=True)
class SerialIds:
    """A `telesalud.platform.ids.NewId`: UUIDv7 ids with the clock's time, counting up."""

    clock: FrozenClock = field(default_factory=FrozenClock)
    count: int = 0

    def __call__(self) -> str:
        self.count += 1
        milliseconds = f"{int(self.clock().timestamp() * 1000):012x}"
        return f"{milliseconds[:8]}-{milliseconds[8:]}-7000-8000-{self.count:012x}"


@dataclass(slots=True)
class World:
    """Everything a use case takes, with handles to what tests steer and look at."""

    store: MemoryStore = field(default_factory=MemoryStore)
    wrapper: HeldWrapper = field(default_factory=HeldWrapper)
    clock: FrozenClock = field(default_factory=FrozenClock)
    new_id: SerialIds = field(default_factory=SerialIds)
    context: str = "test"

    def __post_init__(self) -> None:
        self.new_id.clock = self.clock

    @property
    def services(self) -> Services:
        """Fresh services, with a vault that has no key in memory: a cold process."""
        vault = Vault(self.store, self.wrapper, self.context)
        return Services(self.store, vault, self.clock, self.new_id)

    def events(self) -> list[Event]:
        """Every event that was placed in the outbox, in order."""
        return [
            event_of(change.new)
            for change in self.store.changes
            if change.new is not None and change.new.attributes.get("kind") == "event"
        ]

    def audited(self) -> list[tuple[str, str, str]]:
        """(action, subject, outcome) of every audit entry, in order."""
        return [
            (change.new.text("action"), change.new.text("subject"), change.new.text("outcome"))
            for change in self.store.changes
            if change.new is not None and change.new.attributes.get("kind") == "audit"
        ]


def user(*roles: Role, tenant: str = TENANT, subject: str = "user-1") -> Caller:
    """A logged-in user with these roles."""
    return Caller(tenant, subject, CallerKind.USER, frozenset(roles))


def partner(*scopes: str, tenant: str = TENANT, subject: str = "partner-1") -> Caller:
    """A partner system with these scopes."""
    return Caller(tenant, subject, CallerKind.PARTNER, scopes=frozenset(scopes))


def call(caller: Caller, *, key: str = "", payload: str = "") -> Call:
    """A call, with an Idempotency-Key when `key` is given."""
    once = Once(key, payload or key) if key else None
    return Call(caller, "request-1", once)


def stream_record(change: Change, number: int = 1) -> dict[str, object]:
    """One record of a Lambda stream event: DynamoDB's JSON, with bytes in base64."""
    new = change.new
    image = {name: _as_json(value) for name, value in new.attributes.items()} if new else {}
    if new is not None:
        image |= {"v": {"N": str(new.version)}}
    keys = {"pk": {"S": change.key.pk}, "sk": {"S": change.key.sk}}
    name = "REMOVE" if new is None else "INSERT" if change.old is None else "MODIFY"
    stream = {"Keys": keys, "SequenceNumber": str(number)}
    if new is not None:
        stream |= {"NewImage": {**image, **keys}}
    return {"eventName": name, "eventID": f"e{number}", "dynamodb": stream}


def _as_json(value: Value) -> dict[str, object]:
    return {"B": base64.b64encode(value).decode()} if isinstance(value, bytes) else encode(value)
