"""Booking, rescheduling, cancelling and moving an appointment through its statuses.

Each is one transaction that holds the appointment, its copies in every agenda, the locks on
everybody's time, the outbox event and the audit entry.
"""

from datetime import timedelta

from schemas.appointments import (
    Appointment,
    Book,
    Cancel,
    ChangeStatus,
    PatientReceived,
    Reschedule,
    Status,
)
from telesalud.appointments.agendas.calendar import span_of
from telesalud.appointments.booking import registered_patients, repository, resources, transactions
from telesalud.appointments.booking.repository import Found
from telesalud.appointments.booking.resources import Resources, Wanted
from telesalud.appointments.booking.statuses import MOVABLE, check_time, check_transition
from telesalud.appointments.booking.stored import Booking
from telesalud.appointments.errors import SlotTaken
from telesalud.appointments.neighbours.patients import Patients
from telesalud.appointments.policy import GRANTS, OVERBOOK, WRITE
from telesalud.platform.access import CallerKind, require
from telesalud.platform.errors import (
    Conflict,
    InvalidTransition,
    StaleVersion,
)
from telesalud.platform.store import Check, ConditionFailed, at_version
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

LATE_CANCELLATION = timedelta(hours=24)
_RECEIVED = (Status.ARRIVED, Status.IN_ROOM)


def book(services: Services, call: Call, command: Book, patients: Patients) -> Appointment:
    """Make an appointment: one read and one transaction (one more a layer of overbooking).

    Raises Invalid, OutsideHours, SlotTaken, PatientBusy, PatientMerged, PatientDeceased,
    AgendaChanged, Unavailable. `patients` is asked only about a patient whose registration has not
    reached this context yet.
    """
    require(call.caller, WRITE, GRANTS)
    tenant = call.caller.tenant
    wanted = Wanted(
        command.practitioners,
        command.site,
        command.category,
        span_of(command.start, command.minutes),
        command.outside_hours,
    )
    known = repository.patient_key(tenant, command.patient.id)
    found = services.fetch([known, *resources.keys_for(tenant, wanted)], Scope(tenant))
    where = resources.check_bookable(services, call.caller, wanted, found, new=True)
    patient, not_merged = registered_patients.admitted(
        services, tenant, command.patient, found.get(known), patients
    )
    command = command.model_copy(update={"patient": patient})
    layers = _layers(call, where, overbook=command.overbook)
    for layer in layers:
        booking = _new_booking(services, call, command, where, layer)
        try:
            return _create(services, call, booking, where, not_merged)
        except SlotTaken:
            if layer == layers[-1]:
                raise
    raise AssertionError("there is always a first layer")


def _layers(call: Call, where: Resources, *, overbook: bool) -> range:
    """The layers to try. Raises Forbidden."""
    if not overbook:
        return range(1, 2)
    require(call.caller, OVERBOOK, GRANTS)
    return range(1, 2 + where.overbooking)


def _create(
    services: Services, call: Call, booking: Booking, where: Resources, not_merged: Check
) -> Appointment:
    tenant = call.caller.tenant
    answer = repository.view_of(booking, 1, transactions.link_of(booking))
    work = Work(services, call)
    work.add(*transactions.create(services, tenant, booking, held=False))
    work.add(*where.checks, not_merged)
    transactions.announce(work, "booked", booking, 1)
    try:
        work.commit(answer, 1)
    except ConditionFailed as failed:
        if failed.at(not_merged.key):
            raise registered_patients.refusal(services, tenant, booking.patient.id) from failed
        raise transactions.refusal(failed, booking, tenant, where) from failed
    return answer


def reschedule(
    services: Services, call: Call, appointment: str, command: Reschedule, version: int
) -> Appointment:
    """Move an appointment: its locks are swapped in one transaction.

    Asking for what already is changes nothing. Raises NotFound, StaleVersion, InvalidTransition
    and what `book` raises.
    """
    tenant = call.caller.tenant
    present = repository.load(services, call, appointment, WRITE)
    old = present.booking
    wanted = Wanted(
        command.practitioners or tuple(p.id for p in old.practitioners),
        command.site or old.site,
        old.category,
        span_of(command.start, command.minutes or old.minutes),
        command.outside_hours,
    )
    if _stands(old, wanted):
        return present.view
    _check_version(present, version)
    if old.status not in MOVABLE:
        raise InvalidTransition(old.status.value, "rescheduled")
    if old.group is not None:
        raise Conflict("a place moves with its group session; cancel it instead")
    found = services.fetch(resources.keys_for(tenant, wanted), Scope(tenant))
    where = resources.check_bookable(services, call.caller, wanted, found, new=False)
    layers = _layers(call, where, overbook=command.overbook)
    for layer in layers:
        new = moved(old, wanted, where, layer, by=call.caller.subject)
        try:
            return _replace(services, call, present, new, verb="rescheduled", where=where)
        except SlotTaken:
            if layer == layers[-1]:
                raise
    raise AssertionError("there is always a first layer")


