"""The watch over the loop: what an order's workflow asks for at each deadline.

One Step Functions execution per deadline that was set (`schedule` counts them) waits for the
moment and asks `check`. Every step is conditional on the order as it is then, so a result that came
in time, a cancellation and a repeated question need no co-ordination.
"""

from schemas.orders import OrderFact
from telesalud.orders.access import open_order
from telesalud.orders.policy import ORDER
from telesalud.orders.requests.follow_up import deadline, keep
from telesalud.orders.services import OrdersServices
from telesalud.orders.statuses import PENDING
from telesalud.orders.watching import NextCheck
from telesalud.platform.access import Caller
from telesalud.platform.errors import Gone, NotFound
from telesalud.platform.ports.workflows import Workflows
from telesalud.platform.work import Call, Work, retrying


def check(services: OrdersServices, tenant: str, order_id: str, schedule: int) -> NextCheck:
    """Mark an order late when it is, and say when to ask again.

    Done when nothing is awaited, another deadline was set meanwhile, or the lateness is on the
    work lists: what happens next sets a deadline of its own.
    """
    call = Call(Caller.system(tenant, "order-deadline"))

    def step() -> NextCheck:
        try:
            found = open_order(services, call, order_id, ORDER).thing
        except (NotFound, Gone):
            return NextCheck(done=True)
        moment = deadline(found)
        if found.status not in PENDING or found.schedule != schedule or moment is None:
            return NextCheck(done=True)
        if services.clock() < moment:
            return NextCheck.at(moment)
        if not found.overdue:
            work = Work(services, call)
            late = found.model_copy(update={"overdue": True})
            keep(work, found, late, "order_overdue", "order_overdue")
            work.commit()
        return NextCheck(done=True)

    return retrying(step)


def watch(workflow: Workflows, tenant: str, fact: OrderFact) -> None:
    """Start the watch over a deadline; its name makes a repetition harmless."""
    data: dict[str, str | int] = {
        "tenant": tenant,
        "order_id": fact.order_id,
        "schedule": fact.schedule,
    }
    workflow.start(f"{fact.order_id}-{fact.schedule}", data)
