"""Appointments that no longer fit: their agenda was closed, or a holiday was added, after they were
booked. They stay as they are until somebody moves or cancels them; these lists make sure that
somebody sees them. Those booked on purpose outside of opening hours are not among them.
"""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from schemas.agendas import AffectedAppointment, AffectedList, AffectedQuery, Site
from telesalud.appointments.agendas import calendar
from telesalud.appointments.agendas import repository as agendas
from telesalud.appointments.agendas.opening_hours import with_holidays
from telesalud.appointments.agendas.stored import OpeningHours
from telesalud.appointments.booking import repository as bookings
from telesalud.appointments.booking.statuses import MOVABLE
from telesalud.appointments.booking.stored import Booking
from telesalud.appointments.policy import GRANTS, READ
from telesalud.platform.access import require
from telesalud.platform.clock import to_text
from telesalud.platform.errors import NotFound
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.sealed import open_model
from telesalud.platform.store import every
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

_LOOKED_AT = 1000
"""Appointments that one page is sifted from."""
SHOWN = 50
"""How many a change of hours or holidays names at once."""


def of_practitioner(
    services: Services, call: Call, practitioner: str, query: AffectedQuery
) -> AffectedList:
    """Future appointments outside of a practitioner's hours. Audited. Raises NotFound."""
    require(call.caller, READ, GRANTS)
    tenant = call.caller.tenant
    person = agendas.practitioner_key(tenant, practitioner)
    hours = agendas.hours_key(tenant, practitioner)
    found = services.fetch([person, hours], Scope(tenant))
    if person not in found:
        raise NotFound("there is no such practitioner")
    body = agendas.hours_of(services.vault, tenant, found.get(hours))
    _audit(services, call, practitioner)
    return outside_hours(services, call, practitioner, body, query)


def of_site(services: Services, call: Call, site: str, query: AffectedQuery) -> AffectedList:
    """Future appointments on a site's holidays. Audited. Raises NotFound."""
    require(call.caller, READ, GRANTS)
    tenant = call.caller.tenant
    key = agendas.site_key(tenant, site)
    found = services.fetch([key], Scope(tenant))
    if key not in found:
        raise NotFound("there is no such site")
    _audit(services, call, site)
    return on_holidays(services, call, agendas.site_of(found[key]), query)


def outside_hours(
    services: Services,
    call: Call,
    practitioner: str,
    hours: OpeningHours,
    query: AffectedQuery,
    *,
    right: str = READ,
) -> AffectedList:
    """A page of a practitioner's future appointments that do not fit these hours."""
    require(call.caller, right, GRANTS)
    tenant = call.caller.tenant
    items = every(services.store, agendas.site_key(tenant, "").pk)
    sites = {item.key.sk: agendas.site_of(item) for item in items}

    def fits(booking: Booking) -> bool:
        site = sites[booking.site]
        open_ = with_holidays(hours, site)
        zone = ZoneInfo(site.zone)
        return calendar.is_open(open_, booking.span, site.id, booking.category, zone)

    partition = bookings.agenda_partition(tenant, "PRACTITIONER", practitioner)
    return _sift(services, tenant, partition, fits, query)


def on_holidays(
    services: Services, call: Call, site: Site, query: AffectedQuery, *, right: str = READ
) -> AffectedList:
    """A page of a site's future appointments on its holidays."""
    require(call.caller, right, GRANTS)
    holidays = OpeningHours(closures=site.holidays)
    zone = ZoneInfo(site.zone)

    def fits(booking: Booking) -> bool:
        day = booking.start.astimezone(zone).date()
        closed = calendar.closed_on(holidays, day, zone)
        return not any(closure.meets(booking.span) for closure in closed)

    tenant = call.caller.tenant
    partition = bookings.agenda_partition(tenant, "SITE", site.id)
    return _sift(services, tenant, partition, fits, query)


def _sift(
    services: Services,
    tenant: str,
    partition: str,
    fits: Callable[[Booking], bool],
    query: AffectedQuery,
) -> AffectedList:
    """A page by start; short pages with a cursor are possible when few of many are affected."""
    after: str | None = from_cursor(query.cursor) or to_text(services.clock())
    affected: list[AffectedAppointment] = []
    seen = 0
    while after is not None and seen < _LOOKED_AT and len(affected) < query.limit:
        page = services.store.query(partition, after=after, limit=200)
        seen += len(page.items)
        after = page.next_after
        for item in page.items:
            booking = open_model(services.vault, Scope(tenant), item, Booking)
            if booking.status in MOVABLE and not booking.overruled and not fits(booking):
                affected.append(_view(booking))
            if len(affected) == query.limit:
                after = item.key.sk
                break
    return AffectedList(items=tuple(affected), cursor=to_cursor(after))


def _view(booking: Booking) -> AffectedAppointment:
    return AffectedAppointment(
        appointment=booking.id,
        practitioners=tuple(p.id for p in booking.practitioners),
        site=booking.site,
        start=booking.start,
        minutes=booking.minutes,
    )


def _audit(services: Services, call: Call, whose: str) -> None:
    work = Work(services, call)
    work.audit("appointments.read_affected", whose, f"affected/{whose}")
    work.commit()
