"""Asking for a check of the trail, and looking how far it is."""

from schemas.trail_checks import TrailCheck, TrailCheckRequested, TrailCheckState
from telesalud.platform.access import require
from telesalud.platform.errors import Conflict
from telesalud.platform.store import ABSENT, ConditionFailed, Item, at_version
from telesalud.platform.trail.checks import (
    CHECK_TRAIL,
    GRANTS,
    Checks,
    Job,
    check_key,
    check_put,
    job_of,
)
from telesalud.platform.work import Call, Work


def ask(checks: Checks, call: Call) -> TrailCheck:
    """Begin a check; its work is announced in the same transaction, which the trail tells of.

    While one is under way that one is the answer, and if its worker died, it goes on from where it
    was. Raises Forbidden, Conflict when somebody else asked at the same moment.
    """
    require(call.caller, CHECK_TRAIL, GRANTS)
    services, tenant = checks.services, call.caller.tenant
    item = services.store.get(check_key(tenant))
    work = Work(services, call)
    if item is None or not job_of(item).open:
        job = _new(checks, call)
        work.audit(f"{checks.context}.check_trail", tenant, f"trail/{checks.context}")
    else:
        job = job_of(item)
        if not job.stalled(services.clock()):
            return _answer(work, job, item)
        job = job.model_copy(update={"turn": job.turn + 1, "touched_at": services.clock()})
    work.add(check_put(tenant, job, at_version(item.version) if item else ABSENT))
    announce(checks, work, job)
    answer = job.view(item.version + 1 if item else 1)
    try:
        work.commit(answer, answer.version)
    except ConditionFailed as failed:
        raise Conflict("somebody else has just asked for the same") from failed
    return answer


def announce(checks: Checks, work: Work, job: Job) -> None:
    """Collect the event that makes a worker go on with the check."""
    data = TrailCheckRequested(check_id=job.id, turn=job.turn).model_dump(mode="json")
    work.event(f"{checks.context}.audit_check_requested", job.id, job.turn, data)


def latest(checks: Checks, call: Call) -> TrailCheckState:
    """The latest check of the caller's institution. Raises Forbidden."""
    require(call.caller, CHECK_TRAIL, GRANTS)
    item = checks.services.store.get(check_key(call.caller.tenant))
    return TrailCheckState(check=job_of(item).view(item.version) if item else None)


def _new(checks: Checks, call: Call) -> Job:
    now = checks.services.clock()
    who = call.caller.subject
    return Job(id=checks.services.new_id(), asked_by=who, created_at=now, touched_at=now)


def _answer(work: Work, job: Job, item: Item) -> TrailCheck:
    """The check that is under way, remembered for a repetition of the request."""
    answer = job.view(item.version)
    if work.call.once is not None:
        work.commit(answer, answer.version)
    return answer
