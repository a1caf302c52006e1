"""Booking a recurring appointment.

The dates are judged before anything is written; then the series is written down as a plan and
carried out. A request that broke off goes on when it is repeated with its Idempotency-Key, or by
itself after two minutes.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from pydantic import ValidationError

from schemas.series import (
    BookSeries,
    Conflict,
    ConflictPolicy,
    Recurrence,
    Series,
    SeriesOccurrence,
    SeriesPreview,
    SeriesStatus,
)
from telesalud.appointments.agendas.calendar import span_of
from telesalud.appointments.booking import locks, registered_patients
from telesalud.appointments.booking import repository as bookings
from telesalud.appointments.booking.locks import Hold, Kind, Owner
from telesalud.appointments.booking.resources import Resources
from telesalud.appointments.errors import SeriesConflicts
from telesalud.appointments.neighbours.patients import Patients
from telesalud.appointments.policy import GRANTS, OVERRULE, WRITE
from telesalud.appointments.series import reading, recurrence, repository, running
from telesalud.appointments.series.stored import Plan, Record, Step, StepKind, Template
from telesalud.platform.access import require
from telesalud.platform.errors import FieldError, Invalid, KeyReused
from telesalud.platform.store import (
    ABSENT,
    MAX_OPERATIONS,
    Check,
    ConditionFailed,
    Item,
    Key,
    Put,
)
from telesalud.platform.vault import Scope
from telesalud.platform.work import ANSWERS_KEPT, Call, Once, Services, Work


def preview(services: Services, call: Call, command: BookSeries) -> SeriesPreview:
    """What booking would do now. Raises Invalid for a rule that contradicts itself."""
    require(call.caller, WRITE, GRANTS)
    where = running.read_resources(services, call.caller.tenant, template_of(command))
    steps = _steps(services, call, command, where)
    occurrences = tuple(
        SeriesOccurrence(
            day=s.day, start=s.start, minutes=s.minutes, shifted=s.shifted, conflict=s.conflict
        )
        for s in steps
    )
    return SeriesPreview(occurrences=occurrences, conflicts=sum(bool(s.conflict) for s in steps))


def book(services: Services, call: Call, command: BookSeries, patients: Patients) -> Series:
    """Book the series, or go on with it when its Idempotency-Key is known.

    Raises Invalid, Forbidden, SeriesConflicts (with nothing booked), PatientMerged, Unavailable.
    """
    require(call.caller, WRITE, GRANTS)
    series = _begun(services, call) or _begin(services, call, command, patients)
    head = running.run(services, call, series)
    answer = reading.show(services, call, series, WRITE)
    if head.status is SeriesStatus.REFUSED:
        raise SeriesConflicts(conflicts=listed(answer.occurrences))
    work = Work(services, call)
    work.audit("appointments.book_series", answer.patient.id, f"series/{series}")
    work.commit(answer, answer.version)
    return answer


def listed(occurrences: Iterable[SeriesOccurrence | Step]) -> list[str]:
    """The conflicts as a refusal lists them."""
    return [f"{one.day} {one.conflict.value}" for one in occurrences if one.conflict]


def _begun(services: Services, call: Call) -> str | None:
    """The series that an earlier try of this request began. Raises KeyReused."""
    if call.once is None:
        return None
    found = services.store.get(_once_key(call, call.once))
    if found is None:
        return None
    if found.text("fingerprint") != call.once.fingerprint:
        raise KeyReused
    return found.text("series")


def _begin(services: Services, call: Call, command: BookSeries, patients: Patients) -> str:
    tenant = call.caller.tenant
    known = bookings.patient_key(tenant, command.patient.id)
    patient, not_merged = registered_patients.admitted(
        services,
        tenant,
        command.patient,
        services.fetch([known], Scope(tenant)).get(known),
        patients,
    )
    command = command.model_copy(update={"patient": patient})
    template = template_of(command)
    where = running.read_resources(services, tenant, template)
    if not where.category.active:
        fault = FieldError("/category", "unknown", "there is no such active category")
        raise Invalid("the category is no longer in use", [fault])
    if command.outside_hours:
        require(call.caller, OVERRULE, GRANTS)
    steps = _steps(services, call, command, where)
    conflicts = listed(steps)
    if len(conflicts) == len(steps) or (conflicts and command.conflicts is ConflictPolicy.REFUSE):
        raise SeriesConflicts(conflicts=conflicts)
    record = Record(
        template=template,
        parts=(series_of(command, where.site.zone),),
        rule=command.rule,
        created_at=services.clock(),
    )
    plan = Plan(steps=tuple(steps), policy=command.conflicts, planned_by=call.caller.subject)
    return _write(services, call, record, plan, not_merged)


def _write(services: Services, call: Call, record: Record, plan: Plan, not_merged: Check) -> str:
    """Write the series down before any of it is booked; its id."""
    tenant, series = call.caller.tenant, services.new_id()
    due = services.clock() + repository.RESUMED_AFTER
    work = Work(services, call)
    work.add(
        repository.head_put(services, tenant, series, record, plan=1, due=due),
        repository.plan_put(services, tenant, series, 1, plan),
        repository.timer_of(tenant, series, due).put(),
        not_merged,
    )
    if call.once is not None:
        key = _once_key(call, call.once)
        begun = {"series": series, "fingerprint": call.once.fingerprint}
        work.add(Put(key, begun, when=ABSENT, expires=services.clock() + ANSWERS_KEPT))
    try:
        services.store.transact(work.operations)
    except ConditionFailed as failed:
        if failed.at(not_merged.key):
            patient = record.template.patient.id
            raise registered_patients.refusal(services, tenant, patient) from failed
        # The same request came twice at once: go on with what the other began.
        begun_there = _begun(services, call)
        if begun_there is None:
            raise
        return begun_there
    return series


def _once_key(call: Call, once: Once) -> Key:
    return Key(f"SERIESKEY#{call.caller.tenant}#{call.caller.subject}", once.key)


def template_of(command: BookSeries) -> Template:
    """What every occurrence has."""
    fields = command.model_dump(include=set(Template.model_fields))
    return Template.model_validate(fields)


def series_of(command: BookSeries, zone: str) -> recurrence.Series:
    """The series to expand. Raises Invalid for a rule that contradicts itself."""
    first = datetime.combine(command.first_date, command.local_time)
    excluded = frozenset(command.excluded)
    return recurrence.Series(
        start=first,
        zone=zone,
        minutes=command.minutes,
        rule=rule_of(command.rule),
        excluded=excluded,
    )


def rule_of(rule: Recurrence) -> recurrence.Rule:
    """The rule to expand. Raises Invalid, which says what does not fit together."""
    try:
        return recurrence.Rule.model_validate(rule.model_dump())
    except ValidationError as error:
        faults = [FieldError("/rule", e["type"], e["msg"]) for e in error.errors()]
        raise Invalid("this is not a rule of recurrence", faults) from None


def _steps(services: Services, call: Call, command: BookSeries, where: Resources) -> list[Step]:
    occurrences = recurrence.expand(series_of(command, where.site.zone))
    steps = [
        Step(
            kind=StepKind.BOOK,
            day=o.date,
            appointment=services.new_id(),
            start=o.start,
            minutes=command.minutes,
            shifted=o.shifted,
        )
        for o in sorted(occurrences, key=lambda o: o.start)
    ]
    return judged(services, call.caller.tenant, template_of(command), where, steps)


def judged(
    services: Services, tenant: str, template: Template, where: Resources, steps: Sequence[Step]
) -> list[Step]:
    """The steps with the conflicts that can be seen now; time held by their own does not count."""
    owners = [Owner(tenant, Kind.PRACTITIONER, p) for p in template.practitioners]
    owners.append(Owner(tenant, Kind.PATIENT, template.patient.id))
    own = {step.appointment for step in steps}
    moving = [s for s in steps if s.kind is not StepKind.CANCEL]
    held = _held(services, owners, moving)
    found = []
    for step in steps:
        conflict = None
        if step.kind is not StepKind.CANCEL:
            span = span_of(step.start, step.minutes)
            conflict = running.time_conflict(services, where, template, span)
            conflict = conflict or _taken(owners, held, Hold(span), own)
        found.append(step.model_copy(update={"conflict": conflict}))
    return found


def _held(services: Services, owners: Sequence[Owner], steps: Sequence[Step]) -> dict[Key, Item]:
    """The lock items of these people at these times, 100 in a round trip."""
    keys = [
        Key(owner.partition, hour)
        for step in steps
        for hour in locks.quanta(span_of(step.start, step.minutes))
        for owner in owners
    ]
    unique = list(dict.fromkeys(keys))
    found: dict[Key, Item] = {}
    for n in range(0, len(unique), MAX_OPERATIONS):
        found |= services.store.get_many(unique[n : n + MAX_OPERATIONS])
    return found


def _taken(
    owners: Sequence[Owner], held: dict[Key, Item], hold: Hold, own: set[str]
) -> Conflict | None:
    for owner in owners:
        for hour, wanted in hold.quanta.items():
            item = held.get(Key(owner.partition, hour))
            if item is not None and locks.holders(item, wanted) - own:
                practitioner = owner.kind is Kind.PRACTITIONER
                return Conflict.PRACTITIONER_TAKEN if practitioner else Conflict.PATIENT_BUSY
    return None
