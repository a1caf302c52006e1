"""Counting stock: balances are frozen, somebody counts, another person confirms differences.

While a count is open nothing of its items moves in that warehouse, so what is counted and what the
books say are of the same moment. The sheet does not tell the books' balances until it is handed in.
"""

from collections.abc import Iterable

from schemas.counts import (
    MOST_COUNTED_LOTS,
    CountedLine,
    CountFact,
    CountLine,
    CountPage,
    CountQuery,
    CountSheet,
    CountState,
    NewCount,
    StockCount,
)
from schemas.pharmacy import ItemKind, MovementKind
from telesalud.pharmacy import repository
from telesalud.pharmacy.items import lots
from telesalud.pharmacy.policy import APPROVE, GRANTS, READ, STOCK
from telesalud.pharmacy.stock.ledger import Ledger, Move, open_ledger
from telesalud.pharmacy.stored import SheetLine, StoredCount, StoredLot
from telesalud.pharmacy.warehouses import modes
from telesalud.platform.access import require, require_person
from telesalud.platform.clock import to_text
from telesalud.platform.errors import FieldError, Invalid, InvalidTransition, StaleVersion
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.standing import require_second_person
from telesalud.platform.store import Key
from telesalud.platform.work import Call, Services, Work, retrying


def begin(services: Services, call: Call, body: NewCount, site: str = "") -> StockCount:
    """Freeze the balances of some items. Raises Forbidden, NotFound, BeingCounted, Invalid for
    more lots than a sheet holds."""
    require(call.caller, STOCK, GRANTS)
    require_person(call.caller)

    def step() -> StockCount:
        ledger = open_ledger(services, call, body.warehouse, (), items=body.items, site=site)
        modes.check(ledger.warehouse, MovementKind.COUNT_DIFFERENCE, site)
        which = services.new_id()
        lines = [
            _line(ledger, code, held.lot, held.balance)
            for code in body.items
            for held in ledger.freeze(code, which).lots
        ]
        if len(lines) > MOST_COUNTED_LOTS:
            fault = FieldError("/items", "too-much", "count fewer items at once")
            raise Invalid("this is more than a sheet holds", [fault])
        made = StoredCount(
            id=which,
            warehouse=body.warehouse,
            state=CountState.OPEN,
            items=body.items,
            lines=tuple(lines),
            begun_at=services.clock(),
            begun_by=call.caller.subject,
        )
        work = Work(services, call)
        ledger.write(work)
        place = f"COUNTS#{call.caller.tenant}#{body.warehouse}"
        repository.note(work, Key(place, f"{to_text(made.begun_at)}#{which}"))
        return _keep(work, made, 0, "begin_count")

    return retrying(step)


def enter(services: Services, call: Call, which: str, body: CountSheet, version: int) -> StockCount:
    """The sheet as far as it is filled in; a lot that the books do not have may be on it.

    Raises Forbidden, NotFound, StaleVersion, InvalidTransition, Invalid.
    """
    require(call.caller, STOCK, GRANTS)
    require_person(call.caller)
    found = _open(services, call, which, version, CountState.OPEN)
    known = {(line.item, line.lot): line for line in found.lines}
    filled = {
        named: line.model_copy(update={"counted": None, "reason": None})
        for named, line in known.items()
        if line.frozen
    }
    for position, line in enumerate(body.lines):
        named = (line.item, lots.name_of(line.number, line.expiry))
        before = known.get(named) or _found_lot(services, call, found, line, position=position)
        filled[named] = before.model_copy(update={"counted": line.quantity, "reason": line.reason})
    if len(filled) > MOST_COUNTED_LOTS:
        raise Invalid("this is more than a sheet holds")
    made = found.model_copy(update={"lines": tuple(filled.values())})
    return _keep(Work(services, call), made, version, "fill_count")


