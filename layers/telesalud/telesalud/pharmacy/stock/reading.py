"""Looking at stock: balances, kardex, register of controlled medicines, alerts."""

from collections.abc import Iterable
from datetime import timedelta

from schemas.pharmacy import (
    KardexPage,
    KardexQuery,
    Levels,
    LotBalance,
    LotState,
    RegisterQuery,
    Stock,
    StockPage,
    StockQuery,
)
from schemas.stock_reports import (
    AlertsQuery,
    ExpiringLot,
    LowStock,
    StockAlerts,
)
from telesalud.pharmacy import repository
from telesalud.pharmacy.items import lots
from telesalud.pharmacy.policy import GRANTS, MANAGE, READ
from telesalud.pharmacy.stock.ledger import mark_low
from telesalud.pharmacy.stored import (
    StoredItem,
    StoredLine,
    StoredStock,
    StoredWarehouse,
)
from telesalud.platform.access import require
from telesalud.platform.errors import NotFound, StaleVersion
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.store import ConditionFailed, Item, Key
from telesalud.platform.work import Call, Services, Work

_MOST_ALERTS = 200
_AHEAD = "~"
"""Sorts behind every code and lot."""


def page(services: Services, call: Call, warehouse: str, query: StockQuery) -> StockPage:
    """What a warehouse has, by code: three reads. Raises Forbidden, NotFound."""
    require(call.caller, READ, GRANTS)
    tenant, place = call.caller.tenant, _place(services, call, warehouse)
    found = services.store.query(
        f"STOCK#{tenant}#{warehouse}", after=from_cursor(query.cursor), limit=query.limit
    )
    return StockPage(
        items=tuple(_views(services, tenant, place, found.items)),
        cursor=to_cursor(found.next_after),
    )


def read(services: Services, call: Call, warehouse: str, item: str) -> Stock:
    """What a warehouse has of an item. Raises Forbidden, NotFound."""
    require(call.caller, READ, GRANTS)
    tenant, place = call.caller.tenant, _place(services, call, warehouse)
    found = services.store.get(repository.stock_key(tenant, warehouse, item))
    if found is None:
        raise NotFound("there has never been any of it here")
    return next(iter(_views(services, tenant, place, [found])))


def of_item(services: Services, tenant: str, warehouse: str, item: StoredItem) -> Stock:
    """What a warehouse has of an item, for a use case that has decided. Raises NotFound."""
    place_key = repository.warehouse_key(tenant, warehouse)
    key = repository.stock_key(tenant, warehouse, item.code)
    found = repository.fetch(services, [place_key, key])
    if place_key not in found:
        raise NotFound("there is no such warehouse")
    place = repository.opened(services, tenant, found[place_key], StoredWarehouse)
    if key not in found:
        return view(services, place, StoredStock(item=item.code), item, {}, version=0)
    return next(iter(_views(services, tenant, place, [found[key]])))


def kardex(
    services: Services, call: Call, warehouse: str, item: str, query: KardexQuery
) -> KardexPage:
    """Lines of an item, or of one of its lots, latest first: one query.

    Raises Forbidden, NotFound."""
    require(call.caller, READ, GRANTS)
    partition = repository.kardex_partition(call.caller.tenant, warehouse, item, query.lot)
    return _lines(services, call, warehouse, Key(partition, ""), query)


def register(services: Services, call: Call, warehouse: str, query: RegisterQuery) -> KardexPage:
    """Lines of the register of controlled medicines, latest first; audited.

    Raises Forbidden, NotFound."""
    require(call.caller, READ, GRANTS)
    head = repository.register_head(call.caller.tenant, warehouse)
    answer = _lines(services, call, warehouse, Key(head.pk, "LINE#"), query)
    work = Work(services, Call(call.caller, call.request_id))
    work.audit("pharmacy.read_register", warehouse, f"warehouse/{warehouse}")
    work.commit()
    return answer


def set_levels(
    services: Services, call: Call, warehouse: str, item: str, levels: Levels, *, version: int
) -> Stock:
    """When an item is scarce here; `version` is 0 where there has never been any of it.

    Raises Forbidden, NotFound, StaleVersion.
    """
    require(call.caller, MANAGE, GRANTS)
    tenant, place = call.caller.tenant, _place(services, call, warehouse)
    key = repository.stock_key(tenant, warehouse, item)
    found = repository.fetch(services, [key, repository.item_key(tenant, item)])
    if repository.item_key(tenant, item) not in found:
        raise NotFound(f"there is no item {item}")
    old = found.get(key)
    if (old.version if old else 0) != version:
        raise StaleVersion
    before = (
        repository.opened(services, tenant, old, StoredStock) if old else StoredStock(item=item)
    )
    after = before.model_copy(update=dict(levels))
    work = Work(services, call)
    repository.put(work, key, after, version)
    mark_low(work, warehouse, before, after)
    work.audit("pharmacy.set_levels", item, f"warehouse/{warehouse}")
    known = repository.opened(
        services, tenant, found[repository.item_key(tenant, item)], StoredItem
    )
    answer = view(services, place, after, known, {}, version=version + 1)
    try:
        work.commit(answer, answer.version)
    except ConditionFailed as failed:
        if failed.at(key):
            raise StaleVersion from failed
        raise
    return answer


