"""The operations of the appointments app: each module is imported at its first request."""

from telesalud.appointments.errors import (
    AgendaChanged,
    OutsideHours,
    PatientBusy,
    PatientMerged,
    SlotTaken,
)
from telesalud.platform.errors import Invalid, InvalidTransition, NotFound, StaleVersion

BOOKING_ERRORS = (Invalid, OutsideHours, SlotTaken, PatientBusy, AgendaChanged, PatientMerged)
CHANGE_ERRORS = (NotFound, StaleVersion, InvalidTransition)
