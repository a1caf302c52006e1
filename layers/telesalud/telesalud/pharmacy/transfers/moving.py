"""Transfers in two steps: goods leave one warehouse, are on the way, and are counted on arrival.

On the way they belong to no warehouse. Receipt writes what was sent as arrived and what differs as
a movement of its own; a transfer that never arrives is taken back by its sender. Each ends once.
"""

from collections.abc import Iterable
from itertools import chain

from schemas.pharmacy import (
    LotState,
    MovedLine,
    MovementKind,
)
from schemas.transfers import (
    CountedLot,
    NewTransfer,
    Receipt,
    Transfer,
    TransferFact,
    TransferLine,
    TransferPage,
    TransferQuery,
    TransferState,
)
from telesalud.pharmacy import repository
from telesalud.pharmacy.policy import GRANTS, READ, STOCK
from telesalud.pharmacy.stock.ledger import Move, open_ledger
from telesalud.pharmacy.stored import SentLine, StoredTransfer, StoredWarehouse
from telesalud.pharmacy.warehouses import modes
from telesalud.platform.access import require
from telesalud.platform.clock import to_text
from telesalud.platform.errors import FieldError, Invalid, InvalidTransition, StaleVersion
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.store import Check, Delete, Key, When
from telesalud.platform.work import Call, Services, Work, retrying


def dispatch(services: Services, call: Call, body: NewTransfer, site: str = "") -> Transfer:
    """Goods leave for another warehouse. Raises Forbidden, NotFound, TooLittle, NotHere,
    BeingCounted."""
    require(call.caller, STOCK, GRANTS)
    wanted = [(line.item, line.lot) for line in body.lines]

    def step() -> Transfer:
        ledger = open_ledger(services, call, body.sender, wanted, site=site)
        receiver = _warehouse(services, call, body.receiver)
        modes.check_destination(receiver, site)
        made = StoredTransfer(
            id=services.new_id(),
            state=TransferState.IN_TRANSIT,
            sender=body.sender,
            receiver=body.receiver,
            lines=tuple(
                SentLine(
                    item=line.item,
                    name=ledger.item(line.item).name,
                    unit=ledger.item(line.item).unit,
                    lot=line.lot,
                    sent=line.quantity,
                )
                for line in body.lines
            ),
            note=body.note,
            sent_at=services.clock(),
            sent_by=call.caller.subject,
        )
        for line in made.lines:
            moved = Move(line.item, line.lot, -line.sent)
            ledger.move(MovementKind.TRANSFER_OUT, moved, f"transfer/{made.id}")
        work = Work(services, call)
        ledger.write(work)
        key = repository.warehouse_key(call.caller.tenant, made.receiver)
        work.add(Check(key, When(equals={"gate": receiver.gate})))
        way, of_sender, of_receiver = _list_keys(call.caller.tenant, made)
        for listed in (way, of_sender, of_receiver):
            repository.note(work, listed)
        return _keep(work, made, 0, "dispatched", ledger.moved())

    return retrying(step)


def receive(
    services: Services, call: Call, which: str, body: Receipt, version: int, *, site: str = ""
) -> Transfer:
    """What arrived, as it was counted. Raises Forbidden, NotFound, StaleVersion, InvalidTransition
    for one that has ended, Invalid for a line that is missing or differs without a reason,
    NotHere, BeingCounted."""
    require(call.caller, STOCK, GRANTS)

    def step() -> Transfer:
        found = _open(services, call, which, version, TransferState.RECEIVED)
        counted = _counted(found, body.lines)
        wanted = [(line.item, line.lot) for line in found.lines]
        ledger = open_ledger(services, call, found.receiver, wanted, site=site)
        for line in found.lines:
            arrived = counted[line.item, line.lot]
            sent = Move(line.item, line.lot, line.sent)
            ledger.move(MovementKind.TRANSFER_IN, sent, f"transfer/{which}")
            if difference := arrived.quantity - line.sent:
                wrong = Move(line.item, line.lot, difference, arrived.reason)
                ledger.move(MovementKind.TRANSFER_DIFFERENCE, wrong, f"transfer/{which}")
        made = _ended(found, call, services, TransferState.RECEIVED).model_copy(
            update={
                "lines": tuple(
                    line.model_copy(update={"received": said.quantity, "reason": said.reason})
                    for line in found.lines
                    for said in (counted[line.item, line.lot],)
                )
            }
        )
        work = Work(services, call)
        ledger.write(work)
        work.add(Delete(_list_keys(call.caller.tenant, found)[0]))
        return _keep(work, made, version, "received", ledger.moved())

    return retrying(step)


def take_back(
    services: Services, call: Call, which: str, reason: str, version: int, *, site: str = ""
) -> Transfer:
    """It never arrived: what was sent is in the sender's stock again. Raises as `receive`."""
    require(call.caller, STOCK, GRANTS)

    def step() -> Transfer:
        found = _open(services, call, which, version, TransferState.TAKEN_BACK)
        wanted = [(line.item, line.lot) for line in found.lines]
        ledger = open_ledger(services, call, found.sender, wanted, site=site)
        for line in found.lines:
            back = Move(line.item, line.lot, line.sent, reason)
            ledger.move(MovementKind.TRANSFER_IN, back, f"transfer/{which}")
        made = _ended(found, call, services, TransferState.TAKEN_BACK)
        work = Work(services, call)
        ledger.write(work)
        work.add(Delete(_list_keys(call.caller.tenant, found)[0]))
        made = made.model_copy(update={"reason": reason})
        return _keep(work, made, version, "taken_back", ledger.moved())

    return retrying(step)


