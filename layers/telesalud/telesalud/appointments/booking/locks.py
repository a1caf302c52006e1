"""Locks on time: what makes a double booking impossible.

Time is cut into quanta of five minutes. For each hour (UTC) and each person (a practitioner, a
patient) there is at most one item, and each taken quantum of the hour is one attribute of it,
holding the id of the appointment:

    LOCK#<tenant>#<kind>#<id> / 2026-11-23T14   {q30: <appointment>, q35: <appointment>}

A claim adds attributes on the condition that they are absent, in the same transaction as the
appointment, so of two claims on one quantum at most one can commit and no read is needed first.
Overbooking takes a further layer of the same items: `q30x2` is the second patient at half past.

One item for each hour instead of one for each quantum keeps a visit of half an hour at one or two
lock writes a person instead of six, and eight hours of four people inside one transaction
(docs/decisions/0201).
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from schemas.agendas import QUANTUM_MINUTES
from telesalud.appointments.agendas.calendar import Span
from telesalud.platform.store import Check, Item, Key, Update, When

_QUANTUM = timedelta(minutes=QUANTUM_MINUTES)


class Kind(StrEnum):
    """Whose time is locked."""

    PRACTITIONER = "PRACTITIONER"
    PATIENT = "PATIENT"


class Owner(NamedTuple):
    """A person whose time is locked."""

    tenant: str
    kind: Kind
    id: str

    @property
    def partition(self) -> str:
        """All locks of the person, in order of time."""
        return f"LOCK#{self.tenant}#{self.kind.value}#{self.id}"


def hour_of(moment: datetime) -> str:
    """The sort key of the hour that `moment` is in."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H")


def quanta(span: Span, layer: int = 1) -> dict[str, list[str]]:
    """The quanta that the span takes, by hour. Raises ValueError off the grid."""
    suffix = f"x{layer}" if layer > 1 else ""
    hours: dict[str, list[str]] = {}
    moment = span.start.astimezone(UTC)
    if moment.minute % QUANTUM_MINUTES or moment.second or moment.microsecond:
        raise ValueError("a span starts on a quantum")
    while moment < span.end:
        hours.setdefault(hour_of(moment), []).append(f"q{moment.minute:02d}{suffix}")
        moment += _QUANTUM
    return hours


class Hold(NamedTuple):
    """Time that is taken on one layer; layers above the first are overbooked."""

    span: Span
    layer: int = 1

    @property
    def quanta(self) -> dict[str, list[str]]:
        """The quanta that it takes, by hour."""
        return quanta(self.span, self.layer)


def move(owner: Owner, holder: str, old: Hold | None, new: Hold | None) -> list[Update]:
    """The writes that give up `old` and take `new` for the appointment `holder`, atomically.

    They fail unless every quantum of `old` is held by `holder` and every other of `new` is free.
    """
    before, after = old.quanta if old else {}, new.quanta if new else {}
    updates = []
    for hour in sorted(before.keys() | after.keys()):
        had, wants = before.get(hour, []), after.get(hour, [])
        taken = [q for q in wants if q not in had]
        freed = [q for q in had if q not in wants]
        if taken or freed:
            updates.append(
                Update(
                    Key(owner.partition, hour),
                    set=dict.fromkeys(taken, holder),
                    remove=tuple(freed),
                    when=When(lacks=tuple(taken), equals=dict.fromkeys(had, holder)),
                )
            )
    return updates


def held(owner: Owner, holder: str, hold: Hold) -> list[Check]:
    """Checks that `holder` holds this time already, for a transaction that relies on it."""
    return [
        Check(Key(owner.partition, hour), When(exists=True, equals=dict.fromkeys(names, holder)))
        for hour, names in hold.quanta.items()
    ]


def holders(item: Item, wanted: Iterable[str]) -> set[str]:
    """The appointments that hold any of these quanta."""
    return {item.text(q) for q in wanted if q in item.attributes}
