"""Who is there: joins and leaves from what the server sees, in any order of arrival.

A channel that connects, a heartbeat and a poll all say "here". The first of them is a join; from
then on they renew a lease, which an open channel holds longer than polling does. A side leaves when
its last channel disconnects, or when its lease runs out: then whoever comes next (the other side,
the limit's workflow, the finish) records that it left at its last heartbeat. So a crashed browser,
or a crashed function, never leaves somebody present.
"""

from datetime import datetime
from typing import Literal

from schemas.consult_sessions import Announce, ChangeKind, SessionConsult
from schemas.consults import ConsultStatus, EventType, ParticipantRole
from telesalud.consults import model
from telesalud.consults.access import attend
from telesalud.consults.model import Consult, State
from telesalud.consults.policy import BEAT
from telesalud.consults.repository import (
    Loaded,
    announce_event,
    audit,
    change,
    child_key,
    lease_key,
)
from telesalud.consults.visit.views import session_view
from telesalud.platform.clock import to_text
from telesalud.platform.store import ABSENT, Key, Put
from telesalud.platform.work import Call, Services, Work, retrying

Source = Literal["channel", "poll"]
LeaveCause = Literal["disconnected", "lease_expired", "ended"]

_JOINED = {
    ParticipantRole.PATIENT: EventType.PATIENT_JOINED,
    ParticipantRole.PRACTITIONER: EventType.PRACTITIONER_JOINED,
}
_LEFT = {
    ParticipantRole.PATIENT: EventType.PATIENT_LEFT,
    ParticipantRole.PRACTITIONER: EventType.PRACTITIONER_LEFT,
}


def announce(services: Services, call: Call, consult_id: str, said: Announce) -> SessionConsult:
    """Announce the patient in the waiting room. Saying it again has no further effect."""

    def step() -> SessionConsult:
        loaded, _ = attend(services, call, consult_id, only=ParticipantRole.PATIENT)
        before, now = loaded.consult, services.clock()
        state = model.announced(before.state, said.device, now)
        if state == before.state:
            return session_view(before, now)
        work = Work(services, call)
        changed = change(work, before, state, ChangeKind.STATUS)
        if state.status is not before.state.status:
            announce_event(work, changed, EventType.PATIENT_WAITING, participant=model.PATIENT)
        audit(work, changed, "patient_announced")
        work.commit()
        return session_view(changed, now)

    return retrying(step)


def admit(services: Services, call: Call, consult_id: str) -> SessionConsult:
    """The practitioner lets the patient in. Raises InvalidTransition before the announcement."""

    def step() -> SessionConsult:
        loaded, _ = attend(services, call, consult_id, only=ParticipantRole.PRACTITIONER)
        before, now = loaded.consult, services.clock()
        state = model.admitted(before.state, now)
        if state is before.state:
            return session_view(before, now)
        work = Work(services, call)
        changed = change(work, before, state, ChangeKind.STATUS)
        announce_event(work, changed, EventType.STARTED)
        if state.warned:
            announce_event(work, changed, EventType.LIMIT_WARNED)
        audit(work, changed, "patient_admitted")
        work.commit()
        return session_view(changed, now)

    return retrying(step)


def lease_keys(call: Call, consult_id: str) -> list[Key]:
    """Where the heartbeats of every possible seat are; absent ones cost nothing."""
    names = [model.PATIENT, *(f"practitioner-{n}" for n in range(1, 6))]
    return [lease_key(call.caller.tenant, consult_id, name) for name in names]


def beat(services: Services, call: Call, consult_id: str, source: Source) -> Consult:
    """Record that the caller is here and that everybody whose lease has run out is not.

    Returns the consult as it is now. Raises as `attend` does: after the end nobody is present.
    """

    def step() -> Consult:
        loaded, seat = attend(services, call, consult_id, *lease_keys(call, consult_id))
        before, now = loaded.consult, services.clock()
        last = loaded.beat(seat.id)
        work = Work(services, call)
        state = leave_expired(work, loaded, before.state, now=now, but=seat.id)
        if seat.joined_at is not None and loaded.lost(seat.id, now):
            state = leave(work, loaded, state, seat.id, cause="lease_expired", at=now)
        if state.seat(seat.id).joined_at is None:
            state = _join(work, before, state, seat.id, source)
        if state != before.state:
            changed = change(work, before, state, ChangeKind.PRESENCE)
            _announce_presence(work, before, changed)
        elif last is not None and now - last < BEAT:
            return before
        else:
            changed = before
        heard = to_text(now) if source == "channel" else loaded.heard_on_channel(seat.id)
        work.add(_lease(before, seat.id, now, heard))
        work.commit()
        return changed

    return retrying(step)


