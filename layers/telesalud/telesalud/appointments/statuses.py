"""The statuses of an appointment and which may follow which."""

from schemas.appointments import Status
from telesalud.platform.errors import InvalidTransition

_EXPECTED = {Status.BOOKED, Status.REMINDED, Status.CONFIRMED, Status.LATE}
_PRESENT = {Status.ARRIVED, Status.IN_ROOM, Status.IN_CALL}
_CALLED_OFF = {Status.CANCELLED, Status.CANCELLED_LATE}
_SEEN = {Status.ARRIVED, Status.IN_ROOM, Status.IN_CALL}

FINAL = frozenset({Status.CHECKED_OUT, Status.LEFT, *_CALLED_OFF})
"""Nothing follows these."""
MOVABLE = frozenset({Status.PENDING, *_EXPECTED})
"""Still in the future for everybody: may be rescheduled or cancelled."""

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.BOOKED, Status.CONFIRMED, *_CALLED_OFF}),
    Status.BOOKED: frozenset(
        {Status.REMINDED, Status.CONFIRMED, Status.LATE, Status.NO_SHOW, *_SEEN, *_CALLED_OFF}
    ),
    Status.REMINDED: frozenset(
        {Status.CONFIRMED, Status.LATE, Status.NO_SHOW, *_SEEN, *_CALLED_OFF}
    ),
    Status.CONFIRMED: frozenset(
        {Status.REMINDED, Status.LATE, Status.NO_SHOW, *_SEEN, *_CALLED_OFF}
    ),
    Status.LATE: frozenset({Status.NO_SHOW, *_SEEN, *_CALLED_OFF}),
    Status.ARRIVED: frozenset(
        {Status.IN_ROOM, Status.IN_CALL, Status.CHECKED_OUT, Status.LEFT, Status.BOOKED}
    ),
    Status.IN_ROOM: frozenset({Status.IN_CALL, Status.CHECKED_OUT, Status.LEFT, Status.ARRIVED}),
    Status.IN_CALL: frozenset({Status.IN_ROOM, Status.CHECKED_OUT, Status.LEFT}),
    # A patient who was given up may still turn up.
    Status.NO_SHOW: frozenset({*_PRESENT, Status.CHECKED_OUT}),
    **{status: frozenset() for status in FINAL},
}


def check_transition(current: Status, requested: Status) -> None:
    """Raise InvalidTransition, which names both, unless `requested` may follow `current`."""
    if requested not in TRANSITIONS[current]:
        raise InvalidTransition(current.value, requested.value)
