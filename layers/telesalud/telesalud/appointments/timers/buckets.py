"""What is due at a time: reminders, offers that run out, series and sessions that broke off.

    TIMERS#<five minutes> / <due>#<kind>#<tenant>#<subject>   one thing that is due
    TIMERS                / CURSOR                            before which bucket nothing is left

A function that runs every minute looks at the buckets from the cursor to the present, so its cost
depends on what is due and never on how much waits. Whoever plans something writes its timer in
their own transaction; what a timer does must bear repetition, because it is removed afterwards.
A timer that fails comes back later; one in a bucket that has passed would be missed, so a timer is
never planned before the present, and the cursor stays a quarter of an hour behind it.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from telesalud.platform.clock import from_text, to_text
from telesalud.platform.logs import get_logger, where
from telesalud.platform.store import Delete, Item, Key, Operation, Put, every
from telesalud.platform.work import Services

_BUCKET_MINUTES = 5
_BEHIND = timedelta(minutes=15)
"""Longer than any transaction under way and any difference between clocks."""
_FIRST_LOOK = timedelta(days=1)
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(hours=1)
_CURSOR = Key("TIMERS", "CURSOR")


class TimerKind(StrEnum):
    """What is due."""

    REMINDER = "reminder"
    OFFER = "offer"
    OFFER_NOTICE = "offer_notice"
    SERIES = "series"
    GROUP = "group"


class Timer(NamedTuple):
    """One thing that is due."""

    kind: TimerKind
    tenant: str
    subject: str
    due: datetime

    @property
    def key(self) -> Key:
        """Where it is stored. It follows from the fields, so who planned it can take it back."""
        return Key(
            _bucket(self.due), f"{to_text(self.due)}#{self.kind}#{self.tenant}#{self.subject}"
        )

    def put(self, failures: int = 0) -> Put:
        """The write that plans it."""
        attributes = {"kind": self.kind.value, "tenant": self.tenant, "subject": self.subject}
        return Put(self.key, {**attributes, "due": to_text(self.due), "failures": failures})

    def delete(self) -> Delete:
        """The write that takes it back; harmless when it is gone."""
        return Delete(self.key)


SWEPT = "timers swept"
"""The line from which the stack counts how late timers are (`RemindersLate`)."""
Handlers = Mapping[TimerKind, Callable[[Timer], object]]


def sweep(services: Services, handlers: Handlers, go_on: Callable[[], bool]) -> int:
    """Do what is due until nothing is left or `go_on` says no; how many were done.

    What fails is planned again, after 1 minute, then 2, 4 … up to an hour. The log says how many
    seconds after its time the latest was done: a runner that falls behind sends reminders late.
    """
    now = services.clock()
    done, late = 0, 0.0
    for bucket in _buckets(_start(services, now), now):
        for item in _due(services, bucket, now):
            if not go_on():
                _say(done, late)
                return done
            late = max(late, (services.clock() - from_text(item.text("due"))).total_seconds())
            done += _fire(services, handlers, item)
    _say(done, late)
    services.store.transact([Put(_CURSOR, {"from": to_text(now - _BEHIND)})])
    return done


def _say(done: int, late: float) -> None:
    get_logger().info("timers swept", count=done, seconds=int(late))


def _start(services: Services, now: datetime) -> datetime:
    cursor = services.store.get(_CURSOR)
    return from_text(cursor.text("from")) if cursor else now - _FIRST_LOOK


def _buckets(since: datetime, until: datetime) -> Iterator[str]:
    moment = since
    while _bucket(moment) <= _bucket(until):
        yield _bucket(moment)
        moment += timedelta(minutes=_BUCKET_MINUTES)


def _bucket(moment: datetime) -> str:
    floor = moment.replace(minute=moment.minute - moment.minute % _BUCKET_MINUTES)
    return f"TIMERS#{to_text(floor)[:16]}"


def _due(services: Services, bucket: str, now: datetime) -> Iterator[Item]:
    # "~" sorts after "#", so that what is due this very moment is among them.
    return every(services.store, bucket, until=f"{to_text(now)}~", page_size=100)


def _fire(services: Services, handlers: Handlers, item: Item) -> bool:
    timer = Timer(
        TimerKind(item.text("kind")),
        item.text("tenant"),
        item.text("subject"),
        from_text(item.text("due")),
    )
    try:
        handlers[timer.kind](timer)
    except Exception as error:  # noqa: BLE001  # one that fails must not stop the others
        get_logger().error(
            "timer failed",
            operation=timer.kind.value,
            tenant=timer.tenant,
            subject=timer.subject,
            error=type(error).__name__,
            where=where(error),
        )
        services.store.transact(_later(services, timer, item.number("failures") + 1))
        return False
    services.store.transact([timer.delete()])
    return True


def _later(services: Services, timer: Timer, failures: int) -> list[Operation]:
    wait = min(_SHORTEST * 2 ** min(failures - 1, 10), _LONGEST)
    again = timer._replace(due=services.clock() + wait)
    return [timer.delete(), again.put(failures)]
