"""What patients bring back: into the stock again, or through it to the waste."""

from collections import Counter

from schemas.dispensing import DispensedItem, Dispensing, DispensingState, GivenLine, NewReturn
from schemas.pharmacy import MovementKind
from telesalud.pharmacy import repository
from telesalud.pharmacy.dispensing import progress, records
from telesalud.pharmacy.policy import DISPENSE, GRANTS
from telesalud.pharmacy.services import PharmacyServices
from telesalud.pharmacy.stock.ledger import Ledger, Move, open_ledger
from telesalud.pharmacy.stored import StoredDispensing, StoredReceiver
from telesalud.platform.access import require, require_live
from telesalud.platform.clock import to_text
from telesalud.platform.errors import Conflict, FieldError, Invalid, InvalidTransition, StaleVersion
from telesalud.platform.work import Call, Work, retrying


def take_back(
    services: PharmacyServices, call: Call, which: str, body: NewReturn, version: int
) -> Dispensing:
    """A patient brings something back; what the prescription has left grows by it.

    Raises Forbidden, SessionExpired, NotFound, Gone, StaleVersion, InvalidTransition, Invalid for
    more than was given, Conflict for a controlled medicine that cannot be used again, NotHere,
    BeingCounted.
    """
    require(call.caller, DISPENSE, GRANTS)
    require_live(call.caller, services.clock())

    def step() -> Dispensing:
        tenant = call.caller.tenant
        found, present = records.load(services, tenant, which)
        if found.state is not DispensingState.COMPLETED:
            raise InvalidTransition(found.state.value, "returned")
        if present != version:
            raise StaleVersion
        lines = _lines(found, body)
        rx = progress.key_of(tenant, found.prescription)
        wanted = [(line.item, line.lot) for line in body.lines]
        ledger = open_ledger(
            services, call, found.warehouse, wanted, beside=[rx], site=services.site
        )
        before = progress.opened(services, tenant, found.prescription, ledger.beside.get(rx))
        work = Work(services, call)
        _move(ledger, body, f"dispensing/{which}")
        ledger.write(work)
        items = tuple(
            DispensedItem(line=x.line, item=x.item, lot=x.lot, quantity=x.quantity)
            for x in body.lines
        )
        _note_receivers(work, found, items)
        counts = Counter[int]()
        for line in body.lines:
            counts[line.line] -= line.quantity
        after = before.changed(counts)
        progress.keep(work, found.patient, after)
        records.announce(work, "returned", found, items, after)
        made = found.model_copy(update={"lines": lines})
        return records.keep(work, made, version, "return_dispensed")

    return retrying(step)


def _lines(found: StoredDispensing, body: NewReturn) -> tuple[GivenLine, ...]:
    """What was given, with what came back of it. Raises Invalid."""
    back = Counter[tuple[int, str, str]]()
    for returned in body.lines:
        back[returned.line, returned.item, returned.lot] += returned.quantity
    given = {
        (line.line, line.item, lot.lot): lot.quantity - lot.returned
        for line in found.lines
        for lot in line.lots
    }
    wrong = [
        FieldError(f"/lines/{n}", "more-than-given", "take back no more than was given")
        for n, one in enumerate(body.lines)
        if back[one.line, one.item, one.lot] > given.get((one.line, one.item, one.lot), 0)
    ]
    if wrong:
        raise Invalid("this was not given", wrong)
    return tuple(
        line.model_copy(
            update={
                "lots": tuple(
                    lot.model_copy(
                        update={"returned": lot.returned + back[line.line, line.item, lot.lot]}
                    )
                    for lot in line.lots
                )
            }
        )
        for line in found.lines
    )


def _move(ledger: Ledger, body: NewReturn, about: str) -> None:
    """Everything comes into the stock; what is of no use leaves it again at once."""
    for line in body.lines:
        came = Move(line.item, line.lot, line.quantity, body.reason)
        ledger.move(MovementKind.DISPENSING_RETURN, came, about)
        if body.usable:
            continue
        if ledger.item(line.item).controlled:
            raise Conflict("take it back as usable, then write it off with a witness")
        gone = Move(line.item, line.lot, -line.quantity, body.reason)
        ledger.move(MovementKind.WASTE, gone, about)


def _note_receivers(work: Work, found: StoredDispensing, items: tuple[DispensedItem, ...]) -> None:
    """Whoever looks for the patients of a lot sees what came back."""
    at, tenant = work.services.clock(), work.call.caller.tenant
    for number, item in enumerate(items):
        what = f"{work.services.new_id()}-{number:02d}#{found.id}"
        got = StoredReceiver(
            patient=found.patient, dispensing=found.id, at=at, quantity=-item.quantity
        )
        repository.put(work, records.got_key(tenant, item, to_text(at), what), got, 0)
