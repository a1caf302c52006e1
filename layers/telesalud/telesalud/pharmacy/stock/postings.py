"""Entries from outside, and what is written off.

Of a controlled item nothing is written off by one person: the posting waits, with nothing moved,
until a second one has been there and confirms it.
"""

from schemas.pharmacy import (
    ItemKind,
    LotState,
    MovementKind,
    StockFact,
)
from schemas.stock_postings import (
    EntryLine,
    NewEntry,
    NewWriteOff,
    Posting,
    PostingList,
    PostingState,
)
from telesalud.pharmacy import repository
from telesalud.pharmacy.errors import LotUnusable
from telesalud.pharmacy.items import lots
from telesalud.pharmacy.policy import GRANTS, READ, STOCK, WITNESS
from telesalud.pharmacy.stock.ledger import Ledger, Move, open_ledger
from telesalud.pharmacy.stored import StoredLot, StoredPosting
from telesalud.platform.access import require, require_person
from telesalud.platform.clock import to_text
from telesalud.platform.errors import (
    Conflict,
    FieldError,
    Invalid,
    InvalidTransition,
    NotFound,
    StaleVersion,
)
from telesalud.platform.standing import require_second_person
from telesalud.platform.store import Delete, Key
from telesalud.platform.work import Call, Services, Work, retrying

POSTING = "POSTING"


def enter(
    services: Services, call: Call, warehouse: str, body: NewEntry, site: str = ""
) -> Posting:
    """Goods from outside. Raises Forbidden, NotFound, Invalid, LotUnusable, NotHere,
    BeingCounted."""
    require(call.caller, STOCK, GRANTS)
    named = [lots.name_of(line.number, line.expiry) for line in body.lines]
    wanted = [(line.item, name) for line, name in zip(body.lines, named, strict=True)]

    def step() -> Posting:
        ledger = open_ledger(services, call, warehouse, wanted, site=site)
        made = StoredPosting(
            id=services.new_id(),
            warehouse=warehouse,
            kind=MovementKind.ENTRY,
            state=PostingState.POSTED,
            by=call.caller.subject,
            at=services.clock(),
            document=body.document,
            supplier=body.supplier,
        )
        for number, line in enumerate(body.lines):
            _accept(ledger, number, line)
            moved = Move(line.item, named[number], line.quantity)
            ledger.move(MovementKind.ENTRY, moved, f"posting/{made.id}")
        return _post(Work(services, call), ledger, made, 0)

    return retrying(step)


def write_off(
    services: Services, call: Call, warehouse: str, body: NewWriteOff, site: str = ""
) -> Posting:
    """Waste or loss; with a controlled item it waits for a second person.

    Raises Forbidden, NotFound, TooLittle, NotHere, BeingCounted.
    """
    require(call.caller, STOCK, GRANTS)
    require_person(call.caller)
    wanted = [(line.item, line.lot) for line in body.lines]

    def step() -> Posting:
        ledger = open_ledger(services, call, warehouse, wanted, site=site)
        made = StoredPosting(
            id=services.new_id(),
            warehouse=warehouse,
            kind=MovementKind(body.kind.value),
            state=PostingState.POSTED,
            by=call.caller.subject,
            at=services.clock(),
            reason=body.reason,
            asked=body.lines,
        )
        _take_off(ledger, made)
        if any(ledger.item(line.item).controlled for line in body.lines):
            return _wait(Work(services, call), made)
        return _post(Work(services, call), ledger, made, 0)

    return retrying(step)


def confirm(services: Services, call: Call, which: str, version: int, site: str = "") -> Posting:
    """The second person was there: now it is written off. Raises Forbidden, NotFound, StaleVersion,
    InvalidTransition, and what `write_off` raises."""
    require(call.caller, WITNESS, GRANTS)

    def step() -> Posting:
        found = _waiting(services, call, which, version, "posted")
        require_second_person(services, call.caller, found.by, found.at)
        wanted = [(line.item, line.lot) for line in found.asked]
        ledger = open_ledger(services, call, found.warehouse, wanted, site=site)
        made = found.model_copy(
            update={"state": PostingState.POSTED, "second": call.caller.subject}
        )
        _take_off(ledger, made)
        work = Work(services, call)
        work.add(Delete(_second_key(call.caller.tenant, found)))
        return _post(work, ledger, made, version)

    return retrying(step)


def refuse(services: Services, call: Call, which: str, version: int) -> Posting:
    """Somebody refuses it, or whoever asked takes it back. Raises Forbidden, NotFound,
    StaleVersion, InvalidTransition."""
    require(call.caller, STOCK, GRANTS)
    require_person(call.caller)
    found = _waiting(services, call, which, version, "refused")
    made = found.model_copy(update={"state": PostingState.REFUSED, "second": call.caller.subject})
    work = Work(services, call)
    work.add(Delete(_second_key(call.caller.tenant, found)))
    repository.put(work, _key(call.caller.tenant, which), made, version)
    work.audit("pharmacy.refuse_posting", made.id, f"warehouse/{made.warehouse}")
    answer = _view(made, version + 1)
    work.commit(answer, answer.version)
    return answer


