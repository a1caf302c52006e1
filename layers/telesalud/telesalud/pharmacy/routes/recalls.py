"""Lots that are held back or recalled, over HTTP."""

from schemas import pharmacy as p
from schemas import recalls
from telesalud.pharmacy import wiring
from telesalud.pharmacy.recalls import recalling
from telesalud.pharmacy.routes import WRITE, versioned
from telesalud.platform.errors import Invalid, InvalidTransition, NotFound
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/pharmacy")


@group.get("/lots", query=p.LotQuery, answer=p.Lot, errors=(NotFound,))
def read_lot(request: Request) -> Answer:
    """A lot of an item."""
    return versioned(recalling.read_lot(wiring.services(), request.call, request.query))


@group.post(
    "/lots/block",
    body=recalls.LotBlock,
    answer=p.Lot,
    idempotent=True,
    errors=(NotFound, InvalidTransition),
)
def block_lot(request: Request) -> Answer:
    """Hold a lot back everywhere, or let it go again."""
    return versioned(recalling.block(wiring.services(), request.call, request.body))


@group.post(
    "/recalls",
    body=recalls.NewRecall,
    answer=recalls.Recall,
    errors=(NotFound, InvalidTransition),
    **WRITE,
)
def recall_lot(request: Request) -> recalls.Recall:
    """Take a lot back: none of it reaches anybody any more."""
    return recalling.recall(wiring.services(), request.call, request.body)


@group.get("/recalls", query=recalls.RecallQuery, answer=recalls.RecallList, errors=(Invalid,))
def list_recalls(request: Request) -> recalls.RecallList:
    """Recalls, latest first."""
    return recalling.page(wiring.services(), request.call, request.query)


@group.get(
    "/recalls/{recall_id}/receivers",
    query=recalls.RecallQuery,
    answer=recalls.LotReceivers,
    errors=(NotFound, Invalid),
)
def list_receivers(request: Request) -> recalls.LotReceivers:
    """Everybody who got some of a recalled lot."""
    which = request.id("recall_id")
    return recalling.receivers(wiring.services(), request.call, which, request.query)