def disconnected(services: Services, call: Call, consult_id: str) -> None:
    """Record that the caller's last channel has closed, which holds their lease no longer."""

    def step() -> None:
        loaded, seat = attend(services, call, consult_id, *lease_keys(call, consult_id))
        before, now = loaded.consult, services.clock()
        work = Work(services, call)
        state = leave(work, loaded, before.state, seat.id, cause="disconnected", at=now)
        if state == before.state:
            return
        changed = change(work, before, state, ChangeKind.PRESENCE)
        _announce_presence(work, before, changed)
        work.add(_lease(before, seat.id, loaded.beat(seat.id) or now))
        work.commit()

    return retrying(step)


def _lease(consult: Consult, seat: str, at: datetime, heard: str | None = None) -> Put:
    said = {"at": to_text(at)}
    if heard is not None:
        said["channel_at"] = heard
    return Put(lease_key(consult.tenant, consult.id, seat), said)


def leave_expired(
    work: Work, loaded: Loaded, state: State, *, now: datetime, but: str = ""
) -> State:
    """Have everybody leave whose lease has run out, but for the seat `but`."""
    for seat in state.seats:
        if seat.id != but and loaded.lost(seat.id, now):
            state = leave(work, loaded, state, seat.id, cause="lease_expired", at=now)
    return state


def leave_all(work: Work, loaded: Loaded, state: State, now: datetime) -> State:
    """Have everybody leave, now or at their last heartbeat, because the consult ends."""
    losses = state.losses  # whoever left just before the end lost nothing
    state = leave_expired(work, loaded, state, now=now)
    for seat in state.seats:
        state = leave(work, loaded, state, seat.id, cause="ended", at=now)
    return state.model_copy(update={"losses": losses})


def leave(
    work: Work, loaded: Loaded, state: State, name: str, *, cause: LeaveCause, at: datetime
) -> State:
    """Empty a seat that was taken; after a lost lease it is empty since its last heartbeat."""
    seat = state.seat(name)
    if seat.joined_at is None:
        return state
    last = loaded.beat(name)
    seen = last if last is not None and loaded.lost(name, at) else at
    _log(work, loaded.consult, name, kind="left", cause=cause, at=seen)
    if cause == "lease_expired" and state.status is ConsultStatus.IN_PROGRESS:
        state = state.model_copy(update={"losses": state.losses + 1})
    return state.with_seat(seat.model_copy(update={"joined_at": None}))


def _join(work: Work, consult: Consult, state: State, name: str, source: Source) -> State:
    seat, now = state.seat(name), work.services.clock()
    _log(work, consult, name, kind="joined", cause=source, at=now)
    joined = {"joined_at": now, "first_joined_at": seat.first_joined_at or now}
    return state.with_seat(seat.model_copy(update=joined))


def _log(work: Work, consult: Consult, name: str, *, kind: str, cause: str, at: datetime) -> None:
    key = child_key(consult, f"LOG#{to_text(at)}#{work.services.new_id()}")
    entry = {"seat": name, "what": kind, "cause": cause, "at": to_text(at)}
    work.add(Put(key, entry, ABSENT))


def _announce_presence(work: Work, before: Consult, changed: Consult) -> None:
    for old, new in zip(before.state.seats, changed.state.seats, strict=True):
        if old.joined_at is None and new.joined_at is not None:
            announce_event(work, changed, _JOINED[new.role], participant=new.id)
        if old.joined_at is not None and new.joined_at is None:
            announce_event(work, changed, _LEFT[new.role], participant=new.id)
