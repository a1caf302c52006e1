"""Dashboards over records: notifiable diagnoses by week, and notes that nobody has signed.

Both are lists that each change keeps anyway; only their keys are read, and nothing is opened.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from schemas.activity import ActivityQuery, RecordActivity, WeekOfCases
from telesalud.patients.encounters.tasks import unsigned_partition
from telesalud.patients.policy import GRANTS, REPORT_NOTIFIABLE, REPORT_UNSIGNED
from telesalud.patients.surveillance import cases
from telesalud.platform.access import require
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.store import every
from telesalud.platform.tallies import week_of
from telesalud.platform.work import Call, Services

_PAGE: Final = 1000


def activity(services: Services, call: Call, query: ActivityQuery) -> RecordActivity:
    """Numbers of the weeks asked for (UTC), and of as many before. Raises Forbidden."""
    require(call.caller, REPORT_UNSIGNED, GRANTS)
    require(call.caller, REPORT_NOTIFIABLE, GRANTS)
    tenant = call.caller.tenant
    first = week_of(query.first) - timedelta(weeks=query.weeks)
    until = first + timedelta(weeks=2 * query.weeks)
    weeks: Counter[date] = Counter()
    for month in _months(first, until):
        listed = every(
            services.store,
            cases.month_partition(tenant, month),
            after=_midnight(first),
            until=_midnight(until),
            page_size=_PAGE,
        )
        weeks.update(week_of(cases.noted_at(item).date()) for item in listed)
    unsigned = list(every(services.store, unsigned_partition(tenant), page_size=_PAGE))
    oldest = from_text(unsigned[0].key.sk.partition("#")[0]) if unsigned else None
    return RecordActivity(
        weeks=tuple(WeekOfCases(week=week, cases=weeks[week]) for week in sorted(weeks)),
        unsigned=len(unsigned),
        unsigned_oldest_at=oldest,
        as_of=services.clock(),
    )


def _months(first: date, until: date) -> Iterator[str]:
    month = first.replace(day=1)
    while month <= until:
        yield month.isoformat()[:7]
        month = (month + timedelta(days=31)).replace(day=1)


def _midnight(day: date) -> str:
    return to_text(datetime.combine(day, time(0), UTC))
