"""Carrying out the plan of a series: several occurrences a transaction, resumable anywhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from schemas.appointments import PatientReference, Status
from schemas.series import Conflict, ConflictPolicy, SeriesStatus
from telesalud.appointments.agendas.calendar import Span, span_of
from telesalud.appointments.booking import lifecycle, resources, transactions
from telesalud.appointments.booking import repository as bookings
from telesalud.appointments.booking.repository import Found
from telesalud.appointments.booking.resources import Named, Resources, Wanted
from telesalud.appointments.booking.statuses import MOVABLE
from telesalud.appointments.booking.stored import Booking
from telesalud.appointments.errors import PatientBusy, SlotTaken
from telesalud.appointments.policy import WRITE
from telesalud.appointments.series import repository
from telesalud.appointments.series.repository import Head, Member
from telesalud.appointments.series.stored import Plan, Step, StepKind, Template
from telesalud.platform.errors import DomainError
from telesalud.platform.store import (
    MAX_OPERATIONS,
    Check,
    ConditionFailed,
    Operation,
    Update,
    When,
)
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

_AT_ONCE = 20
"""Steps that are looked at for one transaction; fewer fit."""
_CONFLICTS: Mapping[type[DomainError], Conflict] = {
    SlotTaken: Conflict.PRACTITIONER_TAKEN,
    PatientBusy: Conflict.PATIENT_BUSY,
}
_TIME = {"past": Conflict.PAST, "too-far": Conflict.TOO_FAR}


@dataclass(frozen=True, slots=True)
class _Part:
    """What one step contributes to a transaction."""

    step: Step
    booking: Booking | None
    """What it makes of the appointment; None when it changes none."""
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class _Patient:
    """Whom to book for: whoever survived, if the patient was merged since the series was begun."""

    reference: PatientReference
    merged: str | None
    """The id that the series names, if that is gone."""
    check: Check


@dataclass(slots=True)
class _Run:
    """A plan being carried out."""

    services: Services
    call: Call
    head: Head
    plan: Plan
    where: Resources
    members: Mapping[date, Member]
    patient: "_Patient"
    failed: dict[date, Conflict] = field(default_factory=dict)

    @property
    def tenant(self) -> str:
        return self.call.caller.tenant

    @property
    def template(self) -> Template:
        return self.head.record.template


def run(services: Services, call: Call, series: str) -> Head:
    """Complete the last plan of a series, from wherever it stands. Raises NotFound, StoreBusy.

    Several may do this at once: each transaction is conditional on the progress it starts from.
    """
    while True:
        head, members = repository.load(services, call, series, WRITE)
        if head.status is not SeriesStatus.WORKING:
            return head
        plan = repository.load_plan(services, call.caller.tenant, head)
        where = read_resources(services, call.caller.tenant, head.record.template)
        patient = _patient(services, call.caller.tenant, head.record.template)
        work = _Run(services, call, head, plan, where, members, patient)
        done = {step.day for step in plan.steps[: head.done]}
        work.failed |= {d: m.conflict for d, m in members.items() if m.conflict and d in done}
        _go_on(work)


def _patient(services: Services, tenant: str, template: Template) -> _Patient:
    key = bookings.patient_key(tenant, template.patient.id)
    item = services.fetch([key], Scope(tenant)).get(key)
    survivor = str(item.attributes.get("merged_into", "")) if item else ""
    if not survivor:
        return _Patient(template.patient, None, Check(key, When(lacks=("merged_into",))))
    reference = template.patient.model_copy(update={"id": survivor})
    check = Check(key, When(equals={"merged_into": survivor}))
    return _Patient(reference, template.patient.id, check)


def _go_on(work: _Run) -> None:
    """Take the plan as far as it goes before something has to be read again."""
    total = len(work.plan.steps)
    if not total:
        _commit(work, [], total)
    while work.head.done < total:
        if _must_undo(work):
            _begin_undoing(work)
            return
        parts = _parts(work)
        try:
            _commit(work, parts, total)
        except ConditionFailed as refused:
            if not _learn(work, parts, refused):
                return
            continue
        work.head = replace(work.head, done=work.head.done + len(parts))
    if _must_undo(work):
        _begin_undoing(work)


def _must_undo(work: _Run) -> bool:
    """A booking that was to be whole met a rival."""
    whole = work.plan.policy is ConflictPolicy.REFUSE and not work.plan.undoes
    return whole and bool(work.failed) and all(s.kind is StepKind.BOOK for s in work.plan.steps)


def _begin_undoing(work: _Run) -> None:
    """Cancel what was booked: written down as a plan like everything else."""
    booked = work.plan.steps[: work.head.done]
    known = work.plan.steps[work.head.done : work.head.done + _AT_ONCE]
    blamed = [s for s in known if s.day in work.failed]
    steps = tuple(s.model_copy(update={"kind": StepKind.CANCEL}) for s in booked)
    number = work.head.plan + 1
    plan = Plan(steps=steps, undoes=True)
    key = repository.head_key(work.tenant, work.head.id)
    when = When(exists=True, equals={"plan": work.head.plan, "done": work.head.done})
    working: dict[str, str | int] = {
        "plan": number,
        "done": 0,
        "status": SeriesStatus.WORKING.value,
    }
    try:
        work.services.store.transact(
            [
                Update(key, set=working, when=when),
                repository.plan_put(work.services, work.tenant, work.head.id, number, plan),
                *(_given_up(work, s, work.failed[s.day]).operations[0] for s in blamed),
            ]
        )
    except ConditionFailed:
        # Somebody else went on meanwhile; the caller looks again.
        return


def _learn(work: _Run, parts: list[_Part], refused: ConditionFailed) -> bool:
    """Note what a refused transaction says; False when everything has to be read again."""
    if refused.at(repository.head_key(work.tenant, work.head.id)):
        return False
    if resources.hours_moved(work.where, refused) or refused.at(work.patient.check.key):
        return False
    before = len(work.failed)
    for part in parts:
        if part.booking is None:
            continue
        if refused.at(bookings.appointment_key(work.tenant, part.booking.id)):
            # Its holder changed it in the same moment; look at it again.
            return False
        clash = transactions.clash_of(refused, part.booking, work.tenant)
        if clash is not None:
            work.failed[part.step.day] = _CONFLICTS[type(clash)]
    if len(work.failed) == before:
        raise refused
    return True


def _commit(work: _Run, parts: list[_Part], total: int) -> None:
    done = work.head.done + len(parts)
    settled = SeriesStatus.REFUSED if work.plan.undoes else SeriesStatus.SETTLED
    undo_next = done == total and _must_undo(work)
    status = settled if done == total and not undo_next else SeriesStatus.WORKING
    operations: list[Operation] = [op for part in parts for op in part.operations]
    operations.append(repository.advance(work.tenant, work.head, done, status))
    if status is not SeriesStatus.WORKING:
        timer = repository.timer_of(work.tenant, work.head.id, work.head.timer)
        operations.append(timer.delete())
    if any(part.booking is not None for part in parts):
        operations += [*work.where.checks, work.patient.check]
    work.services.store.transact(operations)


def _parts(work: _Run) -> list[_Part]:
    """The next steps, as many as fit into one transaction."""
    steps = work.plan.steps[work.head.done : work.head.done + _AT_ONCE]
    ids = [s.appointment for s in steps if s.kind is not StepKind.BOOK]
    loaded = bookings.load_many(work.services, work.call, ids, WRITE) if ids else {}
    room = MAX_OPERATIONS - len(work.where.checks) - 3
    parts: list[_Part] = []
    keys = {check.key for check in work.where.checks}
    for step in steps:
        part = _part(work, step, loaded.get(step.appointment))
        mine = {operation.key for operation in part.operations}
        # Two occurrences within an hour meet in a lock item, which one transaction writes once.
        if parts and (len(part.operations) > room or keys & mine):
            break
        parts.append(part)
        keys |= mine
        room -= len(part.operations)
    return parts


def _part(work: _Run, step: Step, present: Found | None) -> _Part:
    if step.kind is StepKind.CANCEL:
        return _cancel(work, step, present)
    conflict = step.conflict or work.failed.get(step.day)
    span = span_of(step.start, step.minutes)
    conflict = conflict or time_conflict(work.services, work.where, work.template, span)
    if conflict is not None:
        return _given_up(work, step, conflict)
    if step.kind is StepKind.BOOK:
        return _book(work, step)
    return _move(work, step, present)


def time_conflict(
    services: Services, where: Resources, template: Template, span: Span
) -> Conflict | None:
    """Why nothing can be booked then, whoever is free."""
    if fault := resources.time_fault(services.clock(), span, where.category):
        return _TIME[fault]
    if not template.outside_hours and where.closed_for(span) is not None:
        return Conflict.OUTSIDE_HOURS
    return None


def _given_up(work: _Run, step: Step, conflict: Conflict) -> _Part:
    work.failed[step.day] = conflict
    before = work.members.get(step.day)
    put = repository.day_failed(work.tenant, work.head.id, step, before, conflict)
    return _Part(step, None, (put,))


def _book(work: _Run, step: Step) -> _Part:
    made = _new_booking(work, step)
    writing = Work(work.services, work.call)
    writing.add(*transactions.create(work.services, work.tenant, made, held=False))
    writing.add(repository.day_put(work.tenant, work.head.id, step))
    if work.patient.merged is not None:
        writing.add(bookings.merged_put(work.tenant, work.patient.merged, made.id))
    transactions.announce(writing, "booked", made, 1)
    return _Part(step, made, tuple(writing.operations))


def _move(work: _Run, step: Step, present: Found | None) -> _Part:
    if present is None or present.booking.status not in MOVABLE:
        return _given_up(work, step, Conflict.CHANGED)
    old = present.booking
    wanted = Wanted(
        work.template.practitioners,
        work.template.site,
        work.template.category,
        span_of(step.start, step.minutes),
        work.template.outside_hours,
    )
    new = lifecycle.moved(old, wanted, work.where, by=work.plan.planned_by)
    return _replace(work, step, present, new, "rescheduled")


def _cancel(work: _Run, step: Step, present: Found | None) -> _Part:
    if present is None or present.booking.status not in MOVABLE:
        # Cancelled or settled by somebody else: there is nothing to call off.
        return _Part(step, None, ())
    new = lifecycle.called_off(work.services, present.booking, work.plan.reason)
    return _replace(work, step, present, new, "cancelled")


def _replace(work: _Run, step: Step, present: Found, new: Booking, verb: str) -> _Part:
    writing = Work(work.services, work.call)
    cancelled = verb == "cancelled"
    _, made = transactions.replace(work.services, work.tenant, present, new, cancelled=cancelled)
    writing.add(*made)
    if not cancelled:
        writing.add(repository.day_put(work.tenant, work.head.id, step))
    transactions.announce(writing, verb, new, present.version + 1)
    if not work.plan.undoes:
        transactions.announce_freed(writing, present.booking, present.version + 1)
    return _Part(step, new, tuple(writing.operations))


def _new_booking(work: _Run, step: Step) -> Booking:
    """The appointment of an occurrence."""
    template = work.template
    return Booking(
        id=step.appointment,
        status=Status.BOOKED,
        patient=work.patient.reference,
        practitioners=work.where.attendants,
        site=template.site,
        category=template.category,
        telemedicine=work.where.category.telemedicine,
        start=step.start,
        minutes=step.minutes,
        schedule=1,
        title=template.title,
        reason=template.reason,
        comment=template.comment,
        room=template.room,
        origin=template.origin,
        created_at=work.services.clock(),
        booked_by=work.plan.planned_by,
        series=work.head.id,
        day=step.day,
        overruled=template.outside_hours,
    )


def read_resources(services: Services, tenant: str, template: Template) -> Resources:
    """The resources that the template names, as they stand. Raises Invalid."""
    wanted = Named(template.practitioners, template.site, template.category)
    found = services.fetch(resources.keys_for(tenant, wanted), Scope(tenant))
    return resources.find(services, tenant, wanted, found, new=False)
