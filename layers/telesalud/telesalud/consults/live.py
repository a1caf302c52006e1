"""The teleconsultations that go on now: a list without names, kept by every step of a consult.

    LIVE#<tenant> / <consult>    from the patient's announcement until the end

What was going on before the list existed is in it from its next step on.
"""

from schemas.consults import ConsultStatus
from telesalud.consults.model import Consult
from telesalud.platform.clock import to_text
from telesalud.platform.store import Delete, Key, Operation, Put, Value

_GOES_ON = (ConsultStatus.WAITING, ConsultStatus.IN_PROGRESS)


def partition(tenant: str) -> str:
    """Where they are."""
    return f"LIVE#{tenant}"


def moved(before: Consult, after: Consult) -> list[Operation]:
    """The writes by which the list follows a step; none where it says the same already."""
    old, new = _shown(before), _shown(after)
    if old == new:
        return []
    key = Key(partition(after.tenant), after.id)
    return [Delete(key) if new is None else Put(key, new)]


def _shown(consult: Consult) -> dict[str, Value] | None:
    state = consult.state
    if state.status not in _GOES_ON:
        return None
    since = state.started_at or state.waiting_since or state.start
    return {
        "status": state.status.value,
        "since": to_text(since),
        "closes_at": to_text(state.closes_at),
        "present": sum(seat.joined_at is not None for seat in state.seats),
        "losses": state.losses,
        "video": state.video,
    }
