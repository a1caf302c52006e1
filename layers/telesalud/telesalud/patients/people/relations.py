"""Care relations: why a user may see a patient's record, and until when.

    CARE#<t>#<patient> / USER#<user>    `<kind>_until` for each kind; `booked_<appointment>` holds
                                        "<sequence> <until>", an empty until after a cancellation;
                                        `own_<appointment>` "<sequence> <until> <from>" of one that
                                        the user booked with themselves

One item a user, so that the reader's relation comes with the read of the patient. Ids,
kinds and times are not sealed; the reason of a break-glass is.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from schemas.care import Relation, RelationKind
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.store import ABSENT, Item, Key, Update, at_version
from telesalud.platform.work import Services

BOOKED_AFTER: Final = timedelta(days=30)
"""How long after an appointment its record may still be completed."""
OWN_BEFORE: Final = timedelta(hours=12)
"""How long before its time an appointment that somebody booked with themselves opens: the day."""
OWN_AFTER: Final = timedelta(days=2)
WRITING_FOR: Final = timedelta(days=30)
"""How long somebody who began an encounter may complete it, whatever else ends."""
REGISTERED_FOR: Final = timedelta(days=30)
TREATED_FOR: Final = timedelta(days=730)
GLASS_FOR: Final = timedelta(hours=4)
CLOSE: Final = frozenset(
    {RelationKind.TREATED, RelationKind.REFERRED, RelationKind.REGISTERED, RelationKind.GLASS}
)
"""Relations that open sensitive information; a booking or a team alone does not."""
_BOOKING: Final = "booked_"
_OWN: Final = "own_"


def relation_key(tenant: str, patient: str, user: str) -> Key:
    """Where a user's relations with a patient are."""
    return Key(f"CARE#{tenant}#{patient}", f"USER#{user}")


def granted(
    tenant: str,
    patient: str,
    user: str,
    kind: RelationKind,
    until: datetime,
    *,
    before: Item | None = None,
) -> Update:
    """The write that lets `user` in until then; what else lets them in stays.

    With the item as it was `before`, nothing that was granted for longer gets shorter.
    """
    key, name = relation_key(tenant, patient, user), f"{kind.value}_until"
    known = before.attributes.get(name, "") if before else ""
    return Update(key, set={name: max(to_text(until), str(known))})


def relations_in(item: Item | None, now: datetime) -> Iterator[Relation]:
    """The relations that hold now."""
    if item is None:
        return
    user = item.key.sk.removeprefix("USER#")
    for kind in RelationKind:
        until = _until(item, kind, now)
        if until is not None and now < until:
            yield Relation(user=user, kind=kind, until=until)


def let_in_by_others(item: Item | None, now: datetime) -> set[RelationKind]:
    """The relations that hold now and that somebody did not make for themselves.

    A broken glass and a booking with oneself are self-made: they open, but nothing follows of them.
    """
    kinds = {relation.kind for relation in relations_in(item, now)}
    booked = max(_texts(_bookings(item)), default="")
    if not booked or from_text(booked) <= now:
        kinds.discard(RelationKind.BOOKED)
    return kinds - {RelationKind.GLASS}


def to_come(item: Item | None, now: datetime) -> bool:
    """Whether any relation holds now or will: a booking with oneself opens on its day."""
    own = [booking.until for booking in _bookings(item, _OWN).values() if booking.until]
    return any(from_text(until) > now for until in own) or any(relations_in(item, now))


def _until(item: Item, kind: RelationKind, now: datetime) -> datetime | None:
    if kind is RelationKind.BOOKED:
        own = {n: b for n, b in _bookings(item, _OWN).items() if b.begins <= to_text(now)}
        texts = _texts(_bookings(item)) + _texts(own)
        return from_text(max(texts)) if texts else None
    text = item.attributes.get(f"{kind.value}_until")
    return from_text(text) if isinstance(text, str) else None


class _Known(NamedTuple):
    sequence: int
    until: str
    """Empty after a cancellation."""
    begins: str = ""


def _texts(bookings: Mapping[str, _Known]) -> list[str]:
    return [booking.until for booking in bookings.values() if booking.until]


def _bookings(item: Item | None, prefix: str = _BOOKING) -> dict[str, _Known]:
    """What is known of each booking, by attribute."""
    found: dict[str, _Known] = {}
    for name, value in (item.attributes if item else {}).items():
        if name.startswith(prefix) and isinstance(value, str) and name != "booked_until":
            sequence, until, begins = (*value.split(" "), "", "")[:3]
            found[name] = _Known(int(sequence), until, begins)
    return found


class Booked(NamedTuple):
    """What the agenda says of an appointment with one of its practitioners."""

    appointment: str
    sequence: int
    span: tuple[datetime, datetime] | None
    """Begin and end; None when it was cancelled."""
    own: bool
    """Whether they booked it with themselves."""


def book(services: Services, key: Key, fact: Booked) -> tuple[Update, bool] | None:
    """The write that notes an appointment's newest state, and whether it is a new self-made one.

    In whatever order events arrive; None when something as new is known. What somebody once let
    them in by stays so, and what they made themselves, too. Bookings that ended long ago are
    forgotten.
    """
    item = services.store.get(key)
    known = _bookings(item) | _bookings(item, _OWN)
    names = {prefix: f"{prefix}{fact.appointment}" for prefix in (_BOOKING, _OWN)}
    before = [names[prefix] for prefix in names if names[prefix] in known]
    own = before[0] == names[_OWN] if before else fact.own
    name = names[_OWN if own else _BOOKING]
    if before and known[name].sequence >= fact.sequence:
        return None
    old = to_text(services.clock() - TREATED_FOR)
    # A cancellation stays as a tombstone, or a late announcement would bring the booking back.
    past = [n for n, b in known.items() if b.until and b.until < old and n != name]
    text = f"{fact.sequence} "
    if fact.span is not None:
        begin, end = fact.span
        text += to_text(end + (OWN_AFTER if own else BOOKED_AFTER))
        text += f" {to_text(begin - OWN_BEFORE)}" if own else ""
    when = at_version(item.version) if item else ABSENT
    return Update(key, set={name: text}, remove=past, when=when), own and not before
