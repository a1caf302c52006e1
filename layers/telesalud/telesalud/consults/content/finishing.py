"""Finishing: the state, the unsaved text and everybody's leaving in one transaction.

Whoever comes second, another tab or the limit, finds it finished. Text that arrives with the second
is not lost: it becomes a version of its own, marked as having come after the end.
"""

from schemas.consult_content import Finish, Finished
from schemas.consult_sessions import ChangeKind
from schemas.consults import ConsultStatus, EndCause, EventType, ParticipantRole
from telesalud.consults import model
from telesalud.consults.access import attend
from telesalud.consults.content.notes import keep_unsaved, versions
from telesalud.consults.model import Consult, Seat, State
from telesalud.consults.repository import Loaded, announce_event, audit, change
from telesalud.consults.visit.limit import end_at_limit
from telesalud.consults.visit.presence import lease_keys, leave_all
from telesalud.platform.work import Call, Services, Work, retrying


def finish(services: Services, call: Call, consult_id: str, asked: Finish) -> Finished:
    """The practitioner ends the consult. Again, or after the limit, gives the same answer.

    Raises InvalidTransition before admission (cancel instead), ConsultEnded long after the end.
    """

    def step() -> Finished:
        loaded, seat = attend(
            services,
            call,
            consult_id,
            *lease_keys(call, consult_id),
            only=ParticipantRole.PRACTITIONER,
            late=True,
        )
        now = services.clock()
        if loaded.consult.state.ended:
            return _late(services, call, loaded.consult, seat, asked)
        if now >= loaded.consult.state.closes_at:
            ended = end_at_limit(services, call, loaded, now)
            return _late(services, call, ended, seat, asked)
        return _now(services, call, loaded, seat, asked)

    return retrying(step)


def _now(services: Services, call: Call, loaded: Loaded, seat: Seat, asked: Finish) -> Finished:
    before, now = loaded.consult, services.clock()
    state = model.ended_as(before.state, ConsultStatus.FINISHED, EndCause.PRACTITIONER, now)
    work = Work(services, call)
    known = versions(services, before) if asked.note else {}
    state, conflict = keep_unsaved(work, before, state, known=known, seat=seat, draft=asked.note)
    state = leave_all(work, loaded, state, now)
    kinds = [ChangeKind.STATUS]
    if state.note_version != before.state.note_version:
        kinds.append(ChangeKind.NOTE)
    changed = change(work, before, state, *kinds)
    announce_event(work, changed, EventType.FINISHED)
    audit(work, changed, "finished")
    work.commit()
    return _answer(changed.id, state, conflict=conflict)


def _late(services: Services, call: Call, before: Consult, seat: Seat, asked: Finish) -> Finished:
    """It had ended already; keep the text that was on its way."""
    known = versions(services, before) if asked.note else {}
    work = Work(services, call)
    state, conflict = keep_unsaved(
        work, before, before.state, known=known, seat=seat, draft=asked.note
    )
    if state == before.state:
        return _answer(before.id, state, conflict=False)
    changed = change(work, before, state, ChangeKind.NOTE)
    announce_event(work, changed, EventType.NOTES_AMENDED)
    audit(work, changed, "note_saved", f"note/{state.note_version}")
    work.commit()
    return _answer(before.id, state, conflict=conflict)


def _answer(consult_id: str, state: State, *, conflict: bool) -> Finished:
    return Finished(
        id=consult_id,
        status=state.status,
        ended_at=state.ended_at or state.closes_at,
        end_cause=state.end_cause or EndCause.LIMIT,
        note_version=state.note_version,
        note_conflict=conflict,
    )
