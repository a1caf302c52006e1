"""The operations of the appointments app, by subject; what few requests need is imported then."""

import re

from telesalud.appointments.refusals import (
    AgendaChanged,
    OutsideHours,
    PatientBusy,
    PatientMerged,
    SlotTaken,
)
from telesalud.platform.edge import Request
from telesalud.platform.errors import Invalid, InvalidTransition, NotFound, StaleVersion

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
BOOKING_ERRORS = (Invalid, OutsideHours, SlotTaken, PatientBusy, AgendaChanged, PatientMerged)
CHANGE_ERRORS = (NotFound, StaleVersion, InvalidTransition)


def id_in(request: Request, name: str) -> str:
    """An id of the path. What is no id names nothing."""
    value = request.path[name]
    if not _ID.fullmatch(value):
        raise NotFound
    return value
