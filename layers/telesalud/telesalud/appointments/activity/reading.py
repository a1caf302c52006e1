"""Dashboards over agendas: sums by week, site and category, and how long agendas were open."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

from schemas.activity import (
    ActivityScope,
    AgendaActivity,
    AgendaActivityQuery,
    AgendaCounts,
    AgendaTotals,
    WeekOfAgendas,
)
from telesalud.appointments.activity.counting import SITES, own_series
from telesalud.appointments.agendas import repository as agendas
from telesalud.appointments.agendas.calendar import open_minutes
from telesalud.appointments.policy import GRANTS, READ, REPORT_ACTIVITY, REPORT_OWN
from telesalud.platform import tallies
from telesalud.platform.access import require
from telesalud.platform.store import every
from telesalud.platform.tallies import Row, week_of
from telesalud.platform.work import Call, Services

_NAMES = frozenset(AgendaCounts.model_fields)
_DAYS = 7


def activity(services: Services, call: Call, query: AgendaActivityQuery) -> AgendaActivity:
    """The sums of the weeks asked for, and of as many before. Raises Forbidden."""
    require(call.caller, READ, GRANTS)
    mine = query.scope is ActivityScope.MINE
    require(call.caller, REPORT_OWN if mine else REPORT_ACTIVITY, GRANTS)
    tenant = call.caller.tenant
    since = week_of(query.first)
    earlier = since - timedelta(weeks=query.weeks)
    series = own_series(call.caller.subject) if mine else SITES
    sums = {
        row: amounts
        for row, amounts in tallies.read(
            services.store, tenant, series, earlier, 2 * query.weeks
        ).items()
        if mine or _wanted(row, query)
    }
    minutes = {} if mine or query.category else _open(services, tenant, query, earlier)
    return AgendaActivity(
        weeks=_weeks(sums, minutes, known=not mine and query.category is None),
        sites=() if mine else _totals(sums, 0, since),
        categories=() if mine else _totals(sums, 1, since),
        as_of=services.clock(),
    )


def _wanted(row: Row, query: AgendaActivityQuery) -> bool:
    site, category = row.names
    return query.site in (None, site) and query.category in (None, category)


def _weeks(
    sums: Mapping[Row, Mapping[str, int]], minutes: Mapping[date, int], *, known: bool
) -> tuple[WeekOfAgendas, ...]:
    weeks: dict[date, Counter[str]] = {week: Counter() for week in minutes}
    for row, amounts in sums.items():
        weeks.setdefault(row.week, Counter()).update(amounts)
    return tuple(
        WeekOfAgendas(
            week=week,
            open_minutes=minutes.get(week, 0) if known else None,
            **_fields(weeks[week]),
        )
        for week in sorted(weeks)
    )


def _totals(
    sums: Mapping[Row, Mapping[str, int]], which: int, since: date
) -> tuple[AgendaTotals, ...]:
    now: dict[str, Counter[str]] = {}
    before: dict[str, Counter[str]] = {}
    for row, amounts in sums.items():
        name = row.names[which]
        period = now if row.week >= since else before
        period.setdefault(name, Counter()).update(amounts)
    return tuple(
        AgendaTotals(
            id=name,
            now=AgendaCounts(**_fields(now.get(name, Counter()))),
            before=AgendaCounts(**_fields(before.get(name, Counter()))),
        )
        for name in sorted({*now, *before})
    )


def _fields(amounts: Mapping[str, int]) -> dict[str, int]:
    """What of the sums the contract tells; a later release may count more."""
    return {name: amount for name, amount in amounts.items() if name in _NAMES}


def _open(
    services: Services, tenant: str, query: AgendaActivityQuery, first: date
) -> dict[date, int]:
    """How long all agendas together are open in each week that has any open time."""
    people = every(services.store, agendas.practitioner_key(tenant, "").pk)
    active = {
        person.id
        for person in (agendas.practitioner_of(services.vault, tenant, item) for item in people)
        if person.active
    }
    all_hours = [
        agendas.hours_of(services.vault, tenant, item)
        for item in every(services.store, agendas.hours_key(tenant, "").pk)
        if item.key.sk in active
    ]
    minutes: Counter[date] = Counter()
    for week in range(2 * query.weeks):
        monday = first + timedelta(weeks=week)
        for hours in all_hours:
            sites = {b.site for b in hours.weekly} | {b.site for b in hours.extra}
            for day in range(_DAYS):
                for site in sites if query.site is None else sites & {query.site}:
                    minutes[monday] += open_minutes(hours, monday + timedelta(days=day), site)
    return {week: total for week, total in minutes.items() if total}