def moved(
    old: Booking, wanted: Wanted, where: Resources, layer: int = 1, *, by: str = ""
) -> Booking:
    """The appointment at another time; whoever confirmed the old one is asked again.

    `by` answers for practitioners who were not on it before.
    """
    same = {p.id for p in where.attendants} <= {p.id for p in old.practitioners}
    status = Status.PENDING if old.status is Status.PENDING else Status.BOOKED
    seconds = (wanted.span.end - wanted.span.start).total_seconds()
    return old.model_copy(
        update={
            "start": wanted.span.start,
            "minutes": int(seconds // 60),
            "practitioners": where.attendants,
            "booked_by": old.booked_by if same else by,
            "site": wanted.site,
            "status": status,
            "schedule": old.schedule + 1,
            "layer": layer,
            "overruled": wanted.outside_hours,
            "locked_as": None,
        }
    )


def cancel(
    services: Services, call: Call, appointment: str, command: Cancel, version: int
) -> Appointment:
    """Call an appointment off and free everybody's time.

    Less than 24 hours before the start it becomes `cancelled_late`. Cancelling what is cancelled
    changes nothing. Raises NotFound, StaleVersion, InvalidTransition.
    """
    present = repository.load(services, call, appointment, WRITE)
    if present.booking.status in (Status.CANCELLED, Status.CANCELLED_LATE):
        return present.view
    _check_version(present, version)
    new = called_off(services, present.booking, command.reason)
    return _replace(services, call, present, new, verb="cancelled")


def called_off(services: Services, old: Booking, reason: str | None) -> Booking:
    """The appointment cancelled. Raises InvalidTransition."""
    late = old.start - services.clock() < LATE_CANCELLATION
    status = Status.CANCELLED_LATE if late else Status.CANCELLED
    check_transition(old.status, status)
    changes = {"status": status, "cancel_reason": reason, "schedule": old.schedule + 1}
    return old.model_copy(update=changes)


def change_status(
    services: Services, call: Call, appointment: str, command: ChangeStatus, version: int
) -> Appointment:
    """Move an appointment to its next status. Asking for the present one changes nothing.

    Raises NotFound, StaleVersion, InvalidTransition.
    """
    present = repository.load(services, call, appointment, WRITE)
    if present.booking.status is command.status:
        return present.view
    _check_version(present, version)
    check_transition(present.booking.status, command.status)
    check_time(command.status, present.booking.start, services.clock())
    work = Work(services, call)
    booking, now = add_status(work, present, command.status)
    _announce_reception(work, booking, now)
    _commit(work, booking, call.caller.tenant)
    return Found(booking, now, present.link).view


def add_status(work: Work, present: Found, status: Status) -> tuple[Booking, int]:
    """Collect the writes of a new status; the caller has checked the transition and commits."""
    tenant, vault = work.call.caller.tenant, work.services.vault
    booking = present.booking.turned(status, work.services.clock())
    version = present.version + 1
    when = at_version(present.version)
    work.add(repository.appointment_put(vault, tenant, booking, when))
    for key in booking.copies(tenant):
        work.add(repository.copy_update(vault, tenant, key, booking, version))
    announce_status(work, booking, version)
    return booking, version


def _announce_reception(work: Work, booking: Booking, version: int) -> None:
    """Say who saw the patient arrive: a nurse at the door measures before anybody else comes."""
    caller = work.call.caller
    if caller.kind is not CallerKind.USER or booking.status not in _RECEIVED:
        return
    fact = PatientReceived(
        appointment_id=booking.id,
        patient_id=booking.patient.id,
        user_id=caller.subject,
        booked_by=booking.booked_by,
        start=booking.start,
    )
    work.event("appointments.patient_received", booking.id, version, fact.model_dump(mode="json"))


def announce_status(work: Work, booking: Booking, version: int) -> None:
    """Collect the event and the audit entry of a new status."""
    fact = transactions.fact_of(booking).model_dump(mode="json")
    work.event("appointments.status_changed", booking.id, version, fact)
    work.audit("appointments.change_status", booking.patient.id, f"appointment/{booking.id}")


def _new_booking(
    services: Services, call: Call, command: Book, where: Resources, layer: int
) -> Booking:
    return Booking(
        id=services.new_id(),
        status=command.status,
        patient=command.patient,
        practitioners=where.attendants,
        site=command.site,
        category=command.category,
        telemedicine=where.category.telemedicine,
        start=command.start,
        minutes=command.minutes,
        schedule=1,
        title=command.title,
        reason=command.reason,
        comment=command.comment,
        room=command.room,
        origin=command.origin,
        created_at=services.clock(),
        booked_by=call.caller.subject,
        layer=layer,
        overruled=command.outside_hours,
    )


def _stands(old: Booking, wanted: Wanted) -> bool:
    people = tuple(p.id for p in old.practitioners)
    return (old.span, old.site, people) == (wanted.span, wanted.site, tuple(wanted.practitioners))


def _check_version(present: Found, version: int) -> None:
    if present.version != version:
        raise StaleVersion


def _replace(
    services: Services,
    call: Call,
    present: Found,
    new: Booking,
    *,
    verb: str,
    where: Resources | None = None,
) -> Appointment:
    tenant, version = call.caller.tenant, present.version + 1
    work = Work(services, call)
    cancelled = verb == "cancelled"
    state, made = transactions.replace(services, tenant, present, new, cancelled=cancelled)
    work.add(*made)
    if where is not None:
        work.add(*where.checks)
    transactions.announce(work, verb, new, version)
    transactions.announce_freed(work, present.booking, version)
    _commit(work, new, tenant, where)
    view = Found(new, version, present.link).view
    return view.model_copy(update={"link_status": state, "link_problem": None})


def _commit(work: Work, booking: Booking, tenant: str, where: Resources | None = None) -> None:
    try:
        work.commit()
    except ConditionFailed as failed:
        raise transactions.refusal(failed, booking, tenant, where) from failed
