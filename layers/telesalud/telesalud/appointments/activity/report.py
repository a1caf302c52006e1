"""The report behind the dashboards: the same sums, week by week, as a workbook or on paper."""

from typing import Final

from schemas.reports import ReportScope
from telesalud.appointments.activity.counting import SITES, own_series
from telesalud.appointments.agendas import repository as agendas
from telesalud.platform import tallies
from telesalud.platform.reports.model import CellKind, Chunk, Column, Definition, Job, Row
from telesalud.platform.store import every
from telesalud.platform.tallies import week_of
from telesalud.platform.work import Services

_COUNTS: Final = (
    "appointments",
    "seen",
    "televisits",
    "no_shows",
    "left",
    "cancelled",
    "cancelled_late",
    "booked_minutes",
    "waited",
    "waited_minutes",
)
_DAYS = 7


def _source(services: Services, tenant: str, job: Job, cursor: str | None) -> Chunk:
    """All rows in one step: sums are few. Whole weeks, from that of the first day on."""
    del cursor
    mine = job.scope is ReportScope.MINE
    series = own_series(job.owner) if mine else SITES
    weeks = 1 + (week_of(job.until) - week_of(job.since)).days // _DAYS
    sums = tallies.read(services.store, tenant, series, job.since, weeks)
    sites, categories = _names(services, tenant, job.language)
    rows: list[Row] = []
    for row, amounts in sums.items():
        site, category = row.names or ("", "")
        if job.filters.get("site", site) == site:
            known = (sites.get(site, site), categories.get(category, category))
            rows.append((row.week.isoformat(), *known, *(amounts.get(n, 0) for n in _COUNTS)))
    return Chunk(rows, None, 100)


def _names(services: Services, tenant: str, language: str) -> tuple[dict[str, str], dict[str, str]]:
    sites = map(agendas.site_of, every(services.store, agendas.site_key(tenant, "").pk))
    categories = map(
        agendas.category_of, every(services.store, agendas.category_key(tenant, "").pk)
    )
    return (
        {site.id: site.name for site in sites},
        {one.code: str(getattr(one, f"title_{language}")) for one in categories},
    )


WEEKS: Final = Definition(
    (
        Column("week", CellKind.DAY, 12),
        Column("site", width=18),
        Column("category", width=18),
        *(Column(name, CellKind.NUMBER, 9) for name in _COUNTS),
    ),
    _source,
    most_days=366,
)
