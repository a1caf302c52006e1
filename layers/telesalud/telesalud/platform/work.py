"""One use case, one transaction: its changes, the events it causes, the audit entries it leaves.

A use case takes `Services` (what it may use) and a `Call` (who asked), collects operations in a
`Work` and commits once. Because the outbox, the audit trail and the answer to an Idempotency-Key
travel in the same transaction, a crash at any point leaves either everything or nothing.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from pydantic import BaseModel

from telesalud.platform import audit, events
from telesalud.platform.access import Caller
from telesalud.platform.clock import Clock
from telesalud.platform.errors import KeyReused
from telesalud.platform.ids import NewId
from telesalud.platform.store import (
    ABSENT,
    ConditionFailed,
    Item,
    Key,
    Operation,
    Put,
    Store,
    StoreBusy,
)
from telesalud.platform.vault import Scope, Vault

T = TypeVar("T")

_TRIES = 8
"""A consult's two sides and its limit write one item; eight at once have to pass."""

ANSWERS_KEPT = timedelta(hours=48)
"""How long an Idempotency-Key is remembered."""


@dataclass(frozen=True, slots=True)
class Services:
    """What every use case may use. Contexts that need more wrap this in a dataclass of theirs."""

    store: Store
    vault: Vault
    clock: Clock
    new_id: NewId

    def fetch(self, keys: Sequence[Key], *scopes: Scope) -> dict[Key, Item]:
        """The items among `keys` that exist, with the data keys of `scopes` ready to open them.

        One round trip: keys that are not in memory travel with the items.
        """
        found = self.store.get_many([*keys, *self.vault.needs(*scopes)])
        for scope in scopes:
            self.vault.learn(scope, found.get(scope.key))
        return found


@dataclass(frozen=True, slots=True)
class Once:
    """An Idempotency-Key with the fingerprint of the request it came with."""

    key: str
    fingerprint: str
    """SHA-256 in hex over method, path, and body."""

    def store_key(self, caller: Caller) -> Key:
        """Keys are private to a caller of a tenant."""
        return Key(f"ONCE#{caller.tenant}#{caller.subject}", self.key)


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks, under which request id, and whether the answer must be remembered."""

    caller: Caller
    request_id: str = ""
    once: Once | None = None


@dataclass(frozen=True, slots=True)
class Remembered:
    """The first answer to an Idempotency-Key: JSON text and the version for its ETag."""

    body: str
    version: int


class AnsweredBefore(Exception):
    """Another try with this Idempotency-Key was committed; `answer` is what it returned."""

    def __init__(self, answer: Remembered) -> None:
        super().__init__("this Idempotency-Key has its answer")
        self.answer = answer


@dataclass(slots=True)
class Work:
    """Collects one use case's operations; nothing is written before `commit`."""

    services: Services
    call: Call
    operations: list[Operation] = field(default_factory=list)

    def add(self, *operations: Operation) -> None:
        """Include operations in the transaction."""
        self.operations.extend(operations)

    def event(
        self, type_: str, subject: str, sequence: int, data: Mapping[str, Any], version: int = 1
    ) -> events.Event:
        """Announce a fact; `sequence` is usually the new version of the subject's item."""
        event = events.Event(
            id=self.services.new_id(),
            type=type_,
            version=version,
            tenant=self.call.caller.tenant,
            subject=subject,
            sequence=sequence,
            at=self.services.clock(),
            data=dict(data),
        )
        self.operations.append(events.outbox_put(event))
        return event

    def audit(
        self,
        action: str,
        subject: str,
        resource: str,
        outcome: audit.Outcome = audit.Outcome.DONE,
        reason: str = "",
    ) -> None:
        """Leave an entry in the trail of `subject` (the patient, where there is one)."""
        entry = audit.entry_of(
            self.call.caller,
            entry_id=self.services.new_id(),
            at=self.services.clock(),
            request_id=self.call.request_id,
            action=action,
            subject=subject,
            resource=resource,
            outcome=outcome,
            reason=reason,
        )
        self.operations.append(audit.put_of(entry))

    def commit(self, answer: BaseModel | None = None, version: int = 0) -> None:
        """Write everything or nothing.

        `answer` (with the `version` of its ETag) is remembered when the call carries an
        Idempotency-Key. Raises ConditionFailed, StoreBusy, AnsweredBefore, KeyReused.
        """
        once = self.call.once
        if once is None:
            self.services.store.transact(self.operations)
            return
        key = once.store_key(self.call.caller)
        put = self._answer_put(once, key, answer, version)
        try:
            self.services.store.transact([*self.operations, put])
        except ConditionFailed as failed:
            mine = failed.at(key)
            if mine is None:
                raise
            found = mine.found or self.services.store.get(key)
            if found is None:
                raise
            answered = recall(self.services.vault, self.call.caller, once, found)
            raise AnsweredBefore(answered) from failed

    def _answer_put(self, once: Once, key: Key, answer: BaseModel | None, version: int) -> Put:
        caller = self.call.caller
        body = answer.model_dump_json().encode() if answer is not None else b""
        sealed = self.services.vault.seal(Scope(caller.tenant), _place(key), body)
        return Put(
            key,
            {
                "fingerprint": once.fingerprint,
                "answer": sealed,
                "answer_version": version,
                "rights": _rights(caller),
            },
            when=ABSENT,
            expires=self.services.clock() + ANSWERS_KEPT,
        )


def _rights(caller: Caller) -> tuple[str, ...]:
    return tuple(sorted([*caller.roles, *caller.scopes]))


def had_rights(caller: Caller, found: Item) -> bool:
    """Whether the caller still has all the roles and scopes with which an answer was given."""
    rights = found.attributes.get("rights", ())
    return set(rights if isinstance(rights, tuple) else ()) <= set(_rights(caller))


def _place(key: Key) -> str:
    return f"{key.pk}\x00{key.sk}"


def recall(vault: Vault, caller: Caller, once: Once, found: Item) -> Remembered:
    """The answer stored under `once`. Raises KeyReused when the payload was another."""
    if found.text("fingerprint") != once.fingerprint:
        raise KeyReused
    body = vault.open(Scope(caller.tenant), _place(found.key), found.blob("answer"))
    return Remembered(body.decode(), found.number("answer_version"))


def retrying(step: Callable[[], T]) -> T:
    """Run a step that reads, decides and commits once; again when somebody else was faster.

    The step reads afresh each time, so a repetition decides on what is true then. Raises StoreBusy
    when contention outlasts the tries.
    """
    for turn in range(_TRIES):
        try:
            return step()
        except ConditionFailed:
            time.sleep(random.uniform(0, 0.01 * 2**turn))  # noqa: S311  # jitter, not a secret
    raise StoreBusy
