"""What became of stock in a span of days: consumption, and everything else that moved.

Read from the ledgers, newest first, so a page costs what moved since the first day.
"""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from schemas.pharmacy import KardexLine, MovementKind
from schemas.stock_reports import (
    Consumption,
    ConsumptionPage,
    ConsumptionQuery,
    KindTotal,
)
from telesalud.pharmacy import repository
from telesalud.pharmacy.policy import GRANTS, REPORT
from telesalud.pharmacy.stored import StoredItem, StoredLine, StoredStock, StoredWarehouse
from telesalud.platform.access import require
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.store import MAX_PAGE, every
from telesalud.platform.work import Call, Services

_MOST_LINES = 20_000
"""Lines that one page looks at; then it ends, and the next goes on."""


def consumption(
    services: Services, call: Call, warehouse: str, query: ConsumptionQuery
) -> ConsumptionPage:
    """What moved of each item, by code. Raises Forbidden, NotFound."""
    require(call.caller, REPORT, GRANTS)
    tenant = call.caller.tenant
    key = repository.warehouse_key(tenant, warehouse)
    place, _ = repository.load(services, tenant, key, StoredWarehouse)
    begin, end = _start(query.since, place.zone), _start(query.until, place.zone, days=1)
    page = services.store.query(
        f"STOCK#{tenant}#{warehouse}", after=from_cursor(query.cursor), limit=query.limit
    )
    names = repository.fetch(
        services, [repository.item_key(tenant, found.key.sk) for found in page.items]
    )
    rows, looked_at, after = list[Consumption](), 0, None
    for found in page.items:
        stock = repository.opened(services, tenant, found, StoredStock)
        item = repository.opened(
            services, tenant, names[repository.item_key(tenant, stock.item)], StoredItem
        )
        row, lines = _row(services, tenant, warehouse, stock, item, begin=begin, end=end)
        rows.append(row)
        looked_at, after = looked_at + lines, found.key.sk
        if looked_at >= _MOST_LINES:
            break
    whole = len(rows) == len(page.items)
    cursor = page.next_after if whole else after
    return ConsumptionPage(items=tuple(rows), cursor=to_cursor(cursor))


def _row(
    services: Services,
    tenant: str,
    warehouse: str,
    stock: StoredStock,
    item: StoredItem,
    *,
    begin: datetime,
    end: datetime,
) -> tuple[Consumption, int]:
    """An item's row, and how many lines were looked at for it."""
    closing, looked_at = stock.balance, 0
    totals = Counter[MovementKind]()
    partition = repository.kardex_partition(tenant, warehouse, stock.item)
    for found in every(services.store, partition, newest_first=True, page_size=MAX_PAGE):
        looked_at += 1
        line: KardexLine = repository.opened(services, tenant, found, StoredLine).line
        if line.at < begin:
            break
        if line.at >= end:
            closing -= line.quantity
        else:
            totals[line.kind] += line.quantity
    row = Consumption(
        item=stock.item,
        name=item.name,
        unit=item.unit,
        controlled=item.controlled,
        opening=closing - totals.total(),
        totals=tuple(
            KindTotal(kind=kind, quantity=totals[kind]) for kind in MovementKind if kind in totals
        ),
        closing=closing,
    )
    return row, looked_at


def _start(day: date, zone: str, *, days: int = 0) -> datetime:
    """Midnight at the warehouse, in UTC."""
    local = datetime.combine(day + timedelta(days=days), time(0), ZoneInfo(zone))
    return local.astimezone(UTC)
