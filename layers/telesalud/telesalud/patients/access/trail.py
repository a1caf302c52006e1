"""Reading the audit trail: who has seen a record, and what somebody did or was denied."""

from schemas.care import Access, AccessList, AccessQuery, TrailQuery
from schemas.trail import TrailFilter
from telesalud.patients.people import repository
from telesalud.patients.policy import GRANTS, READ_TRAIL
from telesalud.platform.access import require
from telesalud.platform.audit import entry_key
from telesalud.platform.clock import from_text
from telesalud.platform.store import Item
from telesalud.platform.trail.searching import search
from telesalud.platform.work import Call, Services, Work


def accesses(services: Services, call: Call, patient: str, query: AccessQuery) -> AccessList:
    """Who has touched a patient's record, newest first; asking is itself noted. Raises NotFound.

    Entries of a patient who was merged into this one are under that one's id.
    """
    require(call.caller, READ_TRAIL, GRANTS)
    found = repository.load(services, call.caller.tenant, patient)
    answer = _page(services, call, found.id, query)
    work = Work(services, call)
    work.audit("patients.read_accesses", found.id, f"patient/{found.id}")
    work.commit()
    return answer


def trail(services: Services, call: Call, query: TrailQuery) -> AccessList:
    """Everything about a patient, user or client of the institution, newest first; noted."""
    require(call.caller, READ_TRAIL, GRANTS)
    answer = _page(services, call, query.subject, query)
    work = Work(services, call)
    work.audit("patients.read_trail", call.caller.subject, f"trail/{query.subject}")
    work.commit()
    return answer


def _page(services: Services, call: Call, subject: str, query: TrailFilter) -> AccessList:
    partition = entry_key(call.caller.tenant, subject, "").pk
    items, cursor = search(services.store, partition, query)
    return AccessList(items=tuple(_access(item) for item in items), cursor=cursor)


def _access(item: Item) -> Access:
    fields = ("actor", "actor_kind", "action", "resource", "outcome", "reason")
    return Access(
        id=item.key.sk,
        at=from_text(item.text("at")),
        **{name: item.text(name) for name in fields},
    )
