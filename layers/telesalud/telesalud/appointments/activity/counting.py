"""Where an appointment counts: in its week at its site, and in its week of each practitioner.

The sums follow the events of appointments: each of them has the appointment counted as it is then
(`telesalud.platform.tallies`), so that an event more or less, or out of order, makes no difference.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from schemas.appointments import Status
from telesalud.appointments.agendas import repository as agendas
from telesalud.appointments.booking import repository
from telesalud.appointments.booking.stored import Booking
from telesalud.platform import tallies
from telesalud.platform.sealed import open_model
from telesalud.platform.store import SweepableStore, every
from telesalud.platform.tallies import Counted, Row, week_of
from telesalud.platform.vault import Scope, Vault
from telesalud.platform.work import Services

SITES: Final = "SITES"
"""The series by site and category."""
_KINDS: Final = {
    Status.CHECKED_OUT: "seen",
    Status.NO_SHOW: "no_shows",
    Status.LEFT: "left",
    Status.CANCELLED: "cancelled",
    Status.CANCELLED_LATE: "cancelled_late",
}
_WAITS: Final = ((15, "waited_15"), (30, "waited_30"), (60, "waited_60"))
_LONGEST_WAIT: Final = timedelta(hours=12)
"""Whoever is said to have waited longer was not said to be seen in time."""


def own_series(user: str) -> str:
    """The series of the appointments of one account."""
    return f"OWN-{user}"


def count(services: Services, tenant: str, appointment: str) -> None:
    """Count an appointment as it is now. May be repeated. Raises StoreBusy."""
    key = repository.appointment_key(tenant, appointment)
    item = services.fetch([key], Scope(tenant)).get(key)
    if item is None:
        return
    booking = open_model(services.vault, Scope(tenant), item, Booking)
    place = services.store.get(agendas.site_key(tenant, booking.site))
    if place is None:
        return
    zone = ZoneInfo(agendas.site_of(place).zone)
    tallies.count(services.store, tenant, counted(booking, item.version, zone))


def counted(booking: Booking, version: int, zone: ZoneInfo) -> Counted:
    """What an appointment adds to which sums."""
    week = week_of(booking.start.astimezone(zone).date())
    own = dict(_amounts(booking, 1))
    whole = dict(_amounts(booking, max(1, len(booking.practitioners))))
    share = {Row(SITES, week, (booking.site, booking.category)): whole}
    users = {p.user_id for p in booking.practitioners if p.user_id}
    share |= {Row(own_series(user), week): own for user in sorted(users)}
    return Counted(booking.id, version, share)


def _amounts(booking: Booking, people: int) -> Iterator[tuple[str, int]]:
    kind = _KINDS.get(booking.status, "expected")
    yield kind, 1
    if kind == "cancelled":
        return
    yield "appointments", 1
    if kind != "cancelled_late":
        yield "booked_minutes", booking.minutes * people
    if kind != "seen":
        return
    if booking.telemedicine:
        yield "televisits", 1
    if booking.arrived_at and booking.seen_at:
        waited = booking.seen_at - booking.arrived_at
        if timedelta(0) <= waited <= _LONGEST_WAIT:
            minutes = int(waited.total_seconds() // 60)
            yield "waited", 1
            yield "waited_minutes", minutes
            yield next((name for most, name in _WAITS if minutes <= most), "waited_more"), 1


def rebuild(store: SweepableStore, vault: Vault, tenant: str) -> int:
    """Count all appointments of an institution anew; how many there are."""
    return tallies.rebuild(store, tenant, _all(store, vault, tenant))


def _all(store: SweepableStore, vault: Vault, tenant: str) -> Iterator[Counted]:
    for place in every(store, agendas.site_key(tenant, "").pk):
        site = agendas.site_of(place)
        zone = ZoneInfo(site.zone)
        for item in every(store, repository.agenda_partition(tenant, "SITE", site.id)):
            booking = open_model(vault, Scope(tenant), item, Booking)
            yield counted(booking, item.number("of_version"), zone)
