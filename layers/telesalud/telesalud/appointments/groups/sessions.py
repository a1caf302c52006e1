"""Group sessions: the practitioners' time is taken once, by the session; every patient has a place,
which is an appointment of their own with its own status, and only their own time is locked by it.

    GROUP#<t>#<id>      / GROUP            the session, sealed; `taken` places, `status`
    GROUP#<t>#<id>      / PLACE#<id>       the appointments of its places
    GROUPS#<t>#<site>   / <start>#<id>     the sessions of a site in order of time
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from schemas.appointments import Appointment, BookedPractitioner, Cancel, LinkStatus, Status
from schemas.groups import (
    CancelGroup,
    Group,
    GroupList,
    GroupQuery,
    GroupStatus,
    GroupSummary,
    NewGroup,
    Place,
    TakePlace,
)
from telesalud.appointments.agendas.calendar import span_of
from telesalud.appointments.booking import (
    lifecycle,
    locks,
    registered_patients,
    resources,
    transactions,
)
from telesalud.appointments.booking import repository as bookings
from telesalud.appointments.booking.locks import Hold, Kind, Owner
from telesalud.appointments.booking.resources import BACKDATED, Resources, Wanted
from telesalud.appointments.booking.statuses import MOVABLE
from telesalud.appointments.booking.stored import Booking
from telesalud.appointments.errors import GroupFull, SlotTaken
from telesalud.appointments.groups.stored import Session
from telesalud.appointments.neighbours.patients import Patients
from telesalud.appointments.policy import GRANTS, READ, WRITE
from telesalud.appointments.timers.buckets import Timer, TimerKind
from telesalud.platform.access import require
from telesalud.platform.clock import to_text
from telesalud.platform.errors import FieldError, Invalid, NotFound, StaleVersion
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import (
    ABSENT,
    ConditionFailed,
    Item,
    Key,
    Operation,
    Put,
    Update,
    Value,
    When,
    at_version,
    every,
)
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

_RESUMED_AFTER = timedelta(minutes=2)


def plan(services: Services, call: Call, command: NewGroup) -> Group:
    """Plan a session: one read and one transaction. Raises Invalid, OutsideHours, SlotTaken."""
    require(call.caller, WRITE, GRANTS)
    tenant = call.caller.tenant
    wanted = Wanted(
        command.practitioners,
        command.site,
        command.category,
        span_of(command.start, command.minutes),
        command.outside_hours,
    )
    found = services.fetch(resources.keys_for(tenant, wanted), Scope(tenant))
    where = resources.check_bookable(services, call.caller, wanted, found, new=True)
    if where.category.telemedicine:
        fault = FieldError("/category", "telemedicine", "a teleconsultation has one patient")
        raise Invalid("a group session is not a teleconsultation", [fault])
    session = _session(services, command, where)
    answer = _view(session, 1, taken=0, status=GroupStatus.OPEN, places=())
    key, listed = bookings.group_key(tenant, session.id), _listed_at(tenant, session)
    scope = Scope(tenant)
    sealed = seal_model(services.vault, scope, key, session)
    copy = seal_model(services.vault, scope, listed, session)
    fresh: Mapping[str, Value] = {ATTRIBUTE: sealed, "taken": 0, "status": GroupStatus.OPEN.value}
    work = Work(services, call)
    work.add(Put(key, fresh, when=ABSENT), Put(listed, {ATTRIBUTE: copy}, when=ABSENT))
    work.add(*_claims(tenant, session), *where.checks)
    work.audit("appointments.plan_group", session.id, f"group/{session.id}")
    try:
        work.commit(answer, 1)
    except ConditionFailed as failed:
        raise _why(failed, session, tenant, where) from failed
    return answer


def read(services: Services, call: Call, group: str) -> Group:
    """A session with its places; the access is audited. Raises NotFound."""
    view = show(services, call, group, READ)
    work = Work(services, call)
    work.audit("appointments.read_group", group, f"group/{group}")
    work.commit()
    return view


def list_planned(services: Services, call: Call, query: GroupQuery) -> GroupList:
    """A site's sessions between two moments: one query and one read of who takes part."""
    require(call.caller, READ, GRANTS)
    tenant = call.caller.tenant
    after = from_cursor(query.cursor) or to_text(query.since)
    page = services.store.query(
        _listing(tenant, query.site), after=after, until=to_text(query.until), limit=query.limit
    )
    scope = Scope(tenant)
    sessions = [open_model(services.vault, scope, item, Session) for item in page.items]
    found = services.fetch([bookings.group_key(tenant, one.id) for one in sessions], Scope(tenant))
    items = tuple(_summary(each, found[bookings.group_key(tenant, each.id)]) for each in sessions)
    return GroupList(items=items, cursor=to_cursor(page.next_after))


