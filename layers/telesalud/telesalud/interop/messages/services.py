"""What taking a message needs: storage, and the orders that results are for."""

from dataclasses import dataclass
from typing import Protocol

from schemas.orders import NewResult, Order
from telesalud.platform.work import Services


class Orders(Protocol):
    """Orders, asked with the sender's own token."""

    def order(self, which: str) -> Order:
        """An order. Raises NotFound, Forbidden, Gone, Unavailable."""

    def enter_result(self, order: Order, new: NewResult, key: str) -> None:
        """Enter a result; the same `key` and body enter once. Raises InvalidTransition and other
        Conflicts, Invalid, StaleVersion, Forbidden, NotFound, Unavailable."""


@dataclass(frozen=True, slots=True)
class MessageServices(Services):
    """`Services` for one sender."""

    orders: Orders
