"""Slowing down guessing: failed attempts per account and per source cost exponential delays.

An attempt is counted before the password is verified and given back when it succeeds, so that a
hundred guesses sent at once are not a hundred guesses at the price of one. Counting works by the
keyed hash of the user name, whether or not a user has that name: a lockout tells nothing either.
"""

from collections.abc import Mapping
from dataclasses import dataclass
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
SOURCE = Limit(
    free=50,  # a hospital's people share an address
    first_delay=timedelta(seconds=15),
    longest_delay=timedelta(minutes=15),
    forgotten_after=timedelta(hours=1),
    final=1_000_000,
)


def attempt_keys(services: Services, tenant: str, name: Key, source: str) -> tuple[Key, Key]:
    """Where attempts on the account (by its name's item) and from the source are counted."""
    partition = f"ATTEMPTS#{tenant}"
    return (
        Key(partition, f"NAME#{name.sk}"),
        Key(partition, f"SOURCE#{services.vault.lookup(tenant, 'source', source)}"),
    )


@dataclass(frozen=True, slots=True)
class Reservation:
    """An attempt that was counted as failed in advance."""

    account: Key
    source: Key
    now: datetime

    def succeeded(self) -> tuple[Operation, ...]:
        """For the transaction of what the attempt was for: the account starts afresh."""
        return (cleared(self.account, self.now), _given_back(self.source, self.now))

    def neutral(self) -> tuple[Operation, ...]:
        """For an attempt that was right so far but did not get to its end."""
        return (_given_back(self.account, self.now), _given_back(self.source, self.now))


def reserve(
    services: Services, account: Key, source: Key, found: Mapping[Key, Item]
) -> Reservation:
    """Count the attempt. Raises TooMany when account or source must wait.

    `found` holds the two items as just read.
    """
    now = services.clock()
    for item in (found.get(account), found.get(source)):
        if item is not None and (blocked := from_text(item.text("blocked_until"))) > now:
            seconds = int((blocked - now).total_seconds()) + 1
            raise TooMany("too many failed attempts; wait before you try again", seconds)
    mine = found.get(account)
    operations = [
        _count(account, mine, ACCOUNT, now, at_version(mine.version) if mine else ABSENT),
        # Many people share a source, so it is added to without a condition.
        _count(source, found.get(source), SOURCE, now, When()),
    ]
    try:
        services.store.transact(operations)
    except ConditionFailed as failed:
        raise TooMany("another attempt for this account is under way", 1) from failed
    return Reservation(account, source, now)


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