def read(services: Services, call: Call, which: str) -> Posting:
    """An entry or a write-off. Raises Forbidden, NotFound."""
    require(call.caller, READ, GRANTS)
    tenant = call.caller.tenant
    return _view(*repository.load(services, tenant, _key(tenant, which), StoredPosting))


def waiting(services: Services, call: Call, warehouse: str) -> PostingList:
    """What waits for a second person, the oldest first; the first 50. Raises Forbidden,
    NotFound."""
    require(call.caller, READ, GRANTS)
    tenant = call.caller.tenant
    if services.store.get(repository.warehouse_key(tenant, warehouse)) is None:
        raise NotFound("there is no such warehouse")
    partition = f"SECOND#{tenant}#{warehouse}"
    noted = services.store.query(partition, f"{POSTING}#", limit=50).items
    keys = [_key(tenant, which) for which in repository.last_part(noted)]
    found = repository.fetch(services, keys)
    opened = (
        _view(repository.opened(services, tenant, found[key], StoredPosting), found[key].version)
        for key in keys
        if key in found
    )
    return PostingList(items=tuple(opened))


def _accept(ledger: Ledger, number: int, line: EntryLine) -> None:
    """Put the lot on file, if it may come in."""
    item = ledger.item(line.item)
    if not item.active:
        raise Conflict(f"{item.name} is not kept any more")
    if item.kind is ItemKind.MEDICINE and line.expiry is None:
        fault = FieldError(f"/lines/{number}/expiry", "required", "say when this lot expires")
        raise Invalid("a medicine has an expiry", [fault])
    lot = lots.name_of(line.number, line.expiry)
    if lots.expired(line.expiry, ledger.day):
        raise LotUnusable(lot, "expired")
    ledger.know(
        StoredLot(item=line.item, lot=lot, number=line.number, expiry=line.expiry, gtin=line.gtin)
    )
    if ledger.lot(line.item, lot).state is LotState.RECALLED:
        raise LotUnusable(lot, LotState.RECALLED.value)


def _take_off(ledger: Ledger, made: StoredPosting) -> None:
    for line in made.asked:
        moved = Move(line.item, line.lot, -line.quantity, made.reason)
        ledger.move(made.kind, moved, f"posting/{made.id}", witness=made.second)


def _post(work: Work, ledger: Ledger, made: StoredPosting, version: int) -> Posting:
    """Write the movements and what they are of."""
    made = made.model_copy(update={"lines": tuple(ledger.lines)})
    ledger.write(work)
    repository.put(work, _key(ledger.tenant, made.id), made, version)
    verb = "entered" if made.kind is MovementKind.ENTRY else "written_off"
    fact = StockFact(
        posting_id=made.id, warehouse_id=made.warehouse, kind=made.kind, lines=ledger.moved()
    )
    work.event(f"pharmacy.stock_{verb}", made.id, version + 1, fact.model_dump(mode="json"))
    work.audit(f"pharmacy.{verb}", made.id, f"warehouse/{made.warehouse}")
    answer = _view(made, version + 1)
    work.commit(answer, answer.version)
    return answer


def _wait(work: Work, made: StoredPosting) -> Posting:
    made = made.model_copy(update={"state": PostingState.AWAITS_SECOND})
    tenant = work.call.caller.tenant
    repository.put(work, _key(tenant, made.id), made, 0)
    repository.note(work, _second_key(tenant, made))
    work.audit("pharmacy.ask_write_off", made.id, f"warehouse/{made.warehouse}")
    answer = _view(made, 1)
    work.commit(answer, answer.version)
    return answer


def _waiting(
    services: Services, call: Call, which: str, version: int, wanted: str
) -> StoredPosting:
    tenant = call.caller.tenant
    found, present = repository.load(services, tenant, _key(tenant, which), StoredPosting)
    if found.state is not PostingState.AWAITS_SECOND:
        raise InvalidTransition(found.state.value, wanted)
    if present != version:
        raise StaleVersion
    return found


def _key(tenant: str, which: str) -> Key:
    return Key(f"POSTING#{tenant}#{which}", POSTING)


def _second_key(tenant: str, made: StoredPosting) -> Key:
    name = f"{POSTING}#{to_text(made.at)}#{made.id}"
    return Key(f"SECOND#{tenant}#{made.warehouse}", name)


def _view(made: StoredPosting, version: int) -> Posting:
    return Posting.model_construct(**dict(made) | {"version": version})
