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


class PatientDeceased(Conflict):
    """The record says that the patient has died; correct the record if that is an error."""

    slug = "patient-deceased"
    title = "The patient has died"


class OutsideHours(Conflict):
    """The agenda is closed at that time, at that site or for that category."""

    slug = "outside-hours"
    title = "The agenda is closed then"


class AgendaChanged(Conflict):
    """Opening hours changed while the appointment was being made."""

    slug = "agenda-changed"
    title = "The agenda changed at the same moment; look at it again and retry"


class SeriesConflicts(Conflict):
    """Some occurrences cannot be had; `conflicts` lists each as `<day> <reason>`."""

    slug = "series-conflicts"
    title = "Some dates of the series cannot be had; nothing was changed"


class SeriesBusy(Conflict):
    """An earlier change of the series is not complete."""

    slug = "series-busy"
    title = "The series is being changed; look at it again"


class NoOffer(Conflict):
    """The entry has no offer, or a slot is held for it that has to be settled first."""

    slug = "no-offer"
    title = "The waiting list entry is not in the state for this"


class GroupFull(Conflict):
    """Every place of the session is taken, the patient has one, or it was called off."""

    slug = "group-full"
    title = "The session has no place for this patient"


class PatientMerged(Conflict):
    """The patient was merged into another registration; `survivor` names it."""

    slug = "patient-merged"
    title = "The patient was merged into another registration; book for that one"
