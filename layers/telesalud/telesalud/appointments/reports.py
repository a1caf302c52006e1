"""Reports over agendas: who comes, who came, and what everybody did.

They read the copies of appointments in each site's agenda, which every booking and change writes
in its own transaction: a range of one partition a step, never the appointments themselves.
"""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from schemas.agendas import Category, Site
from schemas.appointments import Status
from schemas.reports import (
    AppointmentsReportKind,
    NewAppointmentsReport,
    NewReport,
    ReportScope,
)
from telesalud.appointments import wiring
from telesalud.appointments.activity.report import WEEKS
from telesalud.appointments.agendas import repository as agendas
from telesalud.appointments.booking import repository
from telesalud.appointments.booking.stored import Attendant, Booking
from telesalud.appointments.policy import GRANTS, REPORT_ACTIVITY, REPORT_AGENDA, REPORT_OWN
from telesalud.appointments.report_words import WORDS
from telesalud.platform.access import allows, require
from telesalud.platform.backend import part
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.errors import FieldError, Invalid
from telesalud.platform.reports.model import (
    CellKind,
    Chunk,
    Column,
    Definition,
    Job,
    Reports,
    Row,
    Source,
    local,
    share,
)
from telesalud.platform.reports.wiring import report_blobs
from telesalud.platform.sealed import open_model
from telesalud.platform.store import every
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services

_ROWS_A_STEP: Final = 100
"""Rows with the longest names that are allowed stay under 400 KB."""
_ITEMS_A_STEP: Final = 500
_MISSED: Final = (Status.NO_SHOW, Status.LEFT, Status.CANCELLED_LATE)
_GROUPS: Final = {
    "expected": (Status.PENDING, Status.BOOKED, Status.REMINDED, Status.CONFIRMED, Status.LATE),
    "present": (Status.ARRIVED, Status.IN_ROOM, Status.IN_CALL),
    "checked_out": (Status.CHECKED_OUT,),
    "left": (Status.LEFT,),
    "no_show": (Status.NO_SHOW,),
    "cancelled": (Status.CANCELLED,),
    "cancelled_late": (Status.CANCELLED_LATE,),
}
_GROUP_OF: Final = {status: name for name, many in _GROUPS.items() for status in many}
_KEYS: Final = 4
"""The first cells of a count: the ids and names of practitioner and site."""


@dataclass(frozen=True, slots=True)
class _Places:
    """The institution's sites by id, and its categories by code."""

    sites: dict[str, Site]
    categories: dict[str, Category]


_Rows = Callable[[Job, _Places, Site, Sequence[Booking]], list[Row]]


def _agenda(job: Job, places: _Places, site: Site, bookings: Sequence[Booking]) -> list[Row]:
    """Appointments by site and start."""
    return [
        (
            local(booking.start, site.zone),
            booking.minutes,
            booking.patient.display_name,
            "; ".join(p.name for p in booking.practitioners),
            _title(places, booking.category, job.language),
            site.name,
            booking.room or "",
            "yes" if booking.telemedicine else "no",
            booking.status.value,
        )
        for booking in bookings
        if _people(job, booking)
    ]


def _no_shows(job: Job, places: _Places, site: Site, bookings: Sequence[Booking]) -> list[Row]:
    """Appointments whose patient was waited for in vain."""
    return [
        (
            local(booking.start, site.zone),
            booking.minutes,
            booking.patient.display_name,
            "; ".join(p.name for p in booking.practitioners),
            _title(places, booking.category, job.language),
            site.name,
            booking.status.value,
        )
        for booking in bookings
        if booking.status in _MISSED and _people(job, booking)
    ]


def _activity(job: Job, _: _Places, site: Site, bookings: Sequence[Booking]) -> list[Row]:
    """Counts of one stretch of one site; `_summed` adds the stretches up."""
    counts: dict[Attendant, Counter[str]] = {}
    for booking in bookings:
        for person in _people(job, booking):
            count = counts.setdefault(person, Counter())
            count["total"] += 1
            count[_GROUP_OF[booking.status]] += 1
            count["telemedicine"] += booking.telemedicine
            if booking.status is Status.CHECKED_OUT:
                count["minutes"] += booking.minutes
    names = [column.name for column in _COUNTS]
    return [
        (person.id, site.id, person.name, site.name, *(count[name] for name in names))
        for person, count in counts.items()
    ]


def _summed(rows: Sequence[Row]) -> Sequence[Row]:
    """One row for each practitioner at each site, by name; ids are for adding up only."""
    sums: dict[tuple[object, object], list[int]] = {}
    names: dict[tuple[object, object], tuple[str, str]] = {}
    for row in rows:
        key = row[0], row[1]
        names[key] = str(row[2]), str(row[3])
        counts = [int(cell or 0) for cell in row[_KEYS:]]
        before = sums.get(key, [0] * len(counts))
        sums[key] = [a + b for a, b in zip(before, counts, strict=True)]
    return [(*names[key], *sums[key]) for key in sorted(sums, key=lambda key: names[key])]


