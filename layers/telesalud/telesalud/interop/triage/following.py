"""What follows from events: appointments that were made for requests, and records that end."""

from typing import Any, Final

from schemas.appointments import AppointmentFact, Status
from schemas.custody import RecordShredded
from schemas.triage import TriageState
from telesalud.interop.stored import StoredTriage
from telesalud.interop.triage import requests
from telesalud.interop.triage.acting import FOLLOWING, announce, next_change
from telesalud.platform.access import Caller
from telesalud.platform.consumer import seen, was_seen
from telesalud.platform.errors import Gone, NotFound
from telesalud.platform.events import Event, data_of
from telesalud.platform.store import ConditionFailed, Delete, Key
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work, retrying

APPOINTMENTS: Final = (
    "appointments.appointment_rescheduled",
    "appointments.appointment_cancelled",
    "appointments.status_changed",
)
_CONSUMER: Final = "triage-appointments"
_SHREDDING: Final = "triage-shredding"
_STATES: Final = {
    Status.CANCELLED: TriageState.ASSIGNED,
    Status.CANCELLED_LATE: TriageState.ASSIGNED,
    Status.CHECKED_OUT: TriageState.ATTENDED,
    Status.NO_SHOW: TriageState.MISSED,
    Status.LEFT: TriageState.MISSED,
}


def follow_appointment(services: Services, event: Event) -> None:
    """A request follows its appointment. May be called again with the same event."""
    fact = data_of(event, AppointmentFact)
    which = requests.of_appointment(services.store, event.tenant, fact.appointment_id)
    if which is None:
        return
    retrying(lambda: _follow(services, event, fact, which))


def _follow(services: Services, event: Event, fact: AppointmentFact, which: str) -> None:
    try:
        request, version = requests.load(services, event.tenant, which)
    except (NotFound, Gone):
        return
    state, said = _next(request, fact)
    # Events come in any order: what is older than what the request knows of changes nothing.
    if (
        state is None
        or request.appointment != fact.appointment_id
        or event.sequence <= request.appointment_sequence
        or state not in FOLLOWING[request.state]
    ):
        return
    said |= {"at": services.clock(), "by": "appointments"}
    fields: dict[str, Any] = {
        "state": state,
        "changes": next_change(request, state, said),
        "appointment_sequence": event.sequence,
    }
    if state is TriageState.ASSIGNED:
        fields |= {"appointment": None, "appointment_sequence": 0}
    after = request.model_copy(update=fields)
    work = Work(services, Call(Caller.system(event.tenant, _CONSUMER), event.id))
    work.add(*requests.moved(services, event.tenant, request, after, version))
    work.add(seen(_CONSUMER, event))
    announce(work, after, version + 1)
    work.audit(
        f"interop.triage_{state.value}", request.patient or request.id, f"triage/{request.id}"
    )
    try:
        work.commit()
    except ConditionFailed as failed:
        if not was_seen(failed, _CONSUMER, event):
            raise


def _next(
    request: StoredTriage, fact: AppointmentFact
) -> tuple[TriageState | None, dict[str, Any]]:
    """The state that follows from an appointment, and what is told of it."""
    if fact.status in _STATES:
        return _STATES[fact.status], {}
    last = next((c for c in reversed(request.changes) if c.start is not None), None)
    if last is None or last.start == fact.start:
        return None, {}
    said = {"start": fact.start, "minutes": fact.minutes, "zone": last.zone}
    return TriageState.BOOKED, said


def erase(services: Services, event: Event) -> None:
    """A record was destroyed: what is matched to it opens no more, and leaves the inbox. May be
    called again with the same event."""
    members = data_of(event, RecordShredded).member_ids
    for member in members:
        services.vault.shred(Scope(event.tenant, member))
        _unlist(services, event.tenant, member)
    work = Work(services, Call(Caller.system(event.tenant, "record-shredding"), event.id))
    work.add(seen(_SHREDDING, event))
    for member in members:
        work.audit("interop.shredded", member, f"patient/{member}")
    try:
        work.commit()
    except ConditionFailed as failed:
        if not was_seen(failed, _SHREDDING, event):
            raise


def _unlist(services: Services, tenant: str, patient: str) -> None:
    """Take the lines of a patient's requests away; the requests themselves are sealed for ever."""
    after: str | None = None
    while True:
        page = services.store.query(requests.patient_pk(tenant, patient), after=after)
        for item in page.items:
            which = item.key.sk
            lines = [Key(requests.open_pk(tenant), f"{rank}#{which}") for rank in (0, 1, 2, 3, 9)]
            services.store.transact(
                [
                    *(Delete(line) for line in lines),
                    Delete(Key(requests.done_pk(tenant), which)),
                    Delete(requests.transcript_key(tenant, which)),
                    Delete(item.key),
                ]
            )
        if page.next_after is None:
            return
        after = page.next_after
