"""Booking, rescheduling, cancelling and moving an appointment through its statuses.

Each is one transaction that holds the appointment, its copies in every agenda, the locks on
everybody's time, the outbox event and the audit entry.
"""

from datetime import timedelta

from schemas.appointments import (
    Appointment,
    AppointmentFact,
    Book,
    Cancel,
    ChangeStatus,
    LinkStatus,
    Reschedule,
    Status,
)
from telesalud.appointments import link_state, locks, repository, setting
from telesalud.appointments.calendar import span_of
from telesalud.appointments.locks import Kind, Owner
from telesalud.appointments.patients import Patients
from telesalud.appointments.policy import GRANTS, WRITE
from telesalud.appointments.refusals import PatientBusy, SlotTaken
from telesalud.appointments.repository import Booking, Found
from telesalud.appointments.setting import Setting, Wanted
from telesalud.appointments.statuses import MOVABLE, check_transition
from telesalud.platform.access import require
from telesalud.platform.errors import (
    DomainError,
    FieldError,
    Invalid,
    InvalidTransition,
    StaleVersion,
)
from telesalud.platform.store import ABSENT, ConditionFailed, Delete, Key, Operation, at_version
from telesalud.platform.work import Call, Services, Work

LATE_CANCELLATION = timedelta(hours=24)


def book(services: Services, call: Call, command: Book, patients: Patients) -> Appointment:
    """Make an appointment: one read and one transaction.

    Raises Invalid, OutsideHours, SlotTaken, PatientBusy, AgendaChanged, Unavailable. `patients`
    is asked only about a patient whose registration has not reached this context yet.
    """
    require(call.caller, WRITE, GRANTS)
    tenant = call.caller.tenant
    span = span_of(command.start, command.minutes)
    wanted = Wanted(
        command.practitioners, command.site, command.category, span, command.outside_hours
    )
    known = repository.patient_key(tenant, command.patient.id)
    found = repository.fetch(services, tenant, known, *setting.keys_for(tenant, wanted))
    where = setting.judge(services, call.caller, wanted, found, new=True)
    if known not in found and not patients.exists(tenant, command.patient.id):
        fault = FieldError("/patient/id", "unknown", "there is no such patient")
        raise Invalid("the patient does not exist", [fault])
    booking = _new_booking(services, command, where)
    state = LinkStatus.PENDING if booking.telemedicine else LinkStatus.NONE
    answer = repository.view_of(booking, 1, state)
    work = Work(services, call)
    work.add(repository.appointment_put(services.vault, tenant, booking, ABSENT))
    for key in booking.copies(tenant):
        put = repository.copy_put(services.vault, tenant, key, booking, version=1, link=state)
        work.add(put)
    if booking.telemedicine:
        work.add(link_state.begin(tenant, booking))
    for owner in booking.owners(tenant):
        work.add(*locks.move(owner, booking.id, None, booking.span))
    work.add(*where.checks)
    _announce(work, "booked", booking, 1)
    try:
        work.commit(answer, 1)
    except ConditionFailed as failed:
        raise _why(failed, booking, tenant, where) from failed
    return answer


def reschedule(
    services: Services, call: Call, appointment: str, command: Reschedule, version: int
) -> Appointment:
    """Move an appointment: its locks are swapped in one transaction.

    Asking for what already is changes nothing. Raises NotFound, StaleVersion, InvalidTransition
    and what `book` raises.
    """
    require(call.caller, WRITE, GRANTS)
    tenant = call.caller.tenant
    present = repository.load(services, tenant, appointment)
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
    found = repository.fetch(services, tenant, *setting.keys_for(tenant, wanted))
    where = setting.judge(services, call.caller, wanted, found, new=False)
    status = Status.PENDING if old.status is Status.PENDING else Status.BOOKED
    new = old.model_copy(
        update={
            "start": wanted.span.start,
            "minutes": command.minutes or old.minutes,
            "practitioners": where.attendants,
            "site": wanted.site,
            "status": status,
            "schedule": old.schedule + 1,
        }
    )
    return _replace(services, call, present, new, verb="rescheduled", where=where)


def cancel(
    services: Services, call: Call, appointment: str, command: Cancel, version: int
) -> Appointment:
    """Call an appointment off and free everybody's time.

    Less than 24 hours before the start it becomes `cancelled_late`. Cancelling what is cancelled
    changes nothing. Raises NotFound, StaleVersion, InvalidTransition.
    """
    require(call.caller, WRITE, GRANTS)
    present = repository.load(services, call.caller.tenant, appointment)
    old = present.booking
    if old.status in (Status.CANCELLED, Status.CANCELLED_LATE):
        return present.view
    _check_version(present, version)
    late = old.start - services.clock() < LATE_CANCELLATION
    status = Status.CANCELLED_LATE if late else Status.CANCELLED
    check_transition(old.status, status)
    changes = {"status": status, "cancel_reason": command.reason, "schedule": old.schedule + 1}
    return _replace(services, call, present, old.model_copy(update=changes), verb="cancelled")


