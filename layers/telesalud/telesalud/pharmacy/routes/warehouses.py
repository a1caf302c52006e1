"""Warehouses and what they hold, over HTTP."""

from schemas import pharmacy as p
from schemas import stock_reports
from telesalud.pharmacy import wiring
from telesalud.pharmacy.routes import CHANGED, WRITE, code_of, versioned
from telesalud.pharmacy.stock import consumption, reading
from telesalud.pharmacy.warehouses import keeping
from telesalud.platform.errors import Conflict, Invalid, NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/pharmacy/warehouses")


@group.get(answer=p.WarehouseList)
def list_warehouses(request: Request) -> p.WarehouseList:
    """Every warehouse."""
    return keeping.listed(wiring.services(), request.call)


@group.post(body=p.WarehouseBody, answer=p.Warehouse, errors=(Invalid,), **WRITE)
def add_warehouse(request: Request) -> Answer:
    """A new warehouse."""
    return versioned(keeping.add(wiring.services(), request.call, request.body))


@group.put(
    "/{warehouse_id}",
    body=p.WarehouseBody,
    answer=p.Warehouse,
    versioned=True,
    errors=(*CHANGED, Invalid, Conflict),
)
def change_warehouse(request: Request) -> Answer:
    """Rename, open or close a warehouse."""
    which = request.id("warehouse_id")
    return versioned(
        keeping.change(wiring.services(), request.call, which, request.body, request.if_match)
    )


@group.put(
    "/{warehouse_id}/lease",
    body=p.LeaseBody,
    answer=p.Warehouse,
    versioned=True,
    errors=(*CHANGED, Conflict),
)
def lease_warehouse(request: Request) -> Answer:
    """Lease a warehouse to a disconnected site, change its mode, or take it back."""
    which = request.id("warehouse_id")
    return versioned(
        keeping.lease(wiring.services(), request.call, which, request.body, request.if_match)
    )


@group.get(
    "/{warehouse_id}/stock", query=p.StockQuery, answer=p.StockPage, errors=(NotFound, Invalid)
)
def list_stock(request: Request) -> p.StockPage:
    """What a warehouse has, by code."""
    return reading.page(wiring.services(), request.call, request.id("warehouse_id"), request.query)


@group.get("/{warehouse_id}/stock/{code}", answer=p.Stock, errors=(NotFound,))
def read_stock(request: Request) -> Answer:
    """What a warehouse has of an item."""
    which = request.id("warehouse_id")
    return versioned(reading.read(wiring.services(), request.call, which, code_of(request)))


@group.put(
    "/{warehouse_id}/stock/{code}/levels",
    body=p.Levels,
    answer=p.Stock,
    versioned=True,
    errors=(NotFound, StaleVersion),
)
def set_levels(request: Request) -> Answer:
    """When an item is scarce here; If-Match "0" where there has never been any of it."""
    which, code = request.id("warehouse_id"), code_of(request)
    return versioned(
        reading.set_levels(
            wiring.services(), request.call, which, code, request.body, version=request.if_match
        )
    )


@group.get(
    "/{warehouse_id}/stock/{code}/kardex",
    query=p.KardexQuery,
    answer=p.KardexPage,
    errors=(NotFound, Invalid),
)
def read_kardex(request: Request) -> p.KardexPage:
    """The ledger of an item, or of one of its lots, latest first."""
    which, code = request.id("warehouse_id"), code_of(request)
    return reading.kardex(wiring.services(), request.call, which, code, request.query)


@group.get(
    "/{warehouse_id}/register",
    query=p.RegisterQuery,
    answer=p.KardexPage,
    errors=(NotFound, Invalid),
)
def read_register(request: Request) -> p.KardexPage:
    """The register of controlled medicines, latest first."""
    which = request.id("warehouse_id")
    return reading.register(wiring.services(), request.call, which, request.query)


@group.get(
    "/{warehouse_id}/alerts",
    query=stock_reports.AlertsQuery,
    answer=stock_reports.StockAlerts,
    errors=(NotFound,),
)
def read_alerts(request: Request) -> stock_reports.StockAlerts:
    """What is scarce, and which lots end soon or have ended."""
    which = request.id("warehouse_id")
    return reading.alerts(wiring.services(), request.call, which, request.query)


@group.get(
    "/{warehouse_id}/consumption",
    query=stock_reports.ConsumptionQuery,
    answer=stock_reports.ConsumptionPage,
    errors=(NotFound, Invalid),
)
def read_consumption(request: Request) -> stock_reports.ConsumptionPage:
    """What became of each item in a span of days."""
    which = request.id("warehouse_id")
    return consumption.consumption(wiring.services(), request.call, which, request.query)
