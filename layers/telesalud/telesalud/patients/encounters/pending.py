"""What waits for the caller: encounters to sign, to finalise, to co-sign.

The list is one query of the caller's own partition, or for those who watch over everybody's
unsigned notes, of the institution's (see `tasks`), and one read of the patients named.

Encounters that were open before these lists existed are taken over from the institution's list the
first time a user asks: `TODO#<t>#<user> / !` says that it was done. One that had been signed but
not finalised by then gets in with its next change.
"""

from schemas.encounters import (
    PendingEncounter,
    PendingList,
    PendingQuery,
    PendingScope,
    PendingTask,
)
from schemas.patients import EncounterKind
from telesalud.patients.encounters.stored import Attended
from telesalud.patients.encounters.tasks import todo_partition, unsigned_partition
from telesalud.patients.people.lookup import called, people
from telesalud.patients.people.repository import Found
from telesalud.patients.policy import GRANTS, READ_RECORD, REPORT_UNSIGNED
from telesalud.platform.access import require
from telesalud.platform.clock import from_text
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import (
    ABSENT,
    PRESENT,
    Check,
    ConditionFailed,
    Item,
    Key,
    Page,
    Put,
    every,
)
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

_TAKEN_OVER = "!"
"""Sorts before every moment."""


def page(services: Services, call: Call, query: PendingQuery) -> PendingList:
    """One page of encounters that wait, the oldest first; audited. Raises Forbidden, Invalid."""
    mine = query.scope is PendingScope.MINE
    require(call.caller, READ_RECORD if mine else REPORT_UNSIGNED, GRANTS)
    tenant = call.caller.tenant
    after = from_cursor(query.cursor)
    if mine:
        found = _mine(services, tenant, call.caller.subject, after, query.limit)
    else:
        found = services.store.query(unsigned_partition(tenant), after=after, limit=query.limit)
    known = people(services, tenant, [item.text("patient") for item in found.items])
    work = Work(services, call)
    work.audit("patients.list_pending", call.caller.subject, f"pending/{query.scope.value}")
    work.commit()
    return PendingList(
        items=tuple(_shown(services, tenant, item, known) for item in found.items),
        cursor=to_cursor(found.next_after),
    )


def _mine(services: Services, tenant: str, user: str, after: str | None, limit: int) -> Page:
    partition = todo_partition(tenant, user)
    found = services.store.query(partition, after=after, limit=limit + 1)
    if after is None and not any(item.key.sk == _TAKEN_OVER for item in found.items[:1]):
        _take_over(services, tenant, user)
        found = services.store.query(partition, limit=limit + 1)
    tasks = [item for item in found.items if item.key.sk != _TAKEN_OVER]
    shown = tasks[:limit]
    more = len(tasks) > limit or found.next_after is not None
    return Page(shown, shown[-1].key.sk if more and shown else None)


def _take_over(services: Services, tenant: str, user: str) -> None:
    """Put on the user's list what they attended and nobody has signed; may be repeated."""
    for item in every(services.store, unsigned_partition(tenant)):
        if user in open_model(services.vault, Scope(tenant), item, Attended).users:
            _list(services, tenant, user, item)
    services.store.transact([Put(Key(todo_partition(tenant, user), _TAKEN_OVER), {})])


def _list(services: Services, tenant: str, user: str, item: Item) -> None:
    key = Key(todo_partition(tenant, user), item.key.sk)
    attended = open_model(services.vault, Scope(tenant), item, Attended)
    sealed = seal_model(services.vault, Scope(tenant), key, attended)
    fields = {**item.attributes, "task": PendingTask.SIGN.value, ATTRIBUTE: sealed}
    try:
        services.store.transact([Check(item.key, PRESENT), Put(key, fields, when=ABSENT)])
    except ConditionFailed:
        return  # it is on the list, or was signed meanwhile: who changed it has moved it


def _shown(
    services: Services, tenant: str, item: Item, known: dict[str, Found]
) -> PendingEncounter:
    person = known.get(item.text("patient"))
    attended = open_model(services.vault, Scope(tenant), item, Attended)
    task = item.attributes.get("task", PendingTask.SIGN)
    return PendingEncounter(
        encounter=item.text("encounter"),
        patient=item.text("patient"),
        patient_name=called(person),
        record_number=person.stored.record_number if person else "",
        kind=EncounterKind(item.text("of_kind")),
        started_at=from_text(item.key.sk.partition("#")[0]),
        task=PendingTask(str(task)),
        imported=item.attributes.get("imported") is True,
        practitioners=attended.names,
    )