def alerts(services: Services, call: Call, warehouse: str, query: AlertsQuery) -> StockAlerts:
    """What is scarce, and which lots end soon or have ended. Raises Forbidden, NotFound.

    Two queries of what each movement notes, and the items and balances that they name.
    """
    require(call.caller, READ, GRANTS)
    tenant, place = call.caller.tenant, _place(services, call, warehouse)
    day = lots.today(services.clock(), place.zone)
    until = (day + timedelta(days=query.days)).isoformat() + _AHEAD
    low = services.store.query(f"LOW#{tenant}#{warehouse}", limit=_MOST_ALERTS).items
    ending = services.store.query(
        f"EXPIRY#{tenant}#{warehouse}", until=until, limit=_MOST_ALERTS
    ).items
    pairs = [tuple(item.key.sk.split("#", 2)[1:]) for item in ending]
    codes = dict.fromkeys([*(item.key.sk for item in low), *(code for code, _ in pairs)])
    stocks = _stocks(services, tenant, warehouse, codes)
    items = _items(services, tenant, codes)
    return StockAlerts(
        low=tuple(
            LowStock(
                item=code,
                name=items[code].name,
                unit=items[code].unit,
                balance=stocks[code].balance,
                minimum=stocks[code].minimum or 0,
                maximum=stocks[code].maximum,
            )
            for code in (item.key.sk for item in low)
            if code in stocks and code in items
        ),
        expiring=tuple(
            ExpiringLot(
                item=code,
                name=items[code].name,
                unit=items[code].unit,
                lot=lot,
                expiry=expiry,
                balance=stocks[code].of(lot),
                expired=lots.expired(expiry, day),
            )
            for code, lot in pairs
            if code in stocks and code in items and (expiry := lots.parts_of(lot)[1])
        ),
    )


def view(
    services: Services,
    place: StoredWarehouse,
    stock: StoredStock,
    item: StoredItem,
    states: dict[tuple[str, str], LotState],
    *,
    version: int,
) -> Stock:
    """What is answered of an item's stock."""
    day = lots.today(services.clock(), place.zone)
    balances = []
    for held in stock.lots:
        number, expiry = lots.parts_of(held.lot)
        balances.append(
            LotBalance(
                lot=held.lot,
                number=number,
                expiry=expiry,
                balance=held.balance,
                expired=lots.expired(expiry, day),
                state=states.get((stock.item, held.lot), LotState.OPEN),
            )
        )
    return Stock(
        item=stock.item,
        name=item.name,
        unit=item.unit,
        controlled=item.controlled,
        balance=stock.balance,
        lots=tuple(balances),
        minimum=stock.minimum,
        maximum=stock.maximum,
        counted_by=stock.counted_by,
        version=version,
    )


def _views(
    services: Services, tenant: str, place: StoredWarehouse, found: Iterable[Item]
) -> Iterable[Stock]:
    stocks = [
        (repository.opened(services, tenant, item, StoredStock), item.version) for item in found
    ]
    items = _items(services, tenant, [stock.item for stock, _ in stocks])
    pairs = [(stock.item, held.lot) for stock, _ in stocks for held in stock.lots]
    keys = {repository.lot_key(tenant, *pair): pair for pair in pairs}
    states = {
        keys[key]: LotState(item.text("state"))
        for key, item in repository.fetch(services, keys).items()
    }
    for stock, version in stocks:
        if stock.item in items:
            yield view(services, place, stock, items[stock.item], states, version=version)


def _items(services: Services, tenant: str, codes: Iterable[str]) -> dict[str, StoredItem]:
    found = repository.fetch(services, [repository.item_key(tenant, code) for code in codes])
    opened = [repository.opened(services, tenant, item, StoredItem) for item in found.values()]
    return {item.code: item for item in opened}


def _stocks(
    services: Services, tenant: str, warehouse: str, codes: Iterable[str]
) -> dict[str, StoredStock]:
    keys = [repository.stock_key(tenant, warehouse, code) for code in codes]
    found = repository.fetch(services, keys).values()
    opened = [repository.opened(services, tenant, item, StoredStock) for item in found]
    return {stock.item: stock for stock in opened}


def _place(services: Services, call: Call, warehouse: str) -> StoredWarehouse:
    tenant = call.caller.tenant
    key = repository.warehouse_key(tenant, warehouse)
    return repository.load(services, tenant, key, StoredWarehouse)[0]


def _lines(
    services: Services, call: Call, warehouse: str, first: Key, query: KardexQuery | RegisterQuery
) -> KardexPage:
    """A page of lines whose sort keys begin as the first one's."""
    found = services.store.query(
        first.pk,
        first.sk,
        after=from_cursor(query.cursor),
        limit=query.limit,
        newest_first=True,
    )
    tenant = call.caller.tenant
    if not found.items:
        _place(services, call, warehouse)
    return KardexPage(
        items=tuple(
            repository.opened(services, tenant, item, StoredLine).line for item in found.items
        ),
        cursor=to_cursor(found.next_after),
    )
