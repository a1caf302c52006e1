"""Counts over HTTP."""

from schemas import counts as c
from telesalud.pharmacy import errors, wiring
from telesalud.pharmacy.counts import counting
from telesalud.pharmacy.routes import CHANGE, CHANGED, MOVED, WRITE, site, versioned
from telesalud.platform.errors import Invalid, NotFound
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/pharmacy/counts")


@group.post(
    body=c.NewCount, answer=c.StockCount, errors=(NotFound, Invalid, errors.BeingCounted), **WRITE
)
def begin_count(request: Request) -> Answer:
    """Begin a count; the balances of its items are frozen."""
    return versioned(counting.begin(wiring.services(), request.call, request.body, site()))


@group.get(query=c.CountQuery, answer=c.CountPage, errors=(Invalid,))
def list_counts(request: Request) -> c.CountPage:
    """Counts of a warehouse, latest first."""
    return counting.page(wiring.services(), request.call, request.query)


@group.get("/{count_id}", answer=c.StockCount, errors=(NotFound,))
def read_count(request: Request) -> Answer:
    """A count."""
    return versioned(counting.read(wiring.services(), request.call, request.id("count_id")))


@group.put(
    "/{count_id}/sheet",
    body=c.CountSheet,
    answer=c.StockCount,
    versioned=True,
    errors=(*CHANGED, Invalid),
)
def fill_count(request: Request) -> Answer:
    """What has been counted so far."""
    which = request.id("count_id")
    return versioned(
        counting.enter(wiring.services(), request.call, which, request.body, request.if_match)
    )


@group.post(
    "/{count_id}/submit", answer=c.StockCount, errors=(*CHANGED, Invalid, *MOVED[3:]), **CHANGE
)
def submit_count(request: Request) -> Answer:
    """Hand the sheet in; with differences another person decides."""
    which, version = request.id("count_id"), request.if_match
    return versioned(counting.submit(wiring.services(), request.call, which, version, site=site()))


@group.post("/{count_id}/approve", answer=c.StockCount, errors=(*CHANGED, *MOVED[1:]), **CHANGE)
def approve_count(request: Request) -> Answer:
    """As another person: the differences become movements."""
    which, version = request.id("count_id"), request.if_match
    return versioned(counting.approve(wiring.services(), request.call, which, version, site=site()))


@group.post(
    "/{count_id}/send-back", body=c.CountNote, answer=c.StockCount, errors=CHANGED, **CHANGE
)
def send_count_back(request: Request) -> Answer:
    """As another person: count again."""
    which, reason = request.id("count_id"), request.body.reason
    return versioned(
        counting.send_back(wiring.services(), request.call, which, reason, request.if_match)
    )


@group.post("/{count_id}/cancel", body=c.CountNote, answer=c.StockCount, errors=CHANGED, **CHANGE)
def cancel_count(request: Request) -> Answer:
    """Give a count up; nothing was changed."""
    which, reason = request.id("count_id"), request.body.reason
    return versioned(
        counting.cancel(
            wiring.services(), request.call, which, reason, request.if_match, site=site()
        )
    )