def take(
    services: Services, call: Call, group: str, command: TakePlace, patients: Patients
) -> Appointment:
    """Book a place. Raises NotFound, GroupFull, and what `booking.book` raises of a patient."""
    require(call.caller, WRITE, GRANTS)
    tenant = call.caller.tenant
    key, known = (
        bookings.group_key(tenant, group),
        bookings.patient_key(tenant, command.patient.id),
    )
    found = services.fetch([key, known], Scope(tenant))
    present = _opened(services, tenant, found.get(key))
    session = present.session
    if present.status is not GroupStatus.OPEN:
        raise GroupFull("the session was called off")
    if session.start < services.clock() - BACKDATED:
        raise GroupFull("the session is over")
    patient, not_merged = registered_patients.admitted(
        services, tenant, command.patient, found.get(known), patients
    )
    command = command.model_copy(update={"patient": patient})
    made = _place(services, call, session, command)
    room = When(equals={"status": GroupStatus.OPEN.value}, below={"taken": session.capacity})
    work = Work(services, call)
    work.add(*transactions.create(services, tenant, made, held=False), not_merged)
    work.add(Update(key, add={"taken": 1}, when=room))
    work.add(Put(bookings.place_key(tenant, group, made.id), {"place": True}, when=ABSENT))
    transactions.announce(work, "booked", made, 1)
    answer = bookings.view_of(made, 1, LinkStatus.NONE)
    try:
        work.commit(answer, 1)
    except ConditionFailed as failed:
        if failed.at(key):
            raise GroupFull from failed
        if failed.at(not_merged.key):
            raise registered_patients.refusal(services, tenant, command.patient.id) from failed
        raise transactions.refusal(failed, made, tenant, None) from failed
    return answer


def cancel(services: Services, call: Call, group: str, command: CancelGroup, version: int) -> Group:
    """Call a session off, and then each place. Repeating it does what is missing.

    The practitioners' time is free and no place can be taken from the first transaction on; if the
    rest breaks off, a timer completes it. Raises NotFound, StaleVersion.
    """
    present = _load(services, call, group, WRITE)
    if present.status is GroupStatus.OPEN:
        if present.version != version:
            raise StaleVersion
        _close(services, call, present.session, version, command.reason)
    cancel_places(services, call, group)
    return show(services, call, group, WRITE)


def cancel_places(services: Services, call: Call, group: str) -> None:
    """Cancel every place of a session that was called off. Raises NotFound, ConditionFailed."""
    present = _load(services, call, group, WRITE)
    if present.status is GroupStatus.OPEN:
        return
    ids = _places(services, call.caller.tenant, group)
    for place in bookings.load_many(services, call, ids, WRITE).values():
        if place.booking.status in MOVABLE:
            reason = Cancel(reason=present.reason)
            lifecycle.cancel(services, call, place.booking.id, reason, place.version)


def show(services: Services, call: Call, group: str, right: str) -> Group:
    """The session as it stands, for a caller who has the right. Raises Forbidden, NotFound."""
    present = _load(services, call, group, right)
    ids = _places(services, call.caller.tenant, group)
    taken = [found.booking for found in bookings.load_many(services, call, ids, right).values()]
    places = tuple(Place(appointment=b.id, patient=b.patient, status=b.status) for b in taken)
    return _view(
        present.session,
        present.version,
        taken=present.taken,
        status=present.status,
        places=places,
    )


class _Present(NamedTuple):
    """A session as it was read."""

    session: Session
    status: GroupStatus
    version: int
    taken: int
    reason: str | None
    """Why it was called off."""


def _load(services: Services, call: Call, group: str, right: str) -> _Present:
    """The session, for a caller who has the right. Raises Forbidden, NotFound."""
    require(call.caller, right, GRANTS)
    tenant = call.caller.tenant
    key = bookings.group_key(tenant, group)
    return _opened(services, tenant, services.fetch([key], Scope(tenant)).get(key))


