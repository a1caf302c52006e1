"""Moving and calling off one occurrence of a series, the following ones, or all.

What is over, under way or cancelled stays as it is; an occurrence that was moved singly keeps its
own time. The change is judged before anything is written and then carried out as a plan
(`running`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from schemas.appointments import Cancel, Reschedule
from schemas.series import (
    CancelSeries,
    ConflictPolicy,
    RescheduleSeries,
    Series,
    SeriesScope,
    SeriesStatus,
)
from telesalud.appointments.booking import lifecycle
from telesalud.appointments.booking import repository as bookings
from telesalud.appointments.booking.repository import Found
from telesalud.appointments.booking.statuses import CALLED_OFF, MOVABLE
from telesalud.appointments.booking.stored import Booking
from telesalud.appointments.errors import SeriesBusy, SeriesConflicts
from telesalud.appointments.policy import GRANTS, OVERRULE, WRITE
from telesalud.appointments.series import reading, recurrence, repository, running
from telesalud.appointments.series.planning import judged, listed, rule_of
from telesalud.appointments.series.recurrence import Occurrence, Override
from telesalud.appointments.series.repository import Head, Member
from telesalud.appointments.series.stored import Plan, Record, Step, StepKind, Template
from telesalud.platform.access import require
from telesalud.platform.errors import Conflict, NotFound, StaleVersion
from telesalud.platform.store import ConditionFailed, at_version
from telesalud.platform.work import Call, Services, Work


@dataclass(frozen=True, slots=True)
class _Present:
    """A series with its occurrences as they stand."""

    head: Head
    members: Mapping[date, Member]
    loaded: Mapping[str, Found]

    def booking(self, day: date) -> Booking | None:
        """The appointment of a day."""
        member = self.members.get(day)
        found = self.loaded.get(member.appointment or "") if member else None
        return found.booking if found else None


def reschedule(
    services: Services, call: Call, series: str, command: RescheduleSeries, version: int
) -> Series:
    """Move occurrences. With `refuse`, a conflict that can be seen refuses the whole.

    A rival who takes a time after that leaves this one occurrence as it was, and the answer says
    so. Raises NotFound, StaleVersion, SeriesBusy, SeriesConflicts, Invalid; for `this` also what
    `booking.reschedule` raises.
    """
    require(call.caller, WRITE, GRANTS)
    if command.outside_hours:
        require(call.caller, OVERRULE, GRANTS)
    present = _load(services, call, series, version)
    if command.scope is SeriesScope.THIS:
        _move_one(services, call, present, command)
        return reading.show(services, call, series, WRITE)
    record, tenant = _changed(present, command), call.caller.tenant
    where = running.read_resources(services, tenant, record.template)
    steps = _steps(services, present, record, _from(command.day))
    steps = judged(services, tenant, record.template, where, steps)
    if command.conflicts is ConflictPolicy.REFUSE and (conflicts := listed(steps)):
        raise SeriesConflicts(conflicts=conflicts)
    plan = Plan(steps=tuple(steps), planned_by=call.caller.subject)
    return _carry_out(services, call, present, record, plan)


def cancel(
    services: Services, call: Call, series: str, command: CancelSeries, version: int
) -> Series:
    """Call occurrences off. Raises NotFound, StaleVersion, SeriesBusy."""
    present = _load(services, call, series, version)
    if command.scope is SeriesScope.THIS:
        found = _one(present, command.day)
        why = Cancel(reason=command.reason)
        lifecycle.cancel(services, call, found.booking.id, why, found.version)
        return reading.show(services, call, series, WRITE)
    first = _from(command.day)
    steps = tuple(
        _step(StepKind.CANCEL, day, one) for day, one in _movable(present).items() if day >= first
    )
    record = present.head.record
    if command.day is not None:
        record = _ended(record, command.day)
    return _carry_out(services, call, present, record, Plan(steps=steps, reason=command.reason))


def _load(services: Services, call: Call, series: str, version: int) -> _Present:
    head, members = repository.load(services, call, series, WRITE)
    if head.version != version:
        raise StaleVersion
    if head.status is SeriesStatus.WORKING:
        raise SeriesBusy
    if head.status is SeriesStatus.REFUSED:
        raise Conflict("the series was refused: book it anew")
    ids = [m.appointment for m in members.values() if m.appointment]
    return _Present(head, members, bookings.load_many(services, call, ids, WRITE))


def _from(day: date | None) -> date:
    return day or date.min


def _one(present: _Present, day: date | None) -> Found:
    """The appointment of an occurrence. Raises NotFound."""
    member = present.members.get(day) if day else None
    if member is None or member.appointment not in present.loaded:
        raise NotFound(f"the series has no appointment on {day}")
    return present.loaded[str(member.appointment)]


def _move_one(services: Services, call: Call, present: _Present, command: RescheduleSeries) -> None:
    found = _one(present, command.day)
    old, zone = found.booking, ZoneInfo(present.head.record.parts[-1].zone)
    local = old.start.astimezone(zone)
    day, at = command.to_date or local.date(), command.local_time or local.time()
    move = Reschedule(
        start=recurrence.to_utc(datetime.combine(day, at), zone),
        minutes=command.minutes,
        practitioners=command.practitioners,
        site=command.site,
        outside_hours=command.outside_hours,
    )
    lifecycle.reschedule(services, call, old.id, move, found.version)


def _movable(present: _Present) -> dict[date, Booking]:
    """The occurrences that are still to come."""
    found = {day: present.booking(day) for day in present.members}
    return {day: one for day, one in found.items() if one and one.status in MOVABLE}


def _changed(present: _Present, command: RescheduleSeries) -> Record:
    """The series as it should be. Raises NotFound, Invalid."""
    record = present.head.record
    changes = {
        "practitioners": command.practitioners or record.template.practitioners,
        "site": command.site or record.template.site,
        "outside_hours": command.outside_hours,
    }
    parts = [_as_it_stands(part, present) for part in record.parts]
    edited = _edit_all(parts, command) if command.day is None else _edit(parts, command)
    return record.model_copy(
        update={
            "template": record.template.model_copy(update=changes),
            "parts": tuple(edited),
            "rule": command.rule or record.rule,
        }
    )


def _edit_all(parts: list[recurrence.Series], command: RescheduleSeries) -> list[recurrence.Series]:
    rule = rule_of(command.rule) if command.rule else None
    edited = []
    for part in parts[:1] if rule else parts:
        start = datetime.combine(part.start.date(), command.local_time or part.start.time())
        changed = recurrence.edit_all(part, start=start, minutes=command.minutes, rule=rule).changed
        edited += [changed] if changed else []
    return edited


def _edit(parts: list[recurrence.Series], command: RescheduleSeries) -> list[recurrence.Series]:
    """The parts with the one that has the day split there, and later ones changed alike."""
    day = _from(command.day)
    rule = rule_of(command.rule) if command.rule else None
    edited: list[recurrence.Series] = []
    split = False
    for part in parts:
        days = _days(part)
        if day in days:
            change = recurrence.edit_following(
                part, day, at=command.local_time, minutes=command.minutes, rule=rule
            )
            edited += [one for one in (change.kept, change.changed) if one]
            split = True
        elif days[-1] < day:
            edited.append(part)
        elif rule is None and _some_left(part):
            edited += _edit_all([part], command)
    if not split:
        raise NotFound(f"the series has no occurrence on {day}")
    return edited


def _as_it_stands(part: recurrence.Series, present: _Present) -> recurrence.Series:
    """The part with what became of its occurrences: those cancelled and those moved singly."""
    zone = ZoneInfo(part.zone)
    excluded, overrides = set(part.excluded), dict(part.overrides)
    for day in _days(part):
        member, one = present.members.get(day), present.booking(day)
        if member is None or one is None:
            continue
        if one.status in CALLED_OFF:
            excluded.add(day)
            overrides.pop(day, None)
        elif (one.start, one.minutes) != (member.start, member.minutes):
            local = one.start.astimezone(zone).replace(tzinfo=None)
            overrides[day] = Override(start=local, minutes=one.minutes)
    stood = {"excluded": frozenset(excluded), "overrides": overrides}
    return part.model_copy(update=stood)


def _steps(services: Services, present: _Present, record: Record, first: date) -> list[Step]:
    """What has to be done to get from the series as it stands to `record`: new times first."""
    wanted = {o.date: o for part in record.parts for o in _expanded(part) if o.date >= first}
    movable = {day: one for day, one in _movable(present).items() if day >= first}
    steps = []
    for day, occurrence in wanted.items():
        minutes = int((occurrence.end - occurrence.start).total_seconds() // 60)
        one = present.booking(day)
        if one is None:
            if occurrence.start > services.clock():
                new = _step_at(StepKind.BOOK, day, services.new_id(), occurrence, minutes)
                steps.append(new)
        elif day in movable and _differs(one, occurrence, minutes, record.template):
            steps.append(_step_at(StepKind.MOVE, day, one.id, occurrence, minutes))
    gone = [_step(StepKind.CANCEL, d, one) for d, one in movable.items() if d not in wanted]
    return sorted(steps, key=lambda s: s.start) + gone


def _expanded(part: recurrence.Series) -> list[Occurrence]:
    """Its occurrences; none when all were cancelled."""
    return recurrence.expand(part) if _some_left(part) else []


def _some_left(part: recurrence.Series) -> bool:
    return any(day not in part.excluded for day in _days(part))


def _days(part: recurrence.Series) -> list[date]:
    """The dates of the rule, excluded ones among them."""
    whole = part.model_copy(update={"excluded": frozenset()})
    return [occurrence.date for occurrence in recurrence.expand(whole)]


def _differs(one: Booking, wanted: Occurrence, minutes: int, template: Template) -> bool:
    people = tuple(p.id for p in one.practitioners)
    mine = (one.start, one.minutes, one.site, people)
    return mine != (wanted.start, minutes, template.site, tuple(template.practitioners))


def _step(kind: StepKind, day: date, one: Booking) -> Step:
    return Step(kind=kind, day=day, appointment=one.id, start=one.start, minutes=one.minutes)


def _step_at(kind: StepKind, day: date, appointment: str, wanted: Occurrence, minutes: int) -> Step:
    return Step(
        kind=kind,
        day=day,
        appointment=appointment,
        start=wanted.start,
        minutes=minutes,
        shifted=wanted.shifted,
    )


def _ended(record: Record, day: date) -> Record:
    """The series without what follows from `day`."""
    parts: list[recurrence.Series] = []
    for part in record.parts:
        days = _days(part)
        if days[-1] < day:
            parts.append(part)
        elif day in days and (kept := recurrence.cancel_following(part, day).kept) is not None:
            parts.append(kept)
    # A series of which nothing is left keeps the rule that it had, to be shown with.
    return record.model_copy(update={"parts": tuple(parts) or record.parts})


def _carry_out(
    services: Services, call: Call, present: _Present, record: Record, plan: Plan
) -> Series:
    """Write the change down and do it."""
    tenant, head = call.caller.tenant, present.head
    due = services.clock() + repository.RESUMED_AFTER
    number = head.plan + 1
    work = Work(services, call)
    when = at_version(head.version)
    work.add(
        repository.head_put(services, tenant, head.id, record, plan=number, due=due, when=when),
        repository.plan_put(services, tenant, head.id, number, plan),
        repository.timer_of(tenant, head.id, due).put(),
    )
    work.audit("appointments.edit_series", record.template.patient.id, f"series/{head.id}")
    try:
        work.commit()
    except ConditionFailed as failed:
        raise StaleVersion from failed
    running.run(services, call, head.id)
    return reading.show(services, call, head.id, WRITE)
