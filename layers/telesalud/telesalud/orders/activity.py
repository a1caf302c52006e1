"""Dashboards over orders: those whose loop is not closed, by kind.

They are on a list that each change keeps; what is sealed in it is not opened.
"""

from collections import Counter

from schemas.activity import OpenOrderCounts, OpenOrders
from schemas.orders import OrderStatus, Priority
from telesalud.orders.policy import GRANTS, REPORT_ALL
from telesalud.orders.requests.open_orders import open_partition
from telesalud.platform.access import require
from telesalud.platform.clock import from_text
from telesalud.platform.store import every
from telesalud.platform.work import Call, Services

_PAGE = 1000


def open_orders(services: Services, call: Call) -> OpenOrders:
    """How many orders are open, by kind. Raises Forbidden."""
    require(call.caller, REPORT_ALL, GRANTS)
    kinds: dict[str, Counter[str]] = {}
    oldest = None
    for item in every(services.store, open_partition(call.caller.tenant), page_size=_PAGE):
        oldest = oldest or from_text(item.key.sk.partition("#")[0])
        counts = kinds.setdefault(item.text("of_kind"), Counter())
        counts["open"] += 1
        counts["overdue"] += bool(item.attributes["overdue"])
        counts["urgent"] += item.text("priority") != Priority.ROUTINE
        counts["resulted"] += item.text("status") == OrderStatus.RESULTED
    return OpenOrders(
        kinds=tuple(_counts(kind, kinds[kind]) for kind in sorted(kinds)),
        oldest_at=oldest,
        as_of=services.clock(),
    )


def _counts(kind: str, counts: Counter[str]) -> OpenOrderCounts:
    return OpenOrderCounts(
        kind=kind,
        open=counts["open"],
        overdue=counts["overdue"],
        urgent=counts["urgent"],
        resulted=counts["resulted"],
    )