def change_status(
    services: Services, call: Call, appointment: str, command: ChangeStatus, version: int
) -> Appointment:
    """Move an appointment to its next status. Asking for the present one changes nothing.

    Raises NotFound, StaleVersion, InvalidTransition.
    """
    require(call.caller, WRITE, GRANTS)
    present = repository.load(services, call.caller.tenant, appointment)
    if present.booking.status is command.status:
        return present.view
    _check_version(present, version)
    check_transition(present.booking.status, command.status)
    work = Work(services, call)
    booking, now = add_status(work, present, command.status)
    _commit(work, booking, call.caller.tenant)
    return Found(booking, now, present.link).view


def add_status(work: Work, present: Found, status: Status) -> tuple[Booking, int]:
    """Collect the writes of a new status; the caller has checked the transition and commits."""
    tenant, vault = work.call.caller.tenant, work.services.vault
    booking = present.booking.model_copy(update={"status": status})
    version = present.version + 1
    when = at_version(present.version)
    work.add(repository.appointment_put(vault, tenant, booking, when))
    for key in booking.copies(tenant):
        work.add(repository.copy_update(vault, tenant, key, booking, version))
    announce_status(work, booking, version)
    return booking, version


def announce_status(work: Work, booking: Booking, version: int) -> None:
    """Collect the event and the audit entry of a new status."""
    fact = fact_of(booking).model_dump(mode="json")
    work.event("appointments.status_changed", booking.id, version, fact)
    work.audit("appointments.change_status", booking.patient.id, f"appointment/{booking.id}")


def fact_of(booking: Booking) -> AppointmentFact:
    """What the appointment's events say: ids and codes only."""
    return AppointmentFact(
        appointment_id=booking.id,
        patient_id=booking.patient.id,
        practitioner_ids=tuple(p.id for p in booking.practitioners),
        user_ids=tuple(p.user_id for p in booking.practitioners if p.user_id),
        site_id=booking.site,
        category=booking.category,
        telemedicine=booking.telemedicine,
        start=booking.start,
        minutes=booking.minutes,
        status=booking.status,
    )


def _new_booking(services: Services, command: Book, where: Setting) -> Booking:
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
    where: Setting | None = None,
) -> Appointment:
    """Write `new` over `present`: locks, copies and link follow."""
    tenant, old = call.caller.tenant, present.booking
    version = present.version + 1
    work = Work(services, call)
    when = at_version(present.version)
    work.add(repository.appointment_put(services.vault, tenant, new, when))
    state, follow = link_state.follow(tenant, present, new)
    work.add(*follow)
    work.add(*_copy_moves(services, tenant, old, new, version=version, state=state))
    work.add(*_lock_moves(tenant, old, new, cancelled=verb == "cancelled"))
    if where is not None:
        work.add(*where.checks)
    _announce(work, verb, new, version)
    _commit(work, new, tenant, where)
    view = Found(new, version, present.link).view
    return view.model_copy(update={"link_status": state, "link_problem": None})


def _copy_moves(
    services: Services, tenant: str, old: Booking, new: Booking, *, version: int, state: LinkStatus
) -> list[Operation]:
    kept = new.copies(tenant)
    moves: list[Operation] = [Delete(key) for key in old.copies(tenant) if key not in kept]
    for key in kept:
        put = repository.copy_put(services.vault, tenant, key, new, version=version, link=state)
        moves.append(put)
    return moves


def _lock_moves(tenant: str, old: Booking, new: Booking, *, cancelled: bool) -> list[Operation]:
    before, after = old.owners(tenant), [] if cancelled else new.owners(tenant)
    moves: list[Operation] = []
    for owner in dict.fromkeys([*before, *after]):
        had = old.span if owner in before else None
        wants = new.span if owner in after else None
        moves += locks.move(owner, old.id, had, wants)
    return moves


def _announce(work: Work, verb: str, booking: Booking, version: int) -> None:
    fact = fact_of(booking).model_dump(mode="json")
    work.event(f"appointments.appointment_{verb}", booking.id, version, fact)
    action = {"booked": "book", "rescheduled": "reschedule", "cancelled": "cancel"}[verb]
    work.audit(f"appointments.{action}", booking.patient.id, f"appointment/{booking.id}")


def _commit(work: Work, booking: Booking, tenant: str, where: Setting | None = None) -> None:
    try:
        work.commit()
    except ConditionFailed as failed:
        raise _why(failed, booking, tenant, where) from failed


def _why(
    failed: ConditionFailed, booking: Booking, tenant: str, where: Setting | None
) -> DomainError | ConditionFailed:
    """The refusal that a failed transaction means."""
    if failed.at(repository.appointment_key(tenant, booking.id)):
        return StaleVersion()
    if where is not None and (changed := setting.hours_moved(where, failed)):
        return changed
    for owner in booking.owners(tenant):
        clash = _clash(failed, owner, booking)
        if clash is not None:
            return clash
    return failed


def _clash(failed: ConditionFailed, owner: Owner, booking: Booking) -> DomainError | None:
    for hour, wanted in locks.quanta(booking.span).items():
        failure = failed.at(Key(owner.partition, hour))
        if failure is None:
            continue
        if owner.kind is Kind.PRACTITIONER:
            return SlotTaken(practitioner=owner.id)
        others = locks.holders(failure.found, wanted) - {booking.id} if failure.found else set()
        return PatientBusy(appointment=min(others, default=""))
    return None