def submit(
    services: Services, call: Call, which: str, version: int, *, site: str = ""
) -> StockCount:
    """Hand the sheet in. Without differences the count is closed; else another person decides.

    Raises Forbidden, NotFound, StaleVersion, InvalidTransition, Invalid for what was not counted
    and for differences without a reason.
    """
    require(call.caller, STOCK, GRANTS)
    require_person(call.caller)

    def step() -> StockCount:
        found = _open(services, call, which, version, CountState.OPEN)
        _complete(found.lines)
        now = services.clock()
        made = found.model_copy(
            update={"submitted_by": call.caller.subject, "submitted_at": now, "note": None}
        )
        if any(line.counted != line.frozen for line in found.lines):
            waits = made.model_copy(update={"state": CountState.AWAITS_SECOND})
            return _keep(Work(services, call), waits, version, "submit_count")
        return _close(services, call, made, version, site)

    return retrying(step)


def approve(
    services: Services, call: Call, which: str, version: int, *, site: str = ""
) -> StockCount:
    """As another person: the differences become movements. Raises Forbidden, NotFound,
    StaleVersion, InvalidTransition."""
    require(call.caller, APPROVE, GRANTS)

    def step() -> StockCount:
        found = _open(services, call, which, version, CountState.AWAITS_SECOND)
        for other in {found.submitted_by, found.begun_by} - {None}:
            asked_at = found.submitted_at or found.begun_at
            require_second_person(services, call.caller, str(other), asked_at)
        made = found.model_copy(update={"second": call.caller.subject})
        return _close(services, call, made, version, site)

    return retrying(step)


def send_back(services: Services, call: Call, which: str, reason: str, version: int) -> StockCount:
    """Count again: balances stay frozen. Raises Forbidden, NotFound, StaleVersion,
    InvalidTransition."""
    require(call.caller, APPROVE, GRANTS)
    require_person(call.caller)
    found = _open(services, call, which, version, CountState.AWAITS_SECOND)
    made = found.model_copy(update={"state": CountState.OPEN, "note": reason})
    return _keep(Work(services, call), made, version, "send_count_back")


def cancel(
    services: Services, call: Call, which: str, reason: str, version: int, *, site: str = ""
) -> StockCount:
    """Give a count up: balances move again, and nothing was changed. Raises as `send_back`."""
    require(call.caller, STOCK, GRANTS)
    require_person(call.caller)

    def step() -> StockCount:
        found = _load(services, call, which, version)
        if found.state not in (CountState.OPEN, CountState.AWAITS_SECOND):
            raise InvalidTransition(found.state.value, CountState.CANCELLED.value)
        ledger = open_ledger(services, call, found.warehouse, (), items=found.items, site=site)
        for code in found.items:
            ledger.freeze(code, None)
        work = Work(services, call)
        ledger.write(work)
        update = {"state": CountState.CANCELLED, "note": reason, "ended_at": services.clock()}
        return _keep(work, found.model_copy(update=update), version, "cancel_count")

    return retrying(step)


def read(services: Services, call: Call, which: str) -> StockCount:
    """A count. Raises Forbidden, NotFound."""
    require(call.caller, READ, GRANTS)
    tenant = call.caller.tenant
    return _view(*repository.load(services, tenant, _key(tenant, which), StoredCount))


def page(services: Services, call: Call, query: CountQuery) -> CountPage:
    """Counts of a warehouse, latest first: two reads. Raises Forbidden."""
    require(call.caller, READ, GRANTS)
    tenant = call.caller.tenant
    listed = services.store.query(
        f"COUNTS#{tenant}#{query.warehouse}",
        after=from_cursor(query.cursor),
        limit=query.limit,
        newest_first=True,
    )
    keys = [_key(tenant, which) for which in repository.last_part(listed.items)]
    found = repository.fetch(services, keys)
    return CountPage(
        items=tuple(
            _view(repository.opened(services, tenant, found[key], StoredCount), found[key].version)
            for key in keys
            if key in found
        ),
        cursor=to_cursor(listed.next_after),
    )


def _line(ledger: Ledger, code: str, lot: str, frozen: int) -> SheetLine:
    item, (number, expiry) = ledger.item(code), lots.parts_of(lot)
    return SheetLine(
        item=code,
        name=item.name,
        unit=item.unit,
        lot=lot,
        number=number,
        expiry=expiry,
        frozen=frozen,
    )


