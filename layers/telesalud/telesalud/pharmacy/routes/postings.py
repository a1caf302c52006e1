"""Entries and write-offs over HTTP."""

from schemas import stock_postings
from telesalud.pharmacy import wiring
from telesalud.pharmacy.routes import CHANGE, CHANGED, MOVED, WRITE, site, versioned
from telesalud.pharmacy.stock import postings
from telesalud.platform.errors import NotFound
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/pharmacy")


@group.post(
    "/warehouses/{warehouse_id}/entries",
    body=stock_postings.NewEntry,
    answer=stock_postings.Posting,
    errors=MOVED,
    **WRITE,
)
def enter_stock(request: Request) -> Answer:
    """Goods from outside."""
    which = request.id("warehouse_id")
    return versioned(postings.enter(wiring.services(), request.call, which, request.body, site()))


@group.post(
    "/warehouses/{warehouse_id}/write-offs",
    body=stock_postings.NewWriteOff,
    answer=stock_postings.Posting,
    errors=MOVED,
    **WRITE,
)
def write_off_stock(request: Request) -> Answer:
    """Waste or loss; of controlled items it waits for a second person."""
    which = request.id("warehouse_id")
    return versioned(
        postings.write_off(wiring.services(), request.call, which, request.body, site())
    )


@group.get(
    "/warehouses/{warehouse_id}/postings", answer=stock_postings.PostingList, errors=(NotFound,)
)
def list_waiting_postings(request: Request) -> stock_postings.PostingList:
    """Write-offs that wait for a second person."""
    return postings.waiting(wiring.services(), request.call, request.id("warehouse_id"))


@group.get("/postings/{posting_id}", answer=stock_postings.Posting, errors=(NotFound,))
def read_posting(request: Request) -> Answer:
    """An entry or a write-off."""
    return versioned(postings.read(wiring.services(), request.call, request.id("posting_id")))


@group.post(
    "/postings/{posting_id}/confirm",
    answer=stock_postings.Posting,
    errors=(*CHANGED, *MOVED[1:]),
    **CHANGE,
)
def confirm_posting(request: Request) -> Answer:
    """As the second person: it was written off in your presence."""
    which = request.id("posting_id")
    return versioned(
        postings.confirm(wiring.services(), request.call, which, request.if_match, site())
    )


@group.post(
    "/postings/{posting_id}/refuse", answer=stock_postings.Posting, errors=CHANGED, **CHANGE
)
def refuse_posting(request: Request) -> Answer:
    """Refuse a write-off, or take back what you asked for; nothing has moved."""
    which = request.id("posting_id")
    return versioned(postings.refuse(wiring.services(), request.call, which, request.if_match))
