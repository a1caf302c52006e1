"""How many teleconsultations are booked when: counts of all tenants, for the video cluster's size.

    LOAD#<quarter of a day>#<digit>   <start>#<consult>   planned minutes

Every consult has one such item, written in the transaction that creates, moves or cancels it. The
digit is the last of the consult's id, which is random: sixteen partitions share the bookings of a
quarter of a day (UTC), so that many clinics that open a month's agenda at once meet no hot one, and
what is counted is read by range, without any scan. Counts carry no tenant, practitioner or patient.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from schemas.bridges import MOST_SLOTS, AgendaLoad, AgendaQuery, AgendaSlot
from telesalud.consults.model import Consult, State
from telesalud.consults.policy import GRANTS, LOAD
from telesalud.consults.repository import DIGITS
from telesalud.platform.access import require
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.errors import FieldError, Forbidden, Invalid
from telesalud.platform.store import ABSENT, MAX_PAGE, Delete, Key, Operation, Put, every
from telesalud.platform.work import Call, Services

BLOCK = timedelta(hours=6)
KEPT = timedelta(days=2)
"""After the start; a consult lasts at most eight hours."""
LONGEST_RANGE = timedelta(hours=24)
GRIDS = (5, 15)
"""Minutes to which starts are rounded down and ends up. With the second, a day has at most 3168
different slots (96 starts, 33 lengths), which fits into one answer."""


class Booking(NamedTuple):
    """One consult that somebody has booked."""

    start: datetime
    minutes: int


def load_key(consult_id: str, state: State) -> Key:
    """Where the consult is counted."""
    return Key(_partition(state.start, consult_id[-1]), f"{to_text(state.start)}#{consult_id}")


def booked(consult: Consult) -> Put:
    """Count a new consult."""
    return _put(consult, new=True)


def moved(before: Consult, after: Consult) -> list[Operation]:
    """Count a consult at its new time, and no longer at the old one."""
    old, new = load_key(before.id, before.state), load_key(after.id, after.state)
    return [_put(after, new=False), *([Delete(old)] if old != new else [])]


def released(consult: Consult) -> Delete:
    """Count a cancelled consult no longer."""
    return Delete(load_key(consult.id, consult.state))


def load(services: Services, call: Call, operator: str, asked: AgendaQuery) -> AgendaLoad:
    """What is booked in [`asked.since`, `asked.until`) in all tenants together.

    Starts are rounded down and ends up, so the load is never told too low. For the cluster of the
    installation alone: for clients of the tenant `operator` with the scope `consults.load`, which
    no role has. Raises Forbidden, Invalid for a range that is empty or longer than a day.
    """
    require(call.caller, LOAD, GRANTS)
    if not operator or call.caller.tenant != operator:
        raise Forbidden("counts of all tenants are for the operator of the installation")
    if not timedelta(0) < asked.until - asked.since <= LONGEST_RANGE:
        raise Invalid(
            "the range does not fit",
            [FieldError("/query/to", "range", "after `from`, at most 24 hours later")],
        )
    bookings = list(_bookings(services, asked.since, asked.until))
    slots = _slots(bookings, GRIDS[0])
    return AgendaLoad(slots=slots if len(slots) <= MOST_SLOTS else _slots(bookings, GRIDS[1]))


def _put(consult: Consult, *, new: bool) -> Put:
    key, state = load_key(consult.id, consult.state), consult.state
    put = Put(key, {"minutes": state.planned_minutes}, expires=state.start + KEPT)
    return Put(put.key, put.attributes, ABSENT, put.expires) if new else put


def _block(moment: datetime) -> datetime:
    utc = moment.astimezone(UTC)
    hours = BLOCK // timedelta(hours=1)
    return utc.replace(hour=utc.hour // hours * hours, minute=0, second=0, microsecond=0)


def _partition(moment: datetime, digit: str) -> str:
    return f"LOAD#{_block(moment):%Y-%m-%dT%H}#{digit}"


def _bookings(services: Services, since: datetime, until: datetime) -> Iterator[Booking]:
    block, after, before = _block(since), to_text(since), to_text(until)
    while block < until:
        for digit in DIGITS:
            pk = _partition(block, digit)
            for item in every(services.store, pk, after=after, until=before, page_size=MAX_PAGE):
                start = from_text(item.key.sk.partition("#")[0])
                yield Booking(start, item.number("minutes"))
        block += BLOCK


def _slots(bookings: Iterable[Booking], grid: int) -> tuple[AgendaSlot, ...]:
    counts = Counter(_rounded(booking, timedelta(minutes=grid)) for booking in bookings)
    return tuple(
        AgendaSlot(start=start, minutes=minutes, booked=number)
        for (start, minutes), number in sorted(counts.items())
    )


def _rounded(booking: Booking, grid: timedelta) -> Booking:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    end = booking.start + timedelta(minutes=booking.minutes)
    start = booking.start - (booking.start - epoch) % grid
    return Booking(start, (end + (epoch - end) % grid - start) // timedelta(minutes=1))
