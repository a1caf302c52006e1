"""The session limit: what a consult's workflow asks for at each deadline.

One Step Functions execution per schedule of a consult waits for a moment, asks `due`, and waits
again for the answered moment. Every step is conditional on the consult as it is then, so an early
finish, an extension, a cancellation and a repeated question need no co-ordination. Requests check
the limit themselves, so tokens stop working at the limit even when the workflow is late.

The workflow is exact; `sweep` is its second hand. A workflow that never started, failed or was
stopped is noticed within a minute: every step keeps an item under the time of what is due next.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.consult_sessions import ChangeKind, Extend, SessionConsult
from schemas.consults import EndCause, EventType, ParticipantRole
from telesalud.consults import model
from telesalud.consults.access import attend
from telesalud.consults.model import ENDINGS, Consult, State
from telesalud.consults.policy import WARN_BEFORE
from telesalud.consults.repository import (
    DIGITS,
    Loaded,
    announce_event,
    audit,
    change,
    due_partition,
    load,
)
from telesalud.consults.visit.presence import lease_keys, leave_all
from telesalud.consults.visit.views import session_view
from telesalud.platform.access import Caller
from telesalud.platform.clock import to_text
from telesalud.platform.errors import (
    FieldError,
    Invalid,
    InvalidTransition,
    NotFound,
    Unavailable,
)
from telesalud.platform.logs import get_logger, where
from telesalud.platform.store import ConditionFailed, Delete, Item, at_version, every
from telesalud.platform.work import Call, Services, Work, retrying

SLACK = timedelta(seconds=20)
"""How late the workflow may be before somebody else does its work."""


@dataclass(frozen=True, slots=True)
class Due:
    """What the workflow does next: stop, or ask again at `next_at` (RFC 3339, whole seconds)."""

    done: bool
    next_at: str = ""


def due(services: Services, tenant: str, consult_id: str, schedule: int | None = None) -> Due:
    """Do what is due for a consult and say when to ask again.

    Done when the consult has ended, is not there, or has another schedule than the one asked for
    (the reschedule started a workflow of its own).
    """
    call = Call(Caller.system(tenant, "session-limit"))

    def step() -> Due:
        try:
            loaded = load(services, tenant, consult_id, *lease_keys(call, consult_id))
        except NotFound:
            return Due(done=True)
        state, now = loaded.consult.state, services.clock()
        if state.ended or schedule not in (None, state.schedule):
            return Due(done=True)
        if now >= state.closes_at:
            end_at_limit(services, call, loaded, now)
            return Due(done=True)
        state = _step(services, call, loaded.consult, now)
        deadline = model.next_deadline(state, now)
        return Due(done=False, next_at=_whole(deadline)) if deadline else Due(done=True)

    return retrying(step)


def sweep(services: Services) -> int:
    """Do whatever is due and was left undone; how much there was.

    One consult's trouble does not keep the others waiting; they are tried again a minute later.
    Raises Unavailable when there was any.
    """
    late, done, failed = services.clock() - SLACK, 0, 0
    for digit in DIGITS:
        for item in every(services.store, due_partition(digit), until=to_text(late)):
            done += 1
            try:
                _overtake(services, item)
            except Exception as error:  # noqa: BLE001  # whatever it is, the others go on
                failed += 1
                get_logger().error(
                    "what is due was not done",
                    consult=item.text("consult"),
                    error=type(error).__name__,
                    where=where(error),
                )
    if failed:
        raise Unavailable(f"{failed} of {done} consults could not be brought up to date")
    return done


def _overtake(services: Services, listed: Item) -> None:
    due(services, listed.text("tenant"), listed.text("consult"))
    # A step moves or removes the item, so one that stays belongs to no consult any more.
    with suppress(ConditionFailed):
        services.store.transact([Delete(listed.key, at_version(listed.version))])
    get_logger().warning("the clock was late", consult=listed.text("consult"))


def _step(services: Services, call: Call, consult: Consult, now: datetime) -> State:
    """Open the window, or warn; whichever is due and has not happened yet."""
    state, events = consult.state, list[EventType]()
    if not state.opened and now >= state.opens_at:
        state = state.model_copy(update={"opened": True})
        events.append(EventType.OPENED)
    running = state.started_at is not None
    if running and not state.warned and now >= state.closes_at - WARN_BEFORE:
        state = state.model_copy(update={"warned": True})
        events.append(EventType.LIMIT_WARNED)
    if not events:
        return state
    work = Work(services, call)
    kind = ChangeKind.LIMIT if EventType.LIMIT_WARNED in events else ChangeKind.STATUS
    changed = change(work, consult, state, kind)
    for event in events:
        announce_event(work, changed, event)
    audit(work, changed, events[-1].rpartition(".")[2])
    work.commit()
    return state


def end_at_limit(services: Services, call: Call, loaded: Loaded, now: datetime) -> Consult:
    """End a consult at its limit, at the limit's own moment: finished, no-show or expired."""
    state = loaded.consult.state
    work = Work(services, call)
    status = model.closing(state)
    state = leave_all(work, loaded, state, min(now, state.closes_at))
    state = model.ended_as(state, status, EndCause.LIMIT, loaded.consult.state.closes_at)
    changed = change(work, loaded.consult, state, ChangeKind.STATUS)
    announce_event(work, changed, ENDINGS[status])
    audit(work, changed, status)
    work.commit()
    return changed


def extend(services: Services, call: Call, consult_id: str, asked: Extend) -> SessionConsult:
    """Move the limit for the practitioner, within the policy. The same `until` has one effect.

    Raises InvalidTransition before admission, Invalid beyond the policy.
    """

    def step() -> SessionConsult:
        loaded, _ = attend(services, call, consult_id, only=ParticipantRole.PRACTITIONER)
        before, now = loaded.consult, services.clock()
        state = before.state
        minutes, rest = _minutes(asked.until - state.closes_at)
        if minutes == 0 and not rest:
            return session_view(before, now)
        if state.started_at is None:
            raise InvalidTransition(state.status, "extended")
        total = state.extended_minutes + minutes
        if minutes < 1 or rest or total > state.max_extension_minutes:
            latest = state.closes_at + timedelta(
                minutes=state.max_extension_minutes - state.extended_minutes
            )
            detail = f"whole minutes after the present limit, at most until {to_text(latest)}"
            raise Invalid(
                "the extension is not allowed", [FieldError("/until", "extension", detail)]
            )
        state = state.model_copy(update={"extended_minutes": total})
        still_warned = state.warned and now >= state.closes_at - WARN_BEFORE
        state = state.model_copy(update={"warned": still_warned})
        work = Work(services, call)
        changed = change(work, before, state, ChangeKind.LIMIT)
        announce_event(work, changed, EventType.EXTENDED)
        audit(work, changed, "extended")
        work.commit()
        return session_view(changed, now)

    return retrying(step)


def _minutes(distance: timedelta) -> tuple[int, bool]:
    """Whole minutes and whether anything is left over; browsers know moments to the millisecond."""
    minutes = round(distance / timedelta(minutes=1))
    return minutes, abs(distance - timedelta(minutes=minutes)) >= timedelta(milliseconds=1)


def _whole(moment: datetime) -> str:
    """Rounded up to the second, so that the workflow never asks too early."""
    up = moment.replace(microsecond=0)
    return (up if up == moment else up + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
