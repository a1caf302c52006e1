"""Dashboards over teleconsultations: how they went, and what goes on now."""

from datetime import timedelta

from schemas.activity import (
    ActivityQuery,
    ConsultActivity,
    ConsultCounts,
    DayOfDeliveries,
    DeliveryActivity,
    LiveConsult,
    LiveConsults,
    WeekOfConsults,
)
from telesalud.consults import live
from telesalud.consults.activity.counting import SERIES
from telesalud.consults.policy import GRANTS, OBSERVE
from telesalud.platform import tallies
from telesalud.platform.access import require
from telesalud.platform.clock import from_text
from telesalud.platform.store import Item, every
from telesalud.platform.tallies import week_of
from telesalud.platform.webhooks import outcomes
from telesalud.platform.webhooks.targets import target_key
from telesalud.platform.work import Call, Services

_SHOWN = 200
_DELIVERY_DAYS = 14
_NAMES = frozenset(ConsultCounts.model_fields)


def activity(services: Services, call: Call, query: ActivityQuery) -> ConsultActivity:
    """The sums of the weeks asked for, and of as many before. Raises Forbidden."""
    require(call.caller, OBSERVE, GRANTS)
    first = week_of(query.first) - timedelta(weeks=query.weeks)
    sums = tallies.read(services.store, call.caller.tenant, SERIES, first, 2 * query.weeks)
    weeks = tuple(
        WeekOfConsults(
            week=row.week,
            **{name: n for name, n in amounts.items() if name in _NAMES},
        )
        for row, amounts in sums.items()
    )
    return ConsultActivity(weeks=weeks, as_of=services.clock())


def now(services: Services, call: Call) -> LiveConsults:
    """What goes on now, at most 200, and whether there is more: one query. Raises Forbidden."""
    require(call.caller, OBSERVE, GRANTS)
    page = services.store.query(live.partition(call.caller.tenant), limit=_SHOWN)
    return LiveConsults(
        items=tuple(map(_shown, page.items)),
        more=page.next_after is not None,
        as_of=services.clock(),
    )


def _shown(item: Item) -> LiveConsult:
    return LiveConsult(
        id=item.key.sk,
        status=item.text("status"),
        since=from_text(item.text("since")),
        closes_at=from_text(item.text("closes_at")),
        present=item.number("present"),
        losses=item.number("losses"),
        video=item.text("video"),
    )


def deliveries(services: Services, call: Call) -> DeliveryActivity:
    """Notifications of the last two weeks by target and day: a query a target. Raises Forbidden."""
    require(call.caller, OBSERVE, GRANTS)
    tenant, last = call.caller.tenant, services.clock().date()
    first = last - timedelta(days=_DELIVERY_DAYS - 1)
    days = [
        DayOfDeliveries(
            target=target.key.sk,
            day=day,
            begun=amounts["begun"],
            delivered=amounts["delivered"],
            failed=amounts["failed"],
            due=max(0, amounts["begun"] - amounts["delivered"] - amounts["failed"]),
        )
        for target in every(services.store, target_key(tenant, "any").pk)
        for day, amounts in outcomes.read(
            services.store, tenant, target.key.sk, first, last
        ).items()
    ]
    return DeliveryActivity(days=tuple(days), as_of=services.clock())
