"""The resources of a booking: its site, category and practitioners with their opening hours.

One read finds them, and what was read is checked again in the booking's transaction. Booking,
rescheduling, series, groups and offers share it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from schemas.agendas import Category, Practitioner, Site
from telesalud.appointments.agendas import calendar
from telesalud.appointments.agendas import repository as agendas
from telesalud.appointments.agendas.calendar import Span
from telesalud.appointments.agendas.opening_hours import with_holidays
from telesalud.appointments.agendas.stored import OpeningHours
from telesalud.appointments.booking.stored import Attendant
from telesalud.appointments.errors import AgendaChanged, OutsideHours
from telesalud.appointments.policy import GRANTS, OVERRULE
from telesalud.platform.access import Caller, require
from telesalud.platform.errors import FieldError, Invalid
from telesalud.platform.store import ABSENT, Check, ConditionFailed, Item, Key, at_version
from telesalud.platform.work import Services

BACKDATED = timedelta(hours=12)
"""How far in the past a visit may still be entered: today's walk-ins."""
AHEAD = timedelta(days=730)
AHEAD_TELEMEDICINE = timedelta(days=350)
"""As far as the consults service plans."""


@dataclass(frozen=True)
class Named:
    """What a booking names, whatever the time."""

    practitioners: Sequence[str]
    site: str
    category: str


@dataclass(frozen=True)
class Wanted(Named):
    """What a booking names, and the time that is asked for."""

    span: Span
    outside_hours: bool


@dataclass(frozen=True, slots=True)
class Resources:
    """A booking's resources as they were read, and the checks that they stay so."""

    site: Site
    category: Category
    attendants: tuple[Attendant, ...]
    hours: Mapping[str, OpeningHours]
    """Practitioner to opening hours, the site's holidays among the closures."""
    overbooking: int
    """How many more than one a time admits."""
    checks: tuple[Check, ...]

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.site.zone)

    def closed_for(self, span: Span) -> str | None:
        """The first practitioner whose agenda is closed then, if any."""
        for practitioner, hours in self.hours.items():
            open_ = calendar.is_open(hours, span, self.site.id, self.category.code, self.zone)
            if not open_:
                return practitioner
        return None


def keys_for(tenant: str, wanted: Named) -> list[Key]:
    """What has to be read to find the resources of `wanted`."""
    return [
        agendas.site_key(tenant, wanted.site),
        agendas.category_key(tenant, wanted.category),
        *(agendas.practitioner_key(tenant, p) for p in wanted.practitioners),
        *(agendas.hours_key(tenant, p) for p in wanted.practitioners),
    ]


def check_bookable(
    services: Services, caller: Caller, wanted: Wanted, found: dict[Key, Item], *, new: bool
) -> Resources:
    """The resources of what is wanted, if it can be had. Raises Invalid, OutsideHours, Forbidden.

    A `new` appointment needs an active category and practitioners.
    """
    tenant = caller.tenant
    resources = find(services, tenant, wanted, found, new=new)
    _check_time(services, wanted.span, resources.category)
    if wanted.outside_hours:
        require(caller, OVERRULE, GRANTS)
        return resources
    if (practitioner := resources.closed_for(wanted.span)) is not None:
        raise OutsideHours(practitioner=practitioner)
    return resources


def find(
    services: Services, tenant: str, wanted: Named, found: dict[Key, Item], *, new: bool
) -> Resources:
    """The resources that a booking names, whatever the time. Raises Invalid."""
    faults = []
    place = agendas.site_key(tenant, wanted.site)
    site = agendas.site_of(found[place]) if place in found else None
    if site is None:
        faults.append(FieldError("/site", "unknown", "there is no such site"))
    item = found.get(agendas.category_key(tenant, wanted.category))
    category = agendas.category_of(item) if item else None
    if category is None or (new and not category.active):
        faults.append(FieldError("/category", "unknown", "there is no such active category"))
    people = _people(services, tenant, wanted, found)
    for index, person in enumerate(people):
        if person is None:
            detail = "there is no such active practitioner at this site"
            faults.append(FieldError(f"/practitioners/{index}", "unknown", detail))
    if faults or site is None or category is None:
        raise Invalid("the appointment names something that cannot be booked", faults)
    attendants = [p for p in people if p is not None]
    keys = [agendas.hours_key(tenant, p.id) for p in attendants]
    return Resources(
        site,
        category,
        tuple(Attendant(id=p.id, name=p.name, user_id=p.user_id) for p in attendants),
        {
            p.id: with_holidays(agendas.hours_of(services.vault, tenant, found.get(key)), site)
            for p, key in zip(attendants, keys, strict=True)
        },
        min([category.overbooking, *(p.overbooking for p in attendants)]),
        tuple(_unchanged(key, found) for key in (*keys, place)),
    )


def _people(
    services: Services, tenant: str, wanted: Named, found: dict[Key, Item]
) -> list[Practitioner | None]:
    """The practitioners asked for; None for one who cannot be booked there."""
    people: list[Practitioner | None] = []
    for practitioner in wanted.practitioners:
        item = found.get(agendas.practitioner_key(tenant, practitioner))
        person = agendas.practitioner_of(services.vault, tenant, item) if item else None
        fits = person is not None and person.active and wanted.site in person.sites
        people.append(person if fits else None)
    return people


def _unchanged(key: Key, found: dict[Key, Item]) -> Check:
    item = found.get(key)
    return Check(key, at_version(item.version) if item else ABSENT)


def time_fault(now: datetime, span: Span, category: Category) -> str | None:
    """`past` or `too-far` for a start that cannot be booked."""
    if span.start < now - BACKDATED:
        return "past"
    return "too-far" if span.start > now + ahead_of(category) else None


def ahead_of(category: Category) -> timedelta:
    """How far ahead a kind of appointment can be booked."""
    return AHEAD_TELEMEDICINE if category.telemedicine else AHEAD


def _check_time(services: Services, span: Span, category: Category) -> None:
    fault = time_fault(services.clock(), span, category)
    if fault == "past":
        error = FieldError("/start", fault, "an appointment does not start in the past")
        raise Invalid("the start is in the past", [error])
    if fault is not None:
        days = ahead_of(category).days
        raise Invalid(
            "the start is too far ahead",
            [FieldError("/start", fault, f"book at most {days} days ahead")],
        )


def hours_moved(resources: Resources, failed: ConditionFailed) -> AgendaChanged | None:
    """The refusal to raise when opening hours or holidays changed under the transaction."""
    if any(failed.at(check.key) for check in resources.checks):
        return AgendaChanged()
    return None
