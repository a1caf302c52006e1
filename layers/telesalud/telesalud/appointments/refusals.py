"""Refusals that only this context has."""

from telesalud.platform.errors import Conflict


class SlotTaken(Conflict):
    """A practitioner already has an appointment at that time."""

    slug = "slot-taken"
    title = "The practitioner is taken at that time"


class PatientBusy(Conflict):
    """The patient already has an appointment at that time; `appointment` names it."""

    slug = "patient-busy"
    title = "The patient has another appointment at that time"


class OutsideHours(Conflict):
    """The agenda is closed at that time, at that site or for that category."""

    slug = "outside-hours"
    title = "The agenda is closed then"


class AgendaChanged(Conflict):
    """Opening hours changed while the appointment was being made."""

    slug = "agenda-changed"
    title = "The agenda changed at the same moment; look at it again and retry"
