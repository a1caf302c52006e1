"""Delivering a notification: attempts for 24 hours, in order per subject.

A notification waits while an earlier one of the same subject is pending at the same target. As
events may reach us in any order, receivers still go by `sequence`. An attempt is claimed before it
is made, so that a message that a queue delivers twice is sent once; a crash after the claim costs
one attempt and a minute. A receiver may see an id twice (an answer that was lost) and handles it
once. What is stored is in `delivery_records`.
"""

import random
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from telesalud.platform.clock import to_text
from telesalud.platform.errors import NotFound
from telesalud.platform.logs import get_logger
from telesalud.platform.store import (
    ABSENT,
    ConditionFailed,
    Delete,
    Item,
    Operation,
    Put,
    Update,
    Value,
    at_version,
)
from telesalud.platform.vault import Scope
from telesalud.platform.webhooks import outcomes
from telesalud.platform.webhooks.addresses import AddressRefused, check_url
from telesalud.platform.webhooks.delivery_records import (
    LOG_KEPT,
    Delivery,
    Notice,
    Ref,
    Status,
    body_place,
    delivery_of,
    due_key,
)
from telesalud.platform.webhooks.sender import Attempt, Sender
from telesalud.platform.webhooks.signature import headers_for
from telesalud.platform.webhooks.targets import Destination
from telesalud.platform.work import Services

RETRY_FOR = timedelta(hours=24)
FIRST_DELAY = 10.0
LONGEST_DELAY = 900.0
"""Seconds: after an outage, everything has arrived a quarter of an hour later."""
LEASE = timedelta(seconds=60)
"""How long a claimed attempt belongs to its worker; longer than the attempt's time limit."""


class Verdict(NamedTuple):
    """What to do with the message: it is done, or comes back, or goes to the DLQ."""

    status: Status
    after: float = 0.0
    """Seconds until the next try, while pending."""


Destinations = Callable[[str, str], Destination | None]
"""Tenant and target id to where it is; None when there is no such target."""


def backoff(attempts: int, jitter: float) -> float:
    """Seconds after this many attempts: doubling from 10 up to 900, shortened by up to half.

    `jitter` is from 0 to 1.
    """
    return min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(attempts - 1, 20)) * (1 - jitter / 2)