def read(services: Services, call: Call, which: str) -> Transfer:
    """A transfer, with the present state of its lots. Raises Forbidden, NotFound."""
    require(call.caller, READ, GRANTS)
    tenant = call.caller.tenant
    found, version = repository.load(services, tenant, _key(tenant, which), StoredTransfer)
    return next(iter(_views(services, tenant, [(found, version)])))


def page(services: Services, call: Call, query: TransferQuery) -> TransferPage:
    """Transfers of a warehouse: three reads. Raises Forbidden."""
    require(call.caller, READ, GRANTS)
    tenant = call.caller.tenant
    prefix = "WAY#" if query.on_the_way else "ALL#"
    listed = services.store.query(
        f"TRANSFERS#{tenant}#{query.warehouse}",
        prefix,
        after=from_cursor(query.cursor),
        limit=query.limit,
        newest_first=not query.on_the_way,
    )
    keys = [_key(tenant, which) for which in repository.last_part(listed.items)]
    found = repository.fetch(services, keys)
    opened = [
        (repository.opened(services, tenant, found[key], StoredTransfer), found[key].version)
        for key in keys
        if key in found
    ]
    return TransferPage(
        items=tuple(_views(services, tenant, opened)), cursor=to_cursor(listed.next_after)
    )


def _counted(
    found: StoredTransfer, lines: Iterable[CountedLot]
) -> dict[tuple[str, str], CountedLot]:
    """The counted lines by what they are of. Raises Invalid."""
    counted = {(line.item, line.lot): line for line in lines}
    sent = {(line.item, line.lot): line.sent for line in found.lines}
    if counted.keys() != sent.keys():
        fault = FieldError("/lines", "lines", "count every line that was sent, and no other")
        raise Invalid("the receipt is not of what was sent", [fault])
    wrong = [
        FieldError(f"/lines/{n}/reason", "required", "say why it is not what was sent")
        for n, (named, line) in enumerate(counted.items())
        if line.quantity != sent[named] and not line.reason
    ]
    if wrong:
        raise Invalid("a difference needs a reason", wrong)
    return counted


def _warehouse(services: Services, call: Call, which: str) -> StoredWarehouse:
    tenant = call.caller.tenant
    key = repository.warehouse_key(tenant, which)
    return repository.load(services, tenant, key, StoredWarehouse)[0]


def _open(
    services: Services, call: Call, which: str, version: int, wanted: TransferState
) -> StoredTransfer:
    """A transfer on the way, as the caller has seen it."""
    tenant = call.caller.tenant
    found, present = repository.load(services, tenant, _key(tenant, which), StoredTransfer)
    if found.state is not TransferState.IN_TRANSIT:
        raise InvalidTransition(found.state.value, wanted.value)
    if present != version:
        raise StaleVersion
    return found


def _ended(
    found: StoredTransfer, call: Call, services: Services, state: TransferState
) -> StoredTransfer:
    update = {"state": state, "ended_at": services.clock(), "ended_by": call.caller.subject}
    return found.model_copy(update=update)


def _keep(
    work: Work, made: StoredTransfer, version: int, verb: str, moved: tuple[MovedLine, ...]
) -> Transfer:
    tenant = work.call.caller.tenant
    repository.put(work, _key(tenant, made.id), made, version)
    fact = TransferFact(
        transfer_id=made.id,
        sender=made.sender,
        receiver=made.receiver,
        state=made.state,
        lines=moved,
    )
    data = fact.model_dump(mode="json")
    work.event(f"pharmacy.transfer_{verb}", made.id, version + 1, data)
    work.audit(f"pharmacy.transfer_{verb}", made.id, f"transfer/{made.id}")
    answer = next(iter(_views(work.services, tenant, [(made, version + 1)])))
    work.commit(answer, answer.version)
    return answer


def _views(
    services: Services, tenant: str, found: Iterable[tuple[StoredTransfer, int]]
) -> Iterable[Transfer]:
    transfers = list(found)
    lines = chain.from_iterable(made.lines for made, _ in transfers)
    keys = {repository.lot_key(tenant, line.item, line.lot) for line in lines}
    lots = repository.fetch(services, sorted(keys))
    for made, version in transfers:
        shown = tuple(
            TransferLine(
                **dict(line),
                state=LotState(lots[key].text("state")) if key in lots else LotState.OPEN,
            )
            for line in made.lines
            for key in (repository.lot_key(tenant, line.item, line.lot),)
        )
        yield Transfer.model_construct(**dict(made) | {"lines": shown, "version": version})


def _list_keys(tenant: str, made: StoredTransfer) -> tuple[Key, Key, Key]:
    """Where it is listed: on the way to the receiver; of the sender; of the receiver."""
    name = f"{to_text(made.sent_at)}#{made.id}"
    sender, receiver = f"TRANSFERS#{tenant}#{made.sender}", f"TRANSFERS#{tenant}#{made.receiver}"
    return Key(receiver, f"WAY#{name}"), Key(sender, f"ALL#{name}"), Key(receiver, f"ALL#{name}")


def _key(tenant: str, which: str) -> Key:
    return Key(f"TRANSFER#{tenant}#{which}", "TRANSFER")
