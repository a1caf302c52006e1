"""Care relations: why a user may see a patient's record, and until when.

    CARE#<t>#<patient> / USER#<user>    `<kind>_until` for each kind; `booked_<appointment>` holds
                                        "<sequence> <until>", an empty until after a cancellation

One item a user, so that the reader's relation comes with the read of the patient. Ids,
kinds and times are not sealed; the reason of a break-glass is.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from schemas.care import Relation, RelationKind
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.store import ABSENT, Item, Key, Update, Value, at_version
from telesalud.platform.work import Services

BOOKED_AFTER: Final = timedelta(days=30)
"""How long after an appointment its record may still be completed."""
REGISTERED_FOR: Final = timedelta(days=30)
TREATED_FOR: Final = timedelta(days=730)
GLASS_FOR: Final = timedelta(hours=4)
CLOSE: Final = frozenset(
    {RelationKind.TREATED, RelationKind.REFERRED, RelationKind.REGISTERED, RelationKind.GLASS}
)
"""Relations that open sensitive information; a booking or a team alone does not."""
_BOOKING: Final = "booked_"


def relation_key(tenant: str, patient: str, user: str) -> Key:
    """Where a user's relations with a patient are."""
    return Key(f"CARE#{tenant}#{patient}", f"USER#{user}")


def granted(tenant: str, patient: str, user: str, kind: RelationKind, until: datetime) -> Update:
    """The write that lets `user` in until then; what else lets them in stays."""
    key = relation_key(tenant, patient, user)
    return Update(key, set={f"{kind.value}_until": to_text(until)})


def relations_in(item: Item | None, now: datetime) -> Iterator[Relation]:
    """The relations that hold now."""
    if item is None:
        return
    user = item.key.sk.removeprefix("USER#")
    for kind in RelationKind:
        until = _until(item, kind)
        if until is not None and now < until:
            yield Relation(user=user, kind=kind, until=until)


def _until(item: Item, kind: RelationKind) -> datetime | None:
    if kind is RelationKind.BOOKED:
        texts = [until for _, until in _bookings(item).values() if until]
        return from_text(max(texts)) if texts else None
    text = item.attributes.get(f"{kind.value}_until")
    return from_text(text) if isinstance(text, str) else None


def _bookings(item: Item | None) -> dict[str, tuple[int, str]]:
    """Sequence and until of each booking, by attribute."""
    found: dict[str, tuple[int, str]] = {}
    for name, value in (item.attributes if item else {}).items():
        if name.startswith(_BOOKING) and isinstance(value, str) and name != "booked_until":
            sequence, _, until = value.partition(" ")
            found[name] = (int(sequence), until)
    return found


def book(
    services: Services, key: Key, appointment: str, sequence: int, until: datetime | None
) -> None:
    """Note an appointment's newest state (None: cancelled), in whatever order events arrive.

    Bookings that ended long ago are forgotten. Raises ConditionFailed when somebody else wrote.
    """
    item = services.store.get(key)
    known = _bookings(item)
    name = f"{_BOOKING}{appointment}"
    if name in known and known[name][0] >= sequence:
        return
    old = to_text(services.clock() - TREATED_FOR)
    # A cancellation stays as a tombstone, or a late announcement would bring the booking back.
    past = [other for other, (_, ends) in known.items() if ends and ends < old and other != name]
    value: dict[str, Value] = {name: f"{sequence} {to_text(until) if until else ''}"}
    when = at_version(item.version) if item else ABSENT
    services.store.transact([Update(key, set=value, remove=past, when=when)])