class Deliveries:
    """Plans and makes deliveries. `jitter` gives a number from 0 to 1."""

    def __init__(
        self,
        services: Services,
        destinations: Destinations,
        sender: Sender,
        *,
        allow_http: bool = False,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._services = services
        self._destinations = destinations
        self._sender = sender
        self._allow_http = allow_http
        self._jitter = jitter

    def plan(self, notice: Notice) -> Ref:
        """Write down that `notice` must be delivered; planning it again changes nothing."""
        store, now = self._services.store, self._services.clock()
        if store.get(notice.ref.key) is not None:
            return notice.ref
        sealed = self._services.vault.seal(
            Scope(notice.tenant), body_place(notice.ref.key), notice.body
        )
        attributes: dict[str, Value] = {
            "type": notice.type,
            "subject": notice.subject,
            "sequence": notice.sequence,
            "status": Status.PENDING.value,
            "attempts": 0,
            "last_status": 0,
            "last_error": "",
            "at": to_text(notice.at),
            "since": to_text(now),
            "next_at": to_text(now),
            "replays": 0,
            "body": sealed,
        }
        record = Put(notice.ref.key, attributes, when=ABSENT, expires=now + LOG_KEPT)
        key = due_key(notice.ref, notice.subject, notice.sequence)
        due = Put(key, {}, expires=now + LOG_KEPT)
        try:
            store.transact([record, due, outcomes.moved(notice.ref, now, more=(outcomes.BEGUN,))])
        except ConditionFailed as failed:
            if failed.at(notice.ref.key) is None:
                raise
        return notice.ref

    def following(self, ref: Ref) -> Ref | None:
        """The earliest pending delivery of the same subject at the same target, if any."""
        item = self._services.store.get(ref.key)
        if item is None:
            return None
        done = delivery_of(item)
        page = self._services.store.query(due_key(ref, done.subject, done.sequence).pk, limit=1)
        first = page.items[0].key.sk.partition("#")[2] if page.items else ref.id
        return Ref(ref.tenant, ref.target, first) if first != ref.id else None

    def attempt(self, ref: Ref) -> Verdict:
        """Deliver if it is due and its turn. Raises NotFound for a delivery that is not there."""
        item = self._services.store.get(ref.key)
        if item is None:
            raise NotFound("there is no such notification, or it was too long ago")
        delivery = delivery_of(item)
        if delivery.status is not Status.PENDING:
            return Verdict(delivery.status)
        now = self._services.clock()
        if now - delivery.since >= RETRY_FOR:
            return self._finish(delivery, Status.FAILED, {})
        wait = max(delivery.next_at - now, self._turn(delivery, now)).total_seconds()
        if wait > 0:
            return Verdict(Status.PENDING, wait)
        destination = self._destinations(ref.tenant, ref.target)
        if destination is None or not destination.active:
            return self._finish(delivery, Status.FAILED, {"last_error": "target_stopped"})
        return self._send(item, delivery, destination, now)

    def _turn(self, delivery: Delivery, now: datetime) -> timedelta:
        """How long an earlier pending notification of the same subject will take at least."""
        ref = delivery.ref
        mine = due_key(ref, delivery.subject, delivery.sequence)
        page = self._services.store.query(mine.pk, limit=1)
        first = page.items[0].key.sk if page.items else mine.sk
        if first >= mine.sk:
            return timedelta(0)
        ahead = self._services.store.get(Ref(ref.tenant, ref.target, first.split("#")[1]).key)
        if ahead is None or now - delivery_of(ahead).since >= RETRY_FOR:
            return timedelta(0)  # its message was lost or buried: nobody waits for it for ever
        left = delivery_of(ahead).next_at - now
        return max(left, timedelta(0)) + timedelta(seconds=1)

    def _send(
        self, item: Item, delivery: Delivery, destination: Destination, now: datetime
    ) -> Verdict:
        claim = Update(
            item.key,
            set={"next_at": to_text(now + LEASE)},
            add={"attempts": 1},
            when=at_version(item.version),
        )
        try:
            self._services.store.transact([claim])
        except ConditionFailed:
            return Verdict(Status.PENDING, LEASE.total_seconds())
        body = self._services.vault.open(
            Scope(delivery.ref.tenant), body_place(item.key), item.blob("body")
        )
        result = self._post(delivery.ref, destination, body, now)
        outcome: dict[str, Value] = {"last_status": result.status, "last_error": result.code}
        claimed = delivery.version + 1
        if result.delivered:
            return self._finish(delivery, Status.DELIVERED, outcome, claimed)
        get_logger().warning(
            "notification not taken",
            delivery_id=delivery.ref.id,
            target_id=delivery.ref.target,
            tenant=delivery.ref.tenant,
            attempt=delivery.attempts + 1,
            status=result.status,
            code=result.code,
        )
        delay = backoff(delivery.attempts + 1, self._jitter())
        next_at = self._services.clock() + timedelta(seconds=delay)
        retry = Update(
            item.key, set=outcome | {"next_at": to_text(next_at)}, when=at_version(claimed)
        )
        return self._write([retry], Verdict(Status.PENDING, delay))

    def _post(self, ref: Ref, destination: Destination, body: bytes, now: datetime) -> Attempt:
        try:
            check_url(destination.url, destination.hosts, allow_http=self._allow_http)
        except AddressRefused as refused:
            return Attempt(0, refused.reason)
        headers = headers_for(ref.id, destination.secrets, body, now)
        if destination.bearer:
            headers["Authorization"] = f"Bearer {destination.bearer}"
        return self._sender.send(destination.url, headers, body)

    def _finish(
        self,
        delivery: Delivery,
        status: Status,
        outcome: Mapping[str, Value],
        version: int | None = None,
    ) -> Verdict:
        changes: dict[str, Value] = {**outcome, "status": status.value}
        if status is Status.DELIVERED:
            changes["delivered_at"] = to_text(self._services.clock())
        else:
            get_logger().error(
                "notification failed",
                delivery_id=delivery.ref.id,
                target_id=delivery.ref.target,
                tenant=delivery.ref.tenant,
            )
        when = at_version(delivery.version if version is None else version)
        return self._write(
            [
                Update(delivery.ref.key, set=changes, when=when),
                Delete(due_key(delivery.ref, delivery.subject, delivery.sequence)),
                outcomes.moved(delivery.ref, delivery.since, more=(status.value,)),
            ],
            Verdict(status),
        )

    def _write(self, operations: list[Operation], verdict: Verdict) -> Verdict:
        """Write the outcome, unless another worker or a replay was there meanwhile."""
        try:
            self._services.store.transact(operations)
        except ConditionFailed:
            return Verdict(Status.PENDING, LEASE.total_seconds())
        return verdict
