"""Accesses that somebody has to look at: nobody lets themselves into a record unseen.

    REVIEW#<t>   / <report>    waits for an auditor, sealed with the tenant's key
    REVIEWED#<t> / <report>    was looked at

A report is written in the transaction of what it reports. Ids rise with time, so both lists are in
its order.
"""

from typing import NamedTuple

from schemas.care import (
    AccessReported,
    AccessWay,
    ReportedAccess,
    ReportedAccessList,
    ReviewBody,
    ReviewQuery,
)
from telesalud.patients.policy import GRANTS, READ_TRAIL, REVIEW
from telesalud.patients.reviews.stored import StoredReport
from telesalud.platform.access import require, require_person
from telesalud.platform.errors import Conflict, Forbidden, NotFound
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, ConditionFailed, Delete, Item, Key, Put, at_version
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work


class Reported(NamedTuple):
    """Who came to which record, and how."""

    patient: str
    user: str
    way: AccessWay
    about: str


def is_known(services: Services, tenant: str, which: str) -> bool:
    """Whether this report was made before, looked at or not."""
    keys = [_waiting(tenant, which), _reviewed(tenant, which)]
    return bool(services.store.get_many(keys))


def report(work: Work, access: Reported, which: str = "") -> None:
    """Collect the report of an access, with the event that tells auditors.

    `which` is its id where the same fact may be heard of again.
    """
    services, tenant = work.services, work.call.caller.tenant
    which = which or services.new_id()
    stored = StoredReport(**access._asdict(), at=services.clock())
    work.add(_put(services, _waiting(tenant, which), stored))
    fact = AccessReported(patient_id=access.patient or None, user_id=access.user, way=access.way)
    work.event("patients.access_reported", which, 1, fact.model_dump(mode="json"))


def listed(services: Services, call: Call, query: ReviewQuery) -> ReportedAccessList:
    """Those that wait, the oldest first, or those reviewed, the newest first; noted.

    Raises Forbidden.
    """
    require(call.caller, READ_TRAIL, GRANTS)
    tenant = call.caller.tenant
    key = _reviewed(tenant, "") if query.reviewed else _waiting(tenant, "")
    page = services.store.query(
        key.pk,
        after=from_cursor(query.cursor),
        limit=query.limit,
        newest_first=query.reviewed,
    )
    work = Work(services, call)
    work.audit("patients.list_reported_accesses", call.caller.subject, "accesses")
    work.commit()
    items = tuple(_opened(services, tenant, item).view(item.key.sk) for item in page.items)
    return ReportedAccessList(items=items, cursor=to_cursor(page.next_after))


def review(services: Services, call: Call, which: str, body: ReviewBody) -> ReportedAccess:
    """Say what was found; it leaves the list of those that wait.

    Raises Forbidden for a machine and for who is reported, NotFound, Conflict for one that was
    reviewed.
    """
    require(call.caller, REVIEW, GRANTS)
    require_person(call.caller)
    tenant = call.caller.tenant
    key, done = _waiting(tenant, which), _reviewed(tenant, which)
    found = services.fetch([key, done], Scope(tenant))
    if done in found:
        raise Conflict("somebody has reviewed this access")
    if key not in found:
        raise NotFound("there is no such report")
    stored = _opened(services, tenant, found[key])
    if stored.user == call.caller.subject:
        raise Forbidden("somebody else reviews your own access", right=REVIEW)
    after = stored.model_copy(
        update={
            "outcome": body.outcome,
            "note": body.note,
            "reviewed_by": call.caller.subject,
            "reviewed_at": services.clock(),
        }
    )
    work = Work(services, call)
    work.add(Delete(key, when=at_version(found[key].version)), _put(services, done, after))
    resource = f"access/{which}"
    work.audit("patients.review_access", stored.patient, resource, reason=body.outcome.value)
    answer = after.view(which)
    try:
        work.commit(answer)
    except ConditionFailed as failed:
        raise Conflict("somebody has reviewed this access") from failed
    return answer


def _waiting(tenant: str, which: str) -> Key:
    return Key(f"REVIEW#{tenant}", which)


def _reviewed(tenant: str, which: str) -> Key:
    return Key(f"REVIEWED#{tenant}", which)


def _put(services: Services, key: Key, stored: StoredReport) -> Put:
    tenant = key.pk.rpartition("#")[2]
    sealed = seal_model(services.vault, Scope(tenant), key, stored)
    return Put(key, {ATTRIBUTE: sealed}, when=ABSENT)


def _opened(services: Services, tenant: str, item: Item) -> StoredReport:
    return open_model(services.vault, Scope(tenant), item, StoredReport)
