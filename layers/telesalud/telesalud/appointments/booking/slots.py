"""Looking for free slots."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from schemas.agendas import Practitioner, Site, Slot, SlotList, SlotQuery
from telesalud.appointments.agendas import calendar
from telesalud.appointments.agendas import repository as agendas
from telesalud.appointments.agendas.calendar import Span
from telesalud.appointments.agendas.opening_hours import with_holidays
from telesalud.appointments.agendas.stored import OpeningHours
from telesalud.appointments.booking import locks
from telesalud.appointments.booking.locks import Kind, Owner
from telesalud.appointments.policy import GRANTS, READ
from telesalud.platform.access import require
from telesalud.platform.errors import FieldError, Invalid, NotFound
from telesalud.platform.store import Item, Key, every, together
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services

MOST_PRACTITIONERS = 90
"""How many agendas one search for free slots looks at."""


def free_slots(services: Services, call: Call, query: SlotQuery) -> SlotList:
    """Free slots by start, over all practitioners who match.

    Raises Invalid when neither practitioner, specialty nor site is named, when a site or category
    does not exist, or when more than MOST_PRACTITIONERS match.
    """
    require(call.caller, READ, GRANTS)
    tenant = call.caller.tenant
    people = _matching(services, tenant, query)
    frame = _frame(services, tenant, query, people)
    days = [query.from_date + timedelta(days=n) for n in range(query.days)]
    owners = [Owner(tenant, Kind.PRACTITIONER, person.id) for person in people]
    taken = together([partial(_busy, services, owner, days) for owner in owners])
    found = [
        slot
        for person, busy in zip(people, taken, strict=True)
        for slot in _free(services, query, person, frame, days, busy)
    ]
    found.sort(key=lambda slot: (slot.start, slot.practitioner))
    return SlotList(items=tuple(found[: query.limit]), complete=len(found) <= query.limit)


def _matching(services: Services, tenant: str, query: SlotQuery) -> list[Practitioner]:
    if query.practitioner is not None:
        key = agendas.practitioner_key(tenant, query.practitioner)
        items = list(services.fetch([key], Scope(tenant)).values())
        people = [agendas.practitioner_of(services.vault, tenant, i) for i in items if i.key == key]
        if not people:
            raise NotFound("there is no such practitioner")
    elif query.specialty is not None or query.site is not None:
        people = list(_everybody(services, tenant))
    else:
        fault = FieldError("/query/practitioner", "missing", "or name a specialty or a site")
        raise Invalid("name a practitioner, a specialty or a site", [fault])
    chosen = [p for p in people if p.active and _fits(p, query)]
    if len(chosen) > MOST_PRACTITIONERS:
        raise Invalid(
            f"more than {MOST_PRACTITIONERS} practitioners match: name a site or specialty"
        )
    return chosen


def _fits(person: Practitioner, query: SlotQuery) -> bool:
    return (query.specialty is None or query.specialty in person.specialties) and (
        query.site is None or query.site in person.sites
    )


def _everybody(services: Services, tenant: str) -> Iterator[Practitioner]:
    for item in every(services.store, agendas.practitioner_key(tenant, "").pk):
        yield agendas.practitioner_of(services.vault, tenant, item)


@dataclass(frozen=True, slots=True)
class _Frame:
    sites: dict[str, Site]
    hours: dict[str, OpeningHours]
    minutes: int | None
    """The length wanted; None takes each agenda's own slot length."""


def _frame(services: Services, tenant: str, query: SlotQuery, people: list[Practitioner]) -> _Frame:
    keys: list[Key] = [agendas.hours_key(tenant, p.id) for p in people]
    if query.category is not None:
        keys.append(agendas.category_key(tenant, query.category))
    found = services.fetch(keys, Scope(tenant))
    hours = {
        p.id: agendas.hours_of(services.vault, tenant, found.get(agendas.hours_key(tenant, p.id)))
        for p in people
    }
    minutes = query.minutes
    if query.category is not None:
        item = found.get(agendas.category_key(tenant, query.category))
        if item is None:
            fault = FieldError("/query/category", "unknown", "there is no such category")
            raise Invalid("the category does not exist", [fault])
        minutes = minutes or agendas.category_of(item).minutes
    return _Frame(_sites(services, tenant, query), hours, minutes)


def _sites(services: Services, tenant: str, query: SlotQuery) -> dict[str, Site]:
    items: list[Item] = []
    if query.site is not None:
        items += services.store.get_many([agendas.site_key(tenant, query.site)]).values()
        if not items:
            fault = FieldError("/query/site", "unknown", "there is no such site")
            raise Invalid("the site does not exist", [fault])
    else:
        items += every(services.store, agendas.site_key(tenant, "").pk)
    return {item.key.sk: agendas.site_of(item) for item in items}


def _free(  # noqa: PLR0917  # what was read for all, then what is this agenda's
    services: Services,
    query: SlotQuery,
    person: Practitioner,
    frame: _Frame,
    days: list[date],
    busy: set[tuple[str, str]],
) -> Iterator[Slot]:
    now = services.clock()
    for site, place in frame.sites.items():
        if site not in person.sites:
            continue
        zone = ZoneInfo(place.zone)
        spans = calendar.open_spans(
            with_holidays(frame.hours[person.id], place),
            days,
            zone,
            site=site,
            category=query.category,
            minutes=frame.minutes,
        )
        for span in dict.fromkeys(spans):
            if span.start >= now and not busy & _quanta(span):
                yield _slot(person, site, zone, span)


def _slot(person: Practitioner, site: str, zone: ZoneInfo, span: Span) -> Slot:
    return Slot(
        practitioner=person.id,
        practitioner_name=person.name,
        site=site,
        start=span.start,
        minutes=int((span.end - span.start).total_seconds() // 60),
        local_start=span.start.astimezone(zone).isoformat(timespec="minutes"),
    )


def _busy(services: Services, owner: Owner, days: list[date]) -> set[tuple[str, str]]:
    """The quanta that are taken, with a day of margin for any zone."""
    first = datetime.combine(days[0], time(0), UTC) - timedelta(days=1)
    last = datetime.combine(days[-1], time(0), UTC) + timedelta(days=2)
    items = every(
        services.store, owner.partition, after=locks.hour_of(first), until=locks.hour_of(last)
    )
    return {(item.key.sk, name) for item in items for name in item.attributes}


def _quanta(span: Span) -> set[tuple[str, str]]:
    return {(hour, name) for hour, names in locks.quanta(span).items() for name in names}
