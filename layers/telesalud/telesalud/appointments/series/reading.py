"""A series as callers see it: its occurrences as their appointments stand now."""

from collections.abc import Mapping
from datetime import date

from schemas.series import Series, SeriesOccurrence, SeriesStatus
from telesalud.appointments.booking import repository as bookings
from telesalud.appointments.booking.repository import Found
from telesalud.appointments.policy import READ
from telesalud.appointments.series import repository
from telesalud.appointments.series.repository import Head, Member
from telesalud.appointments.series.stored import Step, StepKind
from telesalud.platform.work import Call, Services, Work


def read(services: Services, call: Call, series: str) -> Series:
    """A series; the access is audited. Raises NotFound.

    One round trip for the series and one for each 45 appointments.
    """
    view = show(services, call, series, READ)
    work = Work(services, call)
    work.audit("appointments.read_series", view.patient.id, f"series/{series}")
    work.commit()
    return view


def show(services: Services, call: Call, series: str, right: str) -> Series:
    """The series as it stands, for a caller who has the right. Raises Forbidden, NotFound."""
    tenant = call.caller.tenant
    head, members = repository.load(services, call, series, right)
    ids = [m.appointment for m in members.values() if m.appointment]
    loaded = bookings.load_many(services, call, ids, right)
    occurrences = {day: _occurrence(member, loaded) for day, member in members.items()}
    if head.status is SeriesStatus.WORKING:
        plan = repository.load_plan(services, tenant, head)
        awaited = [s for s in plan.steps[head.done :] if s.kind is StepKind.BOOK]
        occurrences = {s.day: _awaited(s) for s in awaited} | occurrences
    return _view(head, occurrences)


def _view(head: Head, occurrences: Mapping[date, SeriesOccurrence]) -> Series:
    template, last = head.record.template, head.record.parts[-1]
    return Series(
        id=head.id,
        version=head.version,
        status=head.status,
        patient=template.patient,
        practitioners=template.practitioners,
        site=template.site,
        category=template.category,
        zone=last.zone,
        local_time=last.start.time(),
        minutes=last.minutes,
        rule=head.record.rule,
        title=template.title,
        conflicts=sum(one.conflict is not None for one in occurrences.values()),
        occurrences=tuple(occurrences[day] for day in sorted(occurrences)),
    )


def _occurrence(member: Member, loaded: Mapping[str, Found]) -> SeriesOccurrence:
    found = loaded.get(member.appointment) if member.appointment else None
    booking = found.booking if found else None
    return SeriesOccurrence(
        day=member.day,
        start=booking.start if booking else member.start,
        minutes=booking.minutes if booking else member.minutes,
        shifted=member.shifted,
        appointment=booking.id if booking else None,
        status=booking.status if booking else None,
        conflict=member.conflict,
    )


def _awaited(step: Step) -> SeriesOccurrence:
    return SeriesOccurrence(
        day=step.day, start=step.start, minutes=step.minutes, shifted=step.shifted
    )
