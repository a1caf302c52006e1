"""Transfers over HTTP."""

from schemas import transfers as t
from telesalud.pharmacy import wiring
from telesalud.pharmacy.routes import CHANGE, CHANGED, MOVED, WRITE, site, versioned
from telesalud.pharmacy.transfers import moving
from telesalud.platform.errors import Invalid, NotFound
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/pharmacy/transfers")


@group.post(body=t.NewTransfer, answer=t.Transfer, errors=MOVED, **WRITE)
def dispatch_transfer(request: Request) -> Answer:
    """Goods leave a warehouse for another."""
    return versioned(moving.dispatch(wiring.services(), request.call, request.body, site()))


@group.get(query=t.TransferQuery, answer=t.TransferPage, errors=(Invalid,))
def list_transfers(request: Request) -> t.TransferPage:
    """What is on the way to a warehouse, or all that it sent and was sent."""
    return moving.page(wiring.services(), request.call, request.query)


@group.get("/{transfer_id}", answer=t.Transfer, errors=(NotFound,))
def read_transfer(request: Request) -> Answer:
    """A transfer."""
    return versioned(moving.read(wiring.services(), request.call, request.id("transfer_id")))


@group.post(
    "/{transfer_id}/receive",
    body=t.Receipt,
    answer=t.Transfer,
    errors=(*CHANGED, *MOVED[1:]),
    **CHANGE,
)
def receive_transfer(request: Request) -> Answer:
    """What arrived, as it was counted."""
    which, version = request.id("transfer_id"), request.if_match
    return versioned(
        moving.receive(wiring.services(), request.call, which, request.body, version, site=site())
    )


@group.post(
    "/{transfer_id}/take-back",
    body=t.TakeBack,
    answer=t.Transfer,
    errors=(*CHANGED, *MOVED[1:]),
    **CHANGE,
)
def take_transfer_back(request: Request) -> Answer:
    """It never arrived: its goods are in the sender's stock again."""
    which, reason = request.id("transfer_id"), request.body.reason
    return versioned(
        moving.take_back(
            wiring.services(), request.call, which, reason, request.if_match, site=site()
        )
    )