def _close(
    services: Services, call: Call, session: Session, version: int, reason: str | None
) -> None:
    tenant = call.caller.tenant
    key = bookings.group_key(tenant, session.id)
    off: dict[str, str] = {"status": GroupStatus.CANCELLED.value, "reason": reason or ""}
    due = services.clock() + _RESUMED_AFTER
    work = Work(services, call)
    work.add(Update(key, set=off, when=at_version(version)))
    work.add(*_claims(tenant, session, release=True))
    work.add(Timer(TimerKind.GROUP, tenant, session.id, due).put())
    work.audit("appointments.cancel_group", session.id, f"group/{session.id}")
    try:
        work.commit()
    except ConditionFailed as failed:
        raise StaleVersion from failed


def _session(services: Services, command: NewGroup, where: Resources) -> Session:
    return Session(
        id=services.new_id(),
        title=command.title,
        practitioners=where.attendants,
        site=command.site,
        category=command.category,
        start=command.start,
        minutes=command.minutes,
        room=command.room,
        capacity=command.capacity,
    )


def _place(services: Services, call: Call, session: Session, command: TakePlace) -> Booking:
    return Booking(
        id=services.new_id(),
        status=Status.BOOKED,
        patient=command.patient,
        practitioners=session.practitioners,
        site=session.site,
        category=session.category,
        telemedicine=False,
        start=session.start,
        minutes=session.minutes,
        schedule=1,
        title=session.title,
        reason=command.reason,
        comment=command.comment,
        room=session.room,
        created_at=services.clock(),
        booked_by=call.caller.subject,
        group=session.id,
    )


def _opened(services: Services, tenant: str, item: Item | None) -> _Present:
    if item is None:
        raise NotFound("there is no such session")
    return _Present(
        open_model(services.vault, Scope(tenant), item, Session),
        GroupStatus(item.text("status")),
        item.version,
        item.number("taken"),
        str(item.attributes.get("reason", "")) or None,
    )


def _places(services: Services, tenant: str, group: str) -> list[str]:
    partition = bookings.group_key(tenant, group).pk
    items = every(services.store, partition, "PLACE#")
    return [item.key.sk.removeprefix("PLACE#") for item in items]


def _listing(tenant: str, site: str) -> str:
    return f"GROUPS#{tenant}#{site}"


def _why(failed: ConditionFailed, session: Session, tenant: str, where: Resources) -> Exception:
    if changed := resources.hours_moved(where, failed):
        return changed
    for person in session.practitioners:
        partition = Owner(tenant, Kind.PRACTITIONER, person.id).partition
        if any(failure.operation.key.pk == partition for failure in failed.failures):
            return SlotTaken(practitioner=person.id)
    return failed


def _listed_at(tenant: str, session: Session) -> Key:
    """Its place among the site's sessions."""
    return Key(_listing(tenant, session.site), f"{to_text(session.start)}#{session.id}")


def _claims(tenant: str, session: Session, *, release: bool = False) -> list[Operation]:
    """The writes that take or give up the practitioners' time."""
    hold = Hold(session.span)
    before, after = (hold, None) if release else (None, hold)
    return [
        update
        for person in session.practitioners
        for update in locks.move(
            Owner(tenant, Kind.PRACTITIONER, person.id), session.id, before, after
        )
    ]


def _summary(session: Session, item: Item) -> GroupSummary:
    return GroupSummary(
        id=session.id,
        status=GroupStatus(item.text("status")),
        title=session.title,
        practitioners=_people(session),
        start=session.start,
        minutes=session.minutes,
        capacity=session.capacity,
        taken=item.number("taken"),
    )


def _people(session: Session) -> tuple[BookedPractitioner, ...]:
    return tuple(BookedPractitioner(id=p.id, name=p.name) for p in session.practitioners)


def _view(
    session: Session, version: int, *, taken: int, status: GroupStatus, places: tuple[Place, ...]
) -> Group:
    return Group(
        id=session.id,
        version=version,
        status=status,
        title=session.title,
        practitioners=_people(session),
        site=session.site,
        category=session.category,
        start=session.start,
        minutes=session.minutes,
        room=session.room,
        capacity=session.capacity,
        taken=taken,
        places=places,
    )
