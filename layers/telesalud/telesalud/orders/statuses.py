"""The state machines of prescriptions, orders and papers."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from schemas.orders import OrderStatus
from schemas.papers import PaperStatus
from schemas.prescriptions import PrescriptionStatus
from telesalud.platform.errors import InvalidTransition

S = TypeVar("S", bound=StrEnum)

_RX = PrescriptionStatus
PRESCRIPTION: Mapping[PrescriptionStatus, frozenset[PrescriptionStatus]] = {
    _RX.DRAFT: frozenset({_RX.ACTIVE, _RX.ENTERED_IN_ERROR}),
    _RX.ACTIVE: frozenset({_RX.ON_HOLD, _RX.STOPPED, _RX.COMPLETED, _RX.ENTERED_IN_ERROR}),
    _RX.ON_HOLD: frozenset({_RX.ACTIVE, _RX.STOPPED, _RX.ENTERED_IN_ERROR}),
    _RX.STOPPED: frozenset({_RX.ENTERED_IN_ERROR}),
    _RX.COMPLETED: frozenset({_RX.ENTERED_IN_ERROR}),
    _RX.ENTERED_IN_ERROR: frozenset(),
}

_ORDER = OrderStatus
ORDER: Mapping[OrderStatus, frozenset[OrderStatus]] = {
    _ORDER.DRAFT: frozenset({_ORDER.ACTIVE, _ORDER.ENTERED_IN_ERROR}),
    _ORDER.ACTIVE: frozenset({_ORDER.RESULTED, _ORDER.CANCELLED, _ORDER.ENTERED_IN_ERROR}),
    # A correction keeps a result waiting, and brings a signed-off one back.
    _ORDER.RESULTED: frozenset({_ORDER.RESULTED, _ORDER.REVIEWED, _ORDER.ENTERED_IN_ERROR}),
    _ORDER.REVIEWED: frozenset({_ORDER.RESULTED, _ORDER.ENTERED_IN_ERROR}),
    _ORDER.CANCELLED: frozenset({_ORDER.ENTERED_IN_ERROR}),
    _ORDER.ENTERED_IN_ERROR: frozenset(),
}

PAPER: Mapping[PaperStatus, frozenset[PaperStatus]] = {
    PaperStatus.ACTIVE: frozenset({PaperStatus.ENTERED_IN_ERROR}),
    PaperStatus.ENTERED_IN_ERROR: frozenset(),
}

PENDING = frozenset({_ORDER.ACTIVE, _ORDER.RESULTED})
"""Orders whose loop is not closed."""
IN_FORCE = frozenset({_RX.ACTIVE, _RX.ON_HOLD})
"""Prescriptions that count in checks and in the summary."""


def move(table: Mapping[S, frozenset[S]], current: S, wanted: S) -> S:
    """`wanted`, when the machine allows it. Raises InvalidTransition naming both."""
    if wanted not in table[current]:
        raise InvalidTransition(current.value, wanted.value)
    return wanted
