"""Creating, moving and cancelling teleconsultations, and finding them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from schemas.consult_sessions import ChangeKind
from schemas.consults import (
    Cancel,
    ConsultPage,
    ConsultQuery,
    ConsultStatus,
    CreatedConsult,
    EndCause,
    EventType,
    NewConsult,
    PractitionerRef,
    Reschedule,
)
from schemas.consults import Consult as ConsultView
from telesalud.consults import model
from telesalud.consults.access import open_consult
from telesalud.consults.errors import Superseded
from telesalud.consults.model import PATIENT, Consult, Private, Seat, State
from telesalud.consults.policy import FURTHEST_AHEAD, GRANTS, READ, WRITE
from telesalud.consults.repository import (
    agenda,
    agenda_keys,
    announce_event,
    audit,
    change,
    consult_key,
    consult_of,
    create,
    practitioner_key,
    rewrite,
)
from telesalud.consults.scheduling import bookings
from telesalud.consults.scheduling.links import Issued, issue, revoked, urls_of
from telesalud.consults.tenant_settings import TenantSettings, settings_key, settings_of
from telesalud.consults.video.rooms import new_room
from telesalud.consults.visit.presence import lease_keys, leave_all
from telesalud.consults.visit.views import staff_view
from telesalud.platform.access import require
from telesalud.platform.clock import to_text
from telesalud.platform.errors import FieldError, Invalid, InvalidTransition
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.store import ABSENT, Delete, Item, Key, Put
from telesalud.platform.vault import Scope, Vault
from telesalud.platform.webhooks.targets import target_key
from telesalud.platform.work import Call, Services, Work, retrying

_MOVABLE = (ConsultStatus.SCHEDULED, ConsultStatus.WAITING)


def schedule(services: Services, call: Call, origin: str, new: NewConsult) -> CreatedConsult:
    """Create a consult with the links that the caller may be given. Raises Forbidden, Invalid."""
    require(call.caller, WRITE, GRANTS)
    settings = check_references(services, call, new)
    work = Work(services, call)
    state, private = _first_state(services, call, new, settings)
    created, issued = add_consult(work, state, private)
    answer = _created(created, issued, origin)
    work.commit(answer, created.version)
    return answer


def add_consult(work: Work, state: State, private: Private) -> tuple[Consult, list[Issued]]:
    """Add a new consult, its index items, its links and its event."""
    check_times(state, work.services.clock())
    tenant = work.call.caller.tenant
    consult_id = work.services.new_id()
    patient_secret = private.legacy.id if private.legacy else ""
    created = create(work, tenant, consult_id, state, private)
    work.add(*(Put(key, {"consult": consult_id}, ABSENT) for key in _agenda(created)))
    work.add(bookings.booked(created))
    issued = issue(work, created, state.seats, patient_secret)
    announce_event(work, created, EventType.CREATED)
    audit(work, created, "created")
    return created, issued


def check_references(services: Services, call: Call, new: NewConsult) -> TenantSettings:
    """The tenant's policy. Raises Invalid for an unknown notification target."""
    tenant = call.caller.tenant
    target = target_key(tenant, new.notification_target) if new.notification_target else None
    keys = [settings_key(tenant), *([target] if target else [])]
    items = services.fetch(keys, Scope(tenant))
    if target and target not in items:
        fault = FieldError("/notification_target", "unknown", "register the target first")
        raise Invalid("there is no such notification target", [fault])
    return settings_of(items.get(settings_key(tenant)))


def _first_state(
    services: Services, call: Call, new: NewConsult, settings: TenantSettings
) -> tuple[State, Private]:
    grace = new.grace_minutes
    state = State(
        status=ConsultStatus.SCHEDULED,
        start=new.start,
        planned_minutes=new.planned_minutes,
        grace_minutes=settings.default_grace_minutes if grace is None else grace,
        max_extension_minutes=settings.max_extension_minutes,
        seats=seats_for(services.vault, call.caller.tenant, new.practitioners),
        patient_key=services.vault.lookup(call.caller.tenant, "patient", new.patient.id),
        language=new.patient.language,
        room=new_room(),
        created_by=call.caller.subject,
        notification_target=new.notification_target or "",
        external_sequence=-1 if new.external_sequence is None else new.external_sequence,
    )
    private = Private(
        patient=new.patient,
        practitioners=new.practitioners,
        external_reference=new.external_reference,
        clinic=new.clinic,
    )
    return state, private


def seats_for(
    vault: Vault, tenant: str, practitioners: Sequence[PractitionerRef]
) -> tuple[Seat, ...]:
    """The patient's seat and one for each practitioner."""
    others = (
        Seat(id=f"practitioner-{n}", practitioner_id=practitioner_key(vault, tenant, each.id))
        for n, each in enumerate(practitioners, start=1)
    )
    return (Seat(id=PATIENT), *others)


def check_times(state: State, now: datetime) -> None:
    """Raise Invalid for a window that has closed or lies too far ahead."""
    if state.closes_at <= now:
        fault = FieldError("/start", "past", f"its window closed at {to_text(state.closes_at)}")
        raise Invalid("the teleconsultation would be over already", [fault])
    if state.start > now + FURTHEST_AHEAD:
        fault = FieldError("/start", "too_far", f"at most {FURTHEST_AHEAD.days} days ahead")
        raise Invalid("the teleconsultation is too far ahead", [fault])


