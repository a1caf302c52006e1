"""Checking, on any worker, after any crash: step by step, each step one write.

A worker goes on until its turn is over, then announces the next turn in the transaction of its
last step. Whoever asks for a check whose worker died begins a new turn of it.
"""

from schemas.trail_checks import TrailCheckRequested, TrailCheckStatus
from telesalud.platform.access import Caller, CallerKind
from telesalud.platform.audit import Outcome
from telesalud.platform.events import Event, data_of
from telesalud.platform.logs import get_logger
from telesalud.platform.store import ConditionFailed, at_version
from telesalud.platform.trail.asking import announce
from telesalud.platform.trail.checks import Checking, Job, check_key, check_put, job_of
from telesalud.platform.trail.walking import step
from telesalud.platform.work import Call, Work

TURN = 20.0
"""Seconds for which a worker goes on before it hands over; its function has a minute."""
MOST_ATTEMPTS = 5
"""Beginnings without a step that went well, after which a check has failed."""


def on_event(checking: Checking, event: Event) -> None:
    """Work on the check that the event names."""
    fact = data_of(event, TrailCheckRequested)
    go_on(checking, event.tenant, fact.check_id, fact.turn)


def go_on(checking: Checking, tenant: str, check: str, turn: int) -> None:
    """Work on a check's turn until it is over, or another worker has taken it.

    Raises whatever reading raises, until MOST_ATTEMPTS have failed.
    """
    item = checking.services.store.get(check_key(tenant))
    if item is None:
        return
    job, version = job_of(item), item.version
    if job.id != check or job.turn != turn or not job.open:
        return
    try:
        if job.attempts >= MOST_ATTEMPTS:
            _finish(checking, tenant, job, version, TrailCheckStatus.FAILED)
            return
        begun = job.model_copy(update={"attempts": job.attempts + 1})
        _steps(checking, tenant, begun, _write(checking, tenant, begun, version))
    except ConditionFailed:
        # Another worker has this turn; should that one die, whoever asks again begins the next.
        get_logger().info("another worker checks the trail", tenant=tenant, subject=check)


def _steps(checking: Checking, tenant: str, job: Job, version: int) -> None:
    until = checking.monotonic() + TURN
    store = checking.services.store
    while True:
        after, last = step(store, checking.archive, checking.context, tenant, job)
        if last:
            _finish(checking, tenant, after, version, TrailCheckStatus.DONE)
            return
        over = checking.monotonic() >= until
        job = after.model_copy(update={"attempts": 0, "turn": after.turn + over})
        version = _write(checking, tenant, job, version, announced=over)
        if over:
            return


def _write(
    checking: Checking, tenant: str, job: Job, version: int, *, announced: bool = False
) -> int:
    """Write the check over the version that was read; the new version. Raises ConditionFailed."""
    touched = job.model_copy(update={"touched_at": checking.services.clock()})
    work = Work(checking.services, _call(tenant, job))
    work.add(check_put(tenant, touched, at_version(version)))
    if announced:
        announce(checking, work, touched)
    work.commit()
    return version + 1


def _finish(
    checking: Checking, tenant: str, job: Job, version: int, status: TrailCheckStatus
) -> None:
    """Say how it ended, to the trail as well. What is wrong is evidence: nothing is repaired."""
    now = checking.services.clock()
    sound = status is TrailCheckStatus.DONE and job.fault_count == 0
    ended = job.model_copy(update={"status": status, "finished_at": now, "touched_at": now})
    work = Work(checking.services, _call(tenant, job))
    work.add(check_put(tenant, ended, at_version(version)))
    action, resource = f"{checking.context}.trail_checked", f"trail/{checking.context}"
    outcome = Outcome.DONE if sound else Outcome.FAILED
    reason = "" if sound else "faults" if job.fault_count else "broke-off"
    work.audit(action, tenant, resource, outcome, reason)
    work.commit()
    if not sound:
        get_logger().error(
            "audit trail not sound",
            tenant=tenant,
            subject=job.id,
            count=job.fault_count,
            reason=reason,
            context=checking.context,
        )


def _call(tenant: str, job: Job) -> Call:
    """In the name of who asked: what the check tells them is on their account."""
    return Call(Caller(tenant, job.asked_by, CallerKind.SYSTEM), f"check-{job.id}")
