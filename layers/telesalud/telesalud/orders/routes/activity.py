"""Numbers over orders, for dashboards."""

from schemas.activity import OpenOrders
from telesalud.orders import activity, wiring
from telesalud.platform.errors import Forbidden
from telesalud.platform.http.operations import Group, Request

group = Group("/orders")


@group.get("/activity", answer=OpenOrders, errors=(Forbidden,))
def read_open_orders(request: Request) -> OpenOrders:
    """How many orders are open, by kind.

    Numbers without names.
    """
    return activity.open_orders(wiring.services(), request.call)