def reschedule(
    services: Services, call: Call, origin: str, consult_id: str, asked: Reschedule
) -> CreatedConsult:
    """Move a consult that has not begun: old links and sessions end.

    Answers with the new links that the caller may be given (`links.may_be_given`).

    Raises NotFound, InvalidTransition once it runs or has ended, Superseded, Invalid.
    """

    def step() -> CreatedConsult:
        leases = lease_keys(call, consult_id)
        loaded = open_consult(services, call, consult_id, WRITE, *leases)
        before, now = loaded.consult, services.clock()
        state = _in_order(before.state, asked.external_sequence)
        if state.status not in _MOVABLE:
            raise InvalidTransition(state.status, "rescheduled")
        work = Work(services, call)
        state = leave_all(work, loaded, state, now)
        state = _moved(state, asked)
        check_times(state, now)
        changed = change(work, before, state, ChangeKind.STATUS)
        old, new = _agenda(before), _agenda(changed)
        work.add(*(Delete(key) for key in old if key not in new))
        work.add(*(Put(key, {"consult": consult_id}) for key in new if key not in old))
        work.add(*bookings.moved(before, changed))
        issued = issue(work, changed, state.seats)
        announce_event(work, changed, EventType.RESCHEDULED)
        audit(work, changed, "rescheduled")
        answer = _created(changed, issued, origin)
        work.commit(answer, changed.version)
        return answer

    return retrying(step)


def _moved(state: State, asked: Reschedule) -> State:
    planned, grace = asked.planned_minutes, asked.grace_minutes
    return state.model_copy(
        update={
            "status": ConsultStatus.SCHEDULED,
            "start": asked.start,
            "planned_minutes": state.planned_minutes if planned is None else planned,
            "grace_minutes": state.grace_minutes if grace is None else grace,
            "schedule": state.schedule + 1,
            "seats": tuple(revoked(seat) for seat in state.seats),
            "room": new_room(),
            "video": "",
            "shard": "",
            "waiting_since": None,
            "opened": False,
            "warned": False,
        }
    )


def cancel(services: Services, call: Call, consult_id: str, asked: Cancel) -> ConsultView:
    """Cancel a consult that has not begun; links and sessions end. Again: the same answer.

    Raises NotFound, InvalidTransition once it runs or ended otherwise, Superseded.
    """

    def step() -> ConsultView:
        leases = lease_keys(call, consult_id)
        loaded = open_consult(services, call, consult_id, WRITE, *leases)
        before, now = loaded.consult, services.clock()
        if before.state.status is ConsultStatus.CANCELLED:
            return staff_view(before)
        state = _in_order(before.state, asked.external_sequence)
        state = model.ended_as(state, ConsultStatus.CANCELLED, EndCause.CANCELLED, now)
        work = Work(services, call)
        state = leave_all(work, loaded, state, now)
        private = before.private.model_copy(update={"cancel_reason": asked.reason})
        changed = rewrite(work, before, state, private, ChangeKind.STATUS)
        work.add(bookings.released(before))
        announce_event(work, changed, EventType.CANCELLED)
        audit(work, changed, "cancelled")
        answer = staff_view(changed)
        work.commit(answer, changed.version)
        return answer

    return retrying(step)


def _in_order(state: State, sequence: int | None) -> State:
    if sequence is None:
        return state
    if sequence < state.external_sequence:
        raise Superseded("a request with a higher external_sequence was applied before")
    return state.model_copy(update={"external_sequence": sequence})


def get(services: Services, call: Call, consult_id: str) -> ConsultView:
    """One consult of the caller's tenant. Raises NotFound."""
    loaded = open_consult(services, call, consult_id, READ)
    work = Work(services, call)
    audit(work, loaded.consult, "read")
    work.commit()
    return staff_view(loaded.consult)


def find(services: Services, call: Call, query: ConsultQuery) -> ConsultPage:
    """Consults by start, of the tenant or of one practitioner: two round trips and the audit."""
    require(call.caller, READ, GRANTS)
    tenant = call.caller.tenant
    services.fetch([], Scope(tenant))
    whose = query.practitioner and practitioner_key(services.vault, tenant, query.practitioner)
    if query.start_until - query.start_from > timedelta(days=62):
        fault = FieldError("/query/start_until", "too_far", "ask for at most 62 days")
        raise Invalid("the range is too long", [fault])
    after = from_cursor(query.cursor) or to_text(query.start_from)
    page = services.store.query(
        agenda(tenant, whose or ""),
        after=after,
        until=to_text(query.start_until),
        limit=min(query.limit, 90),
    )
    consults = _many(services, tenant, page.items)
    work = Work(services, call)
    work.audit("consults.listed", call.caller.subject, f"agenda/{whose or tenant}")
    work.commit()
    return ConsultPage(items=tuple(consults), cursor=to_cursor(page.next_after))


def _many(services: Services, tenant: str, index: Sequence[Item]) -> list[ConsultView]:
    ids = [item.text("consult") for item in index]
    if not ids:
        return []
    keys = {consult_key(tenant, consult_id): consult_id for consult_id in ids}
    items = services.fetch(list(keys), Scope(tenant))
    # Rescheduled between the two reads: its index item has moved, but the consult is still there.
    return [
        staff_view(consult_of(services, tenant, consult_id, items[key]))
        for key, consult_id in keys.items()
        if key in items
    ]


def _agenda(consult: Consult) -> list[Key]:
    return agenda_keys(consult.tenant, consult.id, consult.state)


def _created(consult: Consult, issued: list[Issued], origin: str) -> CreatedConsult:
    patient, practitioners = urls_of(issued, origin)
    state = consult.state
    if patient is None:
        raise ValueError("a new schedule issues the patient's link")
    return CreatedConsult(
        id=consult.id,
        status=state.status,
        start=state.start,
        opens_at=state.opens_at,
        closes_at=state.closes_at,
        practitioner_link=practitioners[0].url if practitioners else None,
        practitioner_links=practitioners,
        patient_link=patient,
        version=consult.version,
    )