def _found_lot(
    services: Services,
    call: Call,
    found: StoredCount,
    line: CountedLine,
    *,
    position: int,
) -> SheetLine:
    """A lot that lies there and is not in the books. Raises Invalid for one of another item."""
    if line.item not in found.items:
        fault = FieldError(f"/lines/{position}/item", "not-counted", "this item is not counted")
        raise Invalid("the sheet is not of this count", [fault])
    ledger = open_ledger(services, call, found.warehouse, (), items=(line.item,))
    if ledger.item(line.item).kind is ItemKind.MEDICINE and line.expiry is None:
        fault = FieldError(f"/lines/{position}/expiry", "required", "say when this lot expires")
        raise Invalid("a medicine has an expiry", [fault])
    return _line(ledger, line.item, lots.name_of(line.number, line.expiry), 0)


def _complete(lines: Iterable[SheetLine]) -> None:
    """Raise Invalid for what was not counted, and for a difference without a reason."""
    wrong = []
    for position, line in enumerate(lines):
        if line.counted is None:
            wrong.append(FieldError(f"/lines/{position}", "required", "count this lot too"))
        elif line.counted != line.frozen and not line.reason:
            place = f"/lines/{position}/reason"
            wrong.append(FieldError(place, "required", "say why it is not what the books say"))
    if wrong:
        raise Invalid("the sheet is not complete", wrong)


def _close(
    services: Services, call: Call, made: StoredCount, version: int, site: str
) -> StockCount:
    """Write the differences and let the balances go, in one transaction."""
    wrong = [line for line in made.lines if line.counted != line.frozen]
    ledger = open_ledger(
        services,
        call,
        made.warehouse,
        [(line.item, line.lot) for line in wrong],
        items=made.items,
        site=site,
    )
    for line in wrong:
        ledger.know(StoredLot(item=line.item, lot=line.lot, number=line.number, expiry=line.expiry))
        moved = Move(line.item, line.lot, (line.counted or 0) - line.frozen, line.reason)
        about = f"count/{made.id}"
        ledger.move(MovementKind.COUNT_DIFFERENCE, moved, about, witness=made.second, count=made.id)
    for code in made.items:
        ledger.freeze(code, None)
    work = Work(services, call)
    ledger.write(work)
    closed = made.model_copy(update={"state": CountState.CLOSED, "ended_at": services.clock()})
    fact = CountFact(count_id=made.id, warehouse_id=made.warehouse, lines=ledger.moved())
    data = fact.model_dump(mode="json")
    work.event("pharmacy.stock_counted", made.id, version + 1, data)
    return _keep(work, closed, version, "close_count")


def _load(services: Services, call: Call, which: str, version: int) -> StoredCount:
    tenant = call.caller.tenant
    found, present = repository.load(services, tenant, _key(tenant, which), StoredCount)
    if found.state not in (CountState.CLOSED, CountState.CANCELLED) and present != version:
        raise StaleVersion
    return found


def _open(
    services: Services, call: Call, which: str, version: int, wanted: CountState
) -> StoredCount:
    found = _load(services, call, which, version)
    if found.state is not wanted:
        raise InvalidTransition(found.state.value, wanted.value)
    return found


def _keep(work: Work, made: StoredCount, version: int, action: str) -> StockCount:
    tenant = work.call.caller.tenant
    repository.put(work, _key(tenant, made.id), made, version)
    work.audit(f"pharmacy.{action}", made.id, f"warehouse/{made.warehouse}")
    answer = _view(made, version + 1)
    work.commit(answer, answer.version)
    return answer


def _view(made: StoredCount, version: int) -> StockCount:
    """What is answered: while it is counted, nobody sees what the books say."""
    blind = made.state is CountState.OPEN
    lines = tuple(
        CountLine(
            item=line.item,
            name=line.name,
            unit=line.unit,
            lot=line.lot,
            frozen=None if blind else line.frozen,
            counted=line.counted,
            reason=line.reason,
        )
        for line in made.lines
    )
    own = {n: v for n, v in dict(made).items() if n in StockCount.model_fields}
    return StockCount.model_construct(**own | {"lines": lines, "version": version})


def _key(tenant: str, which: str) -> Key:
    return Key(f"COUNT#{tenant}#{which}", "COUNT")
