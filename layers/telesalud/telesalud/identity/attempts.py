"""Slowing down guessing: failures on an account cost growing delays, those of a source have a rate.

An attempt is counted before the password is verified and given back when it succeeds, so that a
hundred guesses sent at once are not a hundred guesses at the price of one. Counting works by the
keyed hash of the user name, whether or not a user has that name: a lockout tells nothing either.

A source (a network address) may be a whole hospital, and somebody in its waiting room may be the
one who guesses. So its failures are counted in a span of time and forgotten after it, and who has
logged in from there before is let through while others must wait; only the account's own failures
count then.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from telesalud.platform.clock import from_text, to_text
from telesalud.platform.errors import TooMany
from telesalud.platform.store import (
    ABSENT,
    ConditionFailed,
    Item,
    Key,
    Operation,
    Update,
    When,
    at_version,
)
from telesalud.platform.work import Services

_WAIT = "too many failed attempts; wait before you try again"


@dataclass(frozen=True, slots=True)
class Limit:
    """How many failures are free, and how the delay grows after them."""

    free: int
    first_delay: timedelta
    longest_delay: timedelta
    forgotten_after: timedelta
    """Without attempts for so long, the count starts again."""
    final: int
    """Failures after which only an administrator's reset (or `forgotten_after`) helps."""

    def delay(self, failures: int) -> timedelta:
        """How long nobody may try again after this many failures in a row."""
        if failures < self.free:
            return timedelta(0)
        if failures >= self.final:
            return self.forgotten_after
        doublings = min(failures - self.free, 30)
        return min(self.first_delay * (1 << doublings), self.longest_delay)


ACCOUNT = Limit(
    free=5,
    first_delay=timedelta(seconds=15),
    longest_delay=timedelta(hours=1),
    forgotten_after=timedelta(days=30),
    final=100,  # NIST SP 800-63B §3.2.2
)
SOURCE_FAILURES = 50
"""How many attempts from one address may fail in `SOURCE_SPAN`; 2,880 a day at most."""
SOURCE_SPAN = timedelta(minutes=25)
_SOURCES_KNOWN = 8
"""Addresses remembered of an account: work, home, a phone, and what changes now and then."""


@dataclass(frozen=True, slots=True)
class AttemptKeys:
    """Where attempts on an account and from a source are counted."""

    account: Key
    source: str
    """The keyed hash of the address."""
    span: Key
    """The source's failures in the present span."""
    before: Key
    """Those in the one before."""


def attempt_keys(services: Services, tenant: str, name: Key, source: str) -> AttemptKeys:
    """The keys for an account (by its name's item) and a source now."""
    partition, hashed = f"ATTEMPTS#{tenant}", services.vault.lookup(tenant, "source", source)
    number = int(services.clock().timestamp() // SOURCE_SPAN.total_seconds())
    spans = (Key(partition, f"SOURCE#{hashed}#{n}") for n in (number, number - 1))
    return AttemptKeys(Key(partition, f"NAME#{name.sk}"), hashed, *spans)


@dataclass(frozen=True, slots=True)
class Reservation:
    """An attempt that was counted as failed in advance."""

    keys: AttemptKeys
    now: datetime
    wait: int
    """Seconds for which the source must wait; the account is one that was here before."""
    sources: tuple[str, ...]
    """From where the account was used, this source first."""

    def succeeded(self) -> tuple[Operation, ...]:
        """For the transaction of what the attempt was for: the account starts afresh."""
        account = cleared(self.keys.account, self.now)
        return (
            replace(account, set={**account.set, "sources": self.sources}),
            Update(self.keys.span, add={"failures": -1}),
        )

    def neutral(self) -> tuple[Operation, ...]:
        """For an attempt that was right so far but did not get to its end."""
        return (
            _given_back(self.keys.account, self.now),
            Update(self.keys.span, add={"failures": -1}),
        )


class SourceMustWait(TooMany):
    """Too many attempts from the source failed, and the account was never used from there."""


def too_many(seconds: int) -> TooMany:
    """The refusal of a source or an account that must wait."""
    return TooMany(_WAIT, seconds)


def reserve(
    services: Services, keys: AttemptKeys, found: Mapping[Key, Item], *, guessable: bool = True
) -> Reservation:
    """Count the attempt. Raises TooMany when the account must wait, SourceMustWait for the source.

    `found` holds the items as just read. What nobody can guess does not wait for its source.
    """
    now = services.clock()
    mine = found.get(keys.account)
    if mine is not None and (blocked := from_text(mine.text("blocked_until"))) > now:
        raise too_many(int((blocked - now).total_seconds()) + 1)
    known = _sources(mine)
    wait = _source_wait(keys, found, now)
    if wait and guessable and keys.source not in known:
        raise SourceMustWait(_WAIT, wait)
    operations = [
        _count(keys.account, mine, ACCOUNT, now, at_version(mine.version) if mine else ABSENT),
        # Many people share a source, so it is added to without a condition.
        Update(keys.span, add={"failures": 1}, expires=now + 3 * SOURCE_SPAN),
    ]
    try:
        services.store.transact(operations)
    except ConditionFailed as failed:
        raise TooMany("another attempt for this account is under way", 1) from failed
    others = (each for each in known if each != keys.source)
    sources = (keys.source, *others)[:_SOURCES_KNOWN]
    return Reservation(keys, now, wait, sources)


def _sources(account: Item | None) -> tuple[str, ...]:
    kept = account.attributes.get("sources", ()) if account else ()
    return tuple(str(each) for each in kept) if isinstance(kept, tuple) else ()


def _source_wait(keys: AttemptKeys, found: Mapping[Key, Item], now: datetime) -> int:
    """Seconds until the source's failures in the last span are few enough; 0 when they are.

    Those of the span before count by the share of it that the last span still covers.
    """
    present, before = (
        max(0, item.number("failures")) if (item := found.get(key)) else 0
        for key in (keys.span, keys.before)
    )
    length = SOURCE_SPAN.total_seconds()
    passed = now.timestamp() % length
    if present + before * (1 - passed / length) < SOURCE_FAILURES:
        return 0
    if present >= SOURCE_FAILURES:
        return int(length - passed) + 1
    return int(length * (1 - (SOURCE_FAILURES - present) / before) - passed) + 1


def _count(key: Key, item: Item | None, limit: Limit, now: datetime, when: When) -> Update:
    past = item.number("failures") if item is not None else 0
    if item is not None and from_text(item.text("last_at")) + limit.forgotten_after <= now:
        return Update(
            key,
            set={"failures": 1, "last_at": to_text(now), "blocked_until": to_text(now)},
            when=when,
            expires=now + limit.forgotten_after,
        )
    blocked = now + limit.delay(max(past, 0) + 1)
    return Update(
        key,
        set={"last_at": to_text(now), "blocked_until": to_text(blocked)},
        add={"failures": 1},
        when=when,
        expires=now + limit.forgotten_after,
    )


def _given_back(key: Key, now: datetime) -> Update:
    times = {"last_at": to_text(now), "blocked_until": to_text(now)}
    return Update(key, set=times, add={"failures": -1})


def cleared(account: Key, now: datetime) -> Update:
    """The account starts afresh: somebody got in, or an administrator helps."""
    times = {"last_at": to_text(now), "blocked_until": to_text(now)}
    return Update(account, set={"failures": 0, **times}, expires=now + ACCOUNT.forgotten_after)