def _stepwise(rows_of: _Rows, limit: int) -> Source:
    """A source that reads every site's agenda, one stretch a step."""

    def source(services: Services, tenant: str, job: Job, cursor: str | None) -> Chunk:
        places = _places(services, tenant)
        sites = [job.filters["site"]] if "site" in job.filters else sorted(places.sites)
        if not sites:
            return Chunk((), None, 100)
        which, after = json.loads(cursor) if cursor else (sites[0], None)
        site = places.sites[which]
        page = services.store.query(
            repository.agenda_partition(tenant, "SITE", site.id),
            after=after or to_text(job.begins(site.zone)),
            until=to_text(job.ends(site.zone)),
            limit=limit,
        )
        passed = 1.0
        following = next(([one, None] for one in sites if one > which), None)
        if page.next_after is not None:
            following = [which, page.next_after]
            passed = share(job, from_text(page.next_after.partition("#")[0]), site.zone)
        scope = Scope(tenant)
        bookings = [open_model(services.vault, scope, item, Booking) for item in page.items]
        return Chunk(
            rows_of(job, places, site, bookings),
            json.dumps(following) if following else None,
            int(100 * (sites.index(which) + passed) / len(sites)),
        )

    return source


def _places(services: Services, tenant: str) -> _Places:
    sites = every(services.store, agendas.site_key(tenant, "").pk)
    categories = every(services.store, agendas.category_key(tenant, "").pk)
    return _Places(
        {item.key.sk: agendas.site_of(item) for item in sites},
        {item.key.sk: agendas.category_of(item) for item in categories},
    )


def _title(places: _Places, code: str, language: str) -> str:
    category = places.categories.get(code)
    return str(getattr(category, f"title_{language}")) if category else code


def _people(job: Job, booking: Booking) -> list[Attendant]:
    """The practitioners whose rows were asked for."""
    wanted = job.filters.get("practitioner")
    return [
        person
        for person in booking.practitioners
        if (wanted is None or person.id == wanted)
        and (job.scope is ReportScope.INSTITUTION or person.user_id == job.owner)
    ]


_START: Final = Column("start", CellKind.MOMENT, 14)
_AGENDA: Final = (
    _START,
    Column("minutes", CellKind.NUMBER, 8),
    Column("patient", width=24),
    Column("practitioners", width=22),
    Column("category", width=15),
    Column("site", width=15),
    Column("room", width=8),
    Column("telemedicine", CellKind.WORD, 10),
    Column("status", CellKind.WORD, 13),
)
_NO_SHOWS: Final = tuple(c for c in _AGENDA if c.name not in ("room", "telemedicine"))
_COUNTS: Final = tuple(
    Column(name, CellKind.NUMBER, 10) for name in ("total", *_GROUPS, "telemedicine", "minutes")
)
_ACTIVITY: Final = (Column("practitioner", width=24), Column("site", width=18), *_COUNTS)

DEFINITIONS: Final = {
    AppointmentsReportKind.AGENDA.value: Definition(
        _AGENDA, _stepwise(_agenda, _ROWS_A_STEP), most_days=31
    ),
    AppointmentsReportKind.NO_SHOWS.value: Definition(
        _NO_SHOWS, _stepwise(_no_shows, _ROWS_A_STEP), most_days=92
    ),
    AppointmentsReportKind.ACTIVITY.value: Definition(
        _ACTIVITY, _stepwise(_activity, _ITEMS_A_STEP), most_days=366, arrange=_summed
    ),
    AppointmentsReportKind.WEEKS.value: WEEKS,
}


_OF_EVERYBODY: Final = (AppointmentsReportKind.ACTIVITY, AppointmentsReportKind.WEEKS)


def permission(services: Services) -> Callable[[Call, NewReport, str], str]:
    """Who may have which report, and in which zone its days are."""

    def permit(call: Call, command: NewReport, kind: str) -> str:
        right = REPORT_ACTIVITY if kind in _OF_EVERYBODY else REPORT_AGENDA
        own = command.scope is ReportScope.MINE and allows(call.caller, REPORT_OWN, GRANTS)
        if not own:
            require(call.caller, right, GRANTS)
        if not isinstance(command, NewAppointmentsReport):
            raise TypeError("this is no report over agendas")
        return _checked(services, call.caller.tenant, command)

    return permit


def _checked(services: Services, tenant: str, command: NewAppointmentsReport) -> str:
    """The zone of the site that was named. Raises Invalid for a filter that names nothing."""
    keys = {}
    if command.site is not None:
        keys["site"] = agendas.site_key(tenant, command.site)
    if command.practitioner is not None:
        keys["practitioner"] = agendas.practitioner_key(tenant, command.practitioner)
    found = services.store.get_many(list(keys.values())) if keys else {}
    faults = [
        FieldError(f"/{name}", "unknown", f"there is no such {name}")
        for name, key in keys.items()
        if key not in found
    ]
    if faults:
        raise Invalid("the report is narrowed to what does not exist", faults)
    return agendas.site_of(found[keys["site"]]).zone if "site" in keys else "UTC"


@part
def reports() -> Reports:
    """This context's reports, made from the environment once per process."""
    services = wiring.services()
    return Reports(
        "appointments",
        services,
        report_blobs("appointments"),
        DEFINITIONS,
        WORDS,
        permission(services),
    )
