"""Items and bar codes over HTTP."""

from schemas import pharmacy as p
from telesalud.pharmacy import wiring
from telesalud.pharmacy.items import catalogue, scanning
from telesalud.pharmacy.routes import code_of, services, versioned
from telesalud.platform.errors import Conflict, Invalid, NotFound, StaleVersion, Unavailable
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/pharmacy")


@group.get("/items", query=p.StockItemQuery, answer=p.StockItemPage, errors=(Invalid,))
def list_items(request: Request) -> p.StockItemPage:
    """Items that are kept, by code or by words of the name."""
    return catalogue.page(wiring.services(), request.call, request.query)


@group.get("/items/{code}", answer=p.StockItem, errors=(NotFound,))
def read_item(request: Request) -> Answer:
    """An item."""
    return versioned(catalogue.read(wiring.services(), request.call, code_of(request)))


@group.put(
    "/items/{code}",
    body=p.StockItemBody,
    answer=p.StockItem,
    versioned=True,
    errors=(NotFound, Invalid, StaleVersion, Conflict, Unavailable),
)
def put_item(request: Request) -> Answer:
    """Write an item; If-Match "0" the first time."""
    code = code_of(request)
    return versioned(
        catalogue.put(services(request), request.call, code, request.body, request.if_match)
    )


@group.get("/scan", query=p.ScanQuery, answer=p.Scan)
def scan_code(request: Request) -> p.Scan:
    """What a bar code says: product, lot and expiry."""
    return scanning.scan(wiring.services(), request.call, request.query)
