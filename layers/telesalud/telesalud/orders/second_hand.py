"""The second hand of this context's workflows.

A workflow is exact; when it was never started, failed or was stopped, whatever it should have done
is done by the very same step within about a minute. It does not matter who comes first. Qualified
signatures have no workflow: each minute takes those that wait a step further.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final

from telesalud.orders import due
from telesalud.orders.alarms import telling
from telesalud.orders.alarms.telling import Telling
from telesalud.orders.qualified import finishing
from telesalud.orders.qualified.finishing import Finishing
from telesalud.orders.requests import deadlines
from telesalud.orders.services import OrdersServices
from telesalud.platform.clock import to_text
from telesalud.platform.errors import Unavailable
from telesalud.platform.logs import get_logger, where
from telesalud.platform.store import ConditionFailed, Delete, Item, at_version, every
from telesalud.platform.work import Services

SLACK: Final = timedelta(seconds=30)
"""How late a workflow may be before somebody else does its work."""


def sweep(services: OrdersServices, telling_: Telling) -> int:
    """Do whatever is late of orders and alarms; how much there was. Raises Unavailable."""

    def overtake(item: Item) -> None:
        what, tenant, subject, number = due.what_of(item)
        if what == due.ALARM:
            telling.check(telling_, tenant, subject, number)
        else:
            deadlines.check(services, tenant, subject, number)
        get_logger().warning("the clock was late", reason=what, subject=subject)

    return _visit(services, overtake, slack=SLACK, signs=False)


def sign_papers(finishing_: Finishing) -> int:
    """Take papers that wait for a qualified signature a step further; how many there were.

    Raises Unavailable.
    """

    def attempt(item: Item) -> None:
        _, tenant, subject, number = due.what_of(item)
        finishing.attempt(finishing_, tenant, subject, number)

    return _visit(finishing_.services, attempt, slack=timedelta(), signs=True)


def _visit(
    services: Services, step: Callable[[Item], None], *, slack: timedelta, signs: bool
) -> int:
    """Take the step for everything that is due.

    The trouble of one keeps no other waiting, and each visit begins with other digits, so that
    what takes long is not always before the same. Raises Unavailable when there was any trouble.
    """
    now = services.clock()
    done, failed = 0, 0
    first = now.minute % len(due.DIGITS)
    for digit in due.DIGITS[first:] + due.DIGITS[:first]:
        listed = due.partition(digit, signs=signs)
        for item in every(services.store, listed, until=to_text(now - slack)):
            done += 1
            try:
                step(item)
                # The step moved the item if it still waits for something: one that stays is over.
                with suppress(ConditionFailed):
                    services.store.transact([Delete(item.key, at_version(item.version))])
            except Exception as error:  # noqa: BLE001  # whatever it is, the others go on
                failed += 1
                get_logger().error(
                    "what is due was not done",
                    reason=item.text("what"),
                    subject=item.text("subject"),
                    error=type(error).__name__,
                    where=where(error),
                )
    if failed:
        raise Unavailable(f"{failed} of {done} could not be brought up to date")
    return done
