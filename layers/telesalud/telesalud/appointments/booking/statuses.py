"""The statuses of an appointment and which may follow which."""

from datetime import datetime, timedelta
from typing import Final

from schemas.appointments import Status
from telesalud.platform.errors import FieldError, Invalid, InvalidTransition

_EXPECTED = frozenset({Status.BOOKED, Status.REMINDED, Status.CONFIRMED, Status.LATE})
CALLED_OFF = frozenset({Status.CANCELLED, Status.CANCELLED_LATE})
"""Cancelled, whenever that was."""
# Whoever is expected may turn up, or have been seen without the steps in between being entered.
_TURNED_UP = frozenset({Status.ARRIVED, Status.IN_ROOM, Status.IN_CALL, Status.CHECKED_OUT})
_OUTCOME = _TURNED_UP | CALLED_OFF | {Status.NO_SHOW}

FINAL = frozenset({Status.CHECKED_OUT, Status.LEFT, *CALLED_OFF})
"""Nothing follows these."""
MOVABLE = frozenset({Status.PENDING, *_EXPECTED})
"""Still in the future for everybody: may be rescheduled or cancelled."""

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.PENDING: _OUTCOME | {Status.BOOKED, Status.CONFIRMED},
    Status.BOOKED: _OUTCOME | {Status.REMINDED, Status.CONFIRMED, Status.LATE},
    Status.REMINDED: _OUTCOME | {Status.CONFIRMED, Status.LATE},
    Status.CONFIRMED: _OUTCOME | {Status.REMINDED, Status.LATE},
    Status.LATE: _OUTCOME,
    Status.ARRIVED: frozenset(
        {Status.IN_ROOM, Status.IN_CALL, Status.CHECKED_OUT, Status.LEFT, Status.BOOKED}
    ),
    Status.IN_ROOM: frozenset({Status.IN_CALL, Status.CHECKED_OUT, Status.LEFT, Status.ARRIVED}),
    Status.IN_CALL: frozenset({Status.IN_ROOM, Status.CHECKED_OUT, Status.LEFT}),
    # A patient who was given up may still turn up.
    Status.NO_SHOW: _TURNED_UP,
    **{status: frozenset() for status in FINAL},
}


EARLY: Final = timedelta(hours=12)
"""How long before the start somebody may have been seen, or have come and gone."""


def check_time(requested: Status, start: datetime, now: datetime) -> None:
    """Raise Invalid for an outcome that cannot be known yet: nobody stays away beforehand."""
    if requested in (Status.NO_SHOW, Status.LATE):
        earliest = start
    elif requested in (Status.CHECKED_OUT, Status.LEFT):
        earliest = start - EARLY
    else:
        return
    if now < earliest:
        fault = FieldError("/status", "too-early", "the appointment has not begun")
        raise Invalid("this cannot be known before the appointment begins", [fault])


def check_transition(current: Status, requested: Status) -> None:
    """Raise InvalidTransition, which names both, unless `requested` may follow `current`."""
    if requested not in TRANSITIONS[current]:
        raise InvalidTransition(current.value, requested.value)
