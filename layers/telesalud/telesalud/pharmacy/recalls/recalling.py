"""Holding a lot back, taking it back for good, and finding everybody who got some of it."""

from schemas.pharmacy import (
    Lot,
    LotFact,
    LotQuery,
    LotState,
)
from schemas.recalls import (
    LotBlock,
    LotReceiver,
    LotReceivers,
    NewRecall,
    Recall,
    RecallList,
    RecallQuery,
)
from telesalud.pharmacy import repository
from telesalud.pharmacy.policy import GRANTS, READ, RECALL
from telesalud.pharmacy.stored import StoredItem, StoredLot, StoredRecall, StoredReceiver
from telesalud.platform.access import require, require_person
from telesalud.platform.clock import to_text
from telesalud.platform.errors import InvalidTransition, NotFound
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.sealed import ATTRIBUTE, seal_model
from telesalud.platform.store import ABSENT, Item, Key, Put
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work, retrying


def read_lot(services: Services, call: Call, query: LotQuery) -> Lot:
    """A lot, wherever it lies. Raises Forbidden, NotFound."""
    require(call.caller, READ, GRANTS)
    return _view(*_load(services, call.caller.tenant, query.item, query.lot))


def block(services: Services, call: Call, body: LotBlock) -> Lot:
    """Hold a lot back everywhere, or let it go again. Raises Forbidden, NotFound,
    InvalidTransition for one that was recalled."""
    require(call.caller, RECALL, GRANTS)
    require_person(call.caller)

    def step() -> Lot:
        lot, version = _load(services, call.caller.tenant, body.item, body.lot)
        if lot.state is LotState.RECALLED:
            raise InvalidTransition(lot.state.value, "blocked" if body.blocked else "open")
        state = LotState.BLOCKED if body.blocked else LotState.OPEN
        changed = lot.model_copy(
            update={"state": state, "reason": body.reason if body.blocked else None}
        )
        work = Work(services, call)
        _change(work, changed, version, "blocked" if body.blocked else "released")
        answer = _view(changed, version + 1)
        work.commit(answer, answer.version)
        return answer

    return retrying(step)


def recall(services: Services, call: Call, body: NewRecall) -> Recall:
    """Take a lot back: from this moment none of it reaches anybody, wherever it is and whoever is
    dispensing it. Raises Forbidden, NotFound, InvalidTransition for one that was recalled."""
    require(call.caller, RECALL, GRANTS)
    require_person(call.caller)

    def step() -> Recall:
        tenant = call.caller.tenant
        lot, version = _load(services, tenant, body.item, body.lot)
        if lot.state is LotState.RECALLED:
            raise InvalidTransition(lot.state.value, LotState.RECALLED.value)
        item, _ = repository.load(
            services, tenant, repository.item_key(tenant, body.item), StoredItem
        )
        made = Recall(
            id=services.new_id(),
            item=body.item,
            name=item.name,
            lot=body.lot,
            reason=body.reason,
            reference=body.reference,
            at=services.clock(),
            by=call.caller.subject,
        )
        changed = lot.model_copy(update={"state": LotState.RECALLED, "reason": body.reason})
        work = Work(services, call)
        _change(work, changed, version, "recalled")
        key = Key(f"RECALL#{tenant}", f"{to_text(made.at)}#{made.id}")
        sealed = seal_model(services.vault, Scope(tenant), key, StoredRecall(recall=made))
        work.add(Put(key, {ATTRIBUTE: sealed}, when=ABSENT))
        work.commit(made)
        return made

    return retrying(step)


def page(services: Services, call: Call, query: RecallQuery) -> RecallList:
    """Recalls, latest first. Raises Forbidden."""
    require(call.caller, READ, GRANTS)
    tenant = call.caller.tenant
    found = services.store.query(
        f"RECALL#{tenant}", after=from_cursor(query.cursor), limit=query.limit, newest_first=True
    )
    return RecallList(
        items=tuple(
            repository.opened(services, tenant, item, StoredRecall).recall for item in found.items
        ),
        cursor=to_cursor(found.next_after),
    )


def receivers(services: Services, call: Call, which: str, query: RecallQuery) -> LotReceivers:
    """Everybody who got some of a recalled lot; each one's trail says who looked.

    Raises Forbidden, NotFound.
    """
    require(call.caller, RECALL, GRANTS)
    require_person(call.caller)
    tenant = call.caller.tenant
    of = _recall(services, tenant, which)
    found = services.store.query(
        f"GOT#{tenant}#{of.item}#{of.lot}", after=from_cursor(query.cursor), limit=query.limit
    )
    got = [_receiver(services, tenant, item) for item in found.items]
    patients = list(dict.fromkeys(one.patient for one in got))
    for start in range(0, len(patients), 90):
        work = Work(services, Call(call.caller, call.request_id))
        for patient in patients[start : start + 90]:
            work.audit("pharmacy.find_receiver", patient, f"recall/{which}")
        work.commit()
    return LotReceivers(items=tuple(got), cursor=to_cursor(found.next_after))


def _recall(services: Services, tenant: str, which: str) -> Recall:
    """Recalls are few: they are looked through, page after page."""
    after: str | None = None
    while True:
        found = services.store.query(f"RECALL#{tenant}", after=after, newest_first=True)
        for item in found.items:
            if item.key.sk.endswith(f"#{which}"):
                return repository.opened(services, tenant, item, StoredRecall).recall
        if (after := found.next_after) is None:
            raise NotFound("there is no such recall")


def _receiver(services: Services, tenant: str, item: Item) -> LotReceiver:
    found = repository.opened(services, tenant, item, StoredReceiver)
    return LotReceiver(
        patient=found.patient,
        dispensing=found.dispensing,
        at=found.at,
        quantity=found.quantity,
    )


def _load(services: Services, tenant: str, item: str, lot: str) -> tuple[StoredLot, int]:
    return repository.load(services, tenant, repository.lot_key(tenant, item, lot), StoredLot)


def _change(work: Work, lot: StoredLot, version: int, verb: str) -> None:
    tenant = work.call.caller.tenant
    key = repository.lot_key(tenant, lot.item, lot.lot)
    repository.put(work, key, lot, version, {"state": lot.state.value})
    fact = LotFact(item=lot.item, lot=lot.lot, state=lot.state)
    subject = f"{lot.item}.{lot.lot}"
    work.event(f"pharmacy.lot_{verb}", subject, version + 1, fact.model_dump(mode="json"))
    work.audit(f"pharmacy.lot_{verb}", lot.item, f"lot/{lot.lot}")


def _view(lot: StoredLot, version: int) -> Lot:
    return Lot.model_construct(**dict(lot) | {"version": version})
